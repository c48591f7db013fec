"""Rewriting IR: substitution, cloning, mapping over expressions."""

from __future__ import annotations

from collections.abc import Callable, Mapping

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
    If,
    Keep,
    Move,
    Op,
    Raise,
    Return,
    SetField,
    Stmt,
    Store,
    Var,
    While,
    blocks_of,
)


def substitute(expr: Expr, mapping: Mapping[Var, Expr]) -> Expr:
    """Return an expression with variables replaced; itself if nothing changes."""
    if isinstance(expr, Var):
        return mapping.get(expr, expr)
    if isinstance(expr, Op):
        args = tuple(substitute(arg, mapping) for arg in expr.args)
        attrs = {key: substitute(value, mapping) for key, value in expr.attrs.items()}
        if all(a is b for a, b in zip(args, expr.args, strict=True)) and all(
            attrs[key] is expr.attrs[key] for key in attrs
        ):
            return expr
        return Op(expr.name, args, expr.type, attrs, expr.form)
    if isinstance(expr, Call):
        args = tuple(substitute(arg, mapping) for arg in expr.args)
        return (
            expr if all(a is b for a, b in zip(args, expr.args, strict=True)) else Call(expr.function, args, expr.type)
        )
    return expr


def map_exprs(stmt: Stmt, change: Callable[[Expr], Expr]) -> None:
    """Change the expressions a statement itself evaluates, in place."""
    match stmt:
        case Assign() | Effect() | Return() | Raise() | Keep():
            stmt.value = change(stmt.value)
        case Move():
            stmt.sources = tuple(map(change, stmt.sources))
        case Store():
            stmt.base, stmt.value = change(stmt.base), change(stmt.value)
            stmt.index = None if stmt.index is None else change(stmt.index)
        case SetField():
            stmt.base, stmt.value = change(stmt.base), change(stmt.value)
        case If() | While():
            stmt.cond = change(stmt.cond)
        case For():
            stmt.start, stmt.stop, stmt.step = change(stmt.start), change(stmt.stop), change(stmt.step)


def map_block(block: Block, change: Callable[[Expr], Expr]) -> None:
    """Change every expression of a block and what is nested in it, in place."""
    for stmt in block:
        map_exprs(stmt, change)
        for inner in blocks_of(stmt):
            map_block(inner, change)


def clone_block(block: Block) -> Block:
    """Return a copy of a block: new statements over the same variables."""
    return [clone(stmt) for stmt in block]


def clone(stmt: Stmt) -> Stmt:
    """Return a copy of a statement."""
    origin = stmt.origin
    match stmt:
        case Assign():
            return Assign(stmt.target, stmt.value, origin)
        case Move():
            return Move(stmt.targets, stmt.sources, origin)
        case Store():
            return Store(stmt.base, stmt.index, stmt.value, stmt.how, origin)
        case SetField():
            return SetField(stmt.base, stmt.key, stmt.kind, stmt.value, origin)
        case Effect():
            return Effect(stmt.value, origin)
        case If():
            return If(stmt.cond, clone_block(stmt.then), clone_block(stmt.orelse), origin)
        case For():
            return For(stmt.index, stmt.start, stmt.stop, stmt.step, clone_block(stmt.body), origin)
        case While():
            return While(clone_block(stmt.test), stmt.cond, clone_block(stmt.body), origin)
        case Break():
            return Break(origin)
        case Continue():
            return Continue(origin)
        case Return():
            return Return(stmt.value, origin)
        case Raise():
            return Raise(stmt.value, origin)
        case Keep():
            return Keep(stmt.tape, stmt.value, origin)
    raise AssertionError(type(stmt))


def is_const(expr: Expr, value: object) -> bool:
    """Return whether an expression is this constant."""
    return isinstance(expr, Const) and type(expr.value) is type(value) and expr.value == value
