"""Functions that become items of lists of unknown length: objects with what they hold, called by what made them.

    for w in weights:                          f_w = []
        layers.append(lambda h: w2 * h + w)        for w in weights: f_w.append(w)
    for f in layers:                           for f in range(len(f_w)):
        h = f(h)                                   h = w2 * h + f_w[f]

A function made inside, a method with its object and a partial are told apart by what they are made of; what they hold
is in the fields. Python reads the names of an enclosing function when the function is called: they are fields where
they cannot be bound anew until then.
"""

from __future__ import annotations

import ast
import types
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from s2sad.frontend.pools import unwrapped
from s2sad.frontend.scopes import SCOPES, free_names, syntax
from s2sad.frontend.values import Bound, Chosen, LocalFunction, Partial, State, Struct, Unsupported, Value
from s2sad.ir.nodes import Const
from s2sad.ir.types import Static

LOOPS = (ast.For, ast.While, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


@dataclass(frozen=True)
class Template:
    """What functions that differ only in what they hold are made of."""

    kind: str  # "local" | "method" | "partial"
    function: Any
    scope: Any = None  # of a function made inside: the frame it was made in, of which it keeps where names come from
    names: tuple[str, ...] = ()  # free names, or the keywords of a partial
    defaults: tuple[str, ...] = ()


class Closures:
    """Functions as objects."""

    def as_object(self: Any, value: Value, node: Any) -> Value:
        """Return a function that becomes an item of a list as an object; anything else as it is."""
        if isinstance(value, Const) and isinstance(value.value, LocalFunction | Bound | Partial):
            value = value.value
        if isinstance(value, Chosen) and value.place is None:
            arms = [lambda part=part: self.as_object(part, node) for part in (value.then, value.orelse)]
            if any(isinstance(part, LocalFunction | Bound | Partial | Chosen) for part in (value.then, value.orelse)):
                return unwrapped(self.chosen(value.test, *arms, "this function", node))
            return value
        made = self.template_of(value)
        if made is None:
            return value
        key, template, fields = made
        cls = self.class_of(key, template)
        whole = self.struct("object", fields, cls=cls)
        birth = ("function", cls)
        self.unit.knowledge.kinds[birth] = ("object", cls)
        self.tell_apart([birth])
        return self.put_in_pool(whole, self.root_of(birth), node)

    def template_of(self: Any, value: Value) -> tuple[Any, Template, dict[str, Value]] | None:
        """Return what a function is made of: a key, how it is made again, and what it holds."""
        if isinstance(value, LocalFunction):
            fields = {name: self.held_name(value, name) for name in self.held_names(value)}
            names = tuple(fields)
            fields |= value.defaults
            template = Template("local", value.node, value.scope, names, tuple(value.defaults))
            return (value.node, names), template, fields
        if isinstance(value, Bound) and isinstance(value.self_value, Struct):
            return ("method", value.function), Template("method", value.function), {"owner": value.self_value}
        if isinstance(value, Partial) and is_users_own(self.known(value.function)):
            function = value.function.value
            fields = {f"argument{i}": part for i, part in enumerate(value.args)} | value.kwargs
            template = Template("partial", value.function, names=tuple(value.kwargs))
            return ("partial", function, tuple(fields)), template, fields
        return None

    def held_names(self: Any, local: LocalFunction) -> list[str]:
        """Return the names of enclosing functions that a function reads."""
        found = []
        for name in sorted(free_names(syntax(local.node, local.scope.parsed))):
            frame = local.scope
            while frame is not None and name not in self.names_of(frame):
                frame = frame.outer
            if frame is not None and not self.is_constant_function(self.names_of(frame)[name]):
                self.check_bound_once(frame, name)
                found.append(name)
        return found

    def is_constant_function(self: Any, value: Value) -> bool:
        """Return whether a name stands for a module, a class or a function of a module."""
        return isinstance(value, Const) and isinstance(value.type, Static) and not isinstance(value.value, str)

    def check_bound_once(self: Any, frame: Any, name: str) -> None:
        """Refuse a name that may be bound anew before the function is called, which would read the new value."""
        held = self.names_of(frame)[name]
        shared = isinstance(held, Struct) and held.kind == "cell"
        if shared or (frame in self.frames and not is_bound_once(syntax(frame.parsed.node, frame.parsed), name)):
            raise Unsupported(
                f"a function becomes an item of a list that grows, and {name!r}, which it reads, may be bound anew",
                None,
                f"give it as a default: lambda v, {name}={name}: ...",
            )

    def held_name(self: Any, local: LocalFunction, name: str) -> Value:
        """Return what a name of an enclosing function is bound to."""
        frame = local.scope
        while name not in self.names_of(frame):
            frame = frame.outer
        return self.usable(self.names_of(frame)[name], name, None)

    def class_of(self: Any, key: Any, template: Template) -> type:
        """Return the class that stands for functions made alike."""
        classes = self.unit.knowledge.callables
        if key not in classes:
            name = getattr(getattr(template.function, "name", None), "value", None) or "function"
            python = template.function.value if isinstance(template.function, Const) else template.function
            name = getattr(python, "__name__", name)
            number = sum(cls.__name__.rstrip("0123456789") == name for cls in classes.values())
            classes[key] = type(name + (str(number + 1) if number else ""), (), {})
        self.templates[classes[key]] = template
        return classes[key]

    def as_function(self: Any, made: Struct) -> Value:
        """Return the function that an object stands for, with what it holds."""
        from s2sad.frontend.lower import Frame

        template = self.templates[made.cls]
        fields = {key: self.apart(value, key) for key, value in self.fields(made).items()}
        if template.kind == "method":
            return Bound(template.function, fields["owner"])
        if template.kind == "partial":
            named = {name: fields.pop(name) for name in template.names}
            return Partial(template.function, tuple(fields.values()), named)
        scope = template.scope
        names = {name: fields[name] for name in template.names}
        frame = Frame(scope.parsed, scope.function, State(names, self.state.heap), scope.captured, scope.outer, True)
        defaults = {name: fields[name] for name in template.defaults}
        return LocalFunction(made.cls.__name__, template.function, frame, defaults)  # type: ignore[union-attr]


def is_users_own(function: Any) -> bool:
    """Return whether what a partial calls is the user's: a pullback is one of ours, that knows more than it holds."""
    ours = (getattr(function, "__module__", None) or "").partition(".")[0] == "s2sad"
    return isinstance(function, types.FunctionType | type) and not ours


def is_bound_once(tree: ast.AST, name: str) -> bool:
    """Return whether a name of a function is bound in one place, which is in no loop."""
    args = getattr(tree, "args", None)
    given = [arg.arg for arg in ast.walk(args) if isinstance(arg, ast.arg)] if args is not None else []
    places = [*([False] * given.count(name)), *bindings(tree, name, False)]
    return places == [False]


def bindings(tree: ast.AST, name: str, looped: bool) -> Iterator[bool]:
    """Yield for each place in which a function binds a name whether it is in a loop."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, SCOPES):
            if getattr(node, "name", None) == name:
                yield looped
            continue
        if isinstance(node, ast.Name) and node.id == name and not isinstance(node.ctx, ast.Load):
            yield looped
        yield from bindings(node, name, looped or isinstance(node, LOOPS))
