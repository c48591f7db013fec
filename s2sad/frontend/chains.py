"""Parsing of long sums: `a + b + c + ...` of a thousand terms in time linear in their number.

The parser of libcst copies what it has read of such a chain at each operator. So the operands of a long one are
parsed apart, as a list, and the tree is put together from them.
"""

from __future__ import annotations

import ast
from typing import Any

import libcst as cst

from s2sad.frontend.positions import Positions

LONG = 32  # operators of a chain that is taken apart


def parse_text(positions: Positions) -> cst.Module:
    """Return the tree of the dedented text of a function."""
    chains = long_chains(positions.source.node)
    text, end = "", len(positions.text)
    made: dict[str, cst.BinaryOperation] = {}
    for tree in sorted(chains, key=lambda tree: (tree.lineno, tree.col_offset), reverse=True):
        name = f"_chain_of_{len(operands(tree))}_operands_{len(made)}"
        start, stop = positions.range(tree)
        text, end = name + positions.text[stop:end] + text, start
        made[name] = put_together(tree, positions)
    text = positions.text[:end] + text
    module = cst.parse_module(f"({text})" if positions.source.is_lambda else text)
    return module.visit(_Restore(made)) if made else module


def long_chains(tree: ast.AST) -> list[ast.BinOp]:
    """Return the long chains of binary operators that are not inside another one."""
    found: list[ast.BinOp] = []
    stack = [tree]
    while stack:
        node = stack.pop()
        parts = operands(node) if isinstance(node, ast.BinOp) else list(ast.iter_child_nodes(node))
        if isinstance(node, ast.BinOp) and len(parts) > LONG:
            found.append(node)
        else:
            stack.extend(parts)
    return found


def operands(tree: ast.BinOp) -> list[Any]:
    """Return the operands of a chain of binary operators, first to last."""
    found: list[Any] = []
    left: ast.expr = tree
    while isinstance(left, ast.BinOp):
        found.append(left.right)
        left = left.left
    return [left, *reversed(found)]


def put_together(tree: ast.BinOp, positions: Positions) -> cst.BinaryOperation:
    """Return the tree of a chain, from those of its operands."""
    texts = [positions.text[slice(*positions.range(operand))] for operand in operands(tree)]
    parsed: Any = cst.parse_expression("[" + ",\n".join(texts) + "]")
    signs: list[Any] = []
    left: ast.expr = tree
    while isinstance(left, ast.BinOp):
        signs.append(OPERATORS[type(left.op)]())
        left = left.left
    made, *rest = (element.value for element in parsed.elements)
    for sign, right in zip(reversed(signs), rest, strict=True):
        made = cst.BinaryOperation(made, sign, right)
    return made


class _Restore(cst.CSTTransformer):
    """Puts the chains back where their names stand."""

    def __init__(self, made: dict[str, cst.BinaryOperation]) -> None:
        super().__init__()
        self.made = made

    def leave_Name(self, original_node: cst.Name, updated_node: cst.Name) -> cst.BaseExpression:
        chain = self.made.get(original_node.value)
        return updated_node if chain is None else chain.with_changes(lpar=updated_node.lpar, rpar=updated_node.rpar)


OPERATORS: dict[type[ast.operator], type[cst.BaseBinaryOp]] = {
    ast.Add: cst.Add,
    ast.Sub: cst.Subtract,
    ast.Mult: cst.Multiply,
    ast.Div: cst.Divide,
    ast.Pow: cst.Power,
    ast.MatMult: cst.MatrixMultiply,
    ast.FloorDiv: cst.FloorDivide,
    ast.Mod: cst.Modulo,
    ast.BitAnd: cst.BitAnd,
    ast.BitOr: cst.BitOr,
    ast.BitXor: cst.BitXor,
    ast.LShift: cst.LeftShift,
    ast.RShift: cst.RightShift,
}
