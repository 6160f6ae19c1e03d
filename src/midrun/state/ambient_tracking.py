"""Ambient state of MLflow: which runs are active, and where they are written.

Without it the next `mlflow.log_metric()` would begin another run.
"""

from __future__ import annotations

import sys


def _active() -> list[str]:
    """The ids of the runs that are active, the outermost first."""
    stack = sys.modules["mlflow.tracking.fluent"]._active_run_stack
    runs = stack.get() if hasattr(stack, "get") else stack  # a list before MLflow 2.14
    return [run.info.run_id for run in runs]


def _read() -> tuple[str, list[str]]:
    return sys.modules["mlflow"].get_tracking_uri(), _active()


def _restore(saved: tuple[str, list[str]]) -> None:
    mlflow = sys.modules["mlflow"]
    uri, active = saved
    mlflow.set_tracking_uri(uri)
    for run in active[len(_active()) :]:
        mlflow.start_run(run, nested=True)


AMBIENT = (("mlflow.tracking.fluent", "mlflow", _read, _restore),)
