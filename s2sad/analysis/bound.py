"""Where the joins of a function may be without a value: one path binds a name, another does not.

    if n > 2:
        t = np.sin(x)
    y = 2.0 * x
    if n > 2:
        y = t * y

Reading `t` without a value is the user's error, and a program that runs does not. But the adjoint looks at the shape of
`t` also where `t` is not read: for a cotangent that is zero on one path. There it must ask first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from s2sad.ir.nodes import (
    Assign,
    Block,
    Break,
    Call,
    Const,
    Continue,
    DefinePullback,
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
    Var,
    While,
    exprs_of,
    targets_of,
    walk,
)
from s2sad.ir.types import Array, ListOf, Structure

Bound = frozenset[Var]


class Paths:
    """Follows every path through a body: what is surely bound before each statement."""

    def __init__(self) -> None:
        self.breaks: list[list[Bound]] = []

    def look(self, stmt: Stmt, bound: Bound) -> None:
        """See a statement, and what is bound before it."""

    def bind(self, stmt: Stmt, bound: Bound) -> Bound:
        """Return what is bound after a statement binds its targets."""
        raise NotImplementedError

    def block(self, block: Block, bound: Bound | None) -> Bound | None:
        """Return what is bound after a block; None if nothing comes after it."""
        for stmt in block:
            if bound is None:
                return None
            bound = self.statement(stmt, bound)
        return bound

    def statement(self, stmt: Stmt, bound: Bound) -> Bound | None:
        self.look(stmt, bound)
        match stmt:
            case If():
                arms = ((stmt.then, True), (stmt.orelse, False))
                return meet(self.block(arm, self.told(stmt.cond, taken, bound)) for arm, taken in arms)
            case For() | While():
                return self.loop(stmt, bound)
            case Break():
                self.breaks[-1].append(bound)
                return None
            case Continue() | Return() | Raise():
                return None
        return self.bind(stmt, bound)

    def told(self, cond: Expr, taken: bool, bound: Bound) -> Bound:
        """Return what is bound where a condition has been found true or false."""
        return bound

    def loop(self, stmt: For | While, bound: Bound) -> Bound | None:
        """Follow a loop until no iteration leaves less than the one before."""
        test: Block = stmt.test if isinstance(stmt, While) else []
        while True:
            self.breaks.append([])
            start = self.block(test, bound)
            end = self.block(stmt.body, start if start is None else self.bind(stmt, start))
            left = self.breaks.pop()
            again = meet([bound, end])
            assert again is not None
            if again == bound:
                return meet([start, *left])
            bound = again


class BoundJoins(Paths):
    """The joins that surely hold a value, before each statement."""

    def __init__(self, function: Function) -> None:
        super().__init__()
        self.before: dict[Stmt, Bound] = {}
        self.after: dict[Stmt, Bound | None] = {}
        made = [stmt for stmt in walk(function.body) if isinstance(stmt, Assign)]
        self.optional = set(function.absent)
        for stmt in made:  # in textual order: what something is made of comes before it
            if may_be_none(stmt.value) or of_nothing(stmt.value, self.optional):
                self.optional.add(stmt.target)
        self.asked = {stmt.target: found for stmt in made if (found := asks(stmt.value)) is not None}
        self.block(function.body, frozenset())

    def may_lack(self, var: Var, stmt: Stmt, where: str = "before") -> bool:
        """Return whether a variable may have no value before or after a statement.

        Statements of no function know nothing, and nothing comes after one that leaves its block.
        """
        bound = (self.after if where == "after" else self.before).get(stmt)
        if bound is None:
            return var in self.optional
        return self.matters(var) and var not in bound

    def matters(self, var: Var) -> bool:
        """Return whether it is not certain anyway that a variable holds a value."""
        return var.join or var in self.optional

    def none_somewhere(self, block: Block) -> set[Var]:
        """Return the variables that are None at some place, whatever they are elsewhere."""
        found = set(self.optional)
        moves = [stmt for stmt in walk(block) if isinstance(stmt, Move)]
        while True:
            more = {
                target
                for move in moves
                for target, source in zip(move.targets, move.sources, strict=True)
                if source in found or (isinstance(source, Const) and source.value is None)
            }
            if more <= found:
                return found
            found |= more

    def told(self, cond: Expr, taken: bool, bound: Bound) -> Bound:
        """Return what is bound where a condition has been found true or false: it may have asked whether."""
        while isinstance(cond, Op) and cond.name == "not":
            cond, taken = cond.args[0], not taken
        found = self.asked.get(cond) if isinstance(cond, Var) else asks(cond)
        return bound | {found[0]} if found is not None and found[1] == taken else bound

    def statement(self, stmt: Stmt, bound: Bound) -> Bound | None:
        """Follow a statement, and note what is bound after it: all it reads is, or the program would have ended."""
        more = [var for var in used(stmt) if self.matters(var) and var not in bound]
        bound = bound.union(more) if more else bound
        after = self.after[stmt] = super().statement(stmt, bound)
        return after

    def look(self, stmt: Stmt, bound: Bound) -> None:
        self.before[stmt] = bound

    def bind(self, stmt: Stmt, bound: Bound) -> Bound:
        if not isinstance(stmt, Move):
            return bound
        holding = {t for t, s in zip(stmt.targets, stmt.sources, strict=True) if self.holds(s, bound)}
        return (bound - set(stmt.targets)) | holding

    def holds(self, source: Expr, bound: Bound) -> bool:
        """Return whether what is moved into a join is a value."""
        if isinstance(source, Const):
            return source.value is not None
        known = isinstance(source, Var) and not source.join and source not in self.optional
        return known or source in bound


class Unbound(Paths):
    """The variables that are read where a path may not have bound them; `reads` says which reads count."""

    def __init__(self, body: Block, reads: Callable[[Stmt], Iterable[Var]]) -> None:
        super().__init__()
        self.reads = reads
        self.found: dict[Var, None] = {}
        stmts = [s for stmt in walk(body) for s in (stmt, *pulled_back(stmt))]
        self.tracked = {t for s in stmts for t in targets_of(s)} & {v for s in stmts for v in reads(s)}
        self.block(body, frozenset())

    def look(self, stmt: Stmt, bound: Bound) -> None:
        self.found.update((var, None) for var in self.reads(stmt) if var in self.tracked and var not in bound)
        if isinstance(stmt, DefinePullback):
            self.block(stmt.function.body, bound)

    def bind(self, stmt: Stmt, bound: Bound) -> Bound:
        return bound | (self.tracked & set(targets_of(stmt)))


def pulled_back(stmt: Stmt) -> Iterator[Stmt]:
    """Yield the statements of a pullback that is defined here."""
    if isinstance(stmt, DefinePullback):
        yield from walk(stmt.function.body)


# What takes None as it takes a value: to hand it on, to ask for it, to show it.
CARRIERS = {"build", "tuple", "list", "is", "is_not", "if_else", "zeros_tree", "add_lists", "append"}
CARRIERS |= {"not", "and", "or", "equal", "not_equal", "print", "tell", "fstring", "format", "assert"}


def used(stmt: Stmt) -> Iterator[Var]:
    """Yield the variables that a statement computes with, which it could not do with None."""
    stack: list[Expr] = []
    if isinstance(stmt, Assign | Effect):
        stack.append(stmt.value)
    elif isinstance(stmt, Store):
        stack.extend(exprs_of(stmt) if isinstance(stmt.base.type, Array) else (stmt.base,))
    top = stack[0] if stack else None
    while stack:
        expr = stack.pop()
        if isinstance(expr, Var) and (expr is not top or isinstance(stmt, Store)):
            yield expr
        elif isinstance(expr, Op) and expr.name not in CARRIERS:
            stack.extend(expr.args)


def asks(value: Expr) -> tuple[Var, bool] | None:
    """Return (variable, answer) if an expression asks whether a variable is there: the answer it has if so."""
    if not isinstance(value, Op) or value.name not in ("is", "is_not"):
        return None
    var, none = value.args
    if not isinstance(var, Var) or not isinstance(none, Const) or none.value is not None:
        return None
    return var, value.name == "is_not"


def of_nothing(value: Expr, optional: set[Var]) -> bool:
    """Return whether an expression is None if its operands are: zeros of them, or their sum."""
    return isinstance(value, Op) and value.name in ("zeros_tree", "add_lists") and optional.issuperset(value.args)


def may_be_none(value: Expr) -> bool:
    """Return whether an expression may be None in place of a value of its type."""
    if isinstance(value, Call):
        return bool(value.function.optional)
    if isinstance(value, Op) and value.name in ("getitem", "pop"):
        held = value.args[0].type
        return isinstance(held, ListOf) and held.optional
    if not isinstance(value, Op) or value.name != "field":
        return False
    base, key = value.args[0].type, value.attrs["key"]
    return isinstance(base, Structure) and isinstance(key, Const) and key.value in base.optional


def meet(parts: Iterable[Bound | None]) -> Bound | None:
    """Return what is bound on every path that goes on."""
    found = [part for part in parts if part is not None]
    return frozenset.intersection(*found) if found else None
