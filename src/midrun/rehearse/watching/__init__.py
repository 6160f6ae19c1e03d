"""Faults that come only in long runs, found by watching a training."""
