"""LMDB: environments come back with the contents that they had, and what reads them at its place;
while something is being written, the savepoint is put off."""

from __future__ import annotations

import ctypes
import os
import sys
import tempfile
from typing import TYPE_CHECKING, Any

from midrun.state.adapters.ondisk import OnDisk, on_disk
from midrun.state.missing import Missing
from midrun.state.session import NotNow

if TYPE_CHECKING:
    from midrun.state.pickling import Saver
    from midrun.state.registry import Registry

_NO_KEY = b"\0midrun: no program has this key\0"
_WORD = 8  # bytes of a pointer
_DATABASES = 128  # named ones that can be open after a resume: how many could be is not told


def add(registry: Registry) -> None:
    # The types of LMDB's C module say that they are of `builtins`.
    registry.register("builtins.Environment", _environment)
    registry.register("builtins._Database", _database)
    registry.register("builtins.Transaction", _transaction)
    registry.register("builtins.Cursor", _cursor)


def _environment(obj: Any, saver: Saver) -> Any:
    lmdb = sys.modules.get("lmdb")
    if lmdb is None or type(obj) is not lmdb.Environment:
        return NotImplemented
    try:
        flags, info, path = obj.flags(), obj.info(), obj.path()
    except lmdb.Error as error:
        return saver.give_up(obj, str(error))
    options = {**flags, "map_size": info["map_size"], "max_readers": info["max_readers"]}
    data = os.path.join(path, "data.mdb") if flags["subdir"] else path
    if not flags["readonly"]:
        obj.sync(True)
    there = on_disk(data, saver, written=not flags["readonly"])
    return _open, (there, os.path.abspath(path), options)


def _open(there: OnDisk, path: str, options: dict[str, Any]) -> Any:
    import lmdb

    return lmdb.open(path, create=False, max_dbs=_DATABASES, **options)


def _database(obj: Any, saver: Saver) -> Any:
    lmdb = sys.modules.get("lmdb")
    if lmdb is None or not hasattr(obj, "flags"):
        return NotImplemented
    return saver.give_up(obj, "LMDB does not tell its name; open_db() gives it anew")


def _transaction(obj: Any, saver: Saver) -> Any:
    lmdb = sys.modules.get("lmdb")
    if lmdb is None or type(obj) is not lmdb.Transaction:
        return NotImplemented
    try:
        obj.delete(_NO_KEY)
        raise NotNow("an LMDB transaction that writes is open")
    except lmdb.ReadonlyError:
        environment = _held(obj, lmdb.Environment)
    except lmdb.Error:  # nobody can use it any more, so nothing is lost
        return Missing, ("lmdb.Transaction object", "it was over at the savepoint")
    if environment is None or _has_named(environment):
        return saver.give_up(obj, "it may be of a named database; begin() gives one anew")
    return _begin, (environment,)


def _begin(environment: Any) -> Any:
    return environment if type(environment) is Missing else environment.begin()


def _cursor(obj: Any, saver: Saver) -> Any:
    lmdb = sys.modules.get("lmdb")
    if lmdb is None or type(obj) is not lmdb.Cursor:
        return NotImplemented
    try:
        key = obj.key()
    except lmdb.Error:
        return Missing, ("lmdb.Cursor object", "it was over at the savepoint")
    transaction = _held(obj, lmdb.Transaction)
    if transaction is None:
        return saver.give_up(obj, "LMDB does not tell what it belongs to; cursor() gives one anew")
    return _new_cursor, (transaction, bytes(key))


def _new_cursor(transaction: Any, key: bytes) -> Any:
    if type(transaction) is Missing:
        return transaction
    cursor = transaction.cursor()
    if key:
        cursor.set_key(key)
    return cursor


def _has_named(environment: Any) -> bool:
    try:
        return bool(environment.dbs())
    except Exception:  # it can't be known: not in this version, or not now
        return True


def _held(obj: Any, kind: type) -> Any:
    """The object of type `kind` that one of LMDB's holds; no method tells it. Where it lies is seen
    in objects that are made for this; None if it is not seen there."""
    import lmdb

    with (
        tempfile.TemporaryDirectory() as folder,
        lmdb.open(folder, lock=False) as environment,
        environment.begin() as transaction,
        transaction.cursor() as cursor,
    ):
        of_transaction = kind is lmdb.Environment
        example, held = (transaction, environment) if of_transaction else (cursor, transaction)
        places = [
            place
            for place in range(object.__basicsize__, type(obj).__basicsize__, _WORD)
            if ctypes.c_size_t.from_address(id(example) + place).value == id(held)
        ]
    if len(places) != 1:
        return None
    found = ctypes.py_object.from_address(id(obj) + places[0]).value
    return found if type(found) is kind else None
