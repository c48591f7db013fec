"""Classes that are defined in differentiated code.

The statement is run as Python would run it, when code is generated: so decorators, properties and dataclasses are
what they are. Its methods are followed like functions inside of a function: what they read of the functions around
them is what it is when they are called.
"""

from __future__ import annotations

import ast
import builtins
import collections
import types
from collections.abc import Iterator
from typing import Any, cast

import libcst as cst

from s2sad.frontend.scopes import SCOPES, syntax
from s2sad.frontend.source import class_code
from s2sad.frontend.values import UNKNOWN, Unsupported, Value
from s2sad.ir.nodes import Const
from s2sad.ir.types import Static

OUTSIDE: Any = object()


class InnerClasses:
    """Definitions of classes."""

    def stmt_ClassDef(self: Any, node: cst.ClassDef) -> None:
        """Define a class, once for each call of the function around it."""
        made = self.unit.classes
        count = sum(1 for (known, frame) in made if known is node and frame is not self.frame)
        key, cached = (node, count), self.unit.knowledge.classes
        if key not in cached:
            cached[key] = self.defined(node)
        cls = cached[key]
        made[node, self.frame] = cls
        self.unit.scopes.update((method, self.frame) for method in methods_of(cls))
        self.state.names[node.name.value] = Const(cls, Static(cls))

    def defined(self: Any, node: cst.ClassDef) -> type:
        """Return the class that a statement defines; refuse one whose statements read what is not known yet."""
        function, tree = self.frame.function, cast(ast.ClassDef, syntax(node, self.frame.parsed))
        code = class_code(function, tree)
        if code is None:
            raise Unsupported("the code of this class is not found in its file", node)
        at_once = {name: self.known_around(name) for name in read_at_once(tree)}
        for name, value in at_once.items():
            if value is UNKNOWN:
                raise Unsupported(
                    f"{name!r} is read when the class is defined, and is not known when code is generated",
                    node,
                    "set it in __init__",
                )
        names = {name: value for name, value in at_once.items() if value is not OUTSIDE}
        cells = tuple(types.CellType(names.get(name)) for name in code.co_freevars)  # methods look into the frame
        body = types.FunctionType(code, function.__globals__, tree.name, None, cells)
        try:
            return made_class(tree, body, function.__globals__, names)
        except Exception as error:
            raise Unsupported(f"the class cannot be defined: {type(error).__name__}: {error}", node) from None

    def known_around(self: Any, name: str) -> Any:
        """Return what a name of the functions around is: UNKNOWN if that is not known, OUTSIDE if it is not theirs."""
        frame: Any = self.frame
        while frame is not None:
            value = self.names_of(frame).get(name)
            if value is not None:
                known = isinstance(value, Const) and isinstance(value.type, Static)
                return value.value if known else UNKNOWN
            frame = frame.outer
        return OUTSIDE

    def named_tuple_class(self: Any, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        """`namedtuple("P", "a b")`: the same class for the same names."""
        known = tuple(self.known(value) for value in args)
        named = tuple((key, self.known(value)) for key, value in kwargs.items())
        if UNKNOWN in known or any(value is UNKNOWN for _, value in named):
            raise Unsupported("the names of a namedtuple must be known when code is generated", node)
        cached, key = self.unit.knowledge.classes, (repr(known), repr(named))
        if key not in cached:
            cached[key] = collections.namedtuple(*known, **dict(named))
        return Const(cached[key], Static(cached[key]))


def made_class(tree: ast.ClassDef, body: Any, names: dict[str, Any], around: dict[str, Any]) -> type:
    """Do what a class statement does: evaluate bases, run the body, decorate what comes of it."""

    def value(node: ast.expr) -> Any:
        return eval(compile(ast.Expression(node), body.__code__.co_filename, "eval"), names, around)

    keywords = {keyword.arg: value(keyword.value) for keyword in tree.keywords if keyword.arg is not None}
    decorators = [value(decorator) for decorator in tree.decorator_list]
    made: Any = builtins.__build_class__(body, tree.name, *map(value, tree.bases), **keywords)
    for decorator in reversed(decorators):
        made = decorator(made)
    return made


def methods_of(cls: type) -> Iterator[types.FunctionType]:
    """Yield the functions in the body of a class."""
    for value in vars(cls).values():
        parts = [value, *(getattr(value, name, None) for name in ("__func__", "fget", "fset", "func"))]
        yield from (part for part in parts if isinstance(part, types.FunctionType))


def read_at_once(tree: ast.ClassDef) -> set[str]:
    """Return the names that the statements of a class read themselves: decorators, bases, values, defaults."""
    found: set[str] = set()
    stack: list[ast.AST] = list(ast.iter_child_nodes(tree))
    while stack:
        node = stack.pop()
        if isinstance(node, ast.Name):
            found.add(node.id)
        elif isinstance(node, SCOPES):
            defaults = [value for value in (*node.args.defaults, *node.args.kw_defaults) if value is not None]
            stack += [*defaults, *getattr(node, "decorator_list", ())]
        else:
            stack += ast.iter_child_nodes(node)
    return found
