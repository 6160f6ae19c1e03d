"""Moving on what a loop moves otherwise than by drawing items, where rounds are left out."""

from __future__ import annotations

import types

from midrun.rehearse.loops.counting import Counters, Key
from midrun.rehearse.loops.execution import Execution
from midrun.rehearse.loops.followers import Followers, Positions, attributes, move_numbers, numbers
from midrun.rehearse.loops.growth import KindOf
from midrun.rehearse.loops.loaders import is_pass
from midrun.rehearse.loops.passing import move


def follow(
    execution: Execution, frame: types.FrameType, followers: Followers, counters: Counters
) -> None:
    """At the head of a round of a loop: move all of it on, and see how the rounds move it."""
    stats, counted = execution.stats, execution.stats.site.counted
    first = len(stats.site.counters)
    if execution.jump:
        begin = execution.index - execution.jump
        values, positions = _noted(execution, begin, followers, counters)
        kind: KindOf = execution.facts.kind_of if execution.facts is not None else lambda index: ()
        execution.growth.settle(kind)
        grown = execution.growth.grown(begin, execution.index, kind)
        there = {key: values[key] + grown[key] for key in values.keys() & grown.keys()}
        moved = {ref: count * execution.jump for ref, count in execution.moved.items()}
        # A pass that a round does not move is the loop's own, which leaves out batches by itself.
        moving = {ref for ref in positions if ref in moved or not is_pass(ref())}
        followers.move(moved | {ref: grown[ref] for ref in moving & grown.keys()})
        move(execution.facts.moves if execution.facts is not None else [], execution.jump)
        steps = {n: stats.steps.get(first + n, 0) for n in range(len(counted))}
        move_numbers(counted, frame, {n: execution.jump * step for n, step in steps.items()})
        own = attributes(stats.site.counters, frame)  # the cut form does these
        counters.set({key: value for key, value in there.items() if key not in own})
    now = numbers(counted, frame)
    if not execution.jump:
        for number in now.keys() & execution.numbers.keys():
            stats.counted(first + number, now[number] - execution.numbers[number])
    execution.numbers = now
    _, execution.positions = _noted(execution, execution.index, followers, counters)


def _noted(
    execution: Execution, index: int, followers: Followers, counters: Counters
) -> tuple[dict[Key, int], Positions]:
    """What counters and followers are at the head of a round."""
    values, positions = counters.values(), followers.positions()
    execution.growth.head(index, {**values, **positions}, {**counters.first, **followers.first})
    return values, positions
