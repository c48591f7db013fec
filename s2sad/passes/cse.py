"""Common subexpressions within straight-line code."""

from __future__ import annotations

from typing import Any

from s2sad.ir.nodes import Assign, Block, Call, Const, Effect, Expr, Op, SetField, Stmt, Store, Var, exprs_of
from s2sad.ir.rewrite import map_block, substitute

from s2sad.passes.dce import inner_blocks, is_pure

FRESH = {"copy", "zeros_like", "zeros", "empty", "empty_like", "ones", "full", "full_like", "list", "build",
         "zeros_list", "to_list", "repeat_list", "add_each", "add_all", "recall", "array", "eye", "deepcopy"}


def key_of(expr: Expr) -> Any:
    """Return a key that equal expressions share; None if this one must not be shared."""
    if isinstance(expr, Var):
        return id(expr)
    if isinstance(expr, Const):
        return type(expr.value).__name__, repr(expr.value), expr.text
    if isinstance(expr, Call) or not isinstance(expr, Op) or expr.name in FRESH:
        return None
    parts = [key_of(part) for part in (*expr.args, *expr.attrs.values())]
    return None if None in parts else (expr.name, tuple(parts), tuple(expr.attrs))


def share(block: Block) -> None:
    """Compute equal pure values once, in each straight-line stretch."""
    known: dict[Any, Var] = {}
    replaced: dict[Var, Expr] = {}
    result: Block = []
    for stmt in block:
        if replaced:
            map_block([stmt], lambda expr: substitute(expr, replaced))
        for inner in inner_blocks(stmt):
            share(inner)
        if isinstance(stmt, Assign) and is_pure(stmt.value) and not stmt.target.user:
            key = key_of(stmt.value)
            if key is not None and not isinstance(stmt.value, Var | Const):
                if key in known:
                    replaced[stmt.target] = known[key]
                    continue
                known[key] = stmt.target
        elif _writes(stmt):
            known = {k: v for k, v in known.items() if not _memory(k, v)}
        result.append(stmt)
    block[:] = result


def _writes(stmt: Stmt) -> bool:
    if isinstance(stmt, Store | SetField | Effect) or inner_blocks(stmt):
        return True
    return any(not is_pure(expr) for expr in exprs_of(stmt)) or not isinstance(stmt, Assign)


def _memory(key: Any, var: Var) -> bool:
    return True


