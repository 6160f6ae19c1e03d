"""The rendering for programs: what `--json` prints."""

from __future__ import annotations

import dataclasses
import json
from typing import Any


def dump(report: Any) -> str:
    """Data classes, lists and dicts of them, as JSON with an indent of 2.

    Names of fields are stable; new ones may be added.
    """
    return json.dumps(report, indent=2, default=_plain)


def _plain(value: Any) -> Any:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return dataclasses.asdict(value)
    return str(value)
