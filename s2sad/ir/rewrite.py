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
    Try,
    Var,
    While,
    blocks_of,
    children,
)


def substitute(expr: Expr, mapping: Mapping[Var, Expr]) -> Expr:
    """Return an expression with variables replaced; itself if nothing changes (no recursion: sums are deep)."""
    if isinstance(expr, Var):
        return mapping.get(expr, expr)
    nodes = [expr] if isinstance(expr, Op | Call) else []
    for node in nodes:  # grows while it is walked: operations before their operands
        nodes.extend(part for part in children(node) if isinstance(part, Op | Call))
    made: dict[Expr, Expr] = {}
    for node in reversed(nodes):
        made[node] = _rebuilt(node, made, mapping)
    return made.get(expr, expr)


def _rebuilt(expr: Expr, made: Mapping[Expr, Expr], mapping: Mapping[Var, Expr]) -> Expr:
    """Return an operation of changed operands; itself if none has changed."""

    def changed(part: Expr) -> Expr:
        return mapping.get(part, part) if isinstance(part, Var) else made.get(part, part)

    assert isinstance(expr, Op | Call)
    args = tuple(map(changed, expr.args))
    same = all(a is b for a, b in zip(args, expr.args, strict=True))
    if isinstance(expr, Call):
        return expr if same else Call(expr.function, args, expr.type)
    attrs = {key: changed(value) for key, value in expr.attrs.items()}
    if same and all(attrs[key] is value for key, value in expr.attrs.items()):
        return expr
    return Op(expr.name, args, expr.type, attrs, expr.form)


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
            stmt.old = None if stmt.old is None else change(stmt.old)
        case SetField():
            stmt.base, stmt.value = change(stmt.base), change(stmt.value)
        case If() | While():
            stmt.cond = change(stmt.cond)
        case For():
            stmt.start, stmt.stop, stmt.step = change(stmt.start), change(stmt.stop), change(stmt.step)
            stmt.over = None if stmt.over is None else change(stmt.over)


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
            made = Store(stmt.base, stmt.index, stmt.value, stmt.how, origin)
            made.old = stmt.old
            return made
        case SetField():
            return SetField(stmt.base, stmt.key, stmt.kind, stmt.value, origin)
        case Effect():
            return Effect(stmt.value, origin)
        case Try():
            return Try(stmt.flag, stmt.errors, clone_block(stmt.then), clone_block(stmt.orelse), origin)
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
