"""The adjoint: reverse mode by statement.

For each statement in reverse order, with y_bar the cotangent of what it computed:

    y = f(a, b)         a_bar += f_a^T y_bar;  b_bar += f_b^T y_bar
    u[i] = e            e_bar += u_bar[i];     u_bar[i] = 0
    u[i] += e           e_bar += u_bar[i]
    j := v (join)       v_bar += j_bar;        j_bar = 0
    if c: S else: T     if c: adjoint(S) else: adjoint(T)
    for t: S            for t reversed: adjoint(S)
    S; if c: exit; T    if not c: adjoint(T);  adjoint(S)

The cotangent of a value-like variable is a value that is passed on and accumulated into once it is owned; that of
a memory-like one is a shadow array that shares memory as the primal does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from s2sad.analysis.activity import Activity, active_reads
from s2sad.analysis.alias import Aliases
from s2sad.errors import InternalError, Problem, UnsupportedError
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
    Origin,
    Raise,
    Return,
    Stmt,
    Store,
    Tape,
    Var,
    While,
    blocks_of,
    walk,
)
from s2sad.ir.types import (
    Array,
    ListOf,
    Opaque,
    Scalar,
    Static,
    Structure,
    Type,
    differentiable,
    fresh_size,
)
from s2sad.rules.builder import Builder, Sym, cast_like, number, same_shape, unbroadcast
from s2sad.rules.core import TABLE, Rule, view_kind
from s2sad.rules.infer import index_parts, is_basic, is_fancy
from s2sad.transforms.residuals import Prologue, Residuals
from s2sad.transforms.shadows import forward_shadows

Key = tuple[Var, tuple[Any, ...]]


@dataclass(frozen=True)
class Bar:
    """The cotangent of a variable here: who holds it, whether that buffer was made by this sweep, whether it is thin.

    A buffer of this sweep may be written if no other cotangent shares it. A thin cotangent still has to be
    broadcast to the shape of its variable.
    """

    expr: Expr
    owned: bool = False
    thin: bool = False


class Region(Stmt):
    """Stands at the start of a stretch of reverse code for what is brought back there."""

    __slots__ = ("prologue",)

    def __init__(self, prologue: Prologue) -> None:
        self.prologue = prologue
        self.origin = None


@dataclass
class Reversed:
    """The result: forward and reverse statements, the cotangents at the start, and what was asked for."""

    function: Function
    forward: Block
    reverse: Block
    bars: dict[Key, Bar]
    residuals: Residuals
    loops: dict[Stmt, Any]
    prologues: list[Prologue]


@dataclass
class LoopReverse:
    """How a loop is reversed: the reverse index, and the count of iterations if the loop can be left early."""

    index: Var
    counter: Var | None
    reverse: For | None = None


class Adjoint:
    """Builds the reverse sweep of one function."""

    def __init__(self, function: Function, aliases: Aliases, activity: Activity, splits: Any = None) -> None:
        self.function = function
        self.aliases = aliases
        self.activity = activity
        self.residuals = Residuals(aliases)
        self.builder = Builder()
        self.env: dict[Key, Bar] = {}
        self.loops: dict[Stmt, LoopReverse] = {}
        self.loop_stack: list[Stmt] = []
        self.prologues: list[Prologue] = []
        self.shadows: dict[Var, Expr] = {}
        self.seed: dict[tuple[Any, ...], Expr] = {}
        self.flags: dict[Stmt, tuple[Var, Tape | None]] = {}
        self.splits = splits
        self.split_calls: dict[Stmt, tuple[Any, Var]] = {}
        self.kept_calls: dict[Stmt, Var] = {}
        self.pending: list[Expr] = []
        self.statement_name = "t"  # what the cotangents of temporaries in a statement are named after
        self.definitions = {stmt.target: stmt for stmt in walk(function.body) if isinstance(stmt, Assign)}
        self.mirror = forward_shadows(self)
        self.check()

    # --- entry ------------------------------------------------------------------------------------------------
    def run(self, seed: dict[tuple[Any, ...], Expr], buffers: dict[Var, Var] | None = None) -> Reversed:
        """Return forward and reverse code, given the cotangents of the leaves of the result.

        `buffers` are the cotangents of parameters the function writes: updated in place.
        """
        self.seed = seed
        for param, buffer in (buffers or {}).items():
            if self.is_shadowed(param):
                self.shadows[param] = buffer
            else:
                self.env[param, ()] = Bar(buffer, True)
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
        problems = [self.memory_problem(var, stmt) for var, stmt in self.mirror.refused]
        problems += complex_problems(self.function, self.activity)
        if problems:
            raise UnsupportedError(problems[:4], self.function.name)

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
        split = next((i for i in range(start, len(stmts)) if may_exit(stmts[i])), None)
        end = len(stmts) if split is None else split + 1
        outer, self.builder.block = self.builder.block, []
        prologue = Prologue(stmts, start, end)
        self.prologues.append(prologue)
        self.builder.block.append(Region(prologue))
        shadows = dict(self.shadows)
        self.bind_shadows(stmts, start, end, prologue)
        if split is not None:
            self.exit_statement(stmts, split)
        for stmt in reversed(stmts[start : end if split is None else split]):
            self.statement(stmt)
        self.shadows = shadows
        made, self.builder.block = self.builder.block, outer
        return made

    def exit_statement(self, stmts: Block, at: int) -> None:
        """Reverse a statement that may leave the block, and what follows it if it did not."""
        stmt = stmts[at]
        has_rest = at + 1 < len(stmts)
        if (
            isinstance(stmt, If)
            and (always_exits(stmt.then) or always_exits(stmt.orelse))
            and not (always_exits(stmt.then) and always_exits(stmt.orelse))
        ):
            exits_then = always_exits(stmt.then)
            other = stmt.orelse if exits_then else stmt.then
            if not any(may_exit(s) for s in other):
                arms = {
                    exits_then: lambda: self.block(stmt.then if exits_then else stmt.orelse),
                    not exits_then: lambda: self.rest_then(stmts, at + 1, other),
                }
                self.branch(stmt, arms[True], arms[False])
                return
        if has_rest:
            cond = self.builder.op("not", self.left(stmt))
            self.branch_on(cond, stmt, lambda: self.block(stmts, at + 1), list)
        self.statement(stmt)

    def rest_then(self, stmts: Block, start: int, other: Block) -> Block:
        """The reverse of the rest of a block, then of the arm that led to it."""
        rest = self.block(stmts, start) if start < len(stmts) else []
        return rest + self.block(other)

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
        outer, self.builder.origin = self.builder.origin, reverse_origin(stmt)
        match stmt:
            case Assign():
                self.assign(stmt)
            case Move():
                self.move(stmt)
            case Store():
                self.store(stmt)
            case Effect():
                self.effect(stmt)
            case If():
                self.branch(stmt, lambda: self.block(stmt.then), lambda: self.block(stmt.orelse))
            case For() | While():
                self.loop(stmt)
            case Return():
                self.returned(stmt)
        self.builder.origin = outer

    def need(self, expr: Expr, stmt: Stmt) -> Expr:
        """Return a forward value as reverse code reads it at a statement."""
        return self.residuals.expr(expr, stmt)

    def sym(self, expr: Expr) -> Sym:
        """Return an expression as a symbol."""
        return Sym(expr, self.builder)

    def assign(self, stmt: Assign) -> None:
        y, value = stmt.target, stmt.value
        self.statement_name = y.name if y.name != "t" else self.statement_name
        if isinstance(value, Var | Const):
            self.pass_on(y, value, stmt)
            return
        if isinstance(value, Call):
            self.call(stmt, value, y)
            return
        assert isinstance(value, Op)
        handler = getattr(self, "reverse_" + value.name, None)
        if handler is not None:
            handler(stmt, y, value)
            return
        rule = TABLE.rules[value.name]
        bar = self.take(y, stmt)
        if bar is None or rule.constant:
            return
        if rule.view and isinstance(y.type, Array) and self.is_shadowed(y) and self.view_base(value) is not None:
            if stmt in self.mirror.shares:
                self.copied_view(stmt, rule, bar, value)
            return
        self.apply_rule(stmt, rule, bar, value)

    def copied_view(self, stmt: Assign, rule: Rule, bar: Bar, value: Op) -> None:
        """Where a reshape copied, its cotangent goes back by the rule; where it did not, it is there already."""
        shares = self.residuals.need(self.mirror.shares[stmt], stmt)

        def copied() -> Block:
            outer, self.builder.block = self.builder.block, []
            self.apply_rule(stmt, rule, bar, value)
            made, self.builder.block = self.builder.block, outer
            return made

        self.branch_on(self.builder.op("not", shares), stmt, copied, list)

    def pass_on(self, y: Var, value: Expr, stmt: Stmt) -> None:
        """`y = v`: the cotangent moves."""
        if self.is_shadowed(y) and not isinstance(y.type, Scalar):
            return
        bar = self.take(y, stmt)
        if bar is not None and isinstance(value, Var):
            self.accumulate(value, bar, stmt)

    def apply_rule(self, stmt: Assign, rule: Rule, bar: Bar, value: Op) -> None:
        """Contribute to each active argument by the rule."""
        y = stmt.target
        if not (rule.is_elementwise or ("fills" in rule.__slots__ and rule.fills)):
            bar = self.full(bar, y, stmt)
        start = len(self.builder.block)
        args = [self.sym(self.need(arg, stmt)) for arg in value.args]
        result = self.sym(self.residuals.need(y, stmt))
        g = self.sym(bar.expr)
        attrs = {key: self.need(attr, stmt) for key, attr in value.attrs.items() if key not in ("dtype", "out")}
        if "dtype" in value.attrs and value.name == "astype":
            attrs["dtype"] = value.attrs["dtype"]
        made: list[tuple[Expr, Bar]] = []
        if rule.is_elementwise and self.in_place(rule, bar, result, args, value, stmt):
            return
        if rule.variadic or (len(rule.pulls) == 1 and len(args) > 1 and value.name == "einsum"):
            made = self.variadic(rule, g, result, value, attrs, stmt)
        else:
            for i, arg in enumerate(value.args):
                if not self.wants(arg) or self.pull_of(rule, i) is None:
                    continue
                contribution, thin = self.contribution(rule, i, g, result, args, attrs, bar.thin, y, arg, stmt)
                if contribution is not None:
                    made.append((arg, Bar(contribution, thin=thin)))
        self.contribute(made, bar, start, stmt)

    def in_place(self, rule: Rule, bar: Bar, y: Sym, args: Sequence[Sym], value: Op, stmt: Assign) -> bool:
        """Scale a cotangent that nobody else uses where it is: `h_bar *= 1.0 - h * h`; return whether that was done."""
        wanted = [i for i, arg in enumerate(value.args) if self.wants(arg) and self.pull_of(rule, i) is not None]
        if len(wanted) != 1 or not bar.owned or bar.thin or not isinstance(bar.expr, Var):
            return False
        arg, type_ = value.args[wanted[0]], bar.expr.type
        if not isinstance(arg, Var) or not isinstance(type_, Array) or not isinstance(arg.type, Array):
            return False
        fits = same_shape(arg.type, type_) and arg.type.dtype == type_.dtype and arg.type.dtype.startswith("float")
        if not fits or not self.unshared(bar.expr) or self.is_shadowed(stmt.target):
            return False
        partial = self.pull_of(rule, wanted[0])(y, *args)
        if not isinstance(partial, Sym):
            return False
        how, factor = "multiply", partial.expr
        last = self.builder.block[-1] if self.builder.block else None
        if isinstance(last, Assign) and last.target is partial.expr and isinstance(last.value, Op):
            if last.value.name == "negative":
                return False
            if (
                last.value.name == "divide"
                and isinstance(last.value.args[0], Const)
                and last.value.args[0].value == 1.0
            ):
                self.builder.block.pop()
                how, factor = "divide", last.value.args[1]
        self.builder.block.append(Store(bar.expr, None, factor, how, self.builder.origin))
        self.accumulate(arg, Bar(bar.expr, True), stmt)
        return True

    def pull_of(self, rule: Rule, i: int) -> Any:
        """Return the pullback or partial for an argument."""
        table = rule.partials if rule.is_elementwise else rule.pulls
        return table[i] if i < len(table) else None

    def wants(self, arg: Expr) -> bool:
        """Return whether an argument is active."""
        return any(self.activity.active(var) for var in active_reads(arg))

    def contribution(
        self,
        rule: Rule,
        i: int,
        g: Sym,
        y: Sym,
        args: Sequence[Sym],
        attrs: dict[str, Any],
        thin: bool,
        target: Var,
        arg: Expr,
        stmt: Stmt,
    ) -> tuple[Expr | None, bool]:
        """Return the contribution to argument i, and whether it is thin."""
        pull = self.pull_of(rule, i)
        if not rule.is_elementwise:
            value = pull(g, y, *args, **attrs)
            if value is None:
                return None, False
            spread = rule.fills and isinstance(arg.type, Array)
            value = value if isinstance(value, Sym) else self.sym(number(value))
            return cast_like(value, arg).expr, spread
        partial = pull(y, *args)
        if isinstance(partial, Sym):
            partial = partial.op("conj") if partial.type != g.type else partial
        product = times(g, partial)
        if thin and same_shape(product.type, target.type):
            thin = False
        if thin and not same_shape(arg.type, target.type):
            product = self.sym(self.full(Bar(product.expr, thin=True), target, stmt).expr)
            thin = False
        return cast_like(self.unbroadcast(product, arg, stmt) if not thin else product, arg).expr, thin

    def variadic(
        self, rule: Rule, g: Sym, y: Sym, value: Op, attrs: dict[str, Any], stmt: Stmt
    ) -> list[tuple[Expr, Bar]]:
        """Contributions of operations on a list of parts."""
        parts = value.args
        if len(parts) == 1 and isinstance(parts[0], Op):
            parts = parts[0].args
        syms = [self.sym(self.need(part, stmt)) for part in parts]
        pieces = rule.pulls[0](g, y, *syms, **attrs)  # type: ignore[misc]
        made = []
        for part, piece in zip(parts, pieces, strict=True):
            if self.wants(part):
                made.append((part, Bar(cast_like(piece, part).expr)))
        return made

    def contribute(self, made: list[tuple[Expr, Bar]], source: Bar, start: int, stmt: Stmt) -> None:
        """Accumulate contributions; those still to come count as holders of their buffers."""
        fresh = {s.target: s.value for s in self.builder.block[start:] if isinstance(s, Assign)}
        for _, bar in made:
            self.pending.append(bar.expr)
        for arg, bar in made:
            self.pending.remove(bar.expr)
            origin = self.buffer(bar.expr)
            owned = origin in fresh or (origin is self.buffer(source.expr) and source.owned)
            self.accumulate(arg, Bar(bar.expr, owned and not bar.thin, bar.thin), stmt)

    def buffer(self, expr: Expr) -> Expr:
        """Follow views made in this sweep to the array whose memory they share."""
        return buffer_of(expr, self.builder.definitions)

    def exclusive(self, expr: Expr) -> bool:
        """Return whether at most one cotangent that is alive here uses a buffer."""
        root = self.buffer(expr)
        holders = sum(1 for bar in self.env.values() if self.buffer(bar.expr) is root)
        return holders + sum(1 for other in self.pending if self.buffer(other) is root) <= 1

    # --- the environment --------------------------------------------------------------------------------------
    def take(self, var: Var, stmt: Stmt) -> Bar | None:
        """Remove and return the cotangent of a variable that is being un-computed; None if it is zero."""
        if not self.activity.active(var):
            return None
        if self.is_shadowed(var) and isinstance(var.type, Array):
            return Bar(self.shadow(var, stmt))
        return self.env.pop((var, ()), None)

    def accumulate(self, target: Expr, bar: Bar, stmt: Stmt, path: tuple[Any, ...] = ()) -> None:
        """Add a contribution to the cotangent of a variable."""
        if not isinstance(target, Var):
            self.accumulate_parts(target, bar, stmt)
            return
        if not self.activity.active(target):
            return
        if self.is_shadowed(target) and isinstance(target.type, Array):
            self.builder.block.append(Store(self.shadow(target, stmt), None, bar.expr, "add", self.builder.origin))
            return
        key = (target, path)
        have = self.env.get(key)
        if have is None:
            self.env[key] = self.named(bar, target)
        elif isinstance(have.expr.type, ListOf):
            added = self.builder.bind(Op("add_lists", (have.expr, bar.expr), have.expr.type), f"{target.name}_bar")
            self.env[key] = Bar(added, True)
        elif have.owned and isinstance(have.expr.type, Array) and not have.thin and self.exclusive(have.expr):
            self.builder.block.append(Store(have.expr, None, bar.expr, "add", self.builder.origin))
        elif bar.owned and not bar.thin and isinstance(bar.expr.type, Array) and self.unshared(bar.expr):
            self.builder.block.append(Store(bar.expr, None, have.expr, "add", self.builder.origin))
            self.env[key] = self.named(bar, target)
        else:
            if have.expr is bar.expr:
                total = self.builder.op("multiply", 2.0, bar.expr, hint=f"{target.name}_bar")
            else:
                total = self.builder.op("add", have.expr, bar.expr, hint=f"{target.name}_bar")
            owned = isinstance(total.type, Array)
            self.env[key] = Bar(total, owned, have.thin and bar.thin)

    def unshared(self, expr: Expr) -> bool:
        """Return whether no cotangent that is alive here uses a buffer."""
        root = self.buffer(expr)
        return not any(self.buffer(bar.expr) is root for bar in self.env.values()) and not any(
            self.buffer(other) is root for other in self.pending
        )

    def accumulate_parts(self, target: Expr, bar: Bar, stmt: Stmt) -> None:
        """Add to the parts of a tuple or list display."""
        if isinstance(target, Op) and target.name in ("build", "tuple", "list"):
            for i, part in enumerate(target.args):
                if self.wants(part):
                    item = self.builder.op("getitem", bar.expr, i)
                    self.accumulate(part, Bar(item), stmt)

    def named(self, bar: Bar, target: Var) -> Bar:
        """Name a cotangent after its variable, if it has no name yet."""
        if isinstance(bar.expr, Var) and bar.expr.name == "t":
            bar.expr.name = f"{target.name if target.name != 't' else self.statement_name}_bar"
        return bar

    def zeros(self, var: Var, builder: Builder) -> Expr:
        """Return a zero cotangent for a variable."""
        if isinstance(var.type, Array):
            like = self.residuals.need(var, Return(Const(None)), shape_only=True)
            return builder.bind(Op("zeros_like", (like,), var.type), f"{var.name}_bar")
        if isinstance(var.type, ListOf):
            like = self.residuals.need(var, Return(Const(None)), shape_only=True)
            return builder.bind(Op("zeros_list", (like,), var.type), f"{var.name}_bar")
        return number(0.0)

    def full(self, bar: Bar, var: Var, stmt: Stmt) -> Bar:
        """Return a cotangent with the shape of its variable."""
        if not bar.thin:
            return bar
        like = self.residuals.need(var, stmt, shape_only=True)
        if isinstance(bar.expr.type, Array) and bar.expr.type.ndim:
            shape = self.builder.op("shape", like)
            return Bar(self.builder.op("broadcast_to", bar.expr, shape=shape, hint=f"{var.name}_bar"))
        return Bar(self.builder.op("full_like", like, bar.expr, hint=f"{var.name}_bar"), owned=True)

    def own(self, var: Var, stmt: Stmt, path: tuple[Any, ...] = ()) -> Bar:
        """Return the cotangent of an array as a full buffer that may be written, making it if need be."""
        key = (var, path)
        bar = self.env.get(key)
        if bar is None:
            bar = Bar(self.zeros(var, self.builder), True)
        elif bar.thin or not bar.owned or not self.exclusive(bar.expr):
            bar = self.full(bar, var, stmt)
            if not bar.owned or not self.exclusive(bar.expr):
                bar = Bar(self.builder.op("copy", bar.expr, hint=f"{var.name}_bar"), True)
        self.env[key] = bar
        return bar

    # --- shadows ----------------------------------------------------------------------------------------------
    def bind_shadows(self, stmts: Block, start: int, end: int, prologue: Prologue) -> None:
        """Allocate the shadows of memory-like arrays made in a stretch of statements."""
        builder = Builder(prologue.shadows)
        for stmt in stmts[start:end]:
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
        if view_kind(value.name, len(value.args)) and isinstance(value.args[0], Var):
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
        made = self.builder.op(
            value.name, self.shadow(base, stmt), *rest, hint=f"{var.name}_bar", form=value.form, **attrs
        )
        return made

    # --- items ------------------------------------------------------------------------------------------------
    def reverse_getitem(self, stmt: Assign, y: Var, value: Op) -> None:
        """`y = x[i]`: x_bar[i] += y_bar."""
        base, index = value.args
        assert isinstance(base, Var)
        if self.is_shadowed(y) and isinstance(y.type, Array) and is_basic(index) and isinstance(base.type, Array):
            return
        if isinstance(base.type, ListOf):
            if not self.is_shadowed(base):
                self.reverse_list_item(stmt, y, base, index)
            return
        if isinstance(base.type, Structure):
            return
        bar = self.take(y, stmt)
        if bar is None or not self.activity.active(base):
            return
        place = self.need(index, stmt)
        if self.is_shadowed(base):
            self.builder.block.append(
                Store(self.shadow(base, stmt), place, bar.expr, self.add_kind(index), self.builder.origin)
            )
            return
        first = (base, ()) not in self.env
        buffer = self.own(base, stmt)
        how = "set" if first and self.add_kind(index) == "add" else self.add_kind(index)
        self.builder.block.append(Store(buffer.expr, place, bar.expr, how, self.builder.origin))

    def add_kind(self, index: Expr) -> str:
        """Return how to accumulate at an index: integer arrays may name a place twice."""
        return "add" if is_basic(index) or self.distinct(index) else "add_at"

    def distinct(self, index: Expr) -> bool:
        """Return whether an advanced index provably names no place twice."""
        for part in index_parts(index):
            if is_fancy(part) and isinstance(part.type, Array) and part.type.dtype == "bool":
                return True
            definition = self.definitions.get(part) if isinstance(part, Var) else None
            if definition is not None and isinstance(definition.value, Op) and definition.value.name == "arange":
                others = [p for p in index_parts(index) if is_fancy(p) and p is not part]
                if all(isinstance(p.type, Array) and p.type.ndim == 1 for p in others):
                    return True
        return False

    def reverse_list_item(self, stmt: Assign, y: Var, base: Var, index: Expr) -> None:
        """`y = xs[i]`: the cotangent goes into the list of cotangents."""
        if not self.activity.active(base):
            self.take(y, stmt)
            return
        for path, _ in leaf_types(y.type):
            bar = self.env.pop((y, path), None)
            if bar is None:
                continue
            place = self.need(index, stmt)
            target = self.own_list(base, path, stmt)
            old = self.builder.op("getitem", target, place)
            total = self.builder.op("add", old, bar.expr)
            self.builder.block.append(Store(target, place, total, "set", self.builder.origin))

    def own_list(self, base: Var, path: tuple[Any, ...], stmt: Stmt) -> Expr:
        """Return the list of cotangents of a list (one for each leaf of its items)."""
        key = (base, path)
        if key not in self.env:
            like = self.residuals.need(base, stmt, shape_only=True)
            attrs = {"path": Const(path)} if path else {}
            assert isinstance(base.type, ListOf)
            type_ = ListOf(dict(leaf_types(base.type.item))[path])
            name = f"{base.name}_{'_'.join(map(str, path))}_bar" if path else f"{base.name}_bar"
            made = self.builder.bind(Op("zeros_list", (like,), type_, attrs), name)
            self.env[key] = Bar(made, True)
        return self.env[key].expr

    def reverse_field(self, stmt: Assign, y: Var, value: Op) -> None:
        """`y = base.key`: the cotangent of one field of a structure."""
        base = value.args[0]
        assert isinstance(base, Var)
        key = value.attrs["key"].value  # type: ignore[attr-defined]
        for path in [p for (v, p) in list(self.env) if v is y]:
            bar = self.env.pop((y, path))
            bar = self.full(bar, y, stmt) if bar.thin else bar
            self.accumulate_at(base, (key, *path), bar, stmt)
        if self.is_shadowed(y) and isinstance(y.type, Array):
            self.env[base, (key,)] = Bar(self.shadow(y, stmt), True)

    def accumulate_at(self, base: Var, path: tuple[Any, ...], bar: Bar, stmt: Stmt) -> None:
        """Add to the cotangent of a leaf of a structure."""
        have = self.env.get((base, path))
        if have is None:
            self.env[base, path] = bar
        elif isinstance(bar.expr.type, ListOf):
            raise InternalError("two lists of cotangents for one field")
        elif have.owned and isinstance(have.expr.type, Array) and self.exclusive(have.expr):
            self.builder.block.append(Store(have.expr, None, bar.expr, "add", self.builder.origin))
        else:
            total = self.builder.op("add", have.expr, bar.expr)
            self.env[base, path] = Bar(total, isinstance(total.type, Array))

    def reverse_build(self, stmt: Assign, y: Var, value: Op) -> None:
        """A structure is built: its leaves' cotangents go to its parts."""
        for (var, path), bar in [(k, b) for k, b in self.env.items() if k[0] is y]:
            del self.env[var, path]
            self.route(value, path, bar, stmt)

    def route(self, value: Expr, path: tuple[Any, ...], bar: Bar, stmt: Stmt) -> None:
        """Send the cotangent of a leaf to the expression that made it."""
        while path and isinstance(value, Op) and value.name == "build":
            keys = value.attrs["keys"].value  # type: ignore[attr-defined]
            value, path = value.args[keys.index(path[0])], path[1:]
        if not isinstance(value, Var) or not self.activity.active(value):
            return
        if path:
            self.accumulate_at(value, path, bar, stmt)
        else:
            self.accumulate(value, bar, stmt)

    # --- lists ------------------------------------------------------------------------------------------------
    def reverse_list(self, stmt: Assign, y: Var, value: Op) -> None:
        """`xs = [a, b]`: what is left in the list of cotangents belongs to the first items."""
        if self.is_shadowed(y):
            return
        for path in [p for (v, p) in list(self.env) if v is y]:
            bar = self.env.pop((y, path))
            for i, item in enumerate(value.args):
                if self.wants(item):
                    part = self.builder.op("getitem", bar.expr, i)
                    self.route(item, path, Bar(part), stmt)

    def reverse_pop(self, stmt: Assign, y: Var, value: Op) -> None:
        """`y = xs.pop()`: its cotangent is appended."""
        base = value.args[0]
        assert isinstance(base, Var)
        if not self.activity.active(base):
            return
        bar = self.take(y, stmt)
        raise (
            UnsupportedError(
                [
                    Problem(
                        "pop from a list of active values is not accepted yet",
                        stmt.origin.span if stmt.origin else None,
                        "read the last item with xs[-1]",
                    )
                ]
            )
            if bar is not None
            else InternalError("pop")
        )

    def reverse_sum_list(self, stmt: Assign, y: Var, value: Op) -> None:
        """`y = sum(xs)`: every item gets the cotangent."""
        bar = self.take(y, stmt)
        base = value.args[0]
        if bar is None or not isinstance(base, Var) or not self.activity.active(base):
            return
        if self.is_shadowed(base):
            shadow = self.residuals.need(self.mirror.of[base], stmt)
            self.builder.block.append(Effect(Op("add_to_each", (shadow, bar.expr), Static(None)), self.builder.origin))
            return
        if (base, ()) in self.env:
            self.add_to_all(base, bar.expr, stmt)
            return
        like = self.residuals.need(base, stmt, shape_only=True)
        count = self.builder.op("len", like)
        made = self.builder.bind(Op("repeat_list", (bar.expr, count), base.type), f"{base.name}_bar")
        self.env[base, ()] = Bar(made, True)

    def add_to_all(self, base: Var, amount: Expr, stmt: Stmt) -> None:
        target = self.own_list(base, (), stmt)
        made = self.builder.bind(Op("add_all", (target, amount), target.type), f"{base.name}_bar")
        self.env[base, ()] = Bar(made, True)

    def reverse_array(self, stmt: Assign, y: Var, value: Op) -> None:
        """`np.array` of an array, or of a list of parts."""
        bar = self.take(y, stmt)
        if bar is None:
            return
        bar = self.full(bar, y, stmt)
        source = value.args[0]
        if isinstance(source, Op):
            self.array_parts(source, (), bar, stmt)
        elif isinstance(source.type, ListOf):
            self.array_list(source, bar, stmt)
        else:
            assert isinstance(source, Var)
            g = self.sym(bar.expr)
            g = g.op("item") if isinstance(source.type, Scalar) else g
            self.accumulate(source, Bar(cast_like(g, source).expr, bar.owned), stmt)

    def array_parts(self, source: Op, at: tuple[int, ...], bar: Bar, stmt: Stmt) -> None:
        for i, part in enumerate(source.args):
            place = (*at, i)
            if isinstance(part, Op) and part.name in ("build", "tuple"):
                self.array_parts(part, place, bar, stmt)
            elif self.wants(part):
                item = self.sym(bar.expr)[place if len(place) > 1 else i]
                self.accumulate(part, Bar(item.expr), stmt)

    def array_list(self, source: Expr, bar: Bar, stmt: Stmt) -> None:
        assert isinstance(source, Var)
        if not self.activity.active(source):
            return
        if self.is_shadowed(source):
            shadow = self.residuals.need(self.mirror.of[source], stmt)
            self.builder.block.append(Effect(Op("add_rows", (shadow, bar.expr), Static(None)), self.builder.origin))
            return
        if (source, ()) not in self.env:
            made = self.builder.bind(Op("to_list", (bar.expr,), source.type), f"{source.name}_bar")
            self.env[source, ()] = Bar(made, True)
            return
        target = self.own_list(source, (), stmt)
        made = self.builder.bind(Op("add_each", (target, bar.expr), target.type), f"{source.name}_bar")
        self.env[source, ()] = Bar(made, True)

    def reverse_copy(self, stmt: Assign, y: Var, value: Op) -> None:
        """A copy passes its cotangent on; that of a list is a list of its own."""
        if self.is_shadowed(y) and isinstance(y.type, ListOf):
            return
        bar = self.take(y, stmt)
        if bar is not None:
            self.accumulate(value.args[0], bar, stmt)

    def effect(self, stmt: Effect) -> None:
        """`xs.append(e)`: the last of the list of cotangents is e's."""
        value = stmt.value
        if isinstance(value, Call):
            self.call(stmt, value, None)
            return
        if not (isinstance(value, Op) and value.name == "append"):
            return
        target, item = value.args
        assert isinstance(target, Var)
        if not self.activity.active(target) or self.is_shadowed(target):
            return
        for path, type_ in leaf_types(item.type):
            if not differentiable(type_):
                continue
            bars = self.own_list(target, path, stmt)
            popped = self.builder.bind(Op("pop", (bars,), type_))
            self.route(item, path, Bar(popped), stmt)

    # --- stores -----------------------------------------------------------------------------------------------
    def store(self, stmt: Store) -> None:
        """A write: the cotangent of what was written leaves the array."""
        base = stmt.base
        assert isinstance(base, Var)
        self.statement_name = "part"
        if not self.activity.active(base):
            return
        if isinstance(base.type, ListOf):
            self.store_list(stmt, base)
            return
        shadowed = self.is_shadowed(base)
        if not shadowed and (base, ()) not in self.env:
            return
        if stmt.index is None and stmt.how == "set" and not shadowed:
            self.store_whole(stmt, base)
            return
        if not shadowed and stmt.index is None and stmt.how in ("add", "subtract"):
            self.add_whole(stmt, base)
            return
        buffer = self.shadow(base, stmt) if shadowed else self.own(base, stmt).expr
        index = None if stmt.index is None else self.need(stmt.index, stmt)
        getattr(self, "store_" + stmt.how)(stmt, base, buffer, index)

    def store_whole(self, stmt: Store, base: Var) -> None:
        """`u[...] = e`: the whole cotangent moves to e."""
        bar = self.env.pop((base, ()))
        if self.wants(stmt.value):
            bar = self.full(bar, base, stmt)
            start = len(self.builder.block)
            g = cast_like(self.unbroadcast(self.sym(bar.expr), stmt.value, stmt), stmt.value)
            self.contribute([(stmt.value, Bar(g.expr))], bar, start, stmt)

    def add_whole(self, stmt: Store, base: Var) -> None:
        """`u += e`: e gets the cotangent of u, which stays."""
        if not self.wants(stmt.value):
            return
        bar = self.full(self.env[base, ()], base, stmt)
        g = self.sym(bar.expr)
        g = -g if stmt.how == "subtract" else g
        g = cast_like(self.unbroadcast(g, stmt.value, stmt), stmt.value)
        self.env[base, ()] = bar
        made = self.buffer(g.expr) is not self.buffer(bar.expr)
        self.accumulate(stmt.value, Bar(g.expr, made or bar.owned), stmt)

    def here(self, buffer: Expr, index: Expr | None) -> Sym:
        """Return the cotangent at an index, for use before it is written again."""
        return self.sym(buffer if index is None else self.builder.op("getitem", buffer, index))

    def part(self, buffer: Expr, index: Expr | None) -> Sym:
        """Return the cotangent at an index, as a value that later writes do not change."""
        if index is None:
            return self.sym(buffer).op("copy")
        item = self.sym(self.builder.op("getitem", buffer, index))
        return item.op("copy") if isinstance(item.type, Array) and is_basic(index) else item

    def unbroadcast(self, g: Sym, arg: Expr, stmt: Stmt) -> Sym:
        """Sum a cotangent over the axes along which an argument was broadcast."""
        like = self.residuals.need(arg, stmt, shape_only=True) if isinstance(arg, Var) else arg
        return unbroadcast(g, like)

    def winners(self, g: Sym, stmt: Store, buffer: Expr, index: Expr | None) -> Sym:
        """Where an integer-array index names a place twice, only the last write counts."""
        if index is None or is_basic(index) or self.distinct(stmt.index or index):
            return g
        mask = self.builder.op("winners", buffer, index)
        return g * self.sym(mask)

    def give(self, value: Expr, g: Sym, stmt: Store) -> None:
        """Contribute to the value that was written."""
        g = cast_like(self.unbroadcast(g, value, stmt), value)
        self.accumulate(value, Bar(g.expr, isinstance(g.expr.type, Array)), stmt)

    def store_set(self, stmt: Store, base: Var, buffer: Expr, index: Expr | None) -> None:
        g = None
        if self.wants(stmt.value):
            g = self.winners(self.part(buffer, index), stmt, buffer, index)
        self.builder.block.append(Store(buffer, index, number(0.0), "set", self.builder.origin))
        if g is not None:
            self.give(stmt.value, g, stmt)

    def store_add(self, stmt: Store, base: Var, buffer: Expr, index: Expr | None) -> None:
        if self.wants(stmt.value):
            self.give(stmt.value, self.winners(self.part(buffer, index), stmt, buffer, index), stmt)

    def store_add_at(self, stmt: Store, base: Var, buffer: Expr, index: Expr | None) -> None:
        if self.wants(stmt.value):
            self.give(stmt.value, self.part(buffer, index), stmt)

    def store_subtract(self, stmt: Store, base: Var, buffer: Expr, index: Expr | None) -> None:
        if self.wants(stmt.value):
            self.give(stmt.value, self.winners(-self.here(buffer, index), stmt, buffer, index), stmt)

    def store_multiply(self, stmt: Store, base: Var, buffer: Expr, index: Expr | None) -> None:
        """`u[i] *= e`: e_bar += u_bar[i] u[i]; u_bar[i] *= e."""
        e = self.sym(self.need(stmt.value, stmt))
        g = None
        if self.wants(stmt.value):
            old = self.old(base, index, stmt)
            g = self.winners(self.here(buffer, index) * old, stmt, buffer, index)
        self.scale(buffer, index, e.expr, "multiply", stmt)
        if g is not None:
            self.give(stmt.value, g, stmt)

    def store_divide(self, stmt: Store, base: Var, buffer: Expr, index: Expr | None) -> None:
        """`u[i] /= e`: e_bar -= u_bar[i] u[i] / e**2; u_bar[i] /= e."""
        e = self.sym(self.need(stmt.value, stmt))
        g = None
        if self.wants(stmt.value):
            old = self.old(base, index, stmt)
            g = self.winners(-(self.here(buffer, index) * old) / (e * e), stmt, buffer, index)
        self.scale(buffer, index, e.expr, "divide", stmt)
        if g is not None:
            self.give(stmt.value, g, stmt)

    def scale(self, buffer: Expr, index: Expr | None, e: Expr, how: str, stmt: Store) -> None:
        # at a place that an integer-array index names twice the last factor wins, here as in the primal
        self.builder.block.append(Store(buffer, index, e, how, self.builder.origin))

    def old(self, base: Var, index: Expr | None, stmt: Store) -> Sym:
        """Return what the array held at the index before the write."""
        before = self.residuals.need(base, stmt)
        return self.sym(before if index is None else self.builder.op("getitem", before, index))

    def store_list(self, stmt: Store, base: Var) -> None:
        """`xs[i] = e`."""
        assert stmt.index is not None
        index = self.need(stmt.index, stmt)
        for path, type_ in leaf_types(stmt.value.type):
            if (base, path) not in self.env or not differentiable(type_):
                continue
            target = self.own_list(base, path, stmt)
            item = self.builder.op("getitem", target, index)
            self.route(stmt.value, path, Bar(item), stmt)
            zero: Expr = number(0.0)
            if isinstance(type_, Array):
                zero = self.builder.op("zeros_like", item)
            self.builder.block.append(Store(target, index, zero, "set", self.builder.origin))

    # --- joins and control flow -------------------------------------------------------------------------------
    def move(self, stmt: Move) -> None:
        """Parallel assignment: all cotangents are taken before any is given."""
        pairs = []
        for target, source in zip(stmt.targets, stmt.sources, strict=True):
            for path in [p for (v, p) in list(self.env) if v is target]:
                pairs.append((source, path, self.env.pop((target, path))))
        self.pending.extend(bar.expr for _, _, bar in pairs)
        for source, path, bar in pairs:
            self.pending.remove(bar.expr)
            if isinstance(source, Var):
                if path or isinstance(source.type, ListOf):
                    self.env[source, path] = bar
                else:
                    g = cast_like(self.sym(bar.expr), source)
                    self.accumulate(source, Bar(g.expr, bar.owned or g.expr is not bar.expr, bar.thin), stmt)

    def returned(self, stmt: Return) -> None:
        """The seeds of the leaves of the result."""
        for path, leaf in leaf_exprs(stmt.value):
            seed = self.seed.get(path)
            if seed is not None and isinstance(leaf, Var) and self.activity.active(leaf):
                thin = isinstance(leaf.type, Array) and not isinstance(seed.type, Array)
                self.accumulate(leaf, Bar(seed, thin=thin), stmt)

    def branch(self, stmt: If, then: Any, orelse: Any) -> None:
        self.branch_on(self.need(stmt.cond, stmt), stmt, then, orelse)

    def branch_on(self, cond: Expr, stmt: Stmt, then: Any, orelse: Any) -> None:
        """Reverse both arms from the same cotangents and join what they leave."""
        before = dict(self.env)
        blocks, envs = [], []
        for arm in (then, orelse):
            self.env = dict(before)
            blocks.append(arm())
            envs.append(self.env)
        self.env = self.join_env(envs[0], envs[1], blocks, stmt)
        if any(len(block) > len(regions(block)) for block in blocks) or self.env != before:
            self.builder.block.append(If(cond, blocks[0], blocks[1], reverse_origin(stmt)))

    def join_env(self, a: dict[Key, Bar], b: dict[Key, Bar], blocks: list[Block], stmt: Stmt) -> dict[Key, Bar]:
        result: dict[Key, Bar] = {}
        moves: list[tuple[Var, Expr, Expr]] = []
        for key in {**a, **b}:
            x, y = a.get(key), b.get(key)
            if x is not None and y is not None and x.expr is y.expr and x.thin == y.thin:
                result[key] = Bar(x.expr, x.owned and y.owned, x.thin)
                continue
            left = self.as_join(key, x, blocks[0], stmt)
            right = self.as_join(key, y, blocks[1], stmt)
            joined = Var(bar_name(key), self.leaf_type(key), join=True)
            moves.append((joined, left.expr, right.expr))
            apart = all(self.alone(side.expr, env) for side, env in ((left, a), (right, b)))
            result[key] = Bar(joined, left.owned and right.owned and apart)
        for block, side in zip(blocks, (1, 2), strict=True):
            if moves:
                block.append(Move(tuple(m[0] for m in moves), tuple(m[side] for m in moves), reverse_origin(stmt)))
        return result

    def alone(self, expr: Expr, env: dict[Key, Bar]) -> bool:
        """Return whether at most one cotangent of an environment uses a buffer."""
        root = self.buffer(expr)
        return sum(1 for bar in env.values() if self.buffer(bar.expr) is root) <= 1

    def leaf_type(self, key: Key) -> Type:
        """Return the type of the cotangent of a leaf."""
        var, path = key
        if isinstance(var.type, ListOf) and path:
            return ListOf(dict(leaf_types(var.type.item))[path])
        type_ = dict(leaf_types(var.type))[path] if path else var.type
        if isinstance(type_, Scalar) and type_.kind == "float":
            return type_
        return type_

    def as_join(self, key: Key, bar: Bar | None, block: Block, stmt: Stmt) -> Bar:
        """Return a cotangent as both arms can hand it on: full, or an explicit zero."""
        outer, self.builder.block = self.builder.block, block
        try:
            if bar is None:
                return Bar(self.zeros_at(key, stmt), True)
            if bar.thin:
                assert not key[1]
                return self.full(bar, key[0], stmt)
            return bar
        finally:
            self.builder.block = outer

    def zeros_at(self, key: Key, stmt: Stmt) -> Expr:
        """Return a zero cotangent for a leaf."""
        var, path = key
        if isinstance(var.type, ListOf):
            like = self.residuals.need(var, stmt, shape_only=True)
            attrs = {"path": Const(path)} if path else {}
            return self.builder.bind(Op("zeros_list", (like,), self.leaf_type(key), attrs), bar_name(key))
        if not path:
            return self.zeros(var, self.builder)
        value: Expr = self.residuals.need(var, stmt, shape_only=True)
        type_ = var.type
        for step in path:
            assert isinstance(type_, Structure)
            kind, type_ = type_.kind, type_.item(step)
            value = Op("field", (value,), type_, {"key": Const(step)}, kind)
        if isinstance(type_, Array):
            return self.builder.bind(Op("zeros_like", (value,), type_), bar_name(key))
        return number(0.0)

    # --- loops ------------------------------------------------------------------------------------------------
    def loop(self, stmt: For | While) -> None:
        """Reverse a loop: cotangents of what it carries, and of what it only reads, go around it."""
        heads: dict[Key, bool] = {}
        for _ in range(64):
            attempt = self.attempt_loop(stmt, heads)
            if attempt is None:
                continue
            return
        raise InternalError("the cotangents of a loop do not settle")

    def attempt_loop(self, stmt: For | While, heads: dict[Key, bool]) -> bool | None:
        """Reverse the body assuming which cotangents are carried and owned; None if that was not so."""
        saved = (dict(self.env), len(self.builder.block), len(self.prologues), dict(self.flags))
        entry = dict(self.env)
        joins: dict[Key, Var] = {}
        moves: list[tuple[Var, Expr]] = []
        for key, owned in heads.items():
            bar = self.loop_entry(key, entry.get(key), owned, stmt)
            joins[key] = Var(bar_name(key), self.leaf_type(key), join=True)
            moves.append((joins[key], bar.expr))
            self.env[key] = Bar(joins[key], owned)
        self.loop_stack.append(stmt)
        body = self.block(stmt.body)
        if isinstance(stmt, While) and stmt.test:
            body += self.block(stmt.test)
        self.loop_stack.pop()
        again = False
        ends: list[tuple[Var, Expr]] = []
        for key, bar in list(self.env.items()):
            if key not in heads:
                if entry.get(key) != bar:
                    heads[key] = True
                    again = True
                continue
            end = self.as_join(key, bar, body, stmt)
            mine = end.owned and (end.expr is joins[key] or bar.expr is not end.expr or self.alone(end.expr, self.env))
            if heads[key] and not mine and isinstance(joins[key].type, Array | ListOf):
                heads[key] = False
                again = True
            if end.expr is not joins[key]:
                ends.append((joins[key], end.expr))
        for key in entry:
            if key not in heads and key not in self.env:
                heads[key] = True
                again = True
        for key in heads:
            if key not in self.env and key in joins:
                ends.append((joins[key], self.as_join(key, None, body, stmt).expr))
        if again:
            self.env = saved[0]
            del self.builder.block[saved[1] :]
            del self.prologues[saved[2] :]
            return None
        if ends:
            body.append(Move(tuple(j for j, _ in ends), tuple(e for _, e in ends)))
        if moves:
            self.builder.block.append(Move(tuple(j for j, _ in moves), tuple(e for _, e in moves)))
        self.builder.block.append(self.reverse_loop(stmt, body))
        for key, join in joins.items():
            self.env[key] = Bar(join, heads[key])
        return True

    def loop_entry(self, key: Key, bar: Bar | None, owned: bool, stmt: Stmt) -> Bar:
        """Return the cotangent with which the reverse loop starts."""
        if bar is None:
            return Bar(self.zeros_at(key, stmt), True)
        bar = self.full(bar, key[0], stmt) if bar.thin else bar
        if owned and not (bar.owned and self.alone(bar.expr, self.env)) and isinstance(bar.expr.type, Array):
            return Bar(self.builder.op("copy", bar.expr, hint=bar_name(key)), True)
        return bar

    def reverse_loop(self, stmt: For | While, body: Block) -> For:
        """Return the loop that runs the iterations backwards."""
        early = isinstance(stmt, While) or leaves_early(stmt)
        if stmt not in self.loops:
            counter = Var("steps", Scalar("int", None, fresh_size())) if early else None
            if counter is not None:
                self.aliases.places.defs[counter] = [stmt]
            name = stmt.index.name if isinstance(stmt, For) and counter is None else "step"
            index = Var(name, Scalar("int", None, fresh_size()), user=counter is None)
            self.loops[stmt] = LoopReverse(index, counter)
        info = self.loops[stmt]
        b = self.builder
        if info.counter is not None:
            count = self.residuals.need(info.counter, stmt)
            last = b.op("subtract", count, 1)
            made = For(info.index, last, number(-1), number(-1), body, reverse_origin(stmt))
        else:
            assert isinstance(stmt, For)
            start, stop, step = (self.need(e, stmt) for e in (stmt.start, stmt.stop, stmt.step))
            made = For(info.index, *reversed_range(start, stop, step, b), body, reverse_origin(stmt))
        info.reverse = made
        return made

    # --- calls ------------------------------------------------------------------------------------------------
    def call(self, stmt: Assign | Effect, call: Call, y: Var | None) -> None:
        """A called function: its backward maps the cotangent of its result to those of its arguments."""
        from s2sad.transforms.calls import reverse_call

        reverse_call(self, stmt, call, y)

    def kept_residuals(self, stmt: Stmt, call: Call) -> Var:
        """Return the variable that holds the residuals of a call, defined where the call is."""
        if stmt not in self.kept_calls:
            var = Var(f"{call.function.name}_residuals", Opaque("residuals"))
            self.kept_calls[stmt] = var
            self.aliases.places.defs[var] = [stmt]
        return self.kept_calls[stmt]


