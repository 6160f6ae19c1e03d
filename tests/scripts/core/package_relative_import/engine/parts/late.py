"""Imported while a loop is under way."""

from ..core import register
from . import Part

VALUE = [k * k for k in range(3)]


@register
class Aerial(Part):
    pass
