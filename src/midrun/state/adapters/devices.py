"""Devices, what lies on them, and their random number generators, streams and events.

What was on an accelerator comes back to the same one, or, where the user says so
(`midrun resume --device cpu`), to another device. Streams and events are idle in a savepoint: to
copy memory from a device waits for all that the device has to do.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from midrun.errors import MidrunError
from midrun.state import rebuild
from midrun.state.adapters.memory import bytes_at

if TYPE_CHECKING:
    from midrun.state.pickling import Saver
    from midrun.state.registry import Registry


def add(registry: Registry) -> None:
    registry.register("torch.device", lambda obj, saver: (rebuild.device, (str(obj),)))
    registry.register("torch._C.Generator", _generator)
    registry.register("torch.cuda.streams.Stream", _stream)
    registry.register("torch.cuda.streams.Event", _event)


class unaffected:
    """Torch without what the program may have set: neither gradients nor functions of tensor
    subclasses nor modes nor a default device play a part."""

    # Not a `contextmanager`, nor `torch.no_grad`: it is entered for each tensor of a program.
    def __enter__(self) -> None:
        import torch

        self._set_gradients = torch._C._set_grad_enabled
        self._had_gradients = torch.is_grad_enabled()
        self._guards = torch._C.DisableTorchFunction(), torch._C._DisableTorchDispatch()
        for guard in self._guards:
            guard.__enter__()
        self._set_gradients(False)

    def __exit__(self, *error: object) -> None:
        self._set_gradients(self._had_gradients)
        for guard in reversed(self._guards):
            guard.__exit__(*error)


def on_device(held: memoryview, device: Any) -> Any:
    """A storage on `device` with the bytes `held`.

    Raises MidrunError (slug "no-device") if there is no such device.
    """
    import torch

    if device.type == "cpu":  # it was on another
        storage = torch.UntypedStorage(held.nbytes, device="cpu")
        bytes_at(storage.data_ptr(), held.nbytes)[:] = held
        return storage
    available = torch.accelerator.is_available()
    if not available or (device.index or 0) >= torch.accelerator.device_count():
        raise MidrunError(
            f"the savepoint holds tensors on {device}, which this machine does not have; resume "
            "with --device cpu, or where there is one",
            slug="no-device",
        )
    with unaffected():
        tensor = torch.frombuffer(held, dtype=torch.uint8).to(device)
        return tensor.untyped_storage()


def _generator(obj: Any, saver: Saver) -> Any:
    import torch

    with unaffected():
        state = bytes(obj.get_state().tolist())
    if obj.device.type == "cuda":
        for index, default in enumerate(torch.cuda.default_generators):
            if default is obj:
                return _default_generator, (obj.device, index)
    return _make_generator, (obj.device, state, obj.initial_seed())


def _default_generator(device: Any, index: int) -> Any:
    import torch

    if device.type != "cuda":
        return torch.default_generator
    torch.cuda.init()
    return torch.cuda.default_generators[index]


def _make_generator(device: Any, state: bytes, seed: int) -> Any:
    import torch

    generator = torch.Generator(device)
    with unaffected():
        if len(state) == generator.get_state().numel():
            generator.set_state(torch.tensor(list(state), dtype=torch.uint8, device="cpu"))
        else:  # of another kind of device: its numbers are other ones in any case
            generator.manual_seed(seed)
    return generator


def _stream(obj: Any, saver: Saver) -> Any:
    import torch

    is_default = obj == torch.cuda.default_stream(obj.device)
    return _make_stream, (obj.device, obj.priority, is_default)


def _make_stream(device: Any, priority: int, is_default: bool) -> Any:
    import torch

    if device.type != "cuda":
        return torch.Stream(device)
    if is_default:
        return torch.cuda.default_stream(device)
    return torch.cuda.Stream(device, priority=priority)


def _event(obj: Any, saver: Saver) -> Any:
    # Whether it measures time can't be read; one that does can stand for one that does not.
    return _make_event, (obj.device, bool(obj.cuda_event))


def _make_event(device: Any, was_recorded: bool) -> Any:
    import torch

    if device is None or device.type != "cuda":
        return torch.Event(device or "cpu")
    event = torch.cuda.Event(enable_timing=True)
    if was_recorded:
        event.record(torch.cuda.current_stream(device))
    return event
