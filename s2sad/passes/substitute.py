"""Forward substitution: a temporary that is used once goes where it is used.

A value moves down to its use if nothing between changes what it reads: no store into memory it may reach, no new
value of a variable in it, no effect that must stay before it. The user's own names stay.
"""

from __future__ import annotations

from collections.abc import Iterable

from s2sad.ir.nodes import (
    Assign,
    Block,
    Call,
    Const,
    Effect,
    Expr,
    For,
    If,
    Keep,
    Move,
    Op,
    Return,
    Section,
    SetField,
    Stmt,
    Store,
    Var,
    While,
    exprs_of,
    is_mark,
    subexpressions,
    targets_of,
    variables,
    walk,
)
from s2sad.ir.rewrite import map_exprs, substitute
from s2sad.ir.types import Array, ListOf, Structure
from s2sad.passes.dce import inner_blocks
from s2sad.passes.memory import Memory
from s2sad.rules.core import is_pure
from s2sad.rules.infer import is_basic

LIMIT = 12  # nodes of an expression that a named cotangent may grow to
LARGEST = 500  # nodes of any expression: what is longer is looked at again and again


def substitute_once(block: Block, roots: list[Expr], keep: set[Var]) -> None:
    """Move temporaries used once to their use, in a block and all nested in it."""
    repeat_slices(block, keep)
    counts: dict[Var, int] = {}
    _count_uses(block, counts)
    for root in roots:
        for var in variables(root):
            counts[var] = counts.get(var, 0) + 1
    _block(block, counts, keep, Memory(block))


def repeat_slices(block: Block, keep: set[Var]) -> None:
    """Write `u[2:]` at each use: it is the same memory wherever it is written, and costs next to nothing.

    One that has a name anyway, as something is written through it, is called by its name.
    """
    slices: dict[Var, Op] = {}
    result: Block = []
    for stmt in block:
        for var in [v for expr in exprs_of(stmt) for v in variables(expr) if v in slices]:
            again = Var(var.name, var.type)
            result.append(Assign(again, slices[var], stmt.origin))
            map_exprs(stmt, lambda expr, m={var: again}: substitute(expr, m))  # type: ignore[misc]
        for inner in inner_blocks(stmt):
            repeat_slices(inner, keep)
        result.append(stmt)
        if isinstance(stmt, Assign) and not _is_named(stmt.target, keep) and _is_plain_slice(stmt.value):
            slices[stmt.target] = stmt.value  # type: ignore[assignment]
    block[:] = result


def _is_named(var: Var, keep: set[Var]) -> bool:
    return var.user or var in keep


def _is_plain_slice(value: Expr) -> bool:
    """Return whether an expression is a part of an array with constant bounds."""
    if not (isinstance(value, Op) and value.name == "getitem" and isinstance(value.type, Array)):
        return False
    base, index = value.args
    return isinstance(base, Var) and isinstance(base.type, Array) and is_basic(index) and not list(variables(index))


def _count_uses(block: Block, counts: dict[Var, int]) -> None:
    for stmt in block:
        for expr in exprs_of(stmt):
            for var in variables(expr):
                counts[var] = counts.get(var, 0) + 1
        for inner in inner_blocks(stmt):
            _count_uses(inner, counts)


