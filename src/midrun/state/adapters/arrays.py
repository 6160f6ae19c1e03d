"""NumPy arrays: saved as views of memory, so that what shares it still does after loading."""

from __future__ import annotations

import array as builtin_arrays
import gc
import itertools
import os
from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from midrun.state import rebuild
from midrun.state.adapters.memory import SMALL, buffer, claim, flat, hold, regions
from midrun.state.adapters.ondisk import OnDisk, fingerprint, on_disk

if TYPE_CHECKING:
    from midrun.state.pickling import Saver
    from midrun.state.registry import Registry


def add(registry: Registry) -> None:
    for module in ("numpy.lib.npyio", "numpy.lib._npyio_impl"):
        registry.register(f"{module}.NpzFile", _archive)
    registry.register("numpy.ndarray", _array)
    registry.register("numpy.memmap", _memmap)
    registry.register("numpy.ufunc", _ufunc)
    registry.register("numpy.flatiter", _flat_iterator)
    registry.register("numpy.void", _row)


def _array(obj: Any, saver: Saver) -> Any:
    import numpy

    kind = type(obj)
    pickling = ("__reduce__", "__reduce_ex__", "__setstate__")
    if any(getattr(kind, name) is not getattr(numpy.ndarray, name) for name in pickling):
        return NotImplemented
    if obj.dtype.hasobject:
        return _of_objects(obj)
    made = _view(obj, saver) if obj.nbytes else (_empty, (kind, obj.shape, obj.dtype))
    writeable = obj.flags.writeable
    attributes = getattr(obj, "__dict__", None)
    if writeable and not attributes:
        return made
    return *made, (writeable, attributes), None, None, _fill


def _row(obj: Any, saver: Saver) -> Any:
    """A row of a structured array is a view of it."""
    import numpy

    base = obj.base
    if not isinstance(base, numpy.ndarray) or not base.flags.forc or obj.dtype.hasobject:
        return NotImplemented
    memory: Any = flat(base)
    there: Any = numpy.ndarray((), obj.dtype, memory, _address(obj) - _address(base))
    return _taken, (there,)


def _taken(array: Any) -> Any:
    return array[()]