def complex_problems(function: Function, activity: Activity) -> list[Problem]:
    """Derivatives through complex numbers are refused: their convention is not settled in every rule yet."""
    from s2sad.ir.types import numeric_kind

    found = []
    for stmt in walk(function.body):
        if isinstance(stmt, Assign) and numeric_kind(stmt.target.type) == "complex" and stmt.target in activity.varied:
            found.append(
                Problem(
                    "a derivative through complex numbers is not accepted yet",
                    stmt.origin.span if stmt.origin else None,
                    "work with real and imaginary parts",
                )
            )
    for param in function.params:
        if numeric_kind(param.type) == "complex" and param in activity.varied:
            found.append(
                Problem(
                    f"the argument {param.name!r} is complex: its derivative is not accepted yet",
                    function.span,
                    "pass its real and imaginary parts",
                )
            )
    return found


# --- helpers --------------------------------------------------------------------------------------------------
def times(g: Sym, partial: Any) -> Sym:
    """Return g times a partial derivative, written as a careful engineer would."""
    if not isinstance(partial, Sym):
        if partial == 1.0:
            return g
        if partial == -1.0:
            return -g
        return partial * g
    definition = g.builder.block[-1] if g.builder.block else None
    if isinstance(definition, Assign) and definition.target is partial.expr and isinstance(definition.value, Op):
        op = definition.value
        if op.name == "divide" and isinstance(op.args[0], Const) and op.args[0].value == 1.0:
            g.builder.block.pop()
            return g / Sym(op.args[1], g.builder)
        if op.name == "negative":
            g.builder.block.pop()
            return -(times(g, Sym(op.args[0], g.builder)))
    return g * partial


