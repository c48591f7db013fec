"""What a function makes of texts that are known when code is generated: a parser, a reader of options.

Such a call is made once, when code is generated, and what it gives is known from then on: the formula that a text
stands for is a tree whose nodes are evaluated one by one. Only a function that surely depends on nothing but its
arguments, and changes nothing, is called so: its source, and that of all it may call, is looked through. What it
reads of its module is watched, and if it changes, code is generated anew.
"""

from __future__ import annotations

import ast
import enum
import functools
import inspect
import os
import re
import sys
import types
from collections.abc import Iterator
from typing import Any

from s2sad.errors import SourceError
from s2sad.frontend.signature import object_fields
from s2sad.frontend.values import UNKNOWN, Struct, Value
from s2sad.ir.nodes import Const
from s2sad.ir.types import Static
from s2sad.rules.builder import constant_expr

MODULES = {
    "re",
    "math",
    "json",
    "operator",
    "itertools",
    "functools",
    "string",
    "collections",
    "enum",
    "dataclasses",
    "typing",
}
BUILTINS: list[Any] = [abs, all, any, bool, bytes, callable, chr, classmethod, dict, divmod, enumerate, filter, float]
BUILTINS += [frozenset, getattr, hasattr, int, isinstance, issubclass, iter, len, list, map, max, min, next, object]
BUILTINS += [ord, property, range, repr, reversed, round, set, slice, sorted, staticmethod, str, sum, super, tuple]
BUILTINS += [type, zip]
MUTATORS = {"append", "extend", "insert", "pop", "popitem", "remove", "clear", "add", "discard", "update", "setdefault"}
MUTATORS |= {"sort", "reverse"}
LIBRARY = os.path.dirname(os.__file__)
REFUSED = (ast.Global, ast.Nonlocal, ast.Import, ast.ImportFrom, ast.With, ast.Delete, ast.Await, ast.AsyncFor)
PLAIN = (str, int, float, bool, bytes, type(None), enum.Enum)


class Impure(Exception):
    """A function may depend on more than its arguments, or change something."""


class Snapshot:
    """What something in a module was when code was generated."""

    def __init__(self, value: Any) -> None:
        self.value = value
        self.text = repr(value)

    def fresh(self) -> bool:
        """Return whether it still is."""
        return repr(self.value) == self.text


