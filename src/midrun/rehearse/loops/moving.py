"""Moving on what a loop moves otherwise than by drawing items, where rounds are left out."""

from __future__ import annotations

import types

from midrun.rehearse.loops.counting import Counters
from midrun.rehearse.loops.execution import Execution
from midrun.rehearse.loops.followers import Followers, attributes, move_numbers, numbers
from midrun.rehearse.loops.passing import move


def follow(
    execution: Execution, frame: types.FrameType, followers: Followers, counters: Counters
) -> None:
    """At the head of a round of a loop: move all of it on, and see how the rounds move it."""
    stats, counted = execution.stats, execution.stats.site.counted
    first = len(stats.site.counters)
    if execution.jump:
        begin, values = execution.index - execution.jump, counters.values()
        execution.growth.head(begin, values)
        execution.growth.settle()
        there = execution.growth.ahead(values, begin, execution.index)
        followers.move(execution.moved, execution.jump)
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
    execution.growth.head(execution.index, counters.values())
    execution.positions = followers.positions()
