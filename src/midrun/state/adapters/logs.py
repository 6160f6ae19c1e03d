"""Loggers go by their name; what they are set to is ambient (see `ambient`)."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from midrun.state.pickling import Saver
    from midrun.state.registry import Registry


def add(registry: Registry) -> None:
    registry.register("logging.Logger", _logger)
    registry.register("logging.Manager", lambda obj, saver: (_manager, ()))
    registry.register("logging.Handler", _handler)


def _logger(obj: logging.Logger, saver: Saver) -> Any:
    if obj is logging.root:
        return logging.getLogger, ()
    if logging.root.manager.loggerDict.get(obj.name) is not obj:
        return NotImplemented
    return logging.getLogger, (obj.name,)


def _manager() -> logging.Manager:
    return logging.root.manager


def _handler(obj: logging.Handler, saver: Saver) -> Any:
    return _make_handler, (type(obj),), dict(obj.__dict__), None, None, _fill_handler


def _make_handler(kind: type[logging.Handler]) -> logging.Handler:
    return kind.__new__(kind)


def _fill_handler(obj: logging.Handler, state: dict[str, Any]) -> None:
    name = state.pop("_name", None)
    obj.__dict__.update(state)
    obj._name = None  # type: ignore[attr-defined]
    obj.set_name(name)  # enters it in logging's table of named handlers
    logging._addHandlerRef(obj)  # type: ignore[attr-defined]
