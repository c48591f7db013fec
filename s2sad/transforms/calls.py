"""Calls of the user's functions: `y, residuals = g_fwd(...)` forward, `a_bar, b_bar = g_bwd(residuals, y_bar)` back."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeGuard

from s2sad.analysis.activity import active_reads
from s2sad.analysis.alias import shares, summary
from s2sad.errors import Problem, UnsupportedError
from s2sad.ir.nodes import (
    Assign,
    Call,
    Const,
    Effect,
    Expr,
    Function,
    Op,
    Stmt,
    Var,
    exprs_of,
    subexpressions,
    variables,
    walk,
)
from s2sad.ir.types import Array, ListOf, Static, Structure, Type, differentiable
from s2sad.rules.core import static
from s2sad.transforms.containers import zipped
from s2sad.transforms.cotangents import Bar, Key, bar_name, cotangent_type, leaf_type, leaf_types

if TYPE_CHECKING:
    from s2sad.transforms.adjoint import Adjoint


@dataclass(eq=False, repr=False)
class Split:
    """The forward and backward function of a called function, for one pattern of active parameters."""

    instance: Function
    wrt: tuple[int, ...]  # active parameters
    written: tuple[int, ...]  # those whose cotangent buffer is passed and updated in place: written, or handed on
    result_active: bool
    forward: Function
    backward: Function
    copied: frozenset[int] = frozenset()  # parameters (-1: the result) the caller writes afterwards
    done: bool = False
    recursive: bool = False
    whole: bool = False  # whether every leaf of a structure has a cotangent: of what the user calls
    types: tuple[Type, ...] | None = None

    @property
    def returned(self) -> tuple[int, ...]:
        """Active parameters whose cotangents the backward function returns."""
        return tuple(i for i in self.wrt if i not in self.written)

    def buffers(self) -> dict[Key, Var]:
        """Return new variables for the cotangents of what is written: of a list, one for each leaf of its items."""
        found: dict[Key, Var] = {}
        for param in (self.instance.params[i] for i in self.written):
            for path in written_leaves(param.type):
                key = (param, path)
                found[key] = Var(bar_name(key), leaf_type(key))
        return found


def written_leaves(type_: Type) -> list[tuple[Any, ...]]:
    """Return the leaves of an array, or of the items of a list, of which a function that writes it is given buffers."""
    if isinstance(type_, ListOf):
        return [path for path, leaf in leaf_types(type_.item) if differentiable(leaf)]
    return [()]


@dataclass(eq=False, repr=False)
class Splits:
    """All split functions of one module."""

    make: Any
    found: dict[Any, Split] = field(default_factory=dict)
    callees: dict[Function, tuple[Function, ...]] = field(default_factory=dict)

    def get(
        self,
        instance: Function,
        wrt: tuple[int, ...],
        result_active: bool,
        copied: frozenset[int] = frozenset(),
        *,
        whole: bool = False,
    ) -> Split:
        """Return the split of a function, making it if it is new (a recursive one refers to itself)."""
        key = (instance, wrt, result_active, copied, whole)
        if key not in self.found:
            info = summary(instance)
            recursive = self.calls_itself(instance)
            lent = {
                i
                for i, param in enumerate(instance.params)
                if param in instance.lent or (recursive and isinstance(param.type, ListOf | Array))
            }
            written = tuple(i for i in wrt if i in info.writes | lent)
            for i in written:
                if i not in info.slots | (lent - info.writes) and not isinstance(instance.params[i].type, Array):
                    message = f"{instance.name!r} writes into a container it is given; give it the array itself"
                    raise UnsupportedError([Problem(message, instance.span)])
            n = sum(1 for k in self.found if k[0] is instance)
            suffix = f"_{n + 1}" if n else ""
            made = Split(
                instance,
                wrt,
                written,
                result_active,
                Function(f"{instance.name}_fwd{suffix}", [], []),
                Function(f"{instance.name}_bwd{suffix}", [], []),
                copied,
                recursive=recursive,
                whole=whole,
            )
            self.found[key] = made
            self.make(made)
            made.done = True
        return self.found[key]

    def calls_itself(self, function: Function) -> bool:
        """Return whether a function reaches itself by calls."""
        seen: set[Function] = set()
        stack = [function]
        while stack:
            for called in self.called(stack.pop()):
                if called is function:
                    return True
                if called not in seen:
                    seen.add(called)
                    stack.append(called)
        return False

    def called(self, function: Function) -> tuple[Function, ...]:
        """Return the functions a function calls."""
        if function not in self.callees:
            parts = (part for stmt in walk(function.body) for expr in exprs_of(stmt) for part in subexpressions(expr))
            self.callees[function] = tuple(dict.fromkeys(part.function for part in parts if isinstance(part, Call)))
        return self.callees[function]


def reverse_call(adjoint: Adjoint, stmt: Assign | Effect, call: Call, y: Var | None) -> None:
    """Emit the adjoint of a call."""
    activity = adjoint.activity
    wrt = tuple(i for i, arg in enumerate(call.args) if any(activity.active(v) for v in active_reads(arg)))
    if not wrt:
        if y is not None:
            drop(adjoint, y)
        return
    result_active = y is not None and activity.active(y)
    out_bar = result_cotangent(adjoint, stmt, y, call) if result_active and y is not None else None
    if out_bar is None and summary(call.function).writes.isdisjoint(wrt):
        return
    split = adjoint.splits.get(call.function, wrt, result_active, written_later(adjoint, stmt, call, y))
    buffers = [buffer for i in split.written for buffer in written_buffers(adjoint, stmt, call.args[i])]
    kept = adjoint.kept_residuals(stmt, call)
    adjoint.split_calls[stmt] = (split, kept)
    residuals = adjoint.residuals.need(kept, stmt)
    if result_active and out_bar is None and y is not None:  # only what the call writes has a cotangent
        out_bar = cotangent_structure(adjoint, stmt, y)
    args = (residuals, *((out_bar,) if result_active and out_bar is not None else ()), *buffers)
    types = split.types or tuple(cotangent_type(call.args[i].type) for i in split.returned)
    b = adjoint.builder
    if not split.returned:
        b.block.append(Effect(Call(split.backward, args, Static(None)), b.origin))
        return
    if len(split.returned) == 1:
        bars = b.bind(Call(split.backward, args, types[0]), part_name(call.args[split.returned[0]]))
        route_leaves(adjoint, stmt, call.args[split.returned[0]], bars)
        return
    whole = b.bind(Call(split.backward, args, Structure("tuple", tuple(range(len(types))), types)), "bars")
    parts = [
        b.bind(Op("field", (whole,), type_, {"key": Const(k)}, "tuple"), part_name(call.args[i]))
        for k, (i, type_) in enumerate(zip(split.returned, types, strict=True))
    ]
    for i, part in zip(split.returned, parts, strict=True):
        route_leaves(adjoint, stmt, call.args[i], part)


def written_later(adjoint: Adjoint, stmt: Stmt, call: Call, y: Var | None) -> frozenset[int]:
    """Return which arguments (-1: the result) are written between the call and its backward function.

    A pullback may run when the caller has written all that it can reach.
    """
    if adjoint.repeatable:
        return everything(call.function)
    found = {
        i
        for i, arg in enumerate(call.args)
        if not kept_by_item(call.function, i)
        and any(adjoint.aliases.overwritten_after(v, stmt) for v in variables(arg))
    }
    if y is not None and adjoint.aliases.overwritten_after(y, stmt):
        found.add(-1)
    return frozenset(found)


def kept_by_item(function: Function, i: int) -> bool:
    """Return whether a parameter is a list that changes all the time, of numbers: each that is needed is kept."""
    param = function.params[i]
    return param in function.lent and isinstance(param.type, ListOf) and not shares(param.type.item)


def everything(function: Function) -> frozenset[int]:
    """Return all arguments of a function, and its result."""
    return frozenset(i for i in range(-1, len(function.params)) if i < 0 or not kept_by_item(function, i))


def part_name(arg: Expr) -> str:
    """Return the wished name of the cotangent of an argument."""
    return f"{arg.name}_bar" if isinstance(arg, Var) and arg.name != "t" else "t"


def drop(adjoint: Adjoint, y: Var) -> None:
    """Forget the cotangents of a result that depends on nothing active."""
    for key in [key for key in adjoint.env if key[0] is y]:
        del adjoint.env[key]


def result_cotangent(adjoint: Adjoint, stmt: Stmt, y: Var, call: Call) -> Expr | None:
    """Return the cotangent of a result, whole; None if it is zero everywhere."""
    keys = [key for key in adjoint.env if key[0] is y]
    if adjoint.is_shadowed(y):
        if not isinstance(y.type, Array):
            raise UnsupportedError(
                [
                    Problem(
                        "a container of arrays that share memory is returned by a call",
                        stmt.origin.span if stmt.origin else None,
                    )
                ]
            )
        return adjoint.shadow(y, stmt)
    if not keys:
        return None
    if isinstance(y.type, Structure):
        return cotangent_structure(adjoint, stmt, y)
    whole = zipped(adjoint, y, stmt) if isinstance(y.type, ListOf) else adjoint.full(adjoint.env[y, ()], y, stmt).expr
    drop(adjoint, y)  # what was zipped has zeros for the others
    return whole


def cotangent_structure(adjoint: Adjoint, stmt: Stmt, y: Var) -> Expr:
    """Return the cotangent of a result leaf by leaf: zeros where it has none."""
    leaves: dict[Any, Expr] = {}
    for path, type_ in leaf_types(y.type):
        bar = adjoint.env.pop((y, path), None)
        if bar is not None:
            leaves[path] = adjoint.unmasked(bar).expr
        else:
            leaves[path] = adjoint.zeros_at((y, path), stmt) if differentiable(type_) else Const(None)
    return build_structure(cotangent_type(y.type), leaves)


def build_structure(type_: Type, leaves: dict[Any, Expr], path: tuple[Any, ...] = ()) -> Expr:
    """Return the structure of these leaves."""
    if not isinstance(type_, Structure):
        return leaves.get(path, Const(None))
    parts = tuple(
        build_structure(item, leaves, (*path, key)) for key, item in zip(type_.keys, type_.items, strict=True)
    )
    found = Structure(type_.kind, type_.keys, tuple(part.type for part in parts), type_.cls)
    whole = taken_apart(parts, found)
    return whole if whole is not None else Op("build", parts, found, {"keys": Const(type_.keys)}, type_.kind)


def taken_apart(parts: tuple[Expr, ...], type_: Structure) -> Expr | None:
    """Return the structure whose fields these are, if they are those of one: it may be None, and have none."""
    first = parts[0] if parts else None
    base = first.args[0] if is_field(first) else None
    if base is None or not isinstance(base.type, Structure):
        return None
    if (base.type.kind, base.type.keys) != (type_.kind, type_.keys):
        return None
    fields = (Op("field", (base,), part.type, {"key": Const(key)}) for key, part in zip(type_.keys, parts, strict=True))
    return base if all(map(same_field, parts, fields)) else None


def same_field(a: Expr, b: Expr) -> bool:
    """Return whether two expressions read the same field of the same variable."""
    if is_field(a) and is_field(b):
        return static(a.attrs["key"]) == static(b.attrs["key"]) and same_field(a.args[0], b.args[0])
    return a is b


def is_field(expr: Expr | None) -> TypeGuard[Op]:
    """Return whether an expression reads a field."""
    return isinstance(expr, Op) and expr.name == "field"


def written_buffers(adjoint: Adjoint, stmt: Stmt, arg: Expr) -> list[Expr]:
    """Return the buffers of an argument that the call writes: the call updates them in place."""
    assert isinstance(arg, Var)
    if isinstance(arg.type, ListOf):
        return [adjoint.own_list(arg, path, stmt) for path in written_leaves(arg.type)]
    if adjoint.is_shadowed(arg):
        return [adjoint.shadow(arg, stmt)]
    buffer = adjoint.builder.op("copy", adjoint.own(arg, stmt), hint=f"{arg.name}_bar")
    adjoint.env[arg, ()] = Bar(buffer)
    return [buffer]


def route_leaves(adjoint: Adjoint, stmt: Stmt, arg: Expr, bars: Expr) -> None:
    """Add what a backward function returned to the cotangents of an argument."""
    active = any(adjoint.activity.active(v) for v in active_reads(arg))
    if not active:
        return
    for path, type_ in leaf_types(arg.type):
        if not differentiable(type_):
            continue
        value = bars
        current = bars.type
        for step in path:
            if isinstance(current, ListOf):  # a list whose items the called function does not tell apart
                value, current = Op("getitem", (value, Const(step)), current.item), current.item
                continue
            if not isinstance(current, Structure):
                break
            kind, current = current.kind, current.item(step)
            value = Op("field", (value,), current, {"key": Const(step)}, kind)
        if current == Static(None):
            continue
        if not isinstance(value, Var):
            value = adjoint.builder.bind(value)
        bar = Bar(value)
        if isinstance(arg, Var) and not path:
            adjoint.accumulate(arg, bar, stmt)
        else:
            adjoint.route(arg, path, bar, stmt)
