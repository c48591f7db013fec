"""The type of a Python value, and binding of call arguments to parameters."""

from __future__ import annotations

import dataclasses
import enum
import types
from typing import Any

import numpy as np

from s2sad.ir.types import Array, Opaque, Scalar, Size, Static, Structure, Type, kind_of_dtype


def type_of(value: Any, name: str = "", static: bool = False) -> Type:
    """Return the type a value is specialised on; sizes other than 1 are symbols named after the argument."""
    if isinstance(value, enum.Enum):
        return Static(value)
    if isinstance(value, bool):
        return Static(value) if static else Scalar("bool")
    if isinstance(value, np.generic):
        return _generic(value)
    if isinstance(value, int):
        return Scalar("int", None, Size.number(value) if static else Size(name or "?", 0, None))
    if isinstance(value, float | complex):
        return Scalar("complex" if isinstance(value, complex) else "float")
    if isinstance(value, np.ndarray):
        return _array(value, name)
    if type(value).__module__.startswith("scipy.stats."):  # a distribution
        return Static(value)
    if value is None or isinstance(value, str | types.ModuleType | type) or is_function(value):
        return Static(value)
    return _container(value, name, static)


def is_function(value: Any) -> bool:
    """Return whether a value is called and no more: an object of the user's that has `__call__` is data as well."""
    if not callable(value):
        return False
    method = getattr(type(value), "__call__", None)  # noqa: B004 - the method itself is wanted
    return (
        not isinstance(method, types.FunctionType)
        or hasattr(value, "_s2sad_call")
        or isinstance(value, np.ufunc | np.vectorize)
    )


def _generic(value: np.generic) -> Type:
    if value.dtype.kind not in "biufc":
        return Opaque(f"np.{value.dtype}")
    kind = kind_of_dtype(str(value.dtype))
    return Scalar(kind, str(value.dtype))


def _array(value: np.ndarray[Any, Any], name: str) -> Type:
    if value.dtype.kind not in "biufc" or type(value) is not np.ndarray:
        return Opaque(f"array of {value.dtype}" if type(value) is np.ndarray else type(value).__name__)
    sizes = tuple(Size.number(n) if n < 2 else Size(f"{name}.{axis}", 0, False) for axis, n in enumerate(value.shape))
    return Array(str(value.dtype.newbyteorder("=")), sizes)


def _container(value: Any, name: str, static: bool) -> Type:
    if isinstance(value, tuple | list):
        items = tuple(type_of(item, f"{name}.{i}", static) for i, item in enumerate(value))
        kind = "tuple" if isinstance(value, tuple) else "list"
        cls = type(value) if type(value) not in (tuple, list) else None
        return Structure(kind, tuple(range(len(items))), items, cls)
    if isinstance(value, dict):
        if not all(isinstance(key, str | int) for key in value):
            return Opaque("dict with keys that are neither str nor int")
        items = tuple(type_of(item, f"{name}.{key}", static) for key, item in value.items())
        return Structure("dict", tuple(value), items)
    if harmless(value):
        return Opaque(f"{type(value).__module__}.{type(value).__name__}")
    fields = object_fields(value)
    if fields is None:
        return Opaque(type(value).__name__)
    items = tuple(type_of(item, f"{name}.{key}", static) for key, item in fields.items())
    return Structure("object", tuple(fields), items, type(value))


# Modules whose functions and objects only tell somebody something: they read what they are given.
HARMLESS = ("logging", "warnings", "matplotlib", "tqdm")


def harmless(value: Any) -> bool:
    """Return whether a function or an object only tells somebody: logging, warnings, plotting."""
    module = getattr(value if callable(value) else type(value), "__module__", None) or ""
    return module.partition(".")[0].lstrip("_") in HARMLESS


def object_fields(value: Any) -> dict[str, Any] | None:
    """Return the attributes of a dataclass instance or plain object; None if it is neither."""
    if harmless(value):
        return None
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: getattr(value, f.name) for f in dataclasses.fields(value)}
    if (
        hasattr(value, "__dict__")
        and type(value).__module__ not in ("builtins", "numpy")
        and not isinstance(value, np.random.Generator)
    ):
        return dict(vars(value))
    return None


def defaults_of(function: types.FunctionType) -> dict[str, Any]:
    """Return the parameters of a function that have a default, and the defaults."""
    code, given = function.__code__, function.__defaults__ or ()
    names = code.co_varnames[code.co_argcount - len(given) : code.co_argcount]
    return dict(zip(names, given, strict=True)) | (function.__kwdefaults__ or {})
