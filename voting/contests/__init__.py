"""What is voted: contests, ballots, tallies, certificates."""
