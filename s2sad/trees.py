"""Checking cotangents and tangents against the values they belong to; giving gradients the classes of arguments."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np

from s2sad.errors import ShapeError
from s2sad.frontend.signature import is_function, is_read, object_fields, option_fields
from s2sad.ir.types import Scalar, Structure, Type, differentiable


def snapshot(value: Any) -> Any:
    """Return a value whose containers are copied: what a later cotangent is checked against."""
    if isinstance(value, tuple | list):
        return _sequence(value, [snapshot(item) for item in value])
    if isinstance(value, dict):
        return {key: snapshot(item) for key, item in value.items()}
    fields = fields_of(value)
    return value if fields is None else SimpleNamespace(**{key: snapshot(item) for key, item in fields.items()})


def fields_of(value: Any) -> dict[str, Any] | None:
    """Return the attributes of a dataclass instance or plain object; None for anything else."""
    if isinstance(value, SimpleNamespace):
        return vars(value)
    leaf = isinstance(value, int | float | complex | str | np.ndarray | np.generic | None) or is_function(value)
    return None if leaf else object_fields(value)


def like(given: Any, value: Any, what: str, path: str = "", *, as_objects: bool = False) -> Any:
    """Return a cotangent or tangent with exactly the structure, shapes and dtypes of its value.

    An object's is a dict, or with `as_objects` something with the same attributes. Raises ShapeError naming both
    shapes or structures where they differ.
    """
    if isinstance(value, tuple | list):
        if not isinstance(given, tuple | list) or len(given) != len(value):
            raise ShapeError(f"the {what}{path} must be a {_say(value)}, not {_say(given)}")
        parts = [
            like(g, v, what, f"{path}[{i}]", as_objects=as_objects)
            for i, (g, v) in enumerate(zip(given, value, strict=True))
        ]
        return _sequence(value, parts)
    if isinstance(value, dict):
        given = given if isinstance(given, dict) else fields_of(given) or given  # a gradient that is an object
        if not isinstance(given, dict) or set(given) != set(value):
            raise ShapeError(f"the {what}{path} must be a {_say(value)}, not {_say(given)}")
        return {
            key: like(given[key], item, what, f"{path}[{key!r}]", as_objects=as_objects) for key, item in value.items()
        }
    if isinstance(value, np.ndarray) and value.dtype.kind in "fc":
        return _array(given, value, what + path)
    if isinstance(value, float | complex | np.inexact):
        return _number(given, value, what + path)
    fields = fields_of(value)
    if fields is not None:
        return _object(given, value, fields, what, path, as_objects)
    return no_tangent(given, value, what + path) if what.startswith("tangent") else None


def no_tangent(given: Any, value: Any, what: str) -> None:
    """Refuse a tangent that is not zero for a value that cannot move: an int, a bool, an array of them."""
    if given is None or not isinstance(value, int | np.integer | np.bool_ | np.ndarray):
        return
    try:
        zero = not np.any(np.asarray(given))
    except (ValueError, TypeError):
        zero = False
    if not zero:
        kind = f"an array of {value.dtype}" if isinstance(value, np.ndarray) else f"{_article(type(value).__name__)}"
        raise ShapeError(f"the {what} is not zero, but the value is {kind}, which cannot move; pass None, or a float")


def _sequence(value: Any, parts: list[Any]) -> Any:
    if isinstance(value, list):
        return parts
    return type(value)._make(parts) if hasattr(value, "_make") else tuple(parts)


def _object(given: Any, value: Any, fields: dict[str, Any], what: str, path: str, as_objects: bool) -> Any:
    parts = given if isinstance(given, dict) else fields_of(given) or {}
    if is_read(type(value)):  # its options stand still
        options = option_fields(value)
        fields = {key: item for key, item in fields.items() if key not in options}
        parts = {key: item for key, item in parts.items() if key not in options}
    if set(parts) != set(fields):
        raise ShapeError(f"the {what}{path} must have the fields {', '.join(fields)}; it is {_say(given)}")
    made = {key: like(parts[key], item, what, f"{path}.{key}", as_objects=as_objects) for key, item in fields.items()}
    return SimpleNamespace(**made) if as_objects else made


def _number(given: Any, value: Any, what: str) -> Any:
    if isinstance(given, str) or given is None or np.shape(given) != () or np.asarray(given).dtype.kind not in "biufc":
        raise ShapeError(f"the {what} is {_say(given)}, the value is a number of shape ()")
    number = given.item() if isinstance(given, np.ndarray | np.generic) else given
    if isinstance(number, complex) and not isinstance(value, complex | np.complexfloating):
        raise ShapeError(f"the {what} is complex, the value is real")
    return type(value)(number)


def _array(given: Any, value: np.ndarray[Any, Any], what: str) -> np.ndarray[Any, Any]:
    if isinstance(given, dict):
        raise ShapeError(f"the {what} is {_say(given)}, the value has shape {value.shape}")
    try:
        array = np.asarray(given)
    except (ValueError, TypeError):
        raise ShapeError(f"the {what} is {_say(given)}, the value has shape {value.shape}") from None
    if array.dtype.kind not in "biufc":
        raise ShapeError(f"the {what} is {_say(given)}, the value has shape {value.shape}")
    if array.shape != value.shape:
        raise ShapeError(f"the {what} has shape {array.shape}, the value has shape {value.shape}")
    if array.dtype.kind == "c" and value.dtype.kind != "c":
        raise ShapeError(f"the {what} is complex, the value is real")
    return _laid_out(array.astype(value.dtype, copy=False), value)


def _laid_out(array: np.ndarray[Any, Any], value: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Give a tangent the layout of its value: where a reshape of the one is a view, that of the other must be."""
    for flag in ("C_CONTIGUOUS", "F_CONTIGUOUS"):
        if array.ndim < 2 or (array.flags[flag] and value.flags[flag]):
            return array
    laid = np.empty_like(value)
    laid[...] = array
    return laid


