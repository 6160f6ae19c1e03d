"""Seeing that the training has become NaN, at next to no cost.

The losses that are given to `backward` are looked at, all but those of the fastest programs;
gradients and parameters by one norm over all of them, before a step of an optimizer, as often as
fits into a small share of the time. A NaN stays in the parameters, so that a look now and then
misses none, only sees it later; what is known then is the last look at which all was finite, and
going back to it finds the step. Beside it, and more seldom, the largest values of one forward pass
are kept (see `midrun.run.activations`), for people to see what grew.

A loss that is not finite is no alarm by itself: GradScaler and careful programs skip such a step.
It is one when a step is taken with it, or when it comes many times on end.

A program may call neither `backward` nor an optimizer, but work out derivatives itself, by
torch.func or `torch.autograd.grad`, and change its parameters by hand. What it takes derivatives of
is then its loss, and each time counts as a backward pass; parameters are not looked at.

On an accelerator nothing is waited for: results are copied to pinned memory and read when the
device says that they are there, some steps later.
"""

from __future__ import annotations

import functools
import math
import sys
import time
import types
from collections import deque
from collections.abc import Callable
from typing import Any

from midrun.run.activations import Sampler, largest, thin
from midrun.run.seen import Activations, Count, Look, Trip
from midrun.run.steps import gradients_of, parameters_of

_SHARE = 0.005  # of the time, for looks at gradients and parameters
_SHARE_OF_SAMPLES = 0.001  # of the time, for the largest values of a forward pass
_BETWEEN_SAMPLES = 0.5  # seconds at least
_BETWEEN_LOOKS = 0.1  # seconds at least; each also slows the step after it, by emptying caches
_BETWEEN_LOSSES = 0.005  # seconds
_LATE = 1.0  # seconds that a look waits for the loss that belongs to it; some steps have none
_BEFORE = 20  # derivatives before one that is finite, since which all was: several make a step
_SKIPPED = 20  # losses on end that are not finite, without a step: more than a GradScaler needs
_HISTORY = 200  # looks, and samples, that are kept


class Alarm:
    """What a sentinel tells of. This one does nothing about it."""

    def calm(self) -> None:
        """All was finite at a look."""

    def trip(self, trip: Trip) -> None:
        """The training has turned bad. Called once."""

    def fault(self, error: Exception) -> None:
        """The sentinel itself has failed, which must not harm the program; its watch is over."""
        raise error

    def end(self) -> None:
        """The program has ended."""


