"""Where people live together: communities, buildings, units, dwellings, persons and the register that lists them."""