def buffer_of(expr: Expr, fresh: dict[Var, Expr]) -> Expr:
    """Follow views made in this adjoint to the array whose memory they share."""
    while isinstance(expr, Var) and expr in fresh:
        value = fresh[expr]
        if isinstance(value, Op) and value.args and isinstance(value.args[0], Var):
            rule = TABLE.rules.get(value.name)
            viewing = (value.name == "getitem" and is_basic(value.args[1])) or (
                value.name != "getitem" and rule is not None and rule.view
            )
            if viewing and isinstance(expr.type, Array):
                expr = value.args[0]
                continue
        return expr
    return expr


def bar_name(key: Key) -> str:
    """Return the wished name of a cotangent."""
    var, path = key
    return "_".join([var.name, *map(str, path), "bar"])


def reverse_origin(stmt: Stmt) -> Origin | None:
    """Return the origin under which the adjoint of a statement stands."""
    return stmt.origin


def regions(block: Block) -> list[Stmt]:
    """Return the prologues in a block that may still be empty."""
    return [stmt for stmt in block if isinstance(stmt, Region) and not stmt.prologue.shadows]


def may_exit(stmt: Stmt) -> bool:
    """Return whether a statement may leave the block it stands in."""
    if isinstance(stmt, If):
        return any(_exits(inner) for inner in (*stmt.then, *stmt.orelse))
    if isinstance(stmt, For | While):
        return any(isinstance(inner, Return) for inner in walk([stmt]))
    return False


