"""Cures: edits of the program that are proposed for a cause, and tried as branches of the run."""
