"""Forward substitution: a temporary that is used once goes where it is used.

A value moves down to its use if nothing between changes what it reads: no store into memory it may reach, no new
value of a variable in it, no effect that must stay before it. The user's own names stay.
"""

from __future__ import annotations

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
    Op,
    Return,
    Section,
    SetField,
    Stmt,
    Store,
    Var,
    While,
    exprs_of,
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


def substitute_once(block: Block, roots: list[Expr], keep: set[Var]) -> None:
    """Move temporaries used once to their use, in a block and all nested in it."""
    repeat_slices(block)
    counts: dict[Var, int] = {}
    _count_uses(block, counts)
    for root in roots:
        for var in variables(root):
            counts[var] = counts.get(var, 0) + 1
    _block(block, counts, keep, Memory(block))


def repeat_slices(block: Block) -> None:
    """Write `u[2:]` at each use: it is the same memory wherever it is written, and costs next to nothing."""
    slices: dict[Var, Op] = {}
    result: Block = []
    for stmt in block:
        for var in [v for expr in exprs_of(stmt) for v in variables(expr) if v in slices]:
            again = Var(var.name, var.type)
            result.append(Assign(again, slices[var], stmt.origin))
            map_exprs(stmt, lambda expr, m={var: again}: substitute(expr, m))  # type: ignore[misc]
        for inner in inner_blocks(stmt):
            repeat_slices(inner)
        result.append(stmt)
        if isinstance(stmt, Assign) and not stmt.target.user and _is_plain_slice(stmt.value):
            slices[stmt.target] = stmt.value  # type: ignore[assignment]
    block[:] = result


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


def _block(block: Block, counts: dict[Var, int], keep: set[Var], memory: Memory) -> None:
    pending: dict[Var, Assign] = {}
    result: Block = []
    for stmt in block:
        mine = {v for expr in exprs_of(stmt) for v in variables(expr) if v in pending}
        looping = isinstance(stmt, While)
        if mine and not looping:
            mapping = {v: pending[v].value for v in mine if _fits(stmt, v, pending[v].value)}
            for var in mapping:
                result.remove(pending.pop(var))
            map_exprs(stmt, lambda expr, m=mapping: substitute(expr, m))  # type: ignore[misc]
        for inner in inner_blocks(stmt):
            _block(inner, counts, keep, memory)
        if isinstance(stmt, Section):
            pending.clear()  # what the primal computes stays in the primal
        _invalidate(stmt, pending, memory)
        result.append(stmt)
        if (
            isinstance(stmt, Assign)
            and counts.get(stmt.target) == 1
            and stmt.target not in keep
            and not stmt.target.user
            and is_pure(stmt.value)
        ):
            pending[stmt.target] = stmt
    block[:] = result


def size(expr: Expr) -> int:
    """Return the number of nodes of an expression."""
    return sum(1 for _ in subexpressions(expr))


def _fits(stmt: Stmt, var: Var, value: Expr) -> bool:
    """Return whether the use may hold the value: named cotangents only while the line stays short."""
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


def _invalidate(stmt: Stmt, pending: dict[Var, Assign], memory: Memory) -> None:
    """Forget the temporaries that may not move past a statement."""
    if not pending:
        return
    inside = list(walk([stmt]))
    writes = any(
        isinstance(s, Store | SetField | Effect | Keep) or any(not is_pure(e) for e in exprs_of(s)) for s in inside
    )
    bound = {t for s in inside for t in targets_of(s)}
    for var, assign in list(pending.items()):
        parts = list(variables(assign.value))
        if any(part in bound for part in parts) or (writes and _reads_memory(assign.value, inside, memory)):
            del pending[var]


def _reads_memory(value: Expr, stmts: list[Stmt], memory: Memory) -> bool:
    """Return whether a value reads memory that the statements may write."""
    reads = {v for v in variables(value) if isinstance(v.type, Array | ListOf | Structure)}
    if not reads:
        return False
    for stmt in stmts:
        if isinstance(stmt, Store) and isinstance(stmt.base, Var):
            if any(memory.may_share(stmt.base, var) for var in reads):
                return True
        elif isinstance(stmt, SetField | Effect) or any(not is_pure(e) for e in exprs_of(stmt)):
            return True
    return False
