"""The store's one exception, and the offer of what the user may have meant."""

from __future__ import annotations

from collections.abc import Iterable

from midrun.errors import MidrunError


class StoreError(MidrunError):
    """Something about runs, savepoints or blobs on disk that the user has to know; see `slug`."""

    slug = "store"


def nearest(word: str, choices: Iterable[str]) -> str:
    """Return "; the nearest is ..." for the up to three `choices` most like `word`, or ""."""
    import difflib  # here, since it is slow to import and seldom needed

    found = difflib.get_close_matches(word, list(dict.fromkeys(choices)), n=3, cutoff=0.4)
    if not found:
        return ""
    return f"; the nearest {'is' if len(found) == 1 else 'are'} {', '.join(found)}"
