"""Parts that register themselves."""

from ..core import register

__all__ = ["Door", "Wheel"]
_hidden = True


class Part:
    made = 0

    def __init__(self, n):
        type(self).made += 1
        self.n = n

    def run(self, x):
        return self.n * x + self.made


@register
class Wheel(Part):
    pass


@register
class Door(Part):
    def run(self, x):
        return -super().run(x)
