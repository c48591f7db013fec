"""The adjoint: reverse mode by statement.

For each statement in reverse order, with y_bar the cotangent of what it computed:

    y = f(a, b)         a_bar += f_a^T y_bar;  b_bar += f_b^T y_bar     (contributions.py)
    u[i] = e            e_bar += u_bar[i];     u_bar[i] = 0             (stores.py)
    xs.append(e), ...                                                   (containers.py)
    y = g(a)            a_bar += g_bwd(residuals, y_bar)                (calls.py)
    j := v (join)       v_bar += j_bar;        j_bar = 0
    if c: S else: T     if c: adjoint(S) else: adjoint(T)
    for t: S            for t reversed: adjoint(S)                      (loops.py)
    S; if c: exit; T    if not c: adjoint(T);  adjoint(S)

The cotangent of a value-like variable is a value: contributions make new sums. That of a memory-like one is a
shadow array that shares memory as the primal does and is written in place.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from s2sad.analysis.activity import Activity, active_reads
from s2sad.analysis.alias import Aliases, shares, summary
from s2sad.analysis.bound import BoundJoins
from s2sad.analysis.same_list import refuse_shared_lists
from s2sad.errors import InternalError, Problem
from s2sad.ir.nodes import (
    Assign,
    Block,
    Break,
    Call,
    Const,
    Continue,
    Effect,
    Expr,
    For,
    Function,
    If,
    Move,
    Op,
    Raise,
    Return,
    Stmt,
    Store,
    Tape,
    Try,
    Var,
    While,
    reads,
    variables,
    walk,
)
from s2sad.ir.types import BOOL, Array, ListOf, Opaque, Recursive, Scalar, Structure, Type, differentiable, numeric_kind
from s2sad.rules.builder import Builder, Sym, cast_like, if_there, number, unbroadcast
from s2sad.rules.core import TABLE, Rule, view_kind
from s2sad.rules.infer import is_basic
from s2sad.transforms import containers
from s2sad.transforms.calls import reverse_call
from s2sad.transforms.composed import definition_of, reverse_composed, varied_in
from s2sad.transforms.constants import constant_problems
from s2sad.transforms.contributions import apply_rule, apply_rule_to_parts
from s2sad.transforms.cotangents import (
    Bar,
    Key,
    as_list,
    bar_name,
    is_tuple,
    leaf_exprs,
    leaf_type,
    leaf_types,
    zeros_list,
    zeros_of,
)
from s2sad.transforms.idioms import reverse_idiom
from s2sad.transforms.loops import LoopReverse, always_exits, may_exit, reverse_loop
from s2sad.transforms.problems import noting
from s2sad.transforms.residuals import Prologue, Residuals, may_vary
from s2sad.transforms.shadows import NeedsInline, forward_shadows
from s2sad.transforms.stores import reverse_store


class Region(Stmt):
    """Stands at the start of a stretch of reverse code for what is brought back there."""

    __slots__ = ("prologue",)

    def __init__(self, prologue: Prologue) -> None:
        self.prologue = prologue
        self.origin = None


@dataclass(eq=False, repr=False)
class Reversed:
    """The result: forward and reverse statements, the cotangents at the start, and what was asked for."""

    function: Function
    forward: Block
    reverse: Block
    bars: dict[Key, Bar]
    residuals: Residuals
    loops: dict[Stmt, LoopReverse]
    prologues: list[Prologue]


class Adjoint:
    """Builds the reverse sweep of one function."""

    def __init__(
        self,
        function: Function,
        aliases: Aliases,
        activity: Activity,
        splits: Any = None,
        *,
        idioms: bool = True,
        problems: list[Problem],
    ) -> None:
        self.function = function
        self.problems = problems  # what cannot be differentiated, in this function and others
        self.idioms = idioms
        self.aliases = aliases
        self.activity = activity
        self.residuals = Residuals(aliases)
        self.builder = Builder()
        self.env: dict[Key, Bar] = {}
        self.loops: dict[Stmt, LoopReverse] = {}
        self.prologues: list[Prologue] = []
        self.shadows: dict[Var, Expr] = {}
        self.seed: dict[tuple[Any, ...], Expr] = {}
        self.flags: dict[Stmt, tuple[Var, Tape | None]] = {}
        self.splits = splits
        self.exact = False  # whether what is differentiated now broadcasts along axes of length 1 only
        self.outlined: list[Function] = []  # the adjoints of operations that are functions of their own
        self.lent: set[Var] = set()  # the lists that the function is given and changes
        self.repeatable = False  # whether the reverse sweep may run more than once
        self.split_calls: dict[Stmt, tuple[Any, Var]] = {}
        self.kept_calls: dict[Stmt, Var] = {}
        self.totals: set[Expr] = set()  # sums of contributions: named after the variable whose cotangent they are
        self.statement_name = "t"  # what the cotangents of temporaries in a statement are named after
        self.definitions = {stmt.target: stmt for stmt in walk(function.body) if isinstance(stmt, Assign)}
        self.bound = BoundJoins(function)
        self.residuals.optional = {var for var in self.bound.none_somewhere(function.body) if var.join}
        self.mirror = forward_shadows(self)
        self.check()

    # --- entry ------------------------------------------------------------------------------------------------
    def run(self, seed: dict[tuple[Any, ...], Expr], buffers: dict[Key, Var] | None = None) -> Reversed:
        """Return forward and reverse code, given the cotangents of the leaves of the result.

        `buffers` are the cotangents of parameters the function writes: updated in place.
        """
        self.seed = seed
        for (param, path), buffer in (buffers or {}).items():
            if self.is_shadowed(param):
                self.shadows[param] = buffer
            else:
                self.env[param, path] = Bar(buffer, owned=isinstance(param.type, ListOf))
        for param in self.function.params:
            mirrored = param in self.mirror.of or param in self.shadows
            if self.is_shadowed(param) and isinstance(param.type, Array) and not mirrored:
                self.shadows[param] = self.zeros(param, self.builder)
        body = self.block(self.function.body)
        preamble = self.builder.block
        return Reversed(
            self.function, self.function.body, preamble + body, self.env, self.residuals, self.loops, self.prologues
        )

    def check(self) -> None:
        """Refuse the memory-like programs whose shadows cannot be bound beside the primal."""
        inline_overlapping(self.function, self.aliases)
        refuse_shared_lists(self.function, self.aliases)
        problems = [self.memory_problem(var, stmt) for var, stmt in self.mirror.refused]
        problems += self.entangled_problems()
        problems += complex_problems(self.function, self.activity)
        problems += constant_problems(self.function, self.activity)
        self.problems += problems

    def entangled_problems(self) -> list[Problem]:
        """Refuse to write what a call returned in a container that reaches it in two ways: shadows would be apart."""
        found = []
        for stmt in walk(self.function.body):
            if not isinstance(stmt, Assign) or not isinstance(stmt.value, Call) or isinstance(stmt.target.type, Array):
                continue
            members = self.aliases.members.get(self.aliases.root(stmt.target), [stmt.target])
            if summary(stmt.value.function).entangled and any(map(self.is_shadowed, members)):
                span = stmt.origin.span if stmt.origin else None
                name = stmt.value.function.name
                message = f"{name!r} returns a container of arrays that share memory, and one is written"
                found.append(Problem(message, span, "return copies, or make the container where it is used"))
        return found

    def memory_problem(self, var: Var, stmt: Stmt) -> Problem:
        """Say that an array is written through one name while another, bound along the control flow, is in use."""
        conflicts = [c for v, c in self.aliases.conflicts.items() if self.aliases.root(v) is self.aliases.root(var)]
        where = conflicts[0][0].origin if conflicts else stmt.origin
        names = sorted({conflicts[0][1].name, conflicts[0][2].name}) if conflicts else [var.name]
        return Problem(
            f"this writes an array that {' and '.join(map(repr, names))} may share, and which of them do depends on "
            "the path taken",
            where.span if where else None,
            "write into a copy: `name = name.copy()` first",
        )

    def is_shadowed(self, var: Var) -> bool:
        """Return whether a variable's cotangent is a shadow array."""
        return self.aliases.is_memory(var) and self.activity.active(var)

    # --- blocks and exits -------------------------------------------------------------------------------------
    def block(self, stmts: Block, start: int = 0) -> Block:
        """Return the reverse of a block from a statement on."""
        split = next((i for i in range(start, len(stmts)) if may_exit(stmts[i]) or may_raise(stmts[i])), None)
        end = len(stmts) if split is None else split + 1
        prologue = Prologue(stmts, start, end)
        self.prologues.append(prologue)

        def emit() -> None:
            self.builder.block.append(Region(prologue))
            shadows = dict(self.shadows)
            self.bind_shadows(stmts[start:end], prologue)
            if split is not None:
                self.exit_statement(stmts, split)
            for stmt in reversed(stmts[start : end if split is None else split]):
                self.statement(stmt)
            self.shadows = shadows

        return self.collect(emit)

    def collect(self, emit: Callable[[], None]) -> Block:
        """Return what is emitted as a block of its own."""
        outer, self.builder.block = self.builder.block, []
        emit()
        made, self.builder.block = self.builder.block, outer
        return made

    def exit_statement(self, stmts: Block, at: int) -> None:
        """Reverse a statement that may leave the block, and what follows it if it did not."""
        stmt = stmts[at]
        if isinstance(stmt, If) and always_exits(stmt.then) != always_exits(stmt.orelse):
            leaving, other = (stmt.then, stmt.orelse) if always_exits(stmt.then) else (stmt.orelse, stmt.then)
            if always_raises(leaving) and not any(may_exit(s) for s in other):  # nobody comes back from there
                self.builder.block.extend(self.rest_then(stmts, at + 1, other))
                return
            if not any(may_exit(s) for s in other):
                arms = [lambda: self.block(leaving), lambda: self.rest_then(stmts, at + 1, other)]
                self.branch(stmt, *(arms if leaving is stmt.then else arms[::-1]))
                return
        if at + 1 < len(stmts):
            cond = self.builder.op("not", self.left(stmt))
            self.branch_on(cond, stmt, lambda: self.block(stmts, at + 1), list)
        self.statement(stmt)

    def rest_then(self, stmts: Block, start: int, other: Block) -> Block:
        """The reverse of the rest of a block, then of the arm that led to it."""
        rest = self.block(stmts, start) if start < len(stmts) else []
        arm = self.block(other)
        regions = list(itertools.takewhile(lambda stmt: isinstance(stmt, Region), arm))  # which the rest reads too
        return [*regions, *rest, *arm[len(regions) :]]

    def left(self, stmt: Stmt) -> Expr:
        """Return whether a statement left its block: recorded in the forward sweep, on a tape inside loops."""
        if stmt not in self.flags:
            flag = Var("left", Scalar("bool"), join=True)
            loops = self.aliases.places.of[stmt].loops
            self.flags[stmt] = (flag, Tape("left_tape", flag.type, loops) if loops else None)
        flag, tape = self.flags[stmt]
        if tape is None:
            return flag
        return self.builder.bind(Op("recall", (), flag.type, {"tape": Const(tape)}), "left")

    # --- statements -------------------------------------------------------------------------------------------
    def statement(self, stmt: Stmt) -> None:
        """Emit the adjoint of one statement."""
        with noting(self.problems, stmt, self.function):
            self.reverse(stmt)

    def reverse(self, stmt: Stmt) -> None:
        outer, self.builder.origin = self.builder.origin, stmt.origin
        if isinstance(stmt, Break | Continue | Return | Raise):
            self.forget_unborn(stmt)
        match stmt:
            case Assign():
                self.assign(stmt)
                self.check_taken(stmt)
            case Move():
                self.move(stmt)
            case Store():
                reverse_store(self, stmt)
            case Effect(value=Call()):
                reverse_call(self, stmt, stmt.value, None)  # type: ignore[arg-type]
            case Effect(value=Op(name="append")):
                containers.reverse_append(self, stmt, stmt.value)  # type: ignore[arg-type]
            case If():
                self.branch(stmt, lambda: self.block(stmt.then), lambda: self.block(stmt.orelse))
            case For() | While():
                reverse_loop(self, stmt)
            case Return():
                self.returned(stmt)
        self.builder.origin = outer

    def forget_unborn(self, stmt: Stmt) -> None:
        """Where a block is left, what is bound only afterwards has no cotangent: the other paths may have left one."""
        places = self.aliases.places
        for key in list(self.env):
            defs = places.defs.get(key[0], [])
            scope = places.scope(key[0])
            if defs and not any(places.may_follow(d, stmt, scope) for d in defs):
                del self.env[key]

    def check_taken(self, stmt: Assign) -> None:
        """A cotangent that is left when what it is of is un-computed would be a zero that nobody sees."""
        value = stmt.value
        if isinstance(value, Op) and value.name in TABLE.rules and TABLE.rules[value.name].constant:
            return
        left = [path for var, path in self.env if var is stmt.target]
        if left:
            name = value.name if isinstance(value, Op) else type(value).__name__
            raise InternalError(f"the cotangent of {stmt.target.name!r} at {left} is left by {name!r}")

    def need(self, expr: Expr, stmt: Stmt) -> Expr:
        """Return a forward value as reverse code reads it at a statement."""
        return self.residuals.expr(expr, stmt)

    def sym(self, expr: Expr) -> Sym:
        """Return an expression as a symbol."""
        return Sym(expr, self.builder)

    def assign(self, stmt: Assign) -> None:
        """`y = value`."""
        y, value = stmt.target, stmt.value
        self.statement_name = y.name if y.name != "t" else self.statement_name
        if isinstance(value, Var | Const):
            self.pass_on(y, value, stmt)
            return
        if isinstance(value, Call):
            reverse_call(self, stmt, value, y)
            return
        assert isinstance(value, Op)
        handler = containers.handler_of(value)
        if handler is not None:
            handler(self, stmt, y, value)
            return
        if value.name in ("fstring", "format"):
            self.take(y, stmt)  # text: nothing flows through it
            return
        rule = TABLE.rules[value.name]
        if isinstance(y.type, Structure):
            self.several(stmt, rule, y, value)
            return
        bar = self.take(y, stmt)
        if bar is None or rule.constant:
            return
        if self.idioms and reverse_idiom(self, stmt, bar):
            return
        if not rule.is_elementwise:
            bar = self.unmasked(bar)
        if rule.view and isinstance(y.type, Array) and self.is_shadowed(y) and self.view_base(value) is not None:
            if stmt in self.mirror.shares:
                self.copied_view(stmt, rule, bar, value)
            return
        if not any(map(self.wants, value.attrs.values())):
            rule = rule.where_active({i for i, arg in enumerate(value.args) if self.wants(arg)})
        if rule.definition is not None:
            reverse_composed(self, stmt, {(): bar}, value)
        else:
            apply_rule(self, stmt, rule, bar, value)

    def several(self, stmt: Assign, rule: Rule, y: Var, value: Op) -> None:
        """An operation with several results."""
        bars = {key[1]: self.unmasked(self.env.pop(key)) for key in list(self.env) if key[0] is y}
        if not bars or rule.constant:
            return
        if rule.definition is not None:
            reverse_composed(self, stmt, bars, value)
        else:
            apply_rule_to_parts(self, stmt, rule, bars, value)

    def copied_view(self, stmt: Assign, rule: Rule, bar: Bar, value: Op) -> None:
        """Where a reshape copied, its cotangent goes back by the rule; where it did not, it is there already."""
        shares = self.residuals.need(self.mirror.shares[stmt], stmt)
        copied = lambda: self.collect(lambda: apply_rule(self, stmt, rule, bar, value))  # noqa: E731
        self.branch_on(self.builder.op("not", shares), stmt, copied, list)

    def pass_on(self, y: Var, value: Expr, stmt: Stmt) -> None:
        """`y = v`: the cotangent moves."""
        if self.is_shadowed(y) and not isinstance(y.type, Scalar):
            return
        bar = self.take(y, stmt)
        if bar is not None and isinstance(value, Var):
            self.accumulate(value, bar, stmt)

    def wants(self, arg: Expr) -> bool:
        """Return whether an argument is active."""
        return any(self.activity.active(var) for var in active_reads(arg))

    # --- cotangents -------------------------------------------------------------------------------------------
    def take(self, var: Var, stmt: Stmt) -> Bar | None:
        """Remove and return the cotangent of a variable that is being un-computed; None if it is zero."""
        if not self.activity.active(var):
            return None
        if self.is_shadowed(var) and isinstance(var.type, Array):
            return Bar(self.shadow(var, stmt))
        return self.env.pop((var, ()), None)

    def unmasked(self, bar: Bar) -> Bar:
        """Apply the mask of a cotangent."""
        if bar.mask is None:
            return bar
        mask, side = bar.mask
        arms = (bar.expr, number(0.0)) if side else (number(0.0), bar.expr)
        name = bar.expr.name if isinstance(bar.expr, Var) else ""
        if isinstance(bar.expr.type, Scalar) and isinstance(mask.type, Scalar):
            choice = Op("if_else", (arms[0], mask, arms[1]), bar.expr.type)
            return Bar(self.builder.bind(choice, name), bar.thin)
        return Bar(self.builder.op("where", mask, *arms, hint=name), bar.thin)

    def accumulate(self, target: Expr, bar: Bar, stmt: Stmt) -> None:
        """Add a contribution to the cotangent of a variable."""
        if not isinstance(target, Var) or isinstance(target.type, Structure):
            containers.accumulate_parts(self, target, bar, stmt)
            return
        if not self.activity.active(target):
            return
        bar = self.real_where_real(bar, target.type)
        if containers.holds_structures(target.type):
            containers.unzip(self, target, bar, stmt)
            return
        if self.is_shadowed(target) and isinstance(target.type, Array):
            self.add_to_shadow(target, self.unmasked(bar).expr, stmt)
            return
        if self.is_shadowed(target) and isinstance(target.type, ListOf):
            containers.add_to_shadows(self, target, bar.expr, stmt)
            return
        have = self.env.get((target, ()))
        if have is None:
            made = self.named(bar, target)
        else:
            made = self.sum(have, bar, f"{target.name}_bar", lacking=self.bound.may_lack(target, stmt))
            if target.user:
                self.totals.add(made.expr)
        self.env[target, ()] = self.shaped(made, target)

    def real_where_real(self, bar: Bar, type_: Type) -> Bar:
        """Take the real part of a contribution to what is real."""
        if numeric_kind(bar.expr.type) != "complex" or numeric_kind(type_) == "complex":
            return bar
        return replace(bar, expr=self.builder.op("real", bar.expr))

    def add_to_shadow(self, target: Var, value: Expr, stmt: Stmt) -> None:
        """Accumulate in the buffer of a memory-like array, where it has one."""
        shadow, origin = self.shadow(target, stmt), self.builder.origin
        store = Store(shadow, None, value, "add", origin)
        if self.bound.may_lack(target, stmt):
            there = Op("is_not", (shadow, Const(None)), BOOL)
            self.builder.block.append(If(there, [store], [], origin))
        else:
            self.builder.block.append(store)

    def shaped(self, bar: Bar, target: Var) -> Bar:
        """Note that a cotangent that is not thin has the shape of its variable."""
        have, want = bar.expr.type, target.type
        if bar.thin or not isinstance(bar.expr, Var) or not isinstance(have, Array) or not isinstance(want, Array):
            return bar
        if (have.dtype, have.ndim) == (want.dtype, want.ndim):
            bar.expr.type = want
        return bar

    def sum(self, have: Bar, more: Bar, name: str, *, lacking: bool = False) -> Bar:
        """Return the sum of two contributions, which may be None where there is nothing they could belong to."""
        if have.mask and more.mask and have.mask[0] is more.mask[0] and have.mask[1] is not more.mask[1]:
            arms = (have.expr, more.expr) if have.mask[1] else (more.expr, have.expr)
            return Bar(self.builder.op("where", have.mask[0], *arms, hint=name))
        have, more = self.unmasked(have), self.unmasked(more)
        if isinstance(have.expr.type, ListOf | Recursive) or lacking:
            added = Op("add_lists", (have.expr, more.expr), have.expr.type)
            return Bar(self.builder.bind(added, name), owned=not is_tuple(have.expr.type))
        if have.expr is more.expr:
            return Bar(self.builder.op("multiply", 2.0, more.expr, hint=name), have.thin)
        return Bar(self.builder.op("add", have.expr, more.expr, hint=name), have.thin and more.thin)

    def named(self, bar: Bar, target: Var) -> Bar:
        """Name a cotangent after its variable; one that passes through several after the user's first."""
        if isinstance(bar.expr, Var) and bar.expr in self.builder.definitions:
            if target.user and bar.expr not in self.totals:
                bar.expr.name = f"{target.name}_bar"
            elif bar.expr.name == "t":
                bar.expr.name = f"{self.statement_name}_bar"
        return bar

    def zeros(self, var: Var, builder: Builder, stmt: Stmt | None = None) -> Expr:
        """Return a zero cotangent for a variable."""
        name = zeros_of(var.type)
        if name is None:
            return number(0.0)
        stmt = stmt or Return(Const(None))
        like = self.like(var, stmt)
        return builder.bind(self.if_bound(var, stmt, like, Op(name, (like,), as_list(var.type))), f"{var.name}_bar")

    def like(self, var: Var, stmt: Stmt, where: str = "before") -> Expr:
        """Return what has the shape of a variable: itself, where it is asked whether it is there at all."""
        if not self.bound.may_lack(var, stmt, where):
            if where == "after" and may_vary(var):
                return self.residuals.need_after(var, stmt, shape_only=True)
            return self.residuals.need(var, stmt, shape_only=True)
        return self.residuals.need_after(var, stmt) if where == "after" else self.residuals.need(var, stmt)

    def if_bound(self, var: Var, stmt: Stmt, like: Expr, made: Op, where: str = "before") -> Op:
        """Return what is None where a variable has no value: nothing on that path has a use for its cotangent."""
        return if_there(like, made) if self.bound.may_lack(var, stmt, where) else made

    def zeros_at(self, key: Key, stmt: Stmt, where: str = "before") -> Expr:
        """Return a zero cotangent for a leaf of a variable as it is before or after a statement."""
        var, path = key
        value: Expr = self.like(var, stmt, where)
        if isinstance(var.type, ListOf):
            zeros = zeros_list(value, path, dict(leaf_types(var.type.item))[path])
            return self.builder.bind(self.if_bound(var, stmt, value, zeros, where), bar_name(key))
        lacking = [value] if self.bound.may_lack(var, stmt, where) else []
        type_ = var.type
        for step in path:
            assert isinstance(type_, Structure)
            optional = step in type_.optional
            kind, type_ = type_.kind, type_.item(step)
            value = Op("field", (value,), type_, {"key": Const(step)}, kind)
            lacking += [value] if optional else []
        name = zeros_of(type_)
        if name is None:
            return number(0.0)
        made = Op(name, (value,), type_)
        for asked in reversed(lacking):
            made = if_there(asked, made)
        return self.builder.bind(made, bar_name(key))

    def full(self, bar: Bar, var: Var, stmt: Stmt) -> Bar:
        """Return a cotangent with the shape of its variable, its mask applied."""
        bar = self.unmasked(bar)
        if not bar.thin:
            return bar
        like = self.residuals.need(var, stmt, shape_only=True)
        if isinstance(bar.expr.type, Array) and bar.expr.type.ndim:
            shape = self.builder.op("shape", like)
            return Bar(self.builder.op("broadcast_to", bar.expr, shape=shape, hint=f"{var.name}_bar"))
        return Bar(self.builder.op("full_like", like, bar.expr, hint=f"{var.name}_bar"))

    def own(self, var: Var, stmt: Stmt) -> Expr:
        """Return the whole cotangent of an array."""
        bar = self.env.get((var, ()))
        return self.zeros(var, self.builder, stmt) if bar is None else self.full(bar, var, stmt).expr

    def own_list(self, base: Var, path: tuple[Any, ...], stmt: Stmt) -> Expr:
        """Return the list of cotangents of a list, to be changed in place."""
        return containers.own_list(self, base, path, stmt)

    def route(self, value: Expr, path: tuple[Any, ...], bar: Bar, stmt: Stmt) -> None:
        """Send the cotangent of a leaf to the expression that made it."""
        containers.route(self, value, path, bar, stmt)

    def distinct(self, index: Expr) -> bool:
        """Return whether an advanced index provably names no place twice."""
        return containers.distinct(self, index)

    def unbroadcast(self, g: Sym, arg: Expr, stmt: Stmt) -> Sym:
        """Sum a cotangent over the axes along which an argument was broadcast."""
        like = self.residuals.need(arg, stmt, shape_only=True) if isinstance(arg, Var) else arg
        return unbroadcast(g, like, exact=self.exact)

    # --- shadows ----------------------------------------------------------------------------------------------
    def bind_shadows(self, stmts: Block, prologue: Prologue) -> None:
        """Allocate the shadows of memory-like arrays made in a stretch of statements."""
        builder = Builder(prologue.shadows)
        for stmt in stmts:
            if (
                isinstance(stmt, Assign)
                and isinstance(stmt.target.type, Array)
                and self.is_shadowed(stmt.target)
                and self.view_base(stmt.value) is None
                and stmt.target not in self.mirror.of
            ):
                self.shadows[stmt.target] = self.zeros(stmt.target, builder)

    def view_base(self, value: Expr) -> Var | None:
        """Return the array that an expression is a view of, if it is one for certain."""
        if isinstance(value, Var):
            return value
        if not isinstance(value, Op):
            return None
        if value.name == "getitem":
            base = value.args[0]
            viewing = isinstance(base, Var) and isinstance(base.type, Array) and is_basic(value.args[1])
            return base if viewing and isinstance(base, Var) else None
        if view_kind(value) and isinstance(value.args[0], Var):
            return value.args[0]
        return None

    def shadow(self, var: Var, stmt: Stmt) -> Expr:
        """Return the shadow of a memory-like array: its own buffer, or the same view of its base's."""
        if var in self.mirror.of:
            return self.residuals.need(self.mirror.of[var], stmt)
        if var in self.shadows:
            return self.shadows[var]
        definition = self.definitions[var]
        value = definition.value
        base = self.view_base(value)
        if base is None:
            raise InternalError(f"no shadow for {var.name}")
        if isinstance(value, Var):
            return self.shadow(base, stmt)
        assert isinstance(value, Op)
        rest = tuple(self.need(arg, definition) for arg in value.args[1:])
        attrs = {key: self.need(attr, definition) for key, attr in value.attrs.items()}
        return self.builder.op(
            value.name, self.shadow(base, stmt), *rest, hint=f"{var.name}_bar", form=value.form, **attrs
        )

    # --- joins and branches -----------------------------------------------------------------------------------
    def move(self, stmt: Move) -> None:
        """Parallel assignment: all cotangents are taken before any is given."""
        taken = []
        for target, source in zip(stmt.targets, stmt.sources, strict=True):
            for path in [p for (v, p) in list(self.env) if v is target]:
                taken.append((source, path, self.env.pop((target, path))))
        for source, path, bar in taken:
            if not isinstance(source, Var):
                continue
            bar = self.unmasked(bar)
            if path or isinstance(source.type, ListOf):
                containers.accumulate_at(self, source, path, bar)  # which may be read under its own name as well
            else:
                self.accumulate(source, Bar(cast_like(self.sym(bar.expr), source).expr, bar.thin), stmt)

    def returned(self, stmt: Return) -> None:
        """The seeds of the leaves of the result."""
        for path, leaf in leaf_exprs(stmt.value):
            if isinstance(leaf, Var) and isinstance(leaf.type, Structure):
                self.returned_structure(leaf, path)
                continue
            seed = self.seed.get(path)
            if seed is not None and isinstance(leaf, Var) and self.activity.active(leaf):
                thin = isinstance(leaf.type, Array) and not isinstance(seed.type, Array)
                self.accumulate(leaf, Bar(seed, thin), stmt)

    def returned_structure(self, value: Var, path: tuple[Any, ...]) -> None:
        """The seeds of the leaves of a structure that is returned as it is."""
        for inner, type_ in leaf_types(value.type):
            seed = self.seed.get((*path, *inner))
            if seed is not None and differentiable(type_) and self.activity.active(value):
                thin = isinstance(type_, Array) and not isinstance(seed.type, Array)
                containers.accumulate_at(self, value, inner, Bar(seed, thin))

    def branch(self, stmt: If, then: Callable[[], Block], orelse: Callable[[], Block]) -> None:
        """Reverse a branch."""
        cond = stmt.flag if isinstance(stmt, Try) else stmt.cond
        self.branch_on(self.need(cond, stmt), stmt, then, orelse)

    def branch_on(self, cond: Expr, stmt: Stmt, then: Callable[[], Block], orelse: Callable[[], Block]) -> None:
        """Reverse both arms from the same cotangents and join what they leave."""
        before = dict(self.env)
        blocks, envs = [], []
        for arm in (then, orelse):
            self.env = dict(before)
            blocks.append(arm())
            envs.append(self.env)
        self.env = self.join_env(envs[0], envs[1], blocks, stmt)
        if any(not only_regions(block) for block in blocks) or self.env != before:
            self.builder.block.append(If(cond, blocks[0], blocks[1], stmt.origin))

    def join_env(self, a: dict[Key, Bar], b: dict[Key, Bar], blocks: list[Block], stmt: Stmt) -> dict[Key, Bar]:
        """Return the cotangents after a branch; those that differ between the arms are joined."""
        result: dict[Key, Bar] = {}
        joined: list[tuple[Var, Expr, Expr]] = []
        for key in {**a, **b}:
            x, y = a.get(key), b.get(key)
            if x is not None and x == y:
                result[key] = x
                continue
            left, right = self.as_join(key, x, blocks[0], stmt), self.as_join(key, y, blocks[1], stmt)
            join = Var(bar_name(key), leaf_type(key), join=True)
            joined.append((join, left.expr, right.expr))
            result[key] = Bar(join, owned=left.owned and right.owned)
        if joined:
            targets = tuple(join for join, _, _ in joined)
            for side, block in enumerate(blocks, 1):
                block.append(Move(targets, tuple(part[side] for part in joined), stmt.origin))
        return result

    def as_join(self, key: Key, bar: Bar | None, block: Block, stmt: Stmt) -> Bar:
        """Return a cotangent as all paths can hand it on: full, or an explicit zero for before a statement."""
        outer, self.builder.block = self.builder.block, block
        try:
            return Bar(self.zeros_at(key, stmt), owned=True) if bar is None else self.full(bar, key[0], stmt)
        finally:
            self.builder.block = outer

    # --- calls ------------------------------------------------------------------------------------------------
    def kept_residuals(self, stmt: Stmt, call: Call) -> Var:
        """Return the variable that holds the residuals of a call, defined where the call is."""
        if stmt not in self.kept_calls:
            var = Var(f"{call.function.name}_residuals", Opaque("residuals"))
            self.kept_calls[stmt] = var
            self.aliases.places.defs[var] = [stmt]
        return self.kept_calls[stmt]


