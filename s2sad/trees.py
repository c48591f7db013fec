"""Checking cotangents and tangents against the values they belong to."""

from __future__ import annotations

from typing import Any

import numpy as np

from s2sad.errors import ShapeError
from s2sad.frontend.signature import object_fields


def like(given: Any, value: Any, what: str) -> Any:
    """Return a cotangent or tangent with exactly the structure, shapes and dtypes of its value.

    Raises ShapeError naming both shapes or structures where they differ.
    """
    if isinstance(value, tuple | list):
        if not isinstance(given, tuple | list) or len(given) != len(value):
            raise ShapeError(f"the {what} must be a {type(value).__name__} of {len(value)} items, not {_say(given)}")
        return type(value)(like(g, v, what) for g, v in zip(given, value, strict=True))
    if isinstance(value, dict):
        if not isinstance(given, dict) or set(given) != set(value):
            raise ShapeError(f"the {what} must be a dict with the keys {sorted(map(str, value))}, not {_say(given)}")
        return {key: like(given[key], value[key], what) for key in value}
    if isinstance(value, np.ndarray) and value.dtype.kind in "fc":
        return _array(given, value, what)
    if isinstance(value, float | complex | np.inexact):
        if np.shape(given) != ():
            raise ShapeError(f"the {what} has shape {np.shape(given)}, the value has shape ()")
        return given.item() if isinstance(given, np.ndarray) else given
    fields = None if value is None or isinstance(value, int | str | np.ndarray) else object_fields(value)
    if fields is None:
        return None
    parts = given if isinstance(given, dict) else object_fields(given) or {}
    return {key: like(parts[key], item, what) for key, item in fields.items()}


def _array(given: Any, value: np.ndarray[Any, Any], what: str) -> np.ndarray[Any, Any]:
    try:
        array = np.asarray(given)
    except ValueError:
        raise ShapeError(f"the {what} is not an array") from None
    if array.dtype.kind not in "biufc":
        raise ShapeError(f"the {what} is {_say(given)}, not numbers")
    if array.shape != value.shape:
        raise ShapeError(f"the {what} has shape {array.shape}, the value has shape {value.shape}")
    if array.dtype.kind == "c" and value.dtype.kind != "c":
        raise ShapeError(f"the {what} is complex, the value is real")
    return array.astype(value.dtype, copy=False)


def _say(given: Any) -> str:
    return f"{type(given).__name__} of {len(given)} items" if isinstance(given, tuple | list) else type(given).__name__
