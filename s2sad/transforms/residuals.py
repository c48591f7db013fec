"""What the reverse sweep needs of the forward sweep.

While the adjoint is built it asks for values (`needed`) as if everything were still there. Each distinct request,
a variable and for arrays that are overwritten the version of their contents, gets a placeholder. Which of them
are recomputed, read directly, or kept on a tape is decided afterwards (`analysis/keep.py`).
"""

from __future__ import annotations

import bisect
from dataclasses import dataclass, field

from s2sad.analysis.alias import Aliases, shares
from s2sad.ir.nodes import Block, Const, Expr, For, Op, Stmt, Var, While
from s2sad.ir.types import Array, ListOf, Type


@dataclass(frozen=True)
class AfterLoop:
    """The value of a join when a loop is over."""

    loop: Stmt


@dataclass(frozen=True)
class AtHead:
    """The value of a join at the start of an iteration."""

    loop: For | While


Moment = Stmt | AfterLoop | AtHead | None


@dataclass(eq=False, repr=False)
class Residual:
    """A value of the forward sweep that the reverse sweep reads."""

    var: Var  # the variable in the forward sweep
    at: Moment  # the statement before which its contents are meant; None: any time
    stand_in: Var  # what reverse code reads
    shape_only: bool = False


@dataclass(eq=False, repr=False)
class Prologue:
    """The start of the reverse of a stretch of forward statements: where its residuals are brought back."""

    forward: Block
    start: int
    end: int
    recalls: Block = field(default_factory=list)
    shadows: Block = field(default_factory=list)


@dataclass(eq=False, repr=False)
class Residuals:
    """All requests of one adjoint."""

    aliases: Aliases
    found: dict[tuple[Var, Moment, bool], Residual] = field(default_factory=dict)
    by_stand_in: dict[Var, Residual] = field(default_factory=dict)
    local: dict[Var, Expr] = field(default_factory=dict)  # variables of the reverse sweep itself, as it reads them
    shapes: dict[Type, Expr] = field(default_factory=dict)  # what of these types is there anyway
    optional: set[Var] = field(default_factory=set)  # what is None somewhere: not any version has a shape
    changes: dict[Var, list[int]] = field(default_factory=dict)  # where the contents of an array change, in order

    def need(self, var: Var, stmt: Stmt, *, shape_only: bool = False) -> Expr:
        """Return what stands for the value of `var` at `stmt` (just before it, or after if it makes `var`)."""
        if var in self.local:
            return self.shapes.get(var.type, self.local[var]) if shape_only else self.local[var]
        at = None
        if not shape_only or may_vary(var) or var in self.optional:
            # a list that a name is bound to has at the end the length that its cotangents start with
            at = self.version(var, stmt, contents=not (shape_only and isinstance(var.type, ListOf)))
        key = (var, at, shape_only)
        if key not in self.found:
            stand_in = Var(var.name, var.type, user=var.user)
            self.found[key] = Residual(var, at, stand_in, shape_only)
            self.by_stand_in[stand_in] = self.found[key]
        return self.found[key].stand_in

    def need_after(self, var: Var, loop: Stmt, *, shape_only: bool = False) -> Var:
        """Return what stands for the value of a join when a loop is over."""
        places = self.aliases.places
        # what is made in the loop has another value in each iteration: after the loop that of the last one
        at = AfterLoop(loop) if places.of[loop].loops or loop in places.scope(var) else None
        key = (var, at, shape_only)
        if key not in self.found:
            stand_in = Var(var.name, var.type, user=var.user)
            self.found[key] = Residual(var, at, stand_in, shape_only)
            self.by_stand_in[stand_in] = self.found[key]
        return self.found[key].stand_in

    def version(self, var: Var, stmt: Stmt, *, contents: bool = True) -> Moment:
        """Return where the value, or only what a name is bound to, must be saved if it changes afterwards.

        The contents of an array are the same at all statements of a block between two writes: they share the first
        of these places. A join at the head of a loop has one value in each iteration: the loop stands for it.
        """
        places = self.aliases.places
        if stmt not in places.of or (var not in places.defs and not self.aliases.written(var)):
            return None
        made_here = stmt in places.defs.get(var, ())
        itself = stmt in self.aliases.written(var) and not made_here
        if (
            contents
            and shares(var.type)
            and (itself or self.aliases.overwritten_after(var, stmt) or self.written_since_made(var, stmt))
        ):
            return self.first_with_contents(var, stmt)
        if var.join:
            scope = places.scope(var)
            for loop in scope:
                if loop not in places.of[stmt].loops:
                    return AfterLoop(loop)
            later = [d for d in places.defs[var] if places.may_follow(stmt, d, scope) and d is not stmt]
            for loop in places.of[stmt].loops:
                if loop not in scope and any(loop in places.of[d].loops for d in later):
                    return AtHead(loop)
        return None

    def written_since_made(self, var: Var, stmt: Stmt) -> bool:
        """Return whether an array made in a loop may have been written between there and a statement.

        Such a value is kept as it is at the statement: kept where it is made, it would lack the writes.
        """
        places = self.aliases.places
        made = places.defs.get(var)
        if not made or stmt in made or not any(places.of[d].loops for d in made):
            return False
        scope = places.scope(var)
        return any(
            places.may_follow(store, stmt, scope) and any(places.may_follow(d, store, scope) for d in made)
            for store in self.aliases.written(var)
        )

    def first_with_contents(self, var: Var, stmt: Stmt) -> Stmt:
        """Return the first statement of the block at which the contents are already those at `stmt`."""
        places = self.aliases.places
        block, at = places.of[stmt].block, places.of[stmt].index
        if stmt in places.defs.get(var, ()):
            return block[at + 1] if at + 1 < len(block) else stmt
        if var not in self.changes:
            changing = {*self.aliases.written(var), *places.defs.get(var, ())}
            self.changes[var] = sorted(places.of[s].order for s in changing)
        changes = self.changes[var]
        last = bisect.bisect_left(changes, places.of[stmt].order) - 1  # the last change before the statement
        if last < 0:
            return block[0]
        return block[bisect.bisect_right(block, changes[last], hi=at, key=lambda s: places.of[s].order)]

    def expr(self, expr: Expr, stmt: Stmt) -> Expr:
        """Return an expression of the forward sweep as reverse code reads it."""
        if isinstance(expr, Var):
            return self.need(expr, stmt)
        if isinstance(expr, Op):
            attrs = {key: self.expr(value, stmt) for key, value in expr.attrs.items()}
            return Op(expr.name, tuple(self.expr(arg, stmt) for arg in expr.args), expr.type, attrs, expr.form)
        assert isinstance(expr, Const)
        return expr


def may_vary(var: Var) -> bool:
    """Return whether an array may have another shape, or a list another length, in each iteration of a loop."""
    if isinstance(var.type, Array):
        return var.join and any("?" in (size.symbol or "") for size in var.type.shape)
    return var.join and isinstance(var.type, ListOf)