def may_raise(stmt: Stmt) -> bool:
    """Return whether a statement raises on one path, and binds something on the other."""
    if not isinstance(stmt, If) or always_raises(stmt.then) == always_raises(stmt.orelse):
        return False
    return bool(stmt.then and stmt.orelse)


def always_raises(block: Block) -> bool:
    """Return whether a block ends in an exception on every path."""
    last = block[-1] if block else None
    if isinstance(last, If):
        return always_raises(last.then) and always_raises(last.orelse)
    return isinstance(last, Raise)


def only_regions(block: Block) -> bool:
    """Return whether a block does nothing: prologues in it may still be empty."""
    return all(isinstance(stmt, Region) and not stmt.prologue.shadows for stmt in block)


def inline_overlapping(function: Function, aliases: Aliases) -> None:
    """A function that writes an argument is differentiated as if no other shared its memory: else it is inlined."""
    for stmt in walk(function.body):
        call = stmt.value if isinstance(stmt, Assign | Effect) and isinstance(stmt.value, Call) else None
        if call is None:
            continue
        roots = [{aliases.root(var) for var in variables(arg) if shares(var.type)} for arg in call.args]
        for i in summary(call.function).writes:
            if any(roots[i] & other for j, other in enumerate(roots) if j != i):
                raise NeedsInline(call.function)


def complex_problems(function: Function, activity: Activity) -> list[Problem]:
    """Return the operations that have no derivative for complex numbers."""
    found = []
    used = {var for stmt in walk(function.body) for var in reads(stmt)}
    for stmt in walk(function.body):
        if not isinstance(stmt, Assign) or not isinstance(stmt.value, Op) or stmt.target not in used:
            continue
        name = refuses_complex(stmt.value, activity.varied)
        if name:
            span = stmt.origin.span if stmt.origin else None
            message = f"{name} of complex numbers has no derivative"
            found.append(
                Problem(message, span, "take real and imaginary parts, or s2sad.stop_gradient of the argument")
            )
    return found


def refuses_complex(op: Op, varied: set[Var]) -> str:
    """Return the operation, this or one that it is composed of, that has no derivative for what it is given here."""
    rule = TABLE.rules.get(op.name)
    if rule is None or not any(numeric_kind(v.type) == "complex" and v in varied for v in active_reads(op)):
        return ""
    if rule.over_complex == "refused":
        return op.name
    if rule.definition is None:
        return ""
    block, _ = definition_of(op)
    inside = varied_in(block, varied)
    return next(filter(None, (refuses_complex(s.value, inside) for s in block if isinstance(s.value, Op))), "")
