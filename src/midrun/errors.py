"""The one root of midrun's errors: each has a slug, and the slug has a line in docs/errors.md."""

from __future__ import annotations


class MidrunError(Exception):
    """A fault to be told to the user in one sentence: what, where, what to do next.

    `slug` names the kind of fault; docs/errors.md says more about each.
    """

    slug = "error"

    def __init__(self, message: str, *, slug: str | None = None) -> None:
        super().__init__(message)
        if slug is not None:
            self.slug = slug
