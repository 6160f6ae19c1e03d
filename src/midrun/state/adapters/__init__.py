"""How objects of particular types are saved; one module for each kind of thing.

To add one, write a module with a function `add(registry)` and name it in `ADAPTERS`; see
CONTRIBUTING.md.
"""

from __future__ import annotations

from midrun.state.adapters import (
    arrayfiles,
    arrays,
    databases,
    environments,
    files,
    images,
    iterators,
    keyvalues,
    loaders,
    logs,
    objects,
    packed,
    results,
    tables,
    tensors,
    threads,
    training,
    writers,
)

ADAPTERS = (
    objects, iterators, files, packed, threads, logs, arrays, tensors, training, loaders, writers,
    arrayfiles, databases, results, images, environments, tables, keyvalues,
)  # fmt: skip
