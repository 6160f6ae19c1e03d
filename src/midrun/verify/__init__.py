"""`midrun verify`: whether a program resumed is the same program."""
