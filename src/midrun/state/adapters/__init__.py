"""How objects of particular types are saved; one module for each kind of thing.

To add one, write a module with a function `add(registry)` and name it in `ADAPTERS`; see
CONTRIBUTING.md.
"""

from __future__ import annotations

from midrun.state.adapters import (
    arrayfiles,
    arrays,
    compiled,
    databases,
    devices,
    distributed,
    environments,
    errorstates,
    eventloops,
    files,
    frameworks,
    images,
    iterators,
    keyvalues,
    loaders,
    logs,
    objects,
    packed,
    pipes,
    pools,
    results,
    tables,
    tensors,
    threads,
    trackers,
    training,
    writers,
)

ADAPTERS = (
    objects, iterators, files, packed, threads, eventloops, pools, logs, arrays, errorstates,
    devices, tensors, training, compiled, loaders, writers, frameworks, arrayfiles, databases,
    results, images, environments, tables, keyvalues, trackers, distributed, pipes,
)  # fmt: skip
