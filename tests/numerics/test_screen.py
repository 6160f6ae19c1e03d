"""What `midrun why` shows of the steps before, and of the cures."""

from __future__ import annotations

import io

from rich.console import Console

from midrun.numerics.finding import Cure, Finding, Row
from midrun.report import reasons


def shown(part) -> list[str]:
    """The lines of it in a wide terminal, with single spaces."""
    console = Console(file=io.StringIO(), width=160)
    console.print(part)
    return [" ".join(line.split()) for line in console.file.getvalue().splitlines()]


def finding(*rows: Row) -> Finding:
    return Finding("overflow", "exp of 90", "forward", "aten.exp", None, history=[*rows])


def test_what_grew_is_shown_over_the_run_and_the_last_steps_one_by_one():
    early = [Row(n, None, {}, {"inputs": 1.0, "body": 2.0**n}) for n in range(0, 60, 3)]
    last = [Row(n, 0.5, {"body": 3.0}, {"inputs": 1.0, "body": 2.0**n}) for n in range(60, 63)]
    lines = shown(reasons.screen(finding(*early, *last)))
    begin = lines.index("the largest values of the modules")
    assert lines[begin + 1] == "backward max |inputs| max |body|"
    assert [line.split()[0] for line in lines[begin + 2 : begin + 8]] == [
        "0", "27", "57", "60", "61", "62",
    ]  # fmt: skip
    assert lines[begin + 8].split() == ["▁" * 12, "▁▂▂▃▄▄▅▅▆▇▇█"]


def test_steps_of_which_only_values_are_known_are_not_among_the_last():
    rows = [Row(1, None, {}, {"body": 1.0}), Row(8, 0.5, {"body": 3.0}), Row(9, 0.4, {"body": 2.0})]
    lines = shown(reasons.screen(finding(*rows)))
    begin = lines.index("the last steps")
    assert [line.split()[0] for line in lines[begin + 2 : begin + 4]] == ["8", "9"]
    assert "the largest values of the modules" not in lines


def test_cures_are_shown_with_the_norm_of_the_gradient():
    cure = Cure("clamp", "clamp before exp", "", finite=True, steps=50, loss=0.25, gradient=1.5)
    assert "clamp before exp yes, 50 steps 0.25 1.5" in shown(reasons.cures([cure]))
