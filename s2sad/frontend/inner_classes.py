"""Classes that are defined in differentiated code.

The statement is run as Python would run it, when code is generated: so decorators, properties and dataclasses are
what they are. Its methods are followed like functions inside of a function: what they read of the functions around
them is what it is when they are called.
"""

from __future__ import annotations
import __future__

import ast
import collections
import copy
import types
from collections.abc import Iterator
from typing import Any

import libcst as cst

from s2sad.frontend.scopes import SCOPES, syntax
from s2sad.frontend.values import UNKNOWN, Unsupported, Value
from s2sad.ir.nodes import Const
from s2sad.ir.types import Static


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
        parsed, function = self.frame.parsed, self.frame.function
        tree: Any = copy.deepcopy(syntax(node, parsed))
        around = {name: self.known_around(name) for name in names_in(tree)}
        around = {name: value for name, value in around.items() if value is not None}
        for name in read_at_once(tree):
            if name in around and around[name] is UNKNOWN:
                raise Unsupported(
                    f"{name!r} is read when the class is defined, and is not known when code is generated",
                    node,
                    "set it in __init__",
                )
        maker: Any = ast.parse(f"def define({', '.join(around)}): return {node.name.value}")
        maker.body[0].body.insert(0, tree)
        future = function.__code__.co_flags & __future__.annotations.compiler_flag
        code = compile(ast.fix_missing_locations(maker), parsed.source.file, "exec", future, dont_inherit=True)
        namespace: dict[str, Any] = {}
        exec(code, function.__globals__, namespace)
        try:
            found: type = namespace["define"](**around)
        except Exception as error:
            raise Unsupported(f"the class cannot be defined: {type(error).__name__}: {error}", node) from None
        return found

    def known_around(self: Any, name: str) -> Any:
        """Return what a name of the functions around is, UNKNOWN if that is not known, None if it is none of theirs."""
        frame: Any = self.frame
        while frame is not None:
            value = self.names_of(frame).get(name)
            if value is not None:
                known = isinstance(value, Const) and isinstance(value.type, Static)
                return value.value if known else UNKNOWN
            frame = frame.outer
        return None

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


def methods_of(cls: type) -> Iterator[types.FunctionType]:
    """Yield the functions in the body of a class."""
    for value in vars(cls).values():
        parts = [value, *(getattr(value, name, None) for name in ("__func__", "fget", "fset", "func"))]
        yield from (part for part in parts if isinstance(part, types.FunctionType))


def names_in(tree: ast.AST) -> list[str]:
    """Return the names that are read anywhere in a definition."""
    return list(dict.fromkeys(node.id for node in ast.walk(tree) if isinstance(node, ast.Name)))


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
