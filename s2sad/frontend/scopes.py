"""Whose a name is: what functions read of the functions around them, and assign there."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any

from s2sad.frontend.values import Unsupported

SCOPES = ast.FunctionDef | ast.Lambda | ast.AsyncFunctionDef


def syntax(node: Any, parsed: Any) -> ast.AST:
    """Return a function as Python's own syntax tree."""
    found: ast.AST | None = parsed.positions.node(node)
    if found is None:
        hint = "define the class in the module"
        raise Unsupported("a method that calls itself, of a class that is defined in a function", None, hint)
    return found


def own_nodes(tree: ast.AST, apart: Any = SCOPES) -> Iterator[ast.AST]:
    """Yield the nodes of a function, those of nested functions not included, but these themselves."""
    stack = list(ast.iter_child_nodes(tree))
    while stack:
        node = stack.pop()
        yield node
        if not isinstance(node, apart):
            stack.extend(ast.iter_child_nodes(node))


def nonlocals_of(tree: ast.AST, *, deep: bool = False) -> list[str]:
    """Return the names a function declares nonlocal, in order; deep: or a function inside of it does."""
    nodes = ast.walk(tree) if deep else own_nodes(tree)
    return list(dict.fromkeys(name for node in nodes if isinstance(node, ast.Nonlocal) for name in node.names))


def free_names(tree: ast.AST) -> set[str]:
    """Return the names a function reads, assigns, or hands on to functions inside of it, that are not its own."""
    used: set[str] = set()
    for node in own_nodes(tree):
        if isinstance(node, ast.Name):
            used.add(node.id)
        elif isinstance(node, SCOPES):
            used |= free_names(node)
    return used - bound_names(tree)


def shared_names(tree: ast.AST) -> set[str]:
    """Return the names of a function that functions inside of it assign: each is a cell that they share."""
    return assigned_inside(tree) & bound_names(tree)


def assigned_inside(tree: ast.AST) -> set[str]:
    """Return the names that functions inside of a function assign, and that are not their own."""
    inner = [node for node in own_nodes(tree) if isinstance(node, SCOPES)]
    return set().union(*map(assigned_outside, inner))


def assigned_outside(tree: ast.AST) -> set[str]:
    """Return the names of the functions around it that a function, or one inside of it, assigns."""
    return set(nonlocals_of(tree)) | (assigned_inside(tree) - bound_names(tree))


def bound_names(tree: ast.AST) -> set[str]:
    """Return the names that are a function's own."""
    bound: set[str] = set()
    clauses = [node for node in own_nodes(tree) if isinstance(node, ast.comprehension)]
    passing = {id(name) for clause in clauses for name in ast.walk(clause.target)}  # those are the comprehension's
    for node in own_nodes(tree, SCOPES | ast.ClassDef):  # what a class assigns is the class's
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load) and id(node) not in passing:
            bound.add(node.id)
        elif isinstance(node, ast.arg):
            bound.add(node.arg)
        elif isinstance(node, SCOPES | ast.ClassDef) and not isinstance(node, ast.Lambda):
            bound.add(node.name)
    return bound - set(nonlocals_of(tree))


def names_in(tree: ast.AST) -> set[str]:
    """Return all names in a tree."""
    return {part.id for part in ast.walk(tree) if isinstance(part, ast.Name)}


def changed_in(statements: list[ast.stmt]) -> set[str]:
    """Return the names that statements bind, write in, or give to a call that does nothing else."""
    found: set[str] = set()
    for part in (part for statement in statements for part in ast.walk(statement)):
        if isinstance(part, ast.Name | ast.Attribute | ast.Subscript) and not isinstance(part.ctx, ast.Load):
            found |= names_in(part)
        elif isinstance(part, ast.Expr) and isinstance(part.value, ast.Call):
            found |= names_in(part.value)
    return found
