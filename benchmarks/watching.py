"""What it costs to watch a training for NaN, and to log the values of its loops."""

from __future__ import annotations

import importlib.util
from collections import defaultdict
from collections.abc import Iterator

from benchmarks.measure import Row, Workplace, copy_in, ratio, seconds

_ROUNDS = 3
_TURNS = 120
_LIMIT = 1.02
_EPOCHS = 162
_LIMIT_JOURNAL = 1.01
_MODELS = ("mlp", "convnet", "transformer")
_GUARDS = {
    "anomaly": "torch.autograd.set_detect_anomaly",
    "isnan": "isnan of each parameter, each step",
    "transformers": "transformers' DebugUnderflowOverflow",
}


def sentinel(work: Workplace) -> Iterator[Row]:
    """Steps of three small models under midrun with the sentinel and without, by turns in one
    process, since processes of one side differ by more than what is to be told; and of processes
    with what people use instead, of which the best rounds are compared. By CPU time."""
    script = copy_in(work, "steps.py")
    by_turns = copy_in(work, "watched.py")
    guards = [g for g in _GUARDS if g != "transformers" or importlib.util.find_spec(g)]
    for model in _MODELS:
        best = defaultdict[str, float](lambda: float("inf"))
        for _ in range(_ROUNDS):
            for side in ("nothing", *guards):
                ran = work.python(script, model, side)
                best[side] = min(best[side], float(ran.out.split()[-1]))
        ran = work.midrun("run", "--budget", "0", "--no-sentinel", by_turns, model, _TURNS)
        work.forget()
        times = [float(line) for line in ran.out.split()]
        value, text = ratio(times[::2], times[1::2])
        goal, met = f"at most {_LIMIT}", round(value, 3) <= _LIMIT
        yield Row(f"{model}, a step of plain python", f"{1e3 * best['nothing']:.2f} ms")
        yield Row(f"{model}, sentinel on against off", text, goal, met)
        yield Row(f"{model}, the best round of each", f"{min(times[::2]) / min(times[1::2]):.3f}")
        for guard in guards:
            yield Row(f"{model}, {_GUARDS[guard]}", f"{best[guard] / best['nothing']:.3f}")


def journal(work: Workplace) -> Iterator[Row]:
    """Epochs of the training script of `overhead.training`, a quarter as long, with the log and
    without by turns in one process, since processes of one side differ by more than what is to be
    told."""
    copy_in(work, "train.py")
    script = copy_in(work, "logged.py")
    ran = work.midrun("run", "--budget", "0", "--no-sentinel", script, _EPOCHS)
    _, *times = ran.out.splitlines()[-1].split()
    logged, plain = ([float(time) for time in times[side::2]][1:] for side in (0, 1))
    value, text = ratio(logged, plain)
    goal, met = f"at most {_LIMIT_JOURNAL}", round(value, 3) <= _LIMIT_JOURNAL
    yield Row("an epoch of a training script that is not logged, CPU time", seconds(plain))
    yield Row("the same with its log, against that", text, goal, met)
    yield Row("the best epoch of each", f"{min(logged) / min(plain):.3f}")
    lines = [path.read_text().count("\n") for path in work.store.rglob("log.jsonl")]
    yield Row("lines in the log", str(sum(lines)))