def _article(word: str) -> str:
    return f"{'an' if word[0] in 'aeiou' else 'a'} {word}"


def _say(given: Any) -> str:
    """Describe a structure briefly."""
    if isinstance(given, tuple | list):
        return f"{type(given).__name__} of {len(given)} items"
    if isinstance(given, dict):
        return f"dict with the keys {', '.join(map(repr, given)) or '(none)'}"
    if isinstance(given, np.ndarray):
        return f"array of shape {given.shape}" if given.dtype.kind in "biufc" else f"array of {given.dtype}"
    return "None" if given is None else type(given).__name__


# --- the classes of arguments -----------------------------------------------------------------------------------------
def form_of(type_: Type) -> Any:
    """Return what generated code leaves out of the gradient of an argument: classes, and dtypes of NumPy's numbers.

    None if the gradient needs no change: then nothing is done at a call.
    """
    if isinstance(type_, Scalar):
        return ("number", np.dtype(type_.dtype).type) if type_.dtype is not None and differentiable(type_) else None
    if not isinstance(type_, Structure):
        return None
    items = tuple(form_of(item) for item in type_.items)
    if type_.kind == "object":
        cls = SimpleNamespace if is_read(type_.cls) else type_.cls  # what a gradient has is not what a spline needs
        return ("object", cls, dict(zip(type_.keys, items, strict=True))) if _makes(cls) else None
    if type_.kind == "tuple" and hasattr(type_.cls, "_make"):
        return "named", type_.cls, items
    if all(item is None for item in items):
        return None
    if type_.kind == "dict":
        return "dict", None, dict(zip(type_.keys, items, strict=True))
    return type_.kind, None, items


def _makes(cls: Any) -> bool:
    """Return whether an object of a class can be made without calling what the user wrote."""
    try:
        object.__new__(cls)
    except TypeError:
        return False
    return True


def with_form(form: Any, gradient: Any) -> Any:
    """Return a gradient with the classes of its argument; objects are made without calling `__init__`."""
    if form is None or gradient is None:
        return gradient
    if form[0] == "number":
        return form[1](gradient)
    kind, cls, items = form
    if kind == "object":
        return _made(cls, {key: with_form(items.get(key), value) for key, value in _fields(gradient).items()})
    if kind == "dict":
        return {key: with_form(items.get(key), value) for key, value in gradient.items()}
    if len(items) != len(gradient):  # a list whose length does not matter: its items are of one kind
        items = items[:1] * len(gradient)
    parts = [with_form(item, value) for item, value in zip(items, gradient, strict=True)]
    if kind == "named":
        return cls._make(parts)
    return parts if kind == "list" else tuple(parts)


def _fields(gradient: Any) -> dict[str, Any]:
    return gradient if isinstance(gradient, dict) else fields_of(gradient) or {}


def _made(cls: Any, fields: dict[str, Any]) -> Any:
    made = object.__new__(cls)
    for key, value in fields.items():
        object.__setattr__(made, key, value)
    return made
