"""Shadows of memory-like arrays that are bound along the control flow: made in the forward sweep.

Where which array a name means depends on the path taken (joins, lists of arrays, `reshape` that may copy), the
shadow is bound beside the primal: `b = a[1:]` is followed by `b_bar = a_bar[1:]`, `xs.append(a)` by
`xs_bar.append(a_bar)`. The reverse sweep finds the shadow of a name as it finds any other value.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from s2sad.ir.nodes import Assign, Block, Call, Effect, Expr, Function, Move, Op, Stmt, Store, Var, walk
from s2sad.ir.types import Array, ListOf, Scalar, Static, differentiable
from s2sad.rules.core import view_kind

if TYPE_CHECKING:
    from s2sad.transforms.adjoint import Adjoint


class NeedsInline(Exception):
    """A call whose result shares memory that is written has to be inlined."""

    def __init__(self, function: Function) -> None:
        super().__init__(function.name)
        self.function = function


@dataclass(eq=False, repr=False)
class ForwardShadows:
    """Shadow variables, the forward statements that bind them, and what may be copies."""

    of: dict[Var, Var] = field(default_factory=dict)
    start: Block = field(default_factory=list)
    after: dict[Stmt, list[Stmt]] = field(default_factory=dict)
    shares: dict[Stmt, Var] = field(default_factory=dict)
    extended: dict[Stmt, list[tuple[Var, Expr]]] = field(default_factory=dict)
    refused: list[tuple[Var, Stmt]] = field(default_factory=list)


def forward_shadows(adjoint: Adjoint) -> ForwardShadows:
    """Return the forward shadows of a function; statements that cannot be mirrored are listed as refused."""
    return _Mirror(adjoint).run()


class _Mirror:
    """Mirrors the statements that bind memory-like variables."""

    def __init__(self, adjoint: Adjoint) -> None:
        self.adjoint = adjoint
        self.aliases = adjoint.aliases
        self.result = ForwardShadows()
        self.roots = self.dynamic_roots()

    def run(self) -> ForwardShadows:
        if not self.roots:
            return self.result
        for param in self.adjoint.function.params:
            if self.dynamic(param):
                name = "zeros_list" if isinstance(param.type, ListOf) else "zeros_like"
                shadow = self.result.of[param] = Var(f"{param.name}_bar", param.type)
                self.result.start.append(Assign(shadow, Op(name, (param,), param.type)))
        for stmt in walk(self.adjoint.function.body):
            self.statement(stmt)
        return self.result

    def dynamic_roots(self) -> set[Var]:
        """Return the components whose names are bound along the control flow."""
        params = [p for p in self.adjoint.function.params if isinstance(p.type, ListOf)]
        found = {self.aliases.root(p) for p in params if self.adjoint.is_shadowed(p)}
        for stmt in walk(self.adjoint.function.body):
            match stmt:
                case Move():
                    found.update(self.aliases.root(t) for t in stmt.targets if self.adjoint.is_shadowed(t))
                case Assign():
                    target = stmt.target
                    called = isinstance(stmt.value, Call) and self.sources(stmt.value)
                    bound = isinstance(target.type, ListOf) or self.may_copy(stmt) or called
                    if self.adjoint.is_shadowed(target) and bound:
                        found.add(self.aliases.root(target))
        return found

    def dynamic(self, var: Var) -> bool:
        return self.adjoint.is_shadowed(var) and self.aliases.root(var) in self.roots

    def may_copy(self, stmt: Assign) -> bool:
        """Return whether an operation returns a view or a copy."""
        value = stmt.value
        return isinstance(value, Op) and view_kind(value) == "maybe"

    def shadow_of(self, var: Var, stmt: Stmt) -> Var:
        """Return the shadow variable of a variable."""
        if var not in self.result.of:
            self.result.of[var] = Var(f"{var.name}_bar", var.type, join=var.join)
            self.aliases.places.defs[self.result.of[var]] = list(self.aliases.places.defs.get(var, ()))
        return self.result.of[var]

    def bind(self, stmt: Stmt, target: Var, value: Expr) -> None:
        self.result.after.setdefault(stmt, []).append(Assign(target, value))

    def statement(self, stmt: Stmt) -> None:
        match stmt:
            case Move():
                pairs = [
                    (self.shadow_of(t, stmt), self.of_expr(s, stmt))
                    for t, s in zip(stmt.targets, stmt.sources, strict=True)
                    if self.dynamic(t)
                ]
                if pairs:
                    self.result.extended[stmt] = pairs
            case Assign():
                if self.dynamic(stmt.target):
                    self.assign(stmt)
            case Effect(value=Op(name="append")):
                target, item, *at = stmt.value.args  # type: ignore[attr-defined]
                if self.dynamic(target):
                    if not isinstance(item, Var) or not isinstance(item.type, Array):
                        self.result.refused.append((target, stmt))
                        return
                    value = Op("append", (self.of_expr(target, stmt), self.of_expr(item, stmt), *at), Static(None))
                    self.result.after.setdefault(stmt, []).append(Effect(value))
            case Store() if isinstance(stmt.base.type, ListOf) and self.dynamic(stmt.base):  # type: ignore[arg-type]
                self.result.refused.append((stmt.base, stmt))  # type: ignore[arg-type]

    def of_expr(self, expr: Expr, stmt: Stmt) -> Expr:
        """Return the shadow of an expression."""
        if isinstance(expr, Var) and self.dynamic(expr):
            return self.shadow_of(expr, stmt)
        if isinstance(expr, Var) and differentiable(expr.type):
            return Op("zeros_like", (expr,), expr.type)
        return expr

    def assign(self, stmt: Assign) -> None:
        value, shadow = stmt.value, self.shadow_of(stmt.target, stmt)
        if isinstance(value, Var):
            self.bind(stmt, shadow, self.of_expr(value, stmt))
            return
        if isinstance(value, Call):
            if self.sources(value):
                raise NeedsInline(value.function)
            self.bind(stmt, shadow, self.fresh(stmt.target))
            return
        assert isinstance(value, Op)
        if value.name == "list":
            if not all(isinstance(arg, Var) and isinstance(arg.type, Array) for arg in value.args):
                self.result.refused.append((stmt.target, stmt))
            self.bind(stmt, shadow, Op("list", tuple(self.of_expr(a, stmt) for a in value.args), value.type))
        elif value.name == "field" and value.args[0] in self.adjoint.function.params and isinstance(value.type, Array):
            self.bind(stmt, shadow, self.fresh(stmt.target))
        elif value.name in ("pop", "field", "build"):
            self.result.refused.append((stmt.target, stmt))
        elif value.name in ("getitem", "copy", "to_tuple") and isinstance(value.args[0].type, ListOf):
            self.bind(stmt, shadow, Op(value.name, (self.of_expr(value.args[0], stmt), *value.args[1:]), value.type))
        elif isinstance(value.type, ListOf):
            self.result.refused.append((stmt.target, stmt))
        else:
            self.array(stmt, shadow, value)

    def sources(self, call: Call) -> bool:
        from s2sad.analysis.alias import summary

        return bool(summary(call.function).aliases)

    def fresh(self, var: Var) -> Expr:
        return Op("zeros_like", (var,), var.type)

    def array(self, stmt: Assign, shadow: Var, value: Op) -> None:
        """A view has the same view of the shadow; a fresh array a fresh shadow; what may copy asks."""
        base = self.adjoint.view_base(value)
        if base is None or not self.dynamic(base):
            self.bind(stmt, shadow, self.fresh(stmt.target))
            return
        mirrored = Op(value.name, (self.of_expr(base, stmt), *value.args[1:]), value.type, value.attrs, value.form)
        if not self.may_copy(stmt):
            self.bind(stmt, shadow, mirrored)
            return
        shares = Var(f"{stmt.target.name}_shares", Scalar("bool"))
        self.aliases.places.defs[shares] = [stmt]
        self.result.shares[stmt] = shares
        self.bind(stmt, shares, Op("shares_memory", (stmt.target, base), shares.type))
        self.bind(stmt, shadow, Op("if_else", (mirrored, shares, self.fresh(stmt.target)), value.type))
