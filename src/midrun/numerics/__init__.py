"""Where a NaN comes from: the first bad operation, its cause, and cures that were tried."""
