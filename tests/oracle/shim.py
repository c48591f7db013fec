"""The stand-ins for `numpy`, `math` and the builtins that would drop a tangent."""

from __future__ import annotations

import builtins
import math
import types
from collections.abc import Callable
from typing import Any

import numpy as np

from .duals import DualArray, DualScalar, OracleUnsupported, elementwise, raw, tan, wrap
from .functions import FUNCTIONS, deliver, linear, native, prod, static
from .partials import ALIASES, CONSTANT_UFUNCS, PARTIALS

_PASSED_ON = (int, float, str, bool, type(None), np.dtype)


class Unknown:
    """Something NumPy has and the oracle has not: harmless until it is used."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __call__(self, *args: Any, **keywords: Any) -> Any:
        raise OracleUnsupported(self.name)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        raise OracleUnsupported(f"{self.name}.{name}")


class UfuncShim:
    """A ufunc with `out=` and the methods `at`, `reduce`, `accumulate` and `outer`."""

    def __init__(self, name: str, ufunc: Any) -> None:
        self.__name__ = name
        self.ufunc = ufunc

    def __call__(self, *operands: Any, out: Any = None, **keywords: Any) -> Any:
        if keywords:
            raise OracleUnsupported(f"{self.__name__} with {', '.join(keywords)}")
        if self.__name__ == "matmul":
            return FUNCTIONS["matmul"](*operands, out=out)
        result = elementwise(self.__name__, self.ufunc, *operands[: self.ufunc.nin])
        return deliver(result, operands[self.ufunc.nin] if operands[self.ufunc.nin :] else out)

    def at(self, target: DualArray, index: Any, item: Any) -> None:
        if self.__name__ not in ("add", "subtract"):
            raise OracleUnsupported(f"{self.__name__}.at")
        where = static(index)
        self.ufunc.at(target.value, where, raw(item))
        if target.tangent is not None and tan(item) is not None:
            self.ufunc.at(target.tangent, where, tan(item))

    def reduce(self, x: Any, axis: Any = 0, keepdims: bool = False) -> Any:
        kinds: dict[str, Callable[..., Any]] = {
            "add": linear(np.sum),
            "multiply": prod,
            "maximum": FUNCTIONS["max"],
            "minimum": FUNCTIONS["min"],
        }
        if self.__name__ not in kinds:
            raise OracleUnsupported(f"{self.__name__}.reduce")
        return kinds[self.__name__](x, axis=axis, keepdims=keepdims)

    def accumulate(self, x: Any, axis: int = 0) -> Any:
        if self.__name__ != "add":
            raise OracleUnsupported(f"{self.__name__}.accumulate")
        return linear(np.cumsum)(x, axis=axis)

    def outer(self, a: Any, b: Any) -> Any:
        left = FUNCTIONS["asarray"](a)
        shape = left.shape + (1,) * np.ndim(raw(b))
        return self(FUNCTIONS["reshape"](left, shape), b)


class TypeShim:
    """A float or integer type: callable without losing the tangent, and still a type for tests."""

    def __init__(self, native_type: type) -> None:
        self.native_type = native_type
        self.__name__ = native_type.__name__

    def __call__(self, *args: Any) -> Any:
        value = self.native_type(*(self._plain(arg) for arg in args))
        tangent = tan(args[0]) if args else None
        if isinstance(value, (float, np.floating)) and np.ndim(value) == 0:
            return wrap(value, None if tangent is None else float(np.asarray(tangent).item()))
        return wrap(value, tangent)

    @staticmethod
    def _plain(arg: Any) -> Any:
        return raw(arg)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return getattr(self.native_type, name)


def _isinstance(x: Any, kinds: Any) -> bool:
    kinds = kinds if isinstance(kinds, tuple) else (kinds,)
    if DualArray in kinds and isinstance(x, DualArray):
        return True
    value = x.value if isinstance(x, (DualArray, DualScalar)) else x
    return isinstance(value, tuple(native(kind) for kind in kinds))


def _type(x: Any, *rest: Any) -> Any:
    if rest:
        return type(x, *rest)
    if isinstance(x, DualScalar):
        return BUILTINS["float"] if type(x.value) is float else numpy.shim_of(type(x.value))
    return type(x)


class NumpyShim(types.ModuleType):
    """Looks names up in the tables; names are NumPy's, so `np.linalg` is a shim with a prefix."""

    def __init__(self, module: Any, prefix: str = "") -> None:
        super().__init__(module.__name__)
        self._module = module
        self._prefix = prefix

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        found = self._find(name, getattr(self._module, name))
        setattr(self, name, found)
        return found

    def _find(self, name: str, original: Any) -> Any:
        full = self._prefix + name
        operation = ALIASES.get(name, name)
        if full in FUNCTIONS and not isinstance(original, np.ufunc):
            return FUNCTIONS[full]
        if isinstance(original, np.ufunc):
            known = operation in PARTIALS or operation in CONSTANT_UFUNCS or name == "matmul"
            return UfuncShim(operation, original) if known else Unknown(full)
        if original is np.ndarray:
            return DualArray
        if isinstance(original, type) and issubclass(original, np.generic):
            return TypeShim(original)
        if name == "linalg":
            return NumpyShim(original, "linalg.")
        if isinstance(original, _PASSED_ON) or original in (np.finfo, np.iinfo, np.dtype):
            return original
        return Unknown(full)

    def shim_of(self, original: Any) -> Any:
        """What `from numpy import name` bound, found again by its name."""
        name = original.__name__
        return getattr(self, name) if getattr(self._module, name, None) is original else Unknown(name)  # SciPy's


