"""The scratch copy of the world in which a script is rehearsed."""
