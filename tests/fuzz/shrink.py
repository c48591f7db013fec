"""Makes a failing program small: removes statements while it still fails."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator

Fails = Callable[[str], bool]
_BLOCKS = ("body", "orelse", "finalbody")


def shrink(text: str, still_fails: Fails) -> str:
    """A smaller program for which `still_fails` holds; the text itself if nothing can go."""
    current = text
    while True:
        for candidate in _smaller(current):
            if candidate != current and still_fails(candidate):
                current = candidate
                break
        else:
            return current


def _smaller(text: str) -> Iterator[str]:
    """Candidates, the greatest cuts first; each is parsed anew, so edits never mix."""
    count = sum(1 for _ in _lists(ast.parse(text)))
    for which in range(count):
        size = len(_list(ast.parse(text), which))
        width = size
        while width >= 1:
            for start in range(0, size - width + 1, max(1, width // 2)):
                yield from _render(_without(text, which, start, start + width))
            width //= 2
    yield from _lifted(text)
    yield from _simpler_values(text)


def _lists(tree: ast.AST) -> Iterator[list[ast.stmt]]:
    for node in ast.walk(tree):
        for name in _BLOCKS:
            block = getattr(node, name, None)
            if isinstance(block, list) and block:
                yield block


def _list(tree: ast.AST, which: int) -> list[ast.stmt]:
    for position, block in enumerate(_lists(tree)):
        if position == which:
            return block
    raise IndexError(which)


def _render(tree: ast.AST | None) -> Iterator[str]:
    if tree is not None:
        yield ast.unparse(tree) + "\n"


def _without(text: str, which: int, start: int, stop: int) -> ast.AST | None:
    """The program without some statements of one block; `pass` where a body would be empty."""
    tree = ast.parse(text)
    block = _list(tree, which)
    if len(block) == 1 and isinstance(block[0], ast.Pass):
        return None
    del block[start:stop]
    for node in ast.walk(tree):
        if hasattr(node, "body") and isinstance(node.body, list) and not node.body:
            if isinstance(node, ast.Module):
                return None
            node.body.append(ast.Pass())
    return tree


def _lifted(text: str) -> Iterator[str]:
    """A loop or branch replaced by its body."""
    count = sum(1 for _ in _lists(ast.parse(text)))
    for which in range(count):
        for position in range(len(_list(ast.parse(text), which))):
            tree = ast.parse(text)
            block = _list(tree, which)
            node = block[position]
            if isinstance(node, (ast.If, ast.For, ast.While)):
                for inner in (node.body, node.orelse):
                    if inner:
                        block[position : position + 1] = inner
                        yield from _render(tree)
                        break


def _simpler_values(text: str) -> Iterator[str]:
    """An operation or call in an assignment replaced by one of its operands."""
    sites = [n for n in ast.walk(ast.parse(text)) if isinstance(n, (ast.Assign, ast.AugAssign))]
    for which in range(len(sites)):
        for choice in range(4):
            tree = ast.parse(text)
            found = [n for n in ast.walk(tree) if isinstance(n, (ast.Assign, ast.AugAssign))]
            parts = _operands(found[which].value)
            if choice < len(parts):
                found[which].value = parts[choice]
                yield from _render(tree)


def _operands(node: ast.expr) -> list[ast.expr]:
    if isinstance(node, ast.BinOp):
        return [node.left, node.right]
    if isinstance(node, ast.UnaryOp):
        return [node.operand]
    if isinstance(node, ast.Call):
        return [arg for arg in node.args if not isinstance(arg, ast.Starred)]
    if isinstance(node, ast.IfExp):
        return [node.body, node.orelse]
    return []