class Folding:
    """Calls that are made when code is generated."""

    def made_now(self: Any, function: Any, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value | None:
        """Return what a function makes of texts; None if it is to be followed."""
        cached = isinstance(function, functools._lru_cache_wrapper)
        function = function.__wrapped__ if cached else function
        known = [self.known(value) for value in args]
        named = {key: self.known(value) for key, value in kwargs.items()}
        given = [*known, *named.values()]
        if not any(isinstance(value, str) for value in given) or not all(isinstance(v, PLAIN) for v in given):
            return None
        if not isinstance(function, types.FunctionType) or UNKNOWN in given or is_generated(function):
            return None
        reads = Reads()
        try:
            reads.function(function)
            made = function(*known, **named)
        except Exception:  # what is wrong with it is told where it is followed
            return None
        result = self.as_known(made, {})
        if result is None:
            return None
        for part in self.inside_of(result) if cached else ():
            if isinstance(part, Struct):
                part.item = part.mutable and "cached"  # the next call gives the same one: no field of it is assigned
        for i, found in enumerate(reads.functions):
            self.unit.reached.setdefault(f"call:{id(found)}", found)
            self.unit.reached.setdefault(f"folded:{id(function)}:{i}", found)
        for value in reads.data:
            self.unit.reached[f"snapshot:{id(value)}"] = Snapshot(value)
        return result

    def as_known(self: Any, value: Any, memo: dict[int, Value]) -> Value | None:
        """Return an object that is known when code is generated as structures of constants; None if it is not one."""
        if id(value) in memo:
            return memo[id(value)]
        if isinstance(value, bool | int | float | str | type(None)) and not isinstance(value, enum.Enum):
            return constant_expr(value)
        if isinstance(value, enum.Enum | type | types.FunctionType | types.BuiltinFunctionType):
            return Const(value, Static(value))
        fields = self.parts_of_known(value)
        if fields is None:
            return None
        kind = "dict" if isinstance(value, dict) else "tuple" if isinstance(value, tuple) else "object"
        kind = "list" if isinstance(value, list) else kind
        plain = type(value) in (tuple, list, dict)
        made = memo[id(value)] = self.struct(kind, {}, cls=None if plain else type(value))
        for key, part in fields.items():
            item = self.as_known(part, memo)
            if item is None:
                return None
            self.fields(made)[key] = item
        return made

    def parts_of_known(self: Any, value: Any) -> dict[Any, Any] | None:
        """Return the items or attributes of an object; None if it has others."""
        if isinstance(value, tuple | list):
            return dict(enumerate(value))
        if isinstance(value, dict):
            return dict(value) if all(isinstance(key, str | int) for key in value) else None
        return object_fields(value) if type(value).__module__ != "builtins" else None


class Reads:
    """Looks through the source of a function and of all it may call."""

    def __init__(self) -> None:
        self.functions: list[types.FunctionType] = []
        self.data: list[Any] = []
        self.seen: set[int] = set()

    def function(self, function: Any) -> None:
        """Look through a function; raise Impure where it may be more than a function of its arguments."""
        from s2sad.frontend.lower import parse

        if id(function) in self.seen:
            return
        self.seen.add(id(function))
        if is_generated(function):
            raise Impure
        try:
            tree = parse(function).source.node
        except SourceError as error:
            raise Impure from error
        self.functions.append(function)
        outside = inspect.getclosurevars(function)
        names = {**outside.builtins, **outside.globals, **outside.nonlocals}
        for node in ast.walk(tree):
            self.node(node, names, function)

    def node(self, node: ast.AST, names: dict[str, Any], function: Any) -> None:
        """Look at one piece of source."""
        if isinstance(node, REFUSED):
            raise Impure
        if isinstance(node, ast.Attribute | ast.Subscript) and isinstance(node.ctx, ast.Store) and root(node) in names:
            raise Impure
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            if node.func.attr in MUTATORS and root(node.func) in names:
                raise Impure
            for method in self.methods(node.func.attr, function.__globals__):
                self.function(method)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id in names:
            self.value(names[node.id])

    def methods(self, name: str, names: dict[str, Any]) -> Iterator[Any]:
        """Yield the methods of that name of the classes of a module."""
        for cls in list(names.values()):
            if (getattr(cls, "__module__", None) or "").partition(".")[0] in sys.stdlib_module_names:
                continue
            found = inspect.getattr_static(cls, name, None) if isinstance(cls, type) else None
            found = getattr(found, "fget", getattr(found, "__func__", found))
            if isinstance(found, types.FunctionType) and not is_generated(found):
                yield found

    def value(self, value: Any) -> None:
        """Look at what a name outside stands for."""
        if id(value) in self.seen:
            return
        if isinstance(value, functools._lru_cache_wrapper):
            value = value.__wrapped__
        module = getattr(value, "__module__", None) or ""
        if isinstance(value, types.ModuleType):
            if value.__name__.partition(".")[0] not in MODULES:
                raise Impure
        elif module == "builtins" and callable(value):
            if value not in BUILTINS and not (isinstance(value, type) and issubclass(value, BaseException)):
                raise Impure
        elif module.partition(".")[0].lstrip("_") in MODULES and not isinstance(value, types.MethodType):
            return
        elif isinstance(value, type):
            self.seen.add(id(value))
            for name, part in vars(value).items():
                self.part(part, data=not name.startswith("_") and not issubclass(value, enum.Enum))
        elif isinstance(value, types.FunctionType):
            self.function(value)
        else:
            self.container(value)

    def part(self, part: Any, data: bool) -> None:
        """Look at an attribute of a class: a method, or data."""
        found = getattr(part, "fget", getattr(part, "__func__", part))
        if isinstance(found, types.FunctionType):
            if not is_generated(found):  # what makes a dataclass or a named tuple
                self.function(found)
        elif data and isinstance(part, dict | list | set):
            self.container(part)

    def container(self, value: Any) -> None:
        """Look at data of a module."""
        if isinstance(value, (*PLAIN, re.Pattern)):
            return
        if not isinstance(value, dict | list | set | tuple | frozenset):
            raise Impure
        self.seen.add(id(value))
        if isinstance(value, dict | list | set):
            self.data.append(value)
        for item in value.values() if isinstance(value, dict) else value:
            self.value(item) if callable(item) else self.container(item)


def is_generated(function: types.FunctionType) -> bool:
    """Return whether a function is one of the standard library, or made by it."""
    file = function.__code__.co_filename
    return file.startswith("<") or LIBRARY in (os.path.dirname(file), os.path.dirname(os.path.dirname(file)))


def root(node: ast.AST) -> str | None:
    """Return the name that a chain of attributes and items starts with."""
    while isinstance(node, ast.Attribute | ast.Subscript):
        node = node.value
    return node.id if isinstance(node, ast.Name) else None
