"""The folder of generated modules: written once, checked by checksum, found again by the next process."""

from __future__ import annotations

import hashlib
import json
import os
import sys
import tempfile
import types
from pathlib import Path
from typing import Any

from s2sad.errors import CacheError

VERSION = "0.1.0"
MARK = "# s2sad-cache: "


def folder() -> Path:
    """Return the cache folder, made if need be with mode 0700.

    Raises CacheError with the way out if it cannot be written.
    """
    given = os.environ.get("S2SAD_CACHE_DIR")
    base = Path(given) if given else Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "s2sad"
    try:
        base.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not os.access(base, os.W_OK | os.X_OK):
            raise PermissionError(13, "not writable")
    except OSError as error:
        raise CacheError(
            f"the cache folder {base} cannot be used ({error.strerror}); set S2SAD_CACHE_DIR to a folder that can be "
            "written"
        ) from None
    return base


def digest(*parts: object) -> str:
    """Return a short hash of things whose repr is stable."""
    text = "\0".join(part if isinstance(part, str) else repr(part) for part in parts)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def code_hash(code: types.CodeType) -> str:
    """Return a hash of what a code object does, nested ones included."""
    constants = [code_hash(c) if isinstance(c, types.CodeType) else repr(c) for c in code.co_consts]
    return digest(code.co_code.hex(), constants, code.co_names, code.co_varnames, code.co_freevars)


def versions() -> str:
    """Return the versions a cached module depends on."""
    import numpy as np

    return f"{VERSION}/{sys.version_info[0]}.{sys.version_info[1]}/{np.__version__}"


def write(path: Path, text: str, meta: dict[str, Any]) -> None:
    """Write a module and what it depends on; the file appears whole or not at all."""
    line = MARK + json.dumps({**meta, "checksum": digest(text)}, sort_keys=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, suffix=".tmp")
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text + line + "\n")
    os.replace(temporary, path)


def read(path: Path) -> tuple[str, dict[str, Any]] | None:
    """Return (text, meta) of a cached module; None if there is none or it was cut off or edited."""
    try:
        whole = path.read_text(encoding="utf-8")
    except OSError:
        return None
    at = whole.rfind(MARK)
    if at < 0:
        return None
    text = whole[:at]
    try:
        meta = json.loads(whole[at + len(MARK) :])
    except ValueError:
        return None
    return (text, meta) if meta.get("checksum") == digest(text) else None