class Sentinel:
    """Watches the training (see `midrun.run.steps`), and raises the alarm once if it turns bad.
    `is_own` tells the program's own files."""

    def __init__(self, alarm: Alarm, is_own: Callable[[str], bool]) -> None:
        self.clean = Count()
        self.history: deque[Look] = deque(maxlen=_HISTORY)
        self.activations: list[Activations] = []
        self._sampler = Sampler()
        self._next_sample = 0.0
        self._alarm = alarm
        self._is_own = functools.cache(is_own)
        self._backwards = self._steps = 0  # not a Count: each step of the program adds to them
        self._next = self._next_loss = 0.0
        self._is_due = False  # a look, once the loss that belongs to it has been read
        self._read_at = 0  # the backward pass whose loss was read last
        self._optimizer: Any = None  # whose step was the last
        self._looked_at: Any = None
        self._loss = math.nan
        self._bad_losses = 0
        self._at = ("", 0)
        self._late: deque[tuple[Any, Any, Callable[[list[float]], None]]] = deque()
        self._is_over = False
        self._by_hand = False  # derivatives count as backward passes, as long as there is no other
        self._in_derivative = False

    @property
    def count(self) -> Count:
        """How far the training is."""
        return Count(self._backwards, self._steps, self._by_hand)

    def go_on(self, count: Count) -> None:
        """The program continues from where it was at `count`."""
        self.clean = count
        self._backwards, self._steps = count.backwards, count.steps
        self._by_hand = count.by_hand

    def begin(self) -> None:
        """The program is about to start, or to go on."""

    def expects(self, error: BaseException) -> bool:
        """Whether an end by `error` is no news, so that nothing is shown of it."""
        return False

    def end(self, error: BaseException | None) -> None:
        """The program has ended, by `error` if there is one: look once more."""
        if not self._is_over and not isinstance(error, KeyboardInterrupt):
            if self._optimizer is not None:
                self._safely(lambda: self._look(self._optimizer))
            if self._bad_losses and (error is not None or self._by_hand):
                self._trip("loss", self._loss)
        self._close()
        self._alarm.end()

    def loss(self, tensors: list[Any], frame: types.FrameType) -> None:
        self._count_backward()
        if self._sampler.has_begun:
            self._safely(self._take_sample)
        now = time.perf_counter()
        if self._is_over or not (self._bad_losses or self._is_due or now >= self._next_loss):
            return
        self._next_loss = now + _BETWEEN_LOSSES
        self._read_at = self._backwards
        self._at = self._own_line(frame)
        if tensors and tensors[0].numel() == 1:
            self._safely(lambda: self._read(tensors[0], self._saw_loss))

    def derivative(self, tensors: list[Any], frame: types.FrameType) -> None:
        has_others = (self._backwards and not self._by_hand) or self._steps
        if has_others or not tensors or not _is_number(tensors[0]):
            return
        self._by_hand = self._in_derivative = True
        try:
            self.loss(tensors, frame)
        finally:
            self._in_derivative = False

    def gradients(self) -> None:
        pass

    def before_step(self, optimizer: Any) -> None:
        before, self._optimizer = self._optimizer, optimizer
        now = time.perf_counter()
        if self._is_over or not (self._bad_losses or now >= self._next):
            return
        self._is_due = self._read_at != self._backwards
        if self._is_due and not self._bad_losses and now < self._next + _LATE:
            return
        # Of optimizers that take turns, the other is looked at next.
        if self._bad_losses or before is optimizer or self._looked_at is not optimizer:
            self._safely(lambda: self._look(optimizer))
            if not self._is_over and time.perf_counter() >= self._next_sample:
                self._safely(self._sampler.watch)

    def after_step(self, optimizer: Any) -> None:
        self._leave_derivatives()
        self._steps += 1

    def _count_backward(self) -> None:
        if not self._in_derivative:
            self._leave_derivatives()
        self._backwards += 1

    def _leave_derivatives(self) -> None:
        """The program has backward passes, or steps, after all: count those alone."""
        if self._by_hand:
            self._by_hand, self._backwards = False, 0

    def _safely(self, action: Callable[[], None]) -> None:
        try:
            action()
        except Exception as error:
            self._close()
            self._alarm.fault(error)

    def _close(self) -> None:
        """The watch is over."""
        self._is_over = True
        self._sampler.stop()

    def _take_sample(self) -> None:
        """Keep what the forward pass has shown that a backward pass follows now."""
        backward, (names, values) = self._backwards, self._sampler.take()

        def seen(values: list[float]) -> None:
            self.activations.append(Activations(backward, largest(names, values)))
            thin(self.activations, _HISTORY)

        if values is not None:
            self._read(values, seen)
        wait = max(_BETWEEN_SAMPLES, self._sampler.spent / _SHARE_OF_SAMPLES)
        self._next_sample = time.perf_counter() + wait

    def _own_line(self, frame: types.FrameType | None) -> tuple[str, int]:
        """The line of the program that is under way."""
        while frame is not None:
            if self._is_own(frame.f_code.co_filename):
                return frame.f_code.co_filename, frame.f_lineno
            frame = frame.f_back
        return "", 0

    def _saw_loss(self, values: list[float]) -> None:
        (self._loss,) = values
        self._bad_losses = 0 if math.isfinite(self._loss) else self._bad_losses + 1
        if self._bad_losses > _SKIPPED:
            self._trip("loss", self._loss)
        if self._by_hand and not self._bad_losses:
            self.clean = Count(max(0, self._backwards - _BEFORE), 0, by_hand=True)
            self._alarm.calm()

    def _look(self, optimizer: Any) -> None:
        """Look at all gradients and parameters of an optimizer."""
        began = time.perf_counter()
        at = self._own_line(sys._getframe())
        self._at = at if at[0] else self._at  # none at the end of the program
        self._looked_at = optimizer
        parameters = parameters_of(optimizer.param_groups)
        gradients = gradients_of(parameters)
        count, name = self.count, name_of(optimizer)
        has_loss = self._read_at == count.backwards

        def seen(norms: list[float]) -> None:
            *groups, of_parameters = norms
            loss = self._loss if has_loss else math.nan
            look = Look(count, loss, groups, of_parameters, name)
            self._saw(look, parameters, gradients)

        if parameters:
            device = parameters[0].device
            groups = [gradients_of(group["params"]) for group in optimizer.param_groups]
            norms = [norm(tensors, device) for tensors in (*groups, parameters)]
            self._read(sys.modules["torch"].stack(norms), seen)
        ended = time.perf_counter()
        self._next = ended + max(_BETWEEN_LOOKS, (ended - began) / _SHARE)

    def _saw(self, look: Look, parameters: list[Any], gradients: list[Any]) -> None:
        self.history.append(look)
        if not math.isfinite(look.gradients + look.parameters):  # or large, with too large a norm
            if any(map(has_bad, parameters)):
                return self._trip("parameter", _worst(parameters))
            if any(map(has_bad, gradients)):
                return self._trip("gradient", _worst(gradients))
        if self._bad_losses and not self._late:
            return self._trip("loss", self._loss)
        self.clean = look.count
        self._alarm.calm()
        return None

    def _trip(self, what: str, value: float) -> None:
        if self._is_over:
            return
        self._close()
        self._alarm.trip(
            Trip(
                what, str(value), self.count, self.clean, *self._at,
                list(self.history), self.activations,
            )
        )  # fmt: skip

    def _read(self, tensor: Any, then: Callable[[list[float]], None]) -> None:
        """Have `then` called with the values of a tensor: at once where that waits for nothing."""
        if tensor.is_cpu and tensor.dim() == 0 and tensor.is_floating_point():
            then([tensor.item()])  # a loss: fast, since this is in most steps
            return
        values = tensor.detach().real.reshape(-1)
        if values.device.type == "cpu":
            then(values.tolist())
            return
        torch = sys.modules["torch"]
        host = torch.empty(values.shape, dtype=torch.float32, pin_memory=True)
        host.copy_(values, non_blocking=True)
        event = torch.get_device_module(values.device).Event()
        event.record()
        self._late.append((host, event, then))
        while self._late and self._late[0][1].query():
            there, _, action = self._late.popleft()
            action(there.tolist())


