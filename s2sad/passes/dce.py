"""Dead code: assignments nobody reads, joins nobody reads, branches and loops that do nothing."""

from __future__ import annotations

from collections.abc import Iterator

from s2sad.ir.nodes import (
    Assign,
    Block,
    Effect,
    Expr,
    For,
    If,
    Move,
    Stmt,
    Try,
    Var,
    While,
    blocks_of,
    exprs_of,
    variables,
)
from s2sad.rules.core import is_pure


def inner_blocks(stmt: Stmt) -> tuple[Block, ...]:
    """Return nested blocks, with what a prologue brings back and what a nested function does."""
    prologue = getattr(stmt, "prologue", None)
    if prologue is not None:
        return (prologue.recalls, prologue.shadows)
    function = getattr(stmt, "function", None)
    return (function.body,) if function is not None else blocks_of(stmt)


def remove_dead(block: Block, roots: list[Expr], enabled: bool = True) -> None:
    """Remove dead code from a block, given what is read after it."""
    if not enabled:
        return
    counts: dict[Var, int] = {}
    _count(block, counts, 1)
    for root in roots:
        for var in variables(root):
            counts[var] = counts.get(var, 0) + 1
    while _sweep(block, counts):
        pass


def _count(block: Block, counts: dict[Var, int], sign: int) -> None:
    for stmt in block:
        for expr in exprs_of(stmt):
            for var in variables(expr):
                counts[var] = counts.get(var, 0) + sign
        for inner in inner_blocks(stmt):
            _count(inner, counts, sign)


def _sweep(block: Block, counts: dict[Var, int]) -> bool:
    """Remove what is dead now, last statement first; return whether anything went."""
    changed = False
    kept: Block = []
    for stmt in reversed(block):
        for inner in reversed(inner_blocks(stmt)):
            changed |= _sweep(inner, counts)
        if _dead(stmt, counts):
            _count([stmt], counts, -1)
            changed = True
            continue
        if isinstance(stmt, Move) and _thin_move(stmt, counts):
            changed = True
        kept.append(stmt)
    block[:] = kept[::-1]
    return changed


def _dead(stmt: Stmt, counts: dict[Var, int]) -> bool:
    match stmt:
        case Assign():
            return not counts.get(stmt.target) and is_pure(stmt.value)
        case Move():
            return not any(counts.get(target) for target in stmt.targets)
        case If():
            return not stmt.then and not stmt.orelse
        case For():
            return not stmt.body
        case Effect():
            return False
        case While():
            return False
    return False


def _thin_move(stmt: Move, counts: dict[Var, int]) -> bool:
    """Drop the dead parts of a parallel assignment."""
    pairs = list(zip(stmt.targets, stmt.sources, strict=True))
    live = [(target, source) for target, source in pairs if counts.get(target) and target is not source]
    if len(live) == len(pairs):
        return False
    for target, source in pairs:
        if (target, source) not in live:
            for var in variables(source):
                counts[var] -= 1
    stmt.targets = tuple(target for target, _ in live)
    stmt.sources = tuple(source for _, source in live)
    return True


def remove_dead_moves(block: Block, outcomes: bool = False) -> None:
    """Remove assignments to joins that nobody reads, be it that they are only handed on among themselves.

    What tells whether a `try` has caught an error stays where its `outcomes` may still be asked for.
    """
    while True:
        live = _live_joins(block)
        if outcomes:
            live |= {stmt.flag for stmt in _everything(block) if isinstance(stmt, Try)}
        if not _sweep_moves(block, live):
            return


def _everything(block: Block) -> Iterator[Stmt]:
    """Yield every statement, those of prologues and nested functions too."""
    for stmt in block:
        yield stmt
        for inner in inner_blocks(stmt):
            yield from _everything(inner)


def _live_joins(block: Block) -> set[Var]:
    """Return the variables that something reads whose result matters: a sum that only goes on in itself does not."""
    feeds: dict[Var, list[Var]] = {}
    stack: list[Var] = []
    for stmt in _everything(block):
        if isinstance(stmt, Move):
            for target, source in zip(stmt.targets, stmt.sources, strict=True):
                feeds.setdefault(target, []).extend(variables(source))
        elif isinstance(stmt, Assign) and is_pure(stmt.value):
            feeds.setdefault(stmt.target, []).extend(variables(stmt.value))
        else:
            stack.extend(var for expr in exprs_of(stmt) for var in variables(expr))
    live: set[Var] = set()
    while stack:
        var = stack.pop()
        if var not in live:
            live.add(var)
            stack.extend(feeds.get(var, ()))
    return live


def _sweep_moves(block: Block, live: set[Var]) -> bool:
    changed = False
    kept: Block = []
    for stmt in block:
        for inner in inner_blocks(stmt):
            changed |= _sweep_moves(inner, live)
        if isinstance(stmt, Move):
            pairs = [(t, s) for t, s in zip(stmt.targets, stmt.sources, strict=True) if t in live and t is not s]
            changed |= len(pairs) != len(stmt.targets)
            stmt.targets, stmt.sources = tuple(t for t, _ in pairs), tuple(s for _, s in pairs)
            if not pairs:
                continue
        elif isinstance(stmt, For | If) and _dead(stmt, {}) and is_pure_head(stmt):
            changed = True
            continue
        kept.append(stmt)
    block[:] = kept
    return changed


def is_pure_head(stmt: Stmt) -> bool:
    """Return whether what a compound statement evaluates itself is pure."""
    return all(is_pure(expr) for expr in exprs_of(stmt))
