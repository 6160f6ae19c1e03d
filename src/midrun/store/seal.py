"""Whether a savepoint is the user's own: a keyed digest over its manifest.

A savepoint is a pickle, and a pickle is code. The manifest holds the SHA-256 of the pickle and
the keys of the blobs, so an HMAC of the manifest under a key that only the user can read covers
the savepoint. (Blobs are covered by a hash that isn't cryptographic: they hold plain bytes.)
"""

from __future__ import annotations

import fcntl
import hashlib
import hmac
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from midrun.store.errors import StoreError
from midrun.store.files import write_all

_SIZE = 32  # bytes


def key_path() -> Path:
    """Return where the user's key is: $MIDRUN_KEY_FILE, or below $XDG_DATA_HOME."""
    if named := os.environ.get("MIDRUN_KEY_FILE"):
        return Path(named).absolute()
    data = os.environ.get("XDG_DATA_HOME") or "~/.local/share"
    return Path(data).expanduser() / "midrun" / "key"


def read_key(path: Path) -> bytes | None:
    """Return the key in `path`, None if there is none."""
    try:
        key = path.read_bytes()
    except OSError:
        return None
    return key if len(key) == _SIZE else None


def ensure_key(path: Path) -> bytes:
    """Return the key in `path`, made now if there is none.

    Raises StoreError "no-key" if it can be neither read nor made.
    """
    if (key := read_key(path)) is not None:
        return key
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        fd = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(fd, fcntl.LOCK_EX)  # two first savepoints may come at once
            key = os.pread(fd, _SIZE, 0)
            if len(key) != _SIZE:
                key = os.urandom(_SIZE)
                os.ftruncate(fd, 0)
                write_all(fd, key)
                os.fsync(fd)
        finally:
            os.close(fd)
    except OSError as error:
        raise StoreError(
            f"the key that marks savepoints as yours could not be made at {path} "
            f"({error.strerror}); set MIDRUN_KEY_FILE to a file that you can write",
            slug="no-key",
        ) from error
    return key


def state_hash(state: bytes) -> str:
    """Return the hash of a pickle as manifests hold it (SHA-256, hex)."""
    return hashlib.sha256(state).hexdigest()


def digest(manifest: Mapping[str, Any], key: bytes) -> str:
    """Return the keyed digest of all of `manifest` but the entry "digest" (HMAC-SHA256, hex)."""
    rest = {name: value for name, value in manifest.items() if name != "digest"}
    text = json.dumps(rest, sort_keys=True, separators=(",", ":"))
    return hmac.new(key, text.encode(), "sha256").hexdigest()


def matches(manifest: Mapping[str, Any], key: bytes) -> bool:
    """Whether the digest in `manifest` was made with `key` from what else is in it."""
    return hmac.compare_digest(digest(manifest, key), str(manifest.get("digest")))