def _exits(stmt: Stmt) -> bool:
    return (isinstance(stmt, Return | Break | Continue | Raise) and not isinstance(stmt, Raise)) or may_exit(stmt)


def always_exits(block: Block) -> bool:
    """Return whether a block never falls through."""
    if not block:
        return False
    last = block[-1]
    if isinstance(last, Return | Break | Continue | Raise):
        return not any(may_exit(stmt) for stmt in block[:-1])
    return isinstance(last, If) and always_exits(last.then) and always_exits(last.orelse)


def leaves_early(loop: For | While) -> bool:
    """Return whether a loop may end before its range does."""

    def search(block: Block, inside: bool) -> bool:
        for stmt in block:
            if isinstance(stmt, Return) or (isinstance(stmt, Break) and inside):
                return True
            nested = inside and not isinstance(stmt, For | While)
            if any(search(inner, nested) for inner in blocks_of(stmt)):
                return True
        return False

    return search(loop.body, True)


def reversed_range(start: Expr, stop: Expr, step: Expr, b: Builder) -> tuple[Expr, Expr, Expr]:
    """Return the range that runs backwards through range(start, stop, step)."""
    if isinstance(step, Const) and step.value == 1:
        return b.op("subtract", stop, 1), b.op("subtract", start, 1), number(-1)
    if isinstance(step, Const) and step.value == -1:
        return b.op("add", stop, 1), b.op("add", start, 1), number(1)
    count = b.op("range_len", start, stop, step)
    last = b.op("add", start, b.op("multiply", b.op("subtract", count, 1), step))
    return last, b.op("subtract", start, step), b.op("negative", step)


def leaf_types(type_: Type, path: tuple[Any, ...] = ()) -> list[tuple[tuple[Any, ...], Type]]:
    """Return (path, type) of the leaves of a structure."""
    if isinstance(type_, Structure):
        return [
            leaf for key, item in zip(type_.keys, type_.items, strict=True) for leaf in leaf_types(item, (*path, key))
        ]
    if isinstance(type_, Static):
        return []
    return [(path, type_)]


def leaf_exprs(expr: Expr, path: tuple[Any, ...] = ()) -> list[tuple[tuple[Any, ...], Expr]]:
    """Return (path, expression) of the leaves of a returned value."""
    if isinstance(expr, Op) and expr.name == "build":
        keys = expr.attrs["keys"].value  # type: ignore[attr-defined]
        return [leaf for key, arg in zip(keys, expr.args, strict=True) for leaf in leaf_exprs(arg, (*path, key))]
    return [(path, expr)]