def _is_number(tensor: Any) -> bool:
    """Whether a tensor is one number, and not one for each of many samples (torch.func.vmap)."""
    functorch = sys.modules["torch"]._C._functorch
    return tensor.numel() == 1 and not functorch.is_functorch_wrapped_tensor(tensor)


def name_of(optimizer: Any) -> str:
    """What tells an optimizer from the others of a program: "Adam of 1,234 values"."""
    size = sum(parameter.numel() for parameter in parameters_of(optimizer.param_groups))
    return f"{type(optimizer).__name__} of {size:,} values"


def norm(tensors: list[Any], device: Any = None) -> Any:
    """The L2 norm of all values of some tensors, as a tensor on `device` (if it is given, else
    where the first one lies), without waiting for it."""
    torch = sys.modules["torch"]
    kinds: dict[Any, list[Any]] = {}
    for tensor in map(_values, tensors):
        if (tensor.is_floating_point() or tensor.is_complex()) and tensor.numel():
            kinds.setdefault((tensor.dtype, tensor.device), []).append(tensor)
    norms = [torch.stack(torch._foreach_norm(group)).float() for group in kinds.values()]
    if not norms:
        return torch.zeros((), device=device)
    device = norms[0].device if device is None else device
    return torch.linalg.vector_norm(torch.cat([n.to(device, non_blocking=True) for n in norms]))


def _values(tensor: Any) -> Any:
    return tensor.detach().coalesce().values() if tensor.is_sparse else tensor.detach()


def has_bad(tensor: Any) -> bool:
    """Whether a value of a tensor is not finite; waits for it."""
    return not bool(sys.modules["torch"].isfinite(_values(tensor)).all())


def _worst(tensors: list[Any]) -> float:
    isnan = sys.modules["torch"].isnan
    return math.nan if any(bool(isnan(_values(t)).any()) for t in tensors) else math.inf