# math name -> operation in PARTIALS
_MATH = {
    "sin": "sin", "cos": "cos", "tan": "tan", "asin": "arcsin", "acos": "arccos", "atan": "arctan",
    "sinh": "sinh", "cosh": "cosh", "tanh": "tanh", "asinh": "arcsinh", "acosh": "arccosh",
    "atanh": "arctanh", "exp": "exp", "expm1": "expm1", "log1p": "log1p", "log2": "log2",
    "log10": "log10", "sqrt": "sqrt", "fabs": "fabs", "pow": "power", "atan2": "arctan2",
    "hypot": "hypot", "fmod": "fmod", "copysign": "copysign", "radians": "deg2rad",
    "degrees": "rad2deg", "cbrt": "cbrt", "exp2": "exp2",
}  # fmt: skip
_MATH_CONSTANT = "floor ceil trunc isnan isinf isfinite isclose gcd comb factorial"


def _scalar(x: Any) -> Any:
    """math takes arrays with one element too."""
    return FUNCTIONS["asarray"](x).reshape(-1)[0] if isinstance(x, DualArray) else x


def _math_function(name: str, operation: str) -> Callable[..., Any]:
    function = getattr(math, name)

    def apply(*operands: Any) -> Any:
        return elementwise(operation, function, *(_scalar(x) for x in operands))

    return apply


def _math_log(x: Any, base: Any = None) -> Any:
    result = elementwise("log", math.log, _scalar(x))
    return result if base is None else result / elementwise("log", math.log, _scalar(base))


class MathShim(types.ModuleType):
    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        original = getattr(math, name)
        if name == "log":
            return _math_log
        if name in _MATH:
            return _math_function(name, _MATH[name])
        if name in _MATH_CONSTANT.split():
            return lambda *args: original(*(raw(_scalar(arg)) for arg in args))
        return original if isinstance(original, float) else Unknown(f"math.{name}")

    def shim_of(self, original: Any) -> Any:
        return getattr(self, original.__name__)


numpy = NumpyShim(np)
mathematics = MathShim("math")
BUILTINS: dict[str, Any] = {
    **vars(builtins),
    "float": TypeShim(float),
    "isinstance": _isinstance,
    "type": _type,
}


def _import(name: str, *args: Any, **keywords: Any) -> Any:
    """`import numpy as np` inside a function."""
    module = builtins.__import__(name, *args, **keywords)
    if name == "numpy.linalg" and args[2:3] != (None,):
        return numpy.linalg
    return {"numpy": numpy, "math": mathematics}.get(module.__name__, module)


BUILTINS["__import__"] = _import
