"""Stopping code that has no call and no check in it."""

from __future__ import annotations

import sys
import types

import pytest

from midrun.run.stops import Stops


def count(n: int) -> int:
    i = 0
    while i < n:
        i += 1
    return i


class Stopper:
    """Counts the lines of `count` that it is told of, and stops after `limit` of them."""

    def __init__(self, limit: int) -> None:
        self.lines: list[int] = []
        self.limit = limit
        self.stops = Stops(self.reached)

    def reached(self, frame: types.FrameType) -> None:
        if frame.f_code is count.__code__:
            self.lines.append(frame.f_lineno - count.__code__.co_firstlineno)
            if len(self.lines) == self.limit:
                self.stops.disarm()


def test_a_loop_is_stopped_before_each_line_until_disarmed():
    stopper = Stopper(limit=5)
    assert stopper.stops.arm()
    assert count(1000) == 1000
    assert stopper.lines == [1, 2, 3, 2, 3]
    assert not stopper.stops.armed


def test_it_ends_by_itself_after_its_time():
    stopper = Stopper(limit=10**9)
    stopper.stops.arm(seconds=0.01)
    rounds = 0
    while stopper.stops.armed:
        rounds += count(100)
    assert len(stopper.lines) > 0
    count(100)
    before = len(stopper.lines)
    count(100)
    assert len(stopper.lines) == before


def test_the_program_cannot_see_it():
    stopper = Stopper(limit=10**9)
    stopper.stops.arm()
    try:
        assert sys.gettrace() is None
    finally:
        stopper.stops.disarm()


def test_a_debugger_is_left_alone():
    traced: list[str] = []

    def trace(frame: types.FrameType, event: str, argument: object) -> None:
        traced.append(frame.f_code.co_name)

    old = sys.gettrace()
    sys.settrace(trace)
    try:
        armed = Stopper(limit=1).stops.arm()
        count(3)
    finally:
        sys.settrace(old)
    assert not armed
    assert "count" in traced


def test_nothing_is_kept_alive_by_a_stop():
    """A Python trace function would leave a dictionary of the locals behind (before 3.13)."""

    class Thing:
        pass

    import weakref

    def use() -> bool:
        thing = Thing()
        seen = weakref.ref(thing)
        del thing
        return seen() is None

    stops = Stops(lambda frame: None)
    stops.arm()
    try:
        gone = use()
    finally:
        stops.disarm()
    assert gone


@pytest.mark.parametrize("armed", [True, False])
def test_while_suspended_it_is_not_told(armed):
    stopper = Stopper(limit=10**9)
    if armed:
        stopper.stops.arm()
    try:
        with stopper.stops.suspended():
            count(3)
        assert stopper.lines == []
        count(3)
    finally:
        stopper.stops.disarm()
    assert bool(stopper.lines) == armed
