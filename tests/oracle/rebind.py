"""Copies a function so that it sees the stand-ins; its code object is the user's own, unaltered.

Everything it can reach is copied with it, on demand: called functions, closures, methods, classes,
modules of the user's, and the global data they read.
"""

from __future__ import annotations

import contextlib
import enum
import functools
import math
import sys
import types
from typing import Any, cast

import numpy as np

from . import shim
from .duals import DualArray
from .trees import attributes, clone, rebuild

_LIBRARIES = frozenset(sys.stdlib_module_names) | {"numpy"}


def is_users(module: str | None) -> bool:
    """Whether code of this module is the user's, to be run on dual numbers."""
    return module is None or module == "__main__" or module.split(".")[0] not in _LIBRARIES


def _names(code: types.CodeType) -> set[str]:
    """Every global that the code or a function inside it may read."""
    found = set(code.co_names)
    for item in code.co_consts:
        if isinstance(item, types.CodeType):
            found |= _names(item)
    return found


class ModuleProxy(types.ModuleType):
    """A module of the user's whose attributes are rebound when they are asked for."""

    def __init__(self, module: types.ModuleType, rebinder: Rebinder) -> None:
        super().__init__(module.__name__)
        self._original = module
        self._rebinder = rebinder

    def __getattr__(self, name: str) -> Any:
        found = self._rebinder.convert(getattr(self._original, name))
        setattr(self, name, found)
        return found


class Rebinder:
    """One run's copies, remembered by identity so that what was shared stays shared."""

    def __init__(self) -> None:
        self.memo: dict[int, Any] = {}
        self.alive: list[Any] = []  # ids stay unique only while their objects live
        self.namespaces: dict[int, dict[str, Any]] = {}

    def convert(self, x: Any) -> Any:
        if id(x) in self.memo:
            return self.memo[id(x)]
        return self.remember(x, self._convert(x))

    def remember(self, x: Any, twin: Any) -> Any:
        self.alive.append(x)
        return self.memo.setdefault(id(x), twin)

    def _convert(self, x: Any) -> Any:
        if isinstance(x, np.ndarray):
            return DualArray.fresh(clone(x))
        if isinstance(x, types.FunctionType):
            return self._function(x)
        if isinstance(x, types.ModuleType):
            return self._module(x)
        if isinstance(x, type):
            return self._class(x)
        if isinstance(x, (types.MethodType, functools.partial, staticmethod, classmethod, property)):
            return self._callable(x)
        if isinstance(x, (list, tuple, dict)):
            return self._container(x)
        if isinstance(x, np.ufunc):
            return shim.numpy.shim_of(x)
        if isinstance(x, types.BuiltinFunctionType):
            return shim.mathematics.shim_of(x) if x.__module__ == "math" else self._numpy(x)
        if callable(x) and (getattr(x, "__module__", None) or "").split(".")[0] == "numpy":
            return self._numpy(x)
        return self._object(x)

    def _numpy(self, x: Any) -> Any:
        """A function of NumPy's bound by `from numpy import ...`; others are left as they are."""
        name = getattr(x, "__name__", "")
        module = getattr(x, "__module__", None) or ""
        if getattr(np.linalg, name, None) is x:
            return getattr(shim.numpy.linalg, name)
        if module.split(".")[0] == "numpy":
            return shim.numpy.shim_of(x) if getattr(np, name, None) is x else shim.Unknown(name)
        return x

    def _module(self, x: types.ModuleType) -> Any:
        if x is np:
            return shim.numpy
        if x is np.linalg:
            return shim.numpy.linalg
        if x is math:
            return shim.mathematics
        if x.__name__.split(".")[0] in ("numpy", "scipy"):
            return shim.Unknown(x.__name__)
        return ModuleProxy(x, self) if is_users(x.__name__) else x

    def _function(self, x: types.FunctionType) -> Any:
        if not is_users(x.__globals__.get("__name__")):
            return self._numpy(x)
        space = self._namespace(x.__globals__)
        cells = tuple(self._cell(cell) for cell in x.__closure__ or ())
        twin = types.FunctionType(x.__code__, space, x.__name__, None, cells)
        self.remember(x, twin)
        twin.__defaults__ = self.convert(x.__defaults__)
        twin.__kwdefaults__ = self.convert(x.__kwdefaults__)
        for name in _names(x.__code__):
            if name in x.__globals__ and name not in space:
                space[name] = None  # stops the recursion of functions that call each other
                space[name] = self.convert(x.__globals__[name])
        return twin

    def _namespace(self, original: dict[str, Any]) -> dict[str, Any]:
        if id(original) not in self.namespaces:
            self.alive.append(original)
            name = original.get("__name__", "user")
            self.namespaces[id(original)] = {"__builtins__": shim.BUILTINS, "__name__": name}
        return self.namespaces[id(original)]

    def _cell(self, cell: types.CellType) -> types.CellType:
        if id(cell) in self.memo:
            return cast(types.CellType, self.memo[id(cell)])
        twin = types.CellType()
        self.remember(cell, twin)
        with contextlib.suppress(ValueError):  # not yet assigned
            twin.cell_contents = self.convert(cell.cell_contents)
        return twin

    def _callable(self, x: Any) -> Any:
        if isinstance(x, types.MethodType):
            return types.MethodType(self.convert(x.__func__), self.convert(x.__self__))
        if isinstance(x, functools.partial):
            arguments = [self.convert(arg) for arg in x.args]
            return functools.partial(self.convert(x.func), *arguments, **self.convert(x.keywords))
        if isinstance(x, property):
            return property(*(self.convert(f) for f in (x.fget, x.fset, x.fdel)))
        return type(x)(self.convert(x.__func__))

    def _class(self, x: type) -> Any:
        if x is float:
            return shim.BUILTINS["float"]
        if x is np.ndarray or issubclass(x, np.generic):
            return shim.numpy.shim_of(x)
        if not is_users(x.__module__) or issubclass(x, (enum.Enum, BaseException)):
            return x
        bases = tuple(self.convert(base) for base in x.__bases__)
        skipped = ("__dict__", "__weakref__", *getattr(x, "__slots__", ()))
        body = {k: v for k, v in vars(x).items() if k not in skipped and not _is_code(v)}
        metaclass: Any = type(x)
        twin = self.remember(x, metaclass(x.__name__, bases, body))
        for name, value in vars(x).items():
            if _is_code(value):
                setattr(twin, name, self.convert(value))
        return twin

    def _container(self, x: Any) -> Any:
        if isinstance(x, dict):
            twin = self.remember(x, type(x)() if type(x) is dict else x.copy())
            twin.update({key: self.convert(item) for key, item in x.items()})
            return twin
        if isinstance(x, list):
            twin = self.remember(x, [])
            twin.extend(self.convert(item) for item in x)
            return twin
        return rebuild(x, [self.convert(item) for item in x])

    def _object(self, x: Any) -> Any:
        found = attributes(x)
        if found is None or not is_users(type(x).__module__):
            return x
        twin = self.remember(x, object.__new__(self.convert(type(x))))
        for name, value in found.items():
            object.__setattr__(twin, name, self.convert(value))
        return twin


def _is_code(x: Any) -> bool:
    return isinstance(x, (types.FunctionType, staticmethod, classmethod, property))
