"""What it costs to watch a training for NaN, and to log the values of its loops."""

from __future__ import annotations

import importlib.util
from collections import defaultdict
from collections.abc import Iterator

from benchmarks.measure import Row, Workplace, copy_in, ratio, seconds

_ROUNDS = 5
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
    """Steps of three small models under midrun with the sentinel and without, and with what people
    use instead; the best rounds of each are compared, by CPU time."""
    script = copy_in(work, "steps.py")
    guards = [g for g in _GUARDS if g != "transformers" or importlib.util.find_spec(g)]
    for model in _MODELS:
        best = defaultdict[str, float](lambda: float("inf"))
        for _ in range(_ROUNDS):
            for side in ("off", "on", "nothing", *guards):
                if side in ("off", "on"):
                    options = ["--no-sentinel"] if side == "off" else []
                    ran = work.midrun("run", "--budget", "0", *options, script, model, "nothing")
                    work.forget()
                else:
                    ran = work.python(script, model, side)
                best[side] = min(best[side], float(ran.out.split()[-1]))
        value = best["on"] / best["off"]
        goal, met = f"at most {_LIMIT}", round(value, 3) <= _LIMIT
        yield Row(f"{model}, a step of plain python", f"{1e3 * best['nothing']:.2f} ms")
        yield Row(f"{model}, sentinel on against off", f"{value:.3f}", goal, met)
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
