"""Plain settings, to be patched."""

LEVEL = 1


def describe():
    return f"level {LEVEL}"


class Config:
    name = "plain"
    names = None
