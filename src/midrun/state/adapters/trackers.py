"""Runs of Weights & Biases that are offline: after a resume they go on in a folder of their own.

W&B writes a run in a process of its own, into a file that can't be continued. So a new offline run
is begun, with the same id, settings, config and summary, at the step that the old one had come to.
What had been logged for that step, but was not complete, is logged again. Online runs and those
that are finished can't be saved; disabled ones are made anew.
"""

from __future__ import annotations

import functools
import importlib
import os
import sys
import types
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from midrun.state import rebuild

if TYPE_CHECKING:
    from midrun.state.pickling import Saver
    from midrun.state.registry import Registry

MODULE = "wandb.sdk.wandb_run"
_SERVICE = "WANDB_SERVICE"  # where W&B's process is, for child processes
# Settings that belong to the process, or to how the first run was begun.
_NOT_KEPT = {
    "api_key", "fork_from", "resume", "resume_from", "resumed", "x_executable", "x_start_time",
    "x_stats_pid",
}  # fmt: skip
_PLAIN = (str, int, float, bool, tuple, type(None))


@dataclass
class Progress:
    """What midrun notes of a run: what has been logged for a step that is not complete, the metrics
    that were defined, by the arguments, and where the process is that writes it."""

    row: dict[str, Any] = field(default_factory=dict)
    metrics: list[tuple[tuple[Any, ...], dict[str, Any]]] = field(default_factory=list)
    service: str | None = None


def add(registry: Registry) -> None:
    registry.register(f"{MODULE}.Run", _run)
    registry.register("wandb.sdk.wandb_config.Config", _part("config"))
    registry.register("wandb.sdk.wandb_summary.Summary", _part("summary"))
    registry.register("wandb.sdk.lib.exit_hooks.ExitHooks", _part("_hooks"))


def watch(module: types.ModuleType) -> None:
    """Have what is logged noted from now on."""
    kind = module.__dict__.get("Run")
    if kind is None or not all(hasattr(kind, name) for name in ("_log", "define_metric")):
        return
    kind._log = _noting_rows(kind._log)
    kind.define_metric = _noting_metrics(kind.define_metric)


def _progress(run: Any) -> Progress:
    found: Progress = vars(run).setdefault("_midrun", Progress())
    return found


def _noting_rows(method: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(method)
    def log(
        run: Any, data: dict[str, Any], step: int | None = None, commit: bool | None = None
    ) -> Any:
        before = run._local_step
        result = method(run, data, step, commit)
        progress = _progress(run)
        if commit or (commit is None and step is None):
            progress.row = {}
        elif step is None or step >= before:
            # Another step completes the row of the one before.
            progress.row = {**(progress.row if run._local_step == before else {}), **data}
        return result

    return log


def _noting_metrics(method: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(method)
    def define_metric(run: Any, *arguments: Any, **options: Any) -> Any:
        result = method(run, *arguments, **options)
        _progress(run).metrics.append((arguments, options))
        return result

    return define_metric


def _run(obj: Any, saver: Saver) -> Any:
    settings = obj._settings
    if vars(obj).get("_is_finished"):
        return saver.give_up(obj, "it is finished")
    if settings.mode not in ("offline", "disabled"):
        why = "W&B writes it in a process of its own"
        return saver.give_up(obj, f"{why}; wandb.init() with the same id begins it anew")
    if vars(obj).get("_torch_history") is not None:
        saver.note(
            "changed", f"the W&B run {obj.id}", "it watches no model any more: watch() again"
        )
    values = {name: getattr(settings, name, None) for name in type(settings).model_fields}
    kept = {n: v for n, v in values.items() if n not in _NOT_KEPT and type(v) in _PLAIN}
    defaults = {name: info.default for name, info in type(settings).model_fields.items()}
    state = {
        "settings": {name: value for name, value in kept.items() if value != defaults[name]},
        "config": dict(obj.config),
        "summary": {k: v for k, v in dict(obj.summary).items() if not k.startswith("_")},
        "step": vars(obj).get("_local_step", 0),
        "progress": _progress(obj),
    }
    return _begin_again, (settings.run_id, settings.sync_dir, state, rebuild.report)


def _begin_again(
    name: str, folder: str, state: dict[str, Any], report: Callable[[str, str], None]
) -> Any:
    os.environ.pop(_SERVICE, None)  # of the old process
    wandb = importlib.import_module("wandb")
    progress, step = state["progress"], state["step"]
    run = wandb.init(config=state["config"], settings=wandb.Settings(**state["settings"]))
    run.summary.update(state["summary"])
    if run._settings.mode == "offline":
        for arguments, options in progress.metrics:
            run.define_metric(*arguments, **options)
        if step:
            vars(run).update(_local_step=step, _starting_step=step)
            run._log(progress.row, step=step, commit=False)
        new = os.path.basename(run._settings.sync_dir)
        report(f"the W&B run {name}", f"goes on in {new}; what it had logged is in {folder}")
    vars(run)["_midrun"] = Progress(progress.row, progress.metrics, os.environ.get(_SERVICE))
    return run


def _part(name: str) -> Callable[[Any, Saver], Any]:
    """An adapter for what belongs to the current run."""

    def reduce(obj: Any, saver: Saver) -> Any:
        run = sys.modules["wandb"].run
        if run is None or getattr(run, name, None) is not obj:
            return NotImplemented
        return getattr, (run, name)

    return reduce


def read_run() -> Any:
    """The current run of W&B, if there is one."""
    return getattr(sys.modules["wandb"], "run", None)


def set_run(saved: Any) -> None:
    """Name the process that writes the run, which the environment from the savepoint does not."""
    os.environ.pop(_SERVICE, None)
    progress = getattr(saved, "__dict__", {}).get("_midrun")
    if progress is not None and progress.service:
        os.environ[_SERVICE] = progress.service
