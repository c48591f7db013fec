"""Lowering of the user's functions and classes: inlined where they are small, instances for their types otherwise."""

from __future__ import annotations

import inspect
import types
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import libcst as cst

from s2sad.errors import SourceError
from s2sad.frontend.canonical import Canonical
from s2sad.frontend.lent import OF_TABLE, used_in
from s2sad.frontend.models import is_ours, model_of
from s2sad.frontend.pools import holds_reference, is_recursive, lower_in_place, unwrapped
from s2sad.frontend.values import (
    FUNCTIONS,
    ITERABLES,
    ArrayMethod,
    LocalFunction,
    Pending,
    Relower,
    State,
    Struct,
    Unsupported,
    Value,
)
from s2sad.ir.nodes import (
    Assign,
    Call,
    Const,
    Effect,
    Expr,
    Move,
    Op,
    Return,
    SetField,
    Store,
    Var,
    subexpressions,
    walk,
)
from s2sad.ir.types import (
    ListOf,
    Static,
    Structure,
    Type,
    join,
    nesting,
    same_type,
)
from s2sad.rules.builder import constant_expr, number
from s2sad.rules.core import view_kind
from s2sad.rules.infer import is_basic

MUTABLE = ("object", "dict", "list")
NESTING = 12  # structures in structures, in the arguments and the result of a call


