"""The type of a Python value, and binding of call arguments to parameters."""

from __future__ import annotations

import dataclasses
import enum
import functools
import sys
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
    if type(value).__module__.startswith("scipy.stats.") and library_fields(value) is None:  # a distribution
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
    if type(value).__module__.startswith("scipy.sparse") and library_fields(value) is None:
        return Opaque(f"a sparse matrix of the class {type(value).__name__}")
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
    fixed = set(fields) if static else fixed_fields(value)
    items = tuple(type_of(item, f"{name}.{key}", key in fixed) for key, item in fields.items())
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
    fields = library_fields(value)
    if fields is not None:
        return fields
    if isinstance(value, slice):
        return {"start": value.start, "stop": value.stop, "step": value.step}
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: getattr(value, f.name) for f in dataclasses.fields(value)}
    cls: Any = type(value)
    if cls.__module__ in ("builtins", "numpy") or isinstance(value, np.random.Generator):
        return None
    slots = [] if cls.__module__.partition(".")[0] in LIBRARIES else slots_of(cls)
    if slots or hasattr(value, "__dict__"):
        return {name: getattr(value, name) for name in slots if hasattr(value, name)} | getattr(value, "__dict__", {})
    return None


LIBRARIES = {"numpy", "scipy", *sys.stdlib_module_names} - {"__main__"}


@functools.lru_cache(maxsize=1024)  # it is asked at each call
def slots_of(cls: Any) -> list[str]:
    """Return the attributes that a class and those behind it name in `__slots__`, as Python has them."""
    found: list[str] = []
    for base in reversed(cls.__mro__):
        named = vars(base).get("__slots__", ())
        for name in (named,) if isinstance(named, str) else named:
            hidden = name.startswith("__") and not name.endswith("__")
            found.append(f"_{base.__name__.lstrip('_')}{name}" if hidden else name)
    return [name for name in found if name not in ("__dict__", "__weakref__")]


SPLINES = ("PPoly", "CubicSpline", "PchipInterpolator", "Akima1DInterpolator", "CubicHermiteSpline")
SERIES = ("Polynomial", "Chebyshev", "Legendre", "Hermite", "HermiteE", "Laguerre")
COMPRESSED = tuple(f"{name}_{kind}" for name in ("csr", "csc") for kind in ("array", "matrix"))
# Classes of libraries whose objects are read: their attributes, and those of them that decide what is generated.
READ: dict[tuple[str, str], tuple[tuple[str, ...], tuple[str, ...]]] = {
    **{("scipy.interpolate", name): (("c", "x"), ("axis", "extrapolate")) for name in SPLINES},
    ("scipy.interpolate", "BSpline"): (("t", "c"), ("k", "axis", "extrapolate")),
    ("scipy.interpolate", "interp1d"): (("x", "y"), ("_kind", "axis", "bounds_error", "fill_value")),
    ("scipy.interpolate", "RegularGridInterpolator"): (("grid", "values"), ("method", "bounds_error", "fill_value")),
    **{("scipy.sparse", name): (("data", "indices", "indptr", "shape"), ()) for name in COMPRESSED},
    **{("scipy.sparse", name): (("data", "row", "col", "shape"), ()) for name in ("coo_array", "coo_matrix")},
    **{("scipy.stats", f"rv_{kind}_frozen"): (("args", "kwds"), ("dist",)) for kind in ("continuous", "discrete")},
    ("scipy.stats", "gaussian_kde"): (("dataset", "weights", "factor", "covariance", "cho_cov"), ()),
    ("numpy", "poly1d"): (("coeffs",), ()),
    **{("numpy", name): (("coef", "domain", "window"), ()) for name in SERIES},
}


def is_read(cls: Any) -> bool:
    """Return whether a class is one of a library whose objects are read."""
    return _entry(cls) is not None


def _entry(cls: Any) -> Any:
    """Return the entry of a class of a library; None if it has none."""
    place = cls.__module__.split(".")[:2]
    return READ.get((place[0] if place[0] == "numpy" else ".".join(place), cls.__name__))


def fixed_fields(value: Any) -> set[str]:
    """Return the attributes of an object of a library whose values decide what is generated."""
    entry = _entry(type(value))
    return set() if entry is None else set(entry[1])


def option_fields(value: Any) -> set[str]:
    """Return the attributes of an object of a library that never have a tangent: options, shapes, places."""
    entry = _entry(type(value))
    if entry is None:
        return set()
    places = {name for name in entry[0] if getattr(getattr(value, name), "dtype", np.dtype(float)).kind not in "fc"}
    return {*entry[1], *places, "shape"}


def library_fields(value: Any) -> dict[str, Any] | None:
    """Return the attributes of an object of a library that is read; None if it is no such object."""
    entry = _entry(type(value))
    if entry is None or (hasattr(value, "shape") and len(value.shape) != 2):
        return None
    fields = {name: getattr(value, name) for name in (*entry[0], *entry[1])}
    if "domain" in fields and all(
        np.array_equal(fields[key], getattr(type(value), key)) for key in ("domain", "window")
    ):
        fields = {"coef": fields["coef"]}
    if fields.get("_kind") == "spline":  # what interp1d calls those of any order
        fields["_kind"] = ("zero", "slinear", "quadratic", "cubic")[value._spline.k]
    if "dist" in fields:  # a copy of one that has a name
        fields["dist"] = getattr(sys.modules["scipy.stats"], fields["dist"].name, fields["dist"])
    return fields


def defaults_of(function: types.FunctionType) -> dict[str, Any]:
    """Return the parameters of a function that have a default, and the defaults."""
    code, given = function.__code__, function.__defaults__ or ()
    names = code.co_varnames[code.co_argcount - len(given) : code.co_argcount]
    return dict(zip(names, given, strict=True)) | (function.__kwdefaults__ or {})
