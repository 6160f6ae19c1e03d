"""Sets keep the order of their items, whatever they have been through."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from roundtrip import again

from midrun.state.sets import plans, restore


def _made(chooser: random.Random) -> set[Any]:
    """A set that has been filled, copied and thinned out."""
    kinds: list[Callable[[], Any]] = [
        lambda: str(chooser.randrange(300)),
        lambda: chooser.choice([1, 7, 64]) * chooser.randrange(60),
        lambda: (chooser.randrange(9), str(chooser.randrange(30))),
        lambda: float(chooser.randrange(200)),
    ]
    item = chooser.choice(kinds)
    many = range(chooser.randrange(1, 60))
    made: set[Any] = set()
    for _ in range(4):
        match chooser.randrange(6):
            case 0:
                made |= {item() for _ in many}
            case 1:
                made.update(item() for _ in many)
            case 2:
                made = set(made)
            case 3:
                made -= {item() for _ in many}
            case 4:
                made = made - {item() for _ in many}
            case _:
                for _ in range(min(len(made), 4)):
                    made.pop()
    return made


@pytest.mark.parametrize("seed", range(5))
def test_order_is_kept(seed: int) -> None:
    chooser = random.Random(seed)
    made = [_made(chooser) for _ in range(300)]
    kept = [list(one) == list(back) for one, back in zip(made, again(made), strict=True)]
    # A few tables that have been shrunk while most items collided can't be made again.
    assert sum(kept) >= 298


@pytest.mark.parametrize("seed", range(5))
def test_so_is_what_comes_of_it(seed: int) -> None:
    chooser = random.Random(seed)
    same = 0
    for _ in range(100):
        one = _made(chooser)
        back = again(one)
        for both in (one, back):
            both.update(range(seed, 700, 64))
            for _ in range(len(both) // 2):
                both.pop()
            both.update("abc")
        same += list(one) == list(back)
    assert same >= 95


def test_items_that_all_collide() -> None:
    """Not each of their tables can be made again."""
    numbers = [n / 1024 for n in range(200)]
    made = [set(numbers[:size]) | {-1.0} for size in range(1, 200)]
    back = again(made)
    assert back == made
    assert sum(list(one) == list(two) for one, two in zip(back, made, strict=True)) > 180


def test_paths_and_members() -> None:
    paths = {Path(f"class{n}") for n in range(40)}
    paths = set(paths - {Path("class3")})
    flags = set(re.RegexFlag) - {re.RegexFlag.ASCII}
    back = again([paths, flags])
    assert [list(one) for one in back] == [list(paths), list(flags)]


def test_what_is_left_alone() -> None:
    class Own:
        def __hash__(self) -> int:
            return 1

    assert not plans([set(), {1, 2, 3}, {"a"}, {Own(), Own()}, {object(), object()}])
    assert not plans([{("a", object()), ("b", 1)}])
    assert not plans([set({n * 16384 for n in range(20_000)})])


def test_instances_of_a_subclass() -> None:
    class Labels(set[Any]):
        pass

    labels = Labels(set(Labels(f"label{n}" for n in range(7))))
    labels.name = "its own"  # type: ignore[attr-defined]
    ((found, finger, plan),) = plans([labels]) or [(labels, 0, (list(labels), 0))]
    other = Labels(sorted(labels))
    restore(other, finger, plan)
    assert found is labels
    assert list(other) == list(labels)