def _of_objects(obj: Any) -> Any:
    """Arrays of objects hold references: a view is saved as a view, its base as pickle does."""
    import numpy

    base = obj.base
    if type(base) is not numpy.ndarray or not base.flags.forc or type(obj) is not numpy.ndarray:
        return NotImplemented
    offset = _address(obj) - _address(base)
    if offset % base.itemsize or obj.dtype != base.dtype:
        return NotImplemented
    return _object_view, (base, offset // base.itemsize, obj.shape, obj.strides)


def _object_view(base: Any, offset: int, shape: Any, strides: Any) -> Any:
    import numpy

    items = base.ravel(order="A")[offset:]
    return numpy.lib.stride_tricks.as_strided(items, shape, strides)


def _view(obj: Any, saver: Saver) -> tuple[Any, ...]:
    """The function and arguments that make `obj` again, over the memory that it lies in."""
    kind, address = type(obj), _address(obj)
    owner = _owner(obj)
    if owner is obj:
        known = regions(saver).find(*_bounds(obj))
        if known is not None:
            target, offset = known.target, address - known.start
        elif obj.nbytes < SMALL and obj.flags.forc:
            claim(saver, address, obj.nbytes, obj)
            order = "C" if obj.flags.c_contiguous else "F"
            return _owning, (kind, obj.tobytes("A"), obj.shape, obj.dtype, order)
        else:
            start, length = _bounds(obj)
            target, offset = hold(saver, start, length, obj)
            offset += address - start
            if obj.flags.forc:
                claim(saver, start, length, obj)
    else:
        target, start = _target(owner, obj, saver)
        offset = address - start
    return _over, (kind, target, offset, obj.shape, obj.strides, obj.dtype)


def _address(array: Any) -> int:
    address: int = array.__array_interface__["data"][0]
    return address


def _bounds(array: Any) -> tuple[int, int]:
    """Where the memory that an array spans begins, and its length."""
    import numpy

    low, high = numpy.lib.array_utils.byte_bounds(array)
    return low, high - low


def _owner(array: Any) -> Any:
    """The object whose memory an array lies in: an array, a tensor or another buffer."""
    import numpy

    current = array
    while True:
        base = getattr(current, "base", None)
        if base is None or (isinstance(current, numpy.memmap) and not _is_array(base)):
            return current
        # as_strided puts an object with `base` and `__array_interface__` in between.
        if not _is_array(base) and not hasattr(base, "__array_interface__"):
            return base
        current = base


def _is_array(obj: Any) -> bool:
    import numpy

    return isinstance(obj, numpy.ndarray)


def _target(owner: Any, obj: Any, saver: Saver) -> tuple[Any, int]:
    """What to save for the memory of `owner`, and the address where that begins."""
    import numpy

    if hasattr(owner, "untyped_storage"):
        storage = owner.untyped_storage()
        return storage, storage.data_ptr()
    inner: Any = owner.obj if isinstance(owner, memoryview) else owner
    if _is_array(inner):
        start, length = _bounds(inner)
        if inner.flags.forc:
            return inner, start
    else:
        try:
            whole = numpy.frombuffer(inner, numpy.uint8)
            start, length = _bounds(whole)
        except (TypeError, ValueError, BufferError):
            start, length = _bounds(obj)
        if isinstance(inner, bytearray | builtin_arrays.array):
            return inner, start
    low, span = _bounds(obj)
    if low < start or low + span > start + length:
        start, length = low, span
    target, offset = hold(saver, start, length, owner)
    return target, start - offset


def _over(
    kind: Any, target: Any, offset: int, shape: tuple[int, ...], strides: Any, dtype: Any
) -> Any:
    import numpy

    if _lost(target):
        return target
    return numpy.ndarray.__new__(kind, shape, dtype, buffer(target), offset, strides)


def _owning(kind: Any, data: bytes, shape: tuple[int, ...], dtype: Any, order: Any) -> Any:
    import numpy

    array = numpy.ndarray.__new__(kind, shape, dtype, order=order)
    flat(array)[:] = numpy.frombuffer(data, numpy.uint8)
    return array


def _empty(kind: Any, shape: tuple[int, ...], dtype: Any) -> Any:
    import numpy

    return numpy.ndarray.__new__(kind, shape, dtype)


def _lost(obj: Any) -> bool:
    """Whether a file that was mapped is there no more."""
    from midrun.state.missing import Missing

    return type(obj) is Missing


def _fill(array: Any, state: tuple[bool, dict[str, Any] | None]) -> None:
    if _lost(array):
        return
    writeable, attributes = state
    if attributes is not None:
        array.__dict__.clear()
        array.__dict__.update(attributes)
    array.flags.writeable = writeable


def _memmap(obj: Any, saver: Saver) -> Any:
    """A mapped file is mapped again; what it holds is the file's."""
    root = _owner(obj)
    if not isinstance(root, type(obj)) or not obj.nbytes or root.filename is None:
        return _array(obj, saver)
    if root is not obj:
        made = (root, type(obj), _address(obj) - _address(root), obj.shape, obj.strides, obj.dtype)
        return _map_view, made, (obj.flags.writeable, None), None, None, _fill
    if root.mode in ("r+", "w+"):
        root.flush()
    path = os.path.abspath(root.filename)
    start, length = _bounds(root)
    described = {
        "path": path,
        "print": fingerprint(path, os.path.getsize(path)),
        "mode": "r+" if root.mode == "w+" else root.mode,
        "offset": root.offset,
        "shape": root.shape,
        "dtype": root.dtype,
        "order": "C" if root.flags.c_contiguous else "F",
    }
    # Mode "c": what was written is in memory only.
    contents = hold(saver, start, length, root)[0] if root.mode == "c" else None
    claim(saver, start, length, root)
    written = described["mode"] == "r+"
    there = on_disk(path, saver, written=True) if written else None
    return _map, (type(root), described, contents, rebuild.report, there)


def _map(
    kind: Any,
    described: dict[str, Any],
    contents: Any,
    report: Callable[[str, str], None],
    there: OnDisk | None,
) -> Any:
    from midrun.state.missing import Missing

    path = described["path"]
    what = f"the mapped file {path}"
    try:
        if fingerprint(path, os.path.getsize(path)) != described["print"]:
            report(what, "its contents are no longer those of the savepoint")
        array = kind(
            path,
            described["dtype"],
            described["mode"],
            described["offset"],
            described["shape"],
            described["order"],
        )
    except (OSError, ValueError) as error:
        report(what, str(error))
        return Missing(what, str(error))
    if contents is not None:
        import numpy

        flat(array)[:] = numpy.frombuffer(buffer(contents), numpy.uint8)
    return array


def _map_view(root: Any, kind: Any, offset: int, shape: Any, strides: Any, dtype: Any) -> Any:
    import numpy

    if _lost(root):
        return root
    view = numpy.ndarray(shape, dtype, flat(root), offset, strides).view(kind)
    view.__array_finalize__(root)  # takes over what it knows of the file
    return view


def _ufunc(obj: Any, saver: Saver) -> Any:
    """A ufunc of `numpy.frompyfunc`: the function is not an attribute, but is visited (ufunc_object
    in numpy/_core/src/umath/ufunc_object.c)."""
    functions = [held for held in gc.get_referents(obj) if callable(held)]
    if len(functions) != 1 or not obj.__name__.endswith("(vectorized)"):
        return NotImplemented
    return _from_function, (functions[0], obj.nin, obj.nout, obj.identity)


def _from_function(function: Any, inputs: int, outputs: int, identity: Any) -> Any:
    import numpy

    if identity is None:
        return numpy.frompyfunc(function, inputs, outputs)
    return numpy.frompyfunc(function, inputs, outputs, identity=identity)


def _flat_iterator(obj: Any, saver: Saver) -> Any:
    return _make_flat, (obj.base,), obj.index, None, None, _advance


def _make_flat(array: Any) -> Any:
    return array.flat


def _advance(iterator: Any, count: int) -> None:
    deque(itertools.islice(iterator, count), maxlen=0)


def _archive(obj: Any, saver: Saver) -> Any:
    """An open `.npz`: its members are read when they are asked for, so it is opened again."""
    path = getattr(obj.zip, "filename", None) if obj.zip is not None else None
    if path is None:
        return saver.give_up(obj, "it is closed or comes from no file")
    return _open_archive, (os.path.abspath(path), obj.allow_pickle)


def _open_archive(path: str, allow_pickle: bool) -> Any:
    import numpy

    return numpy.load(path, allow_pickle=allow_pickle)
