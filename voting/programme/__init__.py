"""The programme of a community: activities and what they lead to."""
