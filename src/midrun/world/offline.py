"""Services that are not to hear of a rehearsal.

A world holds back what goes to files, and nothing that goes over the network. Libraries that report
runs can be told to keep what they would send.
"""

from __future__ import annotations

from collections.abc import Mapping

# Which variable keeps a library from sending anything. Those that would keep it from fetching too
# (HF_HUB_OFFLINE) are none of them: a script may need what it fetches.
_VARIABLES = {
    "CLEARML_OFFLINE_MODE": "1",
    "NEPTUNE_MODE": "offline",
    "SWANLAB_MODE": "offline",
    "WANDB_MODE": "offline",
}
_QUIET = frozenset({"offline", "disabled", "dryrun", "debug", "local", "1", "true"})


def offline(environment: Mapping[str, str]) -> dict[str, str]:
    """The environment with them. What the user has set stays."""
    return {**_VARIABLES, **environment}


def online(environment: Mapping[str, str]) -> list[str]:
    """The variables that the user has set so that something is sent."""
    return [name for name in _VARIABLES if environment.get(name, "offline").lower() not in _QUIET]
