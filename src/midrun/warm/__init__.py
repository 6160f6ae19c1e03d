"""A process that has imported what a run imports, and forks others from it."""
