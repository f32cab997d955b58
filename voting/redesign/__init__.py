"""The redesign of a place: problems found, options, ranked vote, ratification, works, evaluation."""