class Pending:
    """The temporaries that may still move down, by what they read."""

    def __init__(self, memory: Memory) -> None:
        self.memory = memory
        self.found: dict[Var, Assign] = {}
        self.sizes: dict[Var, int] = {}
        self.reading: dict[Var, set[Var]] = {}  # by variable that they read
        self.classes: dict[Var | None, set[Var]] = {}  # by class of memory that they read

    def __contains__(self, var: Var) -> bool:
        return var in self.found

    def add(self, stmt: Assign) -> None:
        """Note a temporary."""
        self.found[stmt.target] = stmt
        self.sizes[stmt.target] = size(stmt.value)
        for var in variables(stmt.value):
            self.reading.setdefault(var, set()).add(stmt.target)
            if isinstance(var.type, Array | ListOf | Structure):
                self.classes.setdefault(self.memory.home(var), set()).add(stmt.target)

    def take(self, var: Var) -> Assign:
        """Remove a temporary and return what computes it."""
        return self.found.pop(var)

    def forget(self, stmt: Stmt) -> None:
        """Forget the temporaries that may not move past a statement."""
        for inner in walk([stmt]) if self.found else ():
            for target in targets_of(inner):
                self.drop(self.reading.pop(target, ()))
            filled = filled_by(inner)
            if filled is not None:
                self.drop(self.classes.pop(self.memory.home(filled), ()))
            elif isinstance(inner, Store | SetField | Effect | Keep) or any(not is_pure(e) for e in exprs_of(inner)):
                for readers in self.classes.values():
                    self.drop(readers)
                self.classes.clear()

    def drop(self, vars_: Iterable[Var]) -> None:
        for var in vars_:
            self.found.pop(var, None)

    def clear(self) -> None:
        """Forget all."""
        self.found, self.reading, self.classes = {}, {}, {}


def _block(block: Block, counts: dict[Var, int], keep: set[Var], memory: Memory) -> None:
    pending = Pending(memory)
    result: Block = []
    gone: set[Assign] = set()
    for stmt in block:
        mine = dict.fromkeys(v for expr in exprs_of(stmt) for v in variables(expr) if v in pending)
        looping = isinstance(stmt, While)
        if mine and not looping:
            room = LARGEST - sum(size(expr) for expr in exprs_of(stmt))
            mapping: dict[Var, Expr] = {}
            for var in mine:
                value = pending.found[var].value
                if pending.sizes[var] <= room and _fits(stmt, var, value):
                    room -= pending.sizes[var]
                    mapping[var] = value
            taken = [pending.take(var) for var in mapping]
            gone.update(taken)
            if isinstance(stmt, Move) and stmt.origin is None and taken:
                stmt.origin = taken[-1].origin
            map_exprs(stmt, lambda expr, m=mapping: substitute(expr, m))  # type: ignore[misc]
        for inner in inner_blocks(stmt):
            _block(inner, counts, keep, memory)
        if isinstance(stmt, Section):
            pending.clear()  # what the primal computes stays in the primal
        pending.forget(stmt)
        result.append(stmt)
        if (
            isinstance(stmt, Assign)
            and counts.get(stmt.target) == 1
            and stmt.target not in keep
            and not stmt.target.user
            and is_pure(stmt.value)
        ):
            pending.add(stmt)
    block[:] = [stmt for stmt in result if stmt not in gone]


def filled_by(stmt: Stmt) -> Var | None:
    """Return the array or list that a statement writes, if it does no more."""
    if isinstance(stmt, Store) and isinstance(stmt.base, Var):
        return stmt.base
    value = stmt.value if isinstance(stmt, Effect) else None
    appends = isinstance(value, Op) and value.name == "append"
    if not isinstance(value, Op) or not appends or not all(is_pure(arg) for arg in value.args):
        return None
    return value.args[0] if isinstance(value.args[0], Var) else None


def size(expr: Expr) -> int:
    """Return the number of nodes of an expression."""
    return sum(1 for _ in subexpressions(expr))


def _fits(stmt: Stmt, var: Var, value: Expr) -> bool:
    """Return whether the use may hold the value: named cotangents only while the line stays short."""
    if is_mark(stmt):
        return False
    if isinstance(stmt, For | If) and not isinstance(value, Op):
        return True
    if isinstance(stmt, Return) and var.name.endswith("_bar"):
        return False
    if isinstance(stmt, Store) and stmt.base is var:
        return False
    if isinstance(value, Call):
        return False
    if var.name.endswith(("_bar", "_dot")) and not isinstance(value, Const | Var):
        total = sum(size(expr) for expr in exprs_of(stmt)) + size(value)
        return total <= LIMIT
    return True
