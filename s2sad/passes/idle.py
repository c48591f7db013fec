"""Lists of ours that are filled and emptied, and that nobody reads: the cotangents of constants."""

from __future__ import annotations

from s2sad.ir.nodes import Assign, Block, Effect, Op, Stmt, Store, Var, exprs_of, variables
from s2sad.ir.types import ListOf
from s2sad.passes.cse import walk_all
from s2sad.passes.dce import inner_blocks

MADE = ("list", "copy", "repeat_list", "zeros_list")


def remove_idle_lists(body: Block) -> bool:
    """Remove the lists of a function that are only changed; return whether there was any."""
    changed = False
    while idle := idle_lists(body):
        changed = True
        sweep(body, idle)
    return changed


def idle_lists(body: Block) -> set[Var]:
    """Return the lists that are made and changed, and never read."""
    stmts = list(walk_all(body))
    read = {var for stmt in stmts for expr in exprs_of(stmt) for var in variables(expr)}
    found: set[Var] = set()
    busy: set[Var] = set()
    for stmt in stmts:
        made = stmt.target if isinstance(stmt, Assign) and isinstance(stmt.target.type, ListOf) else None
        if made is not None and is_made(stmt) and not (made.user or made.join):
            found.add(made)
        changed = changed_by(stmt, read)
        busy |= {var for expr in exprs_of(stmt) for var in variables(expr) if var is not changed}
        if changed is not None and uses(stmt, changed) > 1:
            busy.add(changed)
    return found - busy


def is_made(stmt: Stmt) -> bool:
    """Return whether a statement makes a list."""
    return isinstance(stmt, Assign) and isinstance(stmt.value, Op) and stmt.value.name in MADE


def changed_by(stmt: Stmt, read: set[Var]) -> Var | None:
    """Return the list that a statement changes, if it does nothing else."""
    value = stmt.value if isinstance(stmt, Assign | Effect) else None
    if isinstance(stmt, Store):
        base = stmt.base
    elif isinstance(value, Op) and value.name in ("append", "pop") and "of" not in value.attrs:
        base = value.args[0]
        if isinstance(stmt, Assign) and stmt.target in read:
            return None
    else:
        return None
    return base if isinstance(base, Var) and isinstance(base.type, ListOf) else None


def uses(stmt: Stmt, var: Var) -> int:
    """Return how often a statement reads a variable."""
    return sum(1 for expr in exprs_of(stmt) for v in variables(expr) if v is var)


def sweep(block: Block, idle: set[Var]) -> None:
    """Remove what makes and changes lists."""
    for stmt in block:
        for inner in inner_blocks(stmt):
            sweep(inner, idle)
    block[:] = [stmt for stmt in block if not concerns(stmt, idle)]


def concerns(stmt: Stmt, idle: set[Var]) -> bool:
    """Return whether a statement makes or changes one of the lists."""
    if isinstance(stmt, Assign) and stmt.target in idle:
        return True
    return isinstance(stmt, Assign | Effect | Store) and any(
        var in idle for expr in exprs_of(stmt) for var in variables(expr)
    )
