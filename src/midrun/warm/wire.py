"""Messages between a keeper and those who ask it: JSON with a length before it, and descriptors."""

from __future__ import annotations

import json
import socket
import struct
from collections.abc import Sequence
from typing import Any

_LENGTH = struct.Struct("!I")
_MOST = 8  # descriptors with a message


def send(sock: socket.socket, message: dict[str, Any], descriptors: Sequence[int] = ()) -> None:
    """Send one message. Raises OSError if nobody is there to take it."""
    data = json.dumps(message).encode()
    data = _LENGTH.pack(len(data)) + data
    sent = socket.send_fds(sock, [data], descriptors) if descriptors else 0
    if sent < len(data):  # after all of it, the other side may have answered and gone
        sock.sendall(data[sent:])


def receive(sock: socket.socket) -> tuple[dict[str, Any], list[int]]:
    """One message and its descriptors. Raises EOFError if the other side has ended."""
    data, descriptors, _, _ = socket.recv_fds(sock, _LENGTH.size, _MOST)
    data += _read(sock, _LENGTH.size - len(data))
    (length,) = _LENGTH.unpack(data)
    message = json.loads(_read(sock, length))
    assert isinstance(message, dict)
    return message, list(descriptors)


def _read(sock: socket.socket, length: int) -> bytes:
    parts: list[bytes] = []
    while length:
        part = sock.recv(length)
        if not part:
            raise EOFError
        parts.append(part)
        length -= len(part)
    return b"".join(parts)
