"""Who may vote: rolls compiled from the register, displayed, sealed."""
