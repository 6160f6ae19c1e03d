"""`midrun rehearse`: the whole experiment in a minute, before it is sent off for the night."""
