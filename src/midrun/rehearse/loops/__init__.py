"""Loops cut short: which rounds are visited, how the rest is left out, what it would have taken."""
