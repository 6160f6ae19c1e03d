"""The microscope: every operation of a step watched, and what is to be said of a bad one. It is the
only part of midrun that imports torch, and is imported where a program has done so."""