class UserFunctions:
    """Functions and classes whose source is followed."""

    def default_values(self: Any, params: cst.Parameters) -> dict[str, Value]:
        """Evaluate the defaults of a nested function."""
        found = {}
        for param in (*params.params, *params.kwonly_params):
            if param.default is not None:
                found[param.name.value] = self.expression(param.default)
        return found

    def bind_defaults(self: Any, node: Any, function: types.FunctionType, state: State) -> None:
        """Bind parameters that were not given to their defaults."""
        for name, default in function_defaults(function).items():
            if name in state.names:
                continue
            where = ("default", function, name)
            if isinstance(default, int) and f"{function.__name__}.{name}" in self.unit.knowledge.static:
                state.names[name] = self.fixed_default(name, default, where)
            else:
                state.names[name] = self.outside(name, default, where)

    def fixed_default(self: Any, name: str, default: int, where: Any) -> Expr:
        """Return a default that decides a type: what is generated depends on its value."""
        self.unit.reached[f"default:{id(where[1])}:{name}"] = (where, default)
        return constant_expr(default) if isinstance(default, bool) else number(default)

    def bind_parameters(
        self: Any, params: cst.Parameters, defaults: Any, args: list[Value], kwargs: dict[str, Value], node: Any
    ) -> dict[str, Value]:
        """Bind call arguments to the parameters of a function."""
        names: dict[str, Value] = {}
        positional = [p.name.value for p in (*params.posonly_params, *params.params)]
        keyword = [p.name.value for p in params.kwonly_params]
        rest = list(args)
        for name in positional:
            if rest:
                names[name] = rest.pop(0)
        if isinstance(params.star_arg, cst.Param):
            names[params.star_arg.name.value] = self.struct("tuple", dict(enumerate(rest)))
            rest = []
        if rest:
            raise Unsupported(f"too many arguments: it takes {len(positional)}", node, "call it as it is defined")
        extra: dict[str, Value] = {}
        named = [*(p.name.value for p in params.params), *keyword]
        for key, value in kwargs.items():
            if key in named:
                names[key] = value
            else:
                extra[key] = value
        if params.star_kwarg is not None:
            names[params.star_kwarg.name.value] = self.struct("dict", extra)
        elif extra:
            raise Unsupported(
                f"unexpected argument {next(iter(extra))!r}", node, f"it takes {', '.join([*positional, *keyword])}"
            )
        for name in (*positional, *keyword):
            if name not in names:
                names[name] = defaults(name)
        return names

    def call_local(self: Any, local: LocalFunction, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        """Inline a nested function or lambda; it reads its free names as they are now."""
        from s2sad.frontend.generators import is_generator

        def default(name: str) -> Value:
            if name in local.defaults:
                return local.defaults[name]
            raise Unsupported(f"the argument {name!r} is missing", node)

        names = self.bind_parameters(local.node.params, default, args, kwargs, node)
        if is_generator(local.node):
            return self.generator(local.scope.function, local.scope.parsed, local.node, names, local.scope)
        return self.inline(local.node, names, local.scope.parsed, local.scope.function, local.scope, node)

    def call_user(
        self: Any, function: types.FunctionType, args: list[Value], kwargs: dict[str, Value], node: Any
    ) -> Value:
        """Call a function of the user's: inlined if small or if it must be, else as a function of its own."""
        from s2sad.frontend.lower import parse

        try:
            parsed = parse(function)
        except SourceError as error:
            raise Unsupported(str(error), node) from None
        self.unit.reached.setdefault(f"call:{id(function)}", function)
        defaults = function_defaults(function)

        def default(name: str) -> Value:
            if name in defaults and is_ours(parsed.source.file):
                return constant_expr(defaults[name])
            if name in defaults:
                where = ("default", function, name)
                decides = isinstance(defaults[name], bool) or function in self.unit.knowledge.fixed
                if isinstance(defaults[name], int) and decides:
                    return self.fixed_default(name, defaults[name], where)
                if isinstance(defaults[name], int):
                    self.unit.defaulted.add(function)
                return self.outside(name, defaults[name], where)
            raise Unsupported(f"the argument {name!r} of {function.__name__} is missing", node)

        names = self.bind_parameters(parsed.node.params, default, args, kwargs, node)
        around = self.scope_of(function)
        if inspect.isgeneratorfunction(function):
            return self.generator(function, parsed, parsed.node, names, around)
        if around is not None:
            return self.inline(parsed.node, names, parsed, function, around, node)
        if self.should_inline(function, parsed.node, names):
            return self.inline(parsed.node, names, parsed, function, None, node)
        if any(map(self.holds_function, names.values())):
            return self.lifted_call(parsed.node, names, parsed, function, None, node)
        return self.instance_call(function, names, node)

    def scope_of(self: Any, function: types.FunctionType) -> Any:
        """Return the frame around a method of a class that is defined in a function, as it is known here."""
        around = self.unit.scopes.get(function)
        frame = self.frames[0] if self.lifted is not None and around is not None else None
        while frame is not None:
            if frame.function is around.function and frame.parsed is around.parsed:
                return frame
            frame = frame.outer
        return around

    def holds_function(self: Any, value: Value) -> bool:
        return any(isinstance(part, FUNCTIONS | ArrayMethod | ITERABLES) for part in self.inside_of(value))

    def holds_library(self: Any, value: Value, made: bool) -> bool:
        """Return whether there are objects of a library in a value, that differentiated code has made or any."""
        return any(of_library(part, made) for part in self.inside_of(value))

    def inside_of(self: Any, value: Value) -> Iterator[Value]:
        """Yield a value and all that is in it, once each."""
        seen: set[Struct] = set()
        stack = [value]
        while stack:
            part = unwrapped(stack.pop())
            if isinstance(part, Struct):
                if part in seen:
                    continue
                seen.add(part)
                stack.extend(self.fields(part).values())
            yield part

    def instance_call(self: Any, function: types.FunctionType, names: dict[str, Value], node: Any) -> Value:
        """Call a function that is lowered on its own for these argument types."""
        from s2sad.frontend.lower import lower_function

        self.keep_local_classes(names)
        self.settle_iterators(names)
        names = self.with_parts_of_tables(names)
        exprs = {name: self.as_expr(value, node) for name, value in names.items()}
        self.keep_pools(function, exprs)
        self.lend_lists(function, names, exprs, node)
        self.note_given(function, names)
        knowledge = self.unit.knowledge
        recursive = function in knowledge.recursive
        canonical = Canonical(recursive, function in knowledge.fixed and not recursive)
        types_ = [(name, canonical(expr, self.unit.knowledge)) for name, expr in exprs.items()]
        for _, type_ in types_:
            self.check_nesting(type_, node)
        key = (function, tuple(types_), frozenset(name for name, expr in exprs.items() if expr in self.unit.optional))
        unit = self.unit
        if key in unit.active:
            cycle = {active[0] for active in unit.active[unit.active.index(key) :]}
            if not cycle <= unit.knowledge.recursive:
                unit.knowledge.note_recursive(cycle)
                raise Relower
            if key not in unit.knowledge.results and returns_nothing(function):
                unit.knowledge.results[key] = Static(None)
            if key not in unit.knowledge.results:
                unit.awaited.add(key)
                raise Pending
            made, result = unit.instances[key], unit.knowledge.folded_result(key)
        else:
            if any(active[0] == function for active in unit.active) and function not in unit.knowledge.recursive:
                unit.knowledge.note_recursive({function})
                raise Relower
            if sum(1 for active in unit.active if active[0] == function) > 30:
                raise Unsupported("the recursion never ends for arguments of these types", node)
            if key not in unit.instances:
                unit.place = self.span(node)
                self.tell_of_pools()
                before = list(unit.problems)
                made = self.lower_instance(function, types_, key, lower_function)
                unit.wrong[key] = [problem for problem in unit.problems if problem not in before]
            else:
                made = unit.instances[key]
                for problem in unit.wrong.get(key, ()):  # a loop that is lowered again has forgotten them
                    self.note(problem)
            result = made.result
        self.check_instance(function, made, node)
        self.check_lent(function, made, exprs)
        self.check_caught(node, made)
        passed = tuple(
            expr for expr, (_, type_) in zip(exprs.values(), types_, strict=True) if not isinstance(type_, Static)
        )
        passed += tuple(self.captured_in(made))
        result = canonical.restored(result)
        call = self.builder.bind(Call(made, passed, result))
        if made.optional or key in knowledge.maybe_none:
            self.unit.optional.add(call)
            self.unit.makers[call] = function
        if isinstance(result, Static):
            return Const(result.value, result)
        loaded = self.load(call, "item")
        self.note_births(loaded, knowledge.returned.get(function, {}))
        self.keep_lists(function, made, names.values())
        if holds_reference(result) and lower_in_place(knowledge, function):
            raise Relower
        if hands_back(made):
            self.mark_handed(function, [*names.values(), loaded])
        else:
            self.note_made_by(function, loaded)
        return self.placed(loaded, self.site(node))

    def keep_lists(self: Any, function: Any, made: Any, given: Iterable[Value]) -> None:
        """A function that may return a list of known length that it is given is lowered where it is called.

        It takes it as a list of any length, and what it returns would be another list.
        """
        if not hands_back(made, holds_list):
            return
        self.unit.returning.add(function)
        parts = (part for value in given for part in self.inside_of(value))
        fixed = any(isinstance(part, Struct) and part.kind == "list" and part.place is None for part in parts)
        if fixed and lower_in_place(self.unit.knowledge, function):
            raise Relower

    def note_made_by(self: Any, function: Any, result: Value) -> None:
        """Note of the objects and lists in the lists that a call returns that they were made there."""
        maker = ("call", function)
        for part in self.inside_of(result):
            if isinstance(part, Var) and isinstance(part.type, ListOf):
                self.unit.knowledge.kinds[maker] = maker
                self.unit.births.setdefault(part, set()).add(("result", function))
                for path in paths_of_mutable(part.type.item):
                    self.unit.contents.setdefault((("result", function), path), set()).add(maker)

    def keep_local_classes(self: Any, given: dict[str, Value]) -> None:
        """Generated code makes no objects of classes that are defined in a function: they are places."""
        for value in given.values():
            for part in self.inside_of(value):
                own = part.cls if isinstance(part, Struct) and part.kind == "object" else None
                if own is not None and "<locals>" in own.__qualname__:
                    self.tell_apart(part.births)

    def keep_pools(self: Any, function: Any, given: dict[str, Expr]) -> None:
        """A function that is given what is in a pool is lowered where it is called, if it does not call itself."""
        if not any(holds_reference(expr.type) for expr in given.values()):
            return
        if lower_in_place(self.unit.knowledge, function):
            raise Relower

    def mark_handed(self: Any, function: Any, values: list[Value]) -> None:
        """Note objects and lists that a call was given, or returned: one may be the other, it is not known any more."""
        for value in values:
            for part in self.inside_of(value):
                if isinstance(part, Struct) and part.kind in MUTABLE and not part.item:
                    part.item = Handed(function)
                elif isinstance(part, Var) and part in self.unit.optional:
                    self.unit.handed[part] = function  # it is not known yet what it is

    def settle(self: Any, value: Value) -> None:
        """An object is changed, or asked which one it is: a call that may have handed it back is lowered in place."""
        handed = value.item if isinstance(value, Struct) and isinstance(value.item, Handed) else None
        if handed is not None and lower_in_place(self.unit.knowledge, handed.function):
            raise Relower

    def placed(self: Any, value: Value, site: Any) -> Value:
        """Give the lists in a result a place, so that they can be lists of no fixed length where they must be."""
        if not isinstance(value, Struct) or site is None:
            return value
        fields = self.fields(value)
        for key in list(fields):
            fields[key] = self.placed(fields[key], (*site, key))
        if value.kind != "list":
            return value
        value.site = site
        return self.new_list(list(fields.values()), site) if site in self.unit.knowledge.dynamic else value

    def lower_instance(self: Any, function: Any, types_: list[Any], key: Any, lower_function: Any) -> Any:
        """Lower a function for these types, a recursive one until the type of its result is known."""
        unit = self.unit
        from s2sad.ir.nodes import Function

        shell = unit.instances[key] = Function(unit.name_for(function.__name__), [], [])
        shell.captured = unit.knowledge.reads.get(key, [])  # what a call inside of it must pass on
        unit.active.append(key)
        try:
            for _ in range(6):
                made = lower_function(unit, function, types_, shell.name, key[2])
                before = unit.knowledge.results.get(key)
                after = made.result if before in (None, Static(None)) else join(before, made.result)
                if after is None:
                    raise Unsupported("the function returns values of unlike kinds", None)
                if nesting(after) > NESTING:  # what it holds is of its own kind: it is told by its place
                    self.tell_apart(unit.knowledge.returned.get(function, {}).get((), ()))
                self.check_nesting(after, None)
                unit.knowledge.results[key] = after
                if function not in unit.knowledge.recursive or (before is not None and same_type(before, after)):
                    break
            else:
                self.fold(key, before, after)
        finally:
            unit.active.pop()
        used = used_in(made, shell)
        made.captured = [(var, where) for var, where in made.captured if where[0] != "pool" or var in used]
        if function in unit.knowledge.recursive and [w for _, w in made.captured] != [w for _, w in shell.captured]:
            unit.knowledge.reads[key] = made.captured
            raise Relower
        unit.awaited.discard(key)
        if unit.awaited:  # a caller's result is not known yet: what waits for it was left out
            del unit.instances[key]
        shell.params = [p for p in made.params if not isinstance(p.type, Static)] + [v for v, _ in made.captured]
        shell.body, shell.result, shell.span = made.body, unit.knowledge.results[key], made.span
        shell.source, shell.doc, shell.captured = made.source, made.doc, made.captured
        shell.lent = frozenset(var for var, where in made.captured if where[0] == "pool")
        names = {name.replace(OF_TABLE, "_") for name in unit.knowledge.lent.get(function, ())}
        shell.lent |= {param for param in shell.params if param.name in names}
        shell.optional, shell.absent, shell.python, shell.primal = made.optional, made.absent, function, True
        if made.optional and is_recursive(unit.knowledge, function) and key not in unit.knowledge.maybe_none:
            unit.knowledge.maybe_none.add(key)  # a call of itself was taken for one that gives something
            raise Relower
        return shell

    def check_nesting(self: Any, type_: Type, node: Any) -> None:
        """Refuse a structure that has another type after every call: an ever deeper one."""
        if nesting(type_) > NESTING:
            raise Unsupported(
                f"structures of more than {NESTING} levels are not accepted: this one grows with every call", node
            )

    def fold(self: Any, key: Any, before: Type, after: Type) -> None:
        """The type of a recursive function's result grows with every call: what it holds of its own gets a name."""
        knowledge = self.unit.knowledge
        if key in knowledge.folded or not isinstance(after, Structure) or not isinstance(before, Structure):
            return
        pairs = zip(after.keys, before.items, after.items, strict=True)
        growing = {k for k, old, new in pairs if isinstance(new, Structure) and not same_type(old, new)}
        if growing:
            knowledge.folded[key] = f"{key[0].__qualname__}{len(knowledge.folded)}", growing
            del knowledge.results[key]
            raise Relower

    def check_instance(self: Any, function: Any, made: Any, node: Any) -> None:
        """A function that changes the fields of an object, grows a list or writes in a container is inlined."""
        params = set(made.params) - made.lent
        if writes_inside(made):
            if is_recursive(self.unit.knowledge, function):
                raise Unsupported("a function that calls itself changes what is in something it is given", node)
            self.unit.knowledge.dynamic.add(("inline", function))
            raise Relower
        for stmt in walk(made.body):
            outside = (
                isinstance(stmt, SetField)
                or (
                    isinstance(stmt, Effect)
                    and isinstance(stmt.value, Op)
                    and stmt.value.name == "append"
                    and stmt.value.args[0] in params
                )
                or (isinstance(stmt, Store) and isinstance(stmt.base.type, ListOf) and stmt.base in params)
            )
            if outside:
                if is_recursive(self.unit.knowledge, function):
                    raise Unsupported("a recursive function changes an object of its caller's", node)
                self.unit.knowledge.dynamic.add(("inline", function))
                raise Relower


@dataclass(frozen=True)
class Handed:
    """Why the fields of an object cannot be assigned: a call of this function may have handed it back."""

    function: Any


def of_library(value: Value, made: bool = True) -> bool:
    """Return whether a value is an object of a library, that differentiated code has made or any."""
    return isinstance(value, Struct) and not (made and value.ref is not None) and model_of(value.cls) is not None


def paths_of_mutable(type_: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield where in the items of a list there are objects, dicts and lists."""
    if isinstance(type_, ListOf) or (isinstance(type_, Structure) and type_.kind in MUTABLE):
        yield path
    if isinstance(type_, Structure):
        for key, item in zip(type_.keys, type_.items, strict=True):
            yield from paths_of_mutable(item, (*path, key))


def holds_mutable(type_: Type) -> bool:
    """Return whether there are objects, dicts or lists of known length in values of a type."""
    if isinstance(type_, ListOf):
        return holds_mutable(type_.item)
    if not isinstance(type_, Structure):
        return False
    return type_.kind in MUTABLE or any(map(holds_mutable, type_.items))


def holds_list(type_: Type) -> bool:
    """Return whether there are lists of any length in values of a type."""
    if isinstance(type_, Structure):
        return any(map(holds_list, type_.items))
    return isinstance(type_, ListOf) and type_.kind == "list"


def hands_back(function: Any, holds: Callable[[Type], bool] = holds_mutable) -> bool:
    """Return whether a function returns an object, dict or list that it is given: which it is would be forgotten."""
    given = {param for param in function.params if holds(param.type)}
    for stmt in walk(function.body) if given else ():
        if isinstance(stmt, Assign) and taken_from(stmt.value) in given and holds(stmt.target.type):
            given.add(stmt.target)
        if isinstance(stmt, Move):
            given.update(t for t, s in zip(stmt.targets, stmt.sources, strict=True) if s in given)
        if isinstance(stmt, Return) and any(var in given for var in subexpressions(stmt.value)):
            return True
    return False


def writes_inside(function: Any) -> bool:
    """Return whether a function writes an array, or changes a list, that it takes out of what it is given.

    Lists that are lent to it, as themselves, it may change.
    """
    inside = {param for param in function.params if isinstance(param.type, Structure | ListOf)}
    for stmt in walk(function.body) if inside else ():
        if isinstance(stmt, Store) and stmt.base in inside - function.lent:
            return True
        value = stmt.value if isinstance(stmt, Assign | Effect) else None
        if isinstance(value, Op) and value.name in ("append", "pop") and value.args[0] in inside - function.lent:
            return True
        if isinstance(stmt, Assign) and taken_from(stmt.value) in inside:
            inside.add(stmt.target)
        if isinstance(stmt, Move):
            inside.update(t for t, s in zip(stmt.targets, stmt.sources, strict=True) if s in inside)
    return False


def returns_nothing(function: Any) -> bool:
    """Return whether no return of a function gives a value."""
    from s2sad.frontend.lower import parse

    node = parse(function).node if isinstance(function, types.FunctionType) else function.node
    back = getattr(function, "given_back", ())  # names of functions around that it assigns
    return isinstance(node, cst.FunctionDef) and not back and not returns_value(node.body)


def returns_value(node: Any) -> bool:
    """Return whether there is a return with a value in a block, but not in the functions inside of it."""
    if isinstance(node, cst.Return):
        return node.value is not None
    if isinstance(node, cst.FunctionDef | cst.ClassDef | cst.BaseExpression):
        return False
    return any(map(returns_value, node.children))


def taken_from(value: Expr) -> Expr | None:
    """Return the value whose memory another may share: what it is a field, an item or a view of."""
    if not isinstance(value, Op) or not value.args:
        return value
    base = value.args[0]
    if value.name == "getitem":
        return base if isinstance(base.type, ListOf) or is_basic(value.args[1]) else None
    return base if value.name in ("field", "pop") or view_kind(value) else None


def function_defaults(function: types.FunctionType) -> dict[str, Any]:
    """Return the defaults of a function's parameters."""
    found = {}
    for name, parameter in inspect.signature(function, follow_wrapped=False).parameters.items():
        if parameter.default is not inspect.Parameter.empty:
            found[name] = parameter.default
    return found
