"""HDF5 files: opened again, with the groups and data sets of them that the program holds.

What the program holds are wrappers around identifiers of the HDF5 library. It is the identifiers
that are saved, each once, so that wrappers that shared one still do.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from midrun.state.adapters.ondisk import on_disk
from midrun.state.missing import Missing

if TYPE_CHECKING:
    from midrun.state.adapters.ondisk import OnDisk
    from midrun.state.pickling import Saver
    from midrun.state.registry import Registry

_KNOWN = 2  # where a Saver's `memory` keeps identifiers by number: no object lies at this address


def add(registry: Registry) -> None:
    registry.register("h5py._hl.base.HLObject", _wrapper)
    registry.register("h5py.h5p.PropID", _properties)
    for name in ("h5f.FileID", "h5g.GroupID", "h5d.DatasetID"):
        registry.register(f"h5py.{name}", _identifier)


def _wrapper(obj: Any, saver: Saver) -> Any:
    """A File, Group or Dataset; what it has cached is left out."""
    import h5py

    state = {
        name: value
        for name, value in vars(obj).items()
        if name not in _CACHED and not isinstance(value, h5py._objects.ObjectID)
    }
    return _wrap, (type(obj), _one(obj.id, saver)), state, None, None, _fill


_CACHED = {"_cache_props", "_extent_type", "_fast_read_ok"}


def _one(identifier: Any, saver: Saver) -> Any:
    """The object that stands for all that are this identifier, or its equals, in this save."""
    known = saver.memory.setdefault(_KNOWN, {})
    return known.setdefault((type(identifier), identifier.id), identifier)


def _wrap(kind: Any, identifier: Any) -> Any:
    import h5py

    if type(identifier) is Missing:
        return identifier
    wrapper = kind.__new__(kind)
    base = h5py.Dataset if issubclass(kind, h5py.Dataset) else h5py.HLObject
    base.__init__(wrapper, identifier)
    return wrapper


def _fill(obj: Any, state: dict[str, Any]) -> None:
    if type(obj) is not Missing:
        vars(obj).update(state)


def _identifier(obj: Any, saver: Saver) -> Any:
    import h5py

    if not obj:
        return _closed, (type(obj),)
    if isinstance(obj, h5py.h5f.FileID):
        return _file(obj, saver)
    name = h5py.h5i.get_name(obj)
    if name is None:
        return saver.give_up(obj, "it has no name in its file")
    return _member, (_one(h5py.h5i.get_file_id(obj), saver), name)


def _properties(obj: Any, saver: Saver) -> Any:
    return saver.give_up(obj, "property lists of HDF5 can't be read back")


def _file(obj: Any, saver: Saver) -> Any:
    import h5py

    file = h5py.File(obj)
    written = file.mode == "r+"
    if written:
        file.flush()
    options = {"mode": file.mode, "libver": file.libver}
    if file.driver == "core":
        image = bytes(obj.get_file_image())
        backing = bool(obj.get_access_plist().get_fapl_core()[1])
        return _open_image, (file.filename, image, options | {"backing_store": backing})
    if file.driver != "sec2":
        return saver.give_up(obj, f"its driver is {file.driver!r}; only files on disk can be saved")
    if written and file.swmr_mode:
        return saver.give_up(obj, "it is being written in SWMR mode")
    options["swmr"] = file.swmr_mode
    return _open, (on_disk(file.filename, saver, written=written), file.filename, options)


def _open(there: OnDisk, name: str, options: dict[str, Any]) -> Any:
    import h5py

    return h5py.File(name, **options).id


def _open_image(name: str, image: bytes, options: dict[str, Any]) -> Any:
    import h5py

    access = h5py.h5p.create(h5py.h5p.FILE_ACCESS)
    access.set_fapl_core(backing_store=options["backing_store"])
    access.set_file_image(image)
    flags = h5py.h5f.ACC_RDWR if options["mode"] == "r+" else h5py.h5f.ACC_RDONLY
    return h5py.h5f.open(name.encode(), flags, fapl=access)


def _member(file: Any, name: bytes) -> Any:
    import h5py

    if type(file) is Missing:
        return file
    return h5py.h5o.open(file, name)


def _closed(kind: Any) -> Any:
    import h5py

    file = h5py.File("closed", "w", driver="core", backing_store=False)
    made = file.id if kind is h5py.h5f.FileID else file.create_dataset("x", (1,)).id
    if kind is h5py.h5g.GroupID:
        made = file.create_group("y").id
    file.close()
    return made
