"""How objects of particular types are saved; one module for each kind of thing.

To add one, write a module with a function `add(registry)` and name it in `ADAPTERS`; see
CONTRIBUTING.md.
"""

from __future__ import annotations

from midrun.state.adapters import (
    arrays,
    compiled,
    devices,
    files,
    frameworks,
    iterators,
    loaders,
    logs,
    objects,
    pools,
    tensors,
    threads,
    training,
    writers,
)

ADAPTERS = (
    objects, iterators, files, threads, pools, logs, arrays, devices, tensors, training, compiled,
    loaders, writers, frameworks,
)  # fmt: skip
