"""`midrun data`: data folders, files and Datasets, read as the training would before it starts."""
