"""The command line: arguments in, words out. What it says comes from `midrun.report`."""
