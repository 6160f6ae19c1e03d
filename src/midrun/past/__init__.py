"""Going back: to any position of a run that is over."""
