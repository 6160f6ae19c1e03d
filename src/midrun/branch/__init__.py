"""Continuing a run in another process that leaves no trace: to look again, or to try a change."""
