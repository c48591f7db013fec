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
from s2sad.frontend.source import code_text, lines_of

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


def function_hash(function: types.FunctionType) -> str:
    """Return a hash of what a function does and of the lines that say so."""
    return digest(code_text(function.__code__), lines_of(function))


def token(value: Any) -> str | None:
    """Return text that is the same for the same object in every process; None if there is none."""
    if value is None or isinstance(value, bool | int | float | complex | str | bytes):
        return f"{type(value).__name__} {value!r}"
    if isinstance(value, types.FunctionType):
        return f"function {value.__module__}.{value.__qualname__} {function_hash(value)}"
    if isinstance(value, types.ModuleType):
        return f"module {value.__name__}"
    if isinstance(value, tuple):
        parts = [token(item) for item in value]
        return None if None in parts else f"tuple {parts!r}"
    name = getattr(value, "__qualname__", None) or getattr(value, "__name__", None)
    if not isinstance(name, str) or not callable(value):
        return None
    owner = getattr(value, "__self__", None)
    if owner is not None and not isinstance(owner, types.ModuleType):
        return None
    return f"{type(value).__name__} {getattr(value, '__module__', None)}.{name}"


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
