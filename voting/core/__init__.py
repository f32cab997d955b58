"""What a person could dispute in court, decided purely: no framework, no database, no clock."""
