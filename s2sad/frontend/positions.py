"""Where the nodes of a libcst tree stand in the user's file: read off the `ast` of the same text.

libcst finds places by printing the whole tree, which is slow, and recursive in the depth of an expression. Python's
own parser notes them as it goes. Statements are paired with those of the `ast` at once, expressions only when the
place of one is asked for: for an error, or for the list displayed there.
"""

from __future__ import annotations

import ast
import itertools
from collections.abc import Iterator
from typing import Any

import libcst as cst

from s2sad.frontend.source import FunctionSource

Pairs = Iterator[tuple[Any, Any]]


class Positions:
    """The places of the nodes of one function: rows are 1-based lines of its dedented text, columns 0-based."""

    def __init__(self, source: FunctionSource) -> None:
        self.source = source
        self.text = source.text
        self.lines = source.text.split("\n")
        self.starts = [0, *itertools.accumulate(len(line) + 1 for line in self.lines)]
        self.found: dict[Any, Any] = {}
        self.statements: list[tuple[Any, Any]] = []
        self.paired = False  # whether the expressions are paired too

    def pair(self, node: Any) -> None:
        """Pair the statements of a function with those of its `ast`."""
        stack: list[tuple[Any, Any]] = [(node, self.source.node)]
        while stack:
            statement, tree = stack.pop()
            self.found[statement] = tree
            self.statements.append((statement, tree))
            if not self.source.is_lambda:
                stack.extend(nested(statement, tree))

    def node(self, node: Any) -> Any:
        """Return the node of the `ast` for a node of the tree; None if it has none."""
        if node not in self.found and not self.paired:
            self.paired = True
            stack = [pair for statement, tree in self.statements for pair in operands(statement, tree)]
            while stack:
                part, tree = stack.pop()
                if part is not None and tree is not None:
                    self.found[part] = tree
                    stack.extend(operands(part, tree))
        return self.found.get(node)

    def start(self, node: Any) -> tuple[int, int] | None:
        """Return (row, column) of a node, not counting parentheses around it."""
        tree = self.node(node)
        return None if tree is None else self._place(*first(node, tree))

    def code(self, node: Any) -> str | None:
        """Return the text of a node, with the parentheses around it; None if it must be printed."""
        tree = self.node(node)
        if getattr(tree, "end_lineno", None) is None or isinstance(tree, ast.JoinedStr | ast.GeneratorExp):
            return None
        around = len(node.lpar) - starts_inside(node) if isinstance(node, cst.BaseExpression) else 0
        return "(" * around + self.text[slice(*self.range(tree))] + ")" * around

    def range(self, tree: Any) -> tuple[int, int]:
        """Return where a node of the `ast` begins and ends in the dedented text."""
        row, column = self._place(tree.lineno, tree.col_offset)
        last, end = self._place(tree.end_lineno, tree.end_col_offset)
        return self.starts[row - 1] + column, self.starts[last - 1] + end

    def _place(self, line: int, offset: int) -> tuple[int, int]:
        """Return (row, column) in the dedented text of a line and a byte offset in the file."""
        row = line - self.source.line + 1
        shift = self.source.indent if not self.source.is_lambda or row == 1 else 0
        text = self.lines[row - 1]
        offset = max(offset - shift, 0)
        return row, offset if text.isascii() else len(text.encode()[:offset].decode(errors="ignore"))


def first(node: Any, tree: Any) -> tuple[int, int]:
    """Return (line, offset) where a node begins: Python counts the brackets of a tuple in, and libcst does not."""
    while starts_inside(node):
        if isinstance(node, cst.Tuple) and not node.elements:
            return tree.lineno, tree.col_offset + 1
        if isinstance(node, cst.Tuple):
            node, tree = node.elements[0], tree.elts[0]
            node = node.value if isinstance(node, cst.Element) else node
        else:
            node, tree = node.elt, tree.elt
    return tree.lineno, tree.col_offset


def starts_inside(node: Any) -> bool:
    """Return whether Python's place of a node begins at a bracket that libcst does not count to it."""
    return isinstance(node, cst.GeneratorExp) or (isinstance(node, cst.Tuple) and bool(node.lpar))


def nested(statement: Any, tree: Any) -> Pairs:
    """Yield the statements directly inside one, in pairs."""
    if isinstance(statement, cst.Try | cst.TryStar):
        handlers: Any = zip(statement.handlers, tree.handlers, strict=True)
        for handler, other in handlers:
            yield from block(handler.body, other.body)
    if isinstance(statement, cst.Match):
        for case, other in zip(statement.cases, tree.cases, strict=True):
            yield from block(case.body, other.body)
    if isinstance(getattr(statement, "body", None), cst.BaseSuite):
        yield from block(statement.body, tree.body)
    orelse = getattr(statement, "orelse", None)
    if isinstance(orelse, cst.If):
        yield orelse, tree.orelse[0]
    elif isinstance(orelse, cst.Else):
        yield from block(orelse.body, tree.orelse)
    if getattr(statement, "finalbody", None) is not None:
        yield from block(statement.finalbody.body, tree.finalbody)


def block(suite: Any, trees: list[ast.stmt]) -> Pairs:
    """Yield the statements of a block in pairs; a line of several is paired with its first."""
    rest = iter(trees)
    for statement in suite.body:
        smalls = statement.body if isinstance(statement, cst.SimpleStatementLine) else [statement]
        for small in smalls:
            tree = next(rest)
            if small is smalls[0] and small is not statement:
                yield statement, tree
            yield small, tree


def operands(node: Any, tree: Any) -> Pairs:
    """Yield the expressions directly inside a statement or an expression, in pairs."""
    if isinstance(tree, ast.JoinedStr) and not isinstance(node, cst.FormattedString):
        return  # inside an f-string: the places there are wrong before Python 3.12
    match node:
        case cst.Assign():
            yield from zip((target.target for target in node.targets), tree.targets, strict=True)
            yield node.value, tree.value
        case cst.AnnAssign() | cst.AugAssign() | cst.NamedExpr():
            yield node.target, tree.target
            yield node.value, tree.value
        case cst.Return() | cst.Expr() | cst.Attribute():
            yield node.value, tree.value
        case cst.Raise():
            yield node.exc, tree.exc
        case cst.Assert():
            yield from ((node.test, tree.test), (node.msg, tree.msg))
        case cst.Del(target=cst.Tuple(lpar=[], elements=elements)):  # `del a, b` deletes two things, `del (a, b)` one
            yield from ((element.value, target) for element, target in zip(elements, tree.targets, strict=True))
        case cst.Del():
            yield node.target, tree.targets[0]
        case cst.If() | cst.While():
            yield node.test, tree.test
        case cst.For():
            yield from ((node.target, tree.target), (node.iter, tree.iter))
        case cst.With():
            for item, other in zip(node.items, tree.items, strict=True):
                yield from ((item, other.context_expr), (item.item, other.context_expr))
        case cst.Match():
            yield node.subject, tree.subject
        case cst.FunctionDef() | cst.Lambda():
            yield from parameters(node.params, tree.args)
            if isinstance(node, cst.Lambda):
                yield node.body, tree.body
        case cst.BinaryOperation():
            yield from ((node.left, tree.left), (node.right, tree.right))
        case cst.UnaryOperation():
            yield node.expression, tree.operand
        case cst.Yield():
            yield node.value.item if isinstance(node.value, cst.From) else node.value, tree.value
        case cst.BooleanOperation():
            yield from ((node.left, shorter(tree)), (node.right, tree.values[-1]))
        case cst.Comparison():
            yield node.left, tree.left
            yield from zip((target.comparator for target in node.comparisons), tree.comparators, strict=True)
        case cst.IfExp():
            yield from ((node.test, tree.test), (node.body, tree.body), (node.orelse, tree.orelse))
        case cst.Call():
            yield node.func, tree.func
            yield from arguments(node.args, tree)
        case cst.Subscript():
            yield node.value, tree.value
            yield from subscripts(node.slice, tree.slice)
        case cst.Tuple() | cst.List() | cst.Set():
            for element, other in zip(node.elements, tree.elts, strict=True):
                yield element, other
                yield element.value, other.value if isinstance(element, cst.StarredElement) else other
        case cst.Dict():
            for entry, key, value in zip(node.elements, tree.keys, tree.values, strict=True):
                yield entry, key or value
                yield from ((getattr(entry, "key", None), key), (entry.value, value))
        case cst.ListComp() | cst.SetComp() | cst.GeneratorExp():
            yield node.elt, tree.elt
            yield from clauses(node.for_in, tree.generators)
        case cst.DictComp():
            yield from ((node.key, tree.key), (node.value, tree.value))
            yield from clauses(node.for_in, tree.generators)
        case cst.FormattedString():
            for part in node.parts:
                yield from ((part, tree), (getattr(part, "expression", None), tree))


def shorter(tree: ast.BoolOp) -> ast.expr:
    """Return `a and b` for `a and b and c`, which is one node in the `ast` and two in the tree."""
    rest = tree.values[:-1]
    if len(rest) == 1:
        return rest[0]
    return ast.BoolOp(tree.op, rest, lineno=tree.lineno, col_offset=tree.col_offset)  # where it ends is not noted


def arguments(args: Any, tree: ast.Call) -> Pairs:
    """Yield the arguments of a call in pairs: the `ast` has those with keywords apart."""
    positional, named = iter(tree.args), iter(tree.keywords)
    for arg in args:
        plain = arg.keyword is None and arg.star != "**"
        other: Any = next(positional) if plain else next(named)
        yield arg, other
        yield arg.value, other if plain and not arg.star else other.value


def subscripts(elements: Any, index: Any) -> Pairs:
    """Yield the parts of an index in pairs."""
    several = len(elements) > 1 or isinstance(elements[0].comma, cst.Comma)  # `x[i,]`
    parts = index.elts if several and isinstance(index, ast.Tuple) else [index]
    for element, other in zip(elements, parts, strict=False):
        part = element.slice
        yield from ((element, other), (part, other))
        if isinstance(part, cst.Slice) and isinstance(other, ast.Slice):
            yield from ((part.lower, other.lower), (part.upper, other.upper), (part.step, other.step))
        else:
            yield part.value, other


def clauses(clause: Any, generators: list[ast.comprehension]) -> Pairs:
    """Yield the parts of `for ... in ... if ...` in pairs."""
    for generator in generators:
        yield from ((clause, generator.target), (clause.target, generator.target), (clause.iter, generator.iter))
        yield from zip((test.test for test in clause.ifs), generator.ifs, strict=True)
        clause = clause.inner_for_in


def parameters(params: cst.Parameters, args: ast.arguments) -> Pairs:
    """Yield the parameters and their defaults in pairs."""
    positional = [*params.posonly_params, *params.params]
    yield from zip(positional, [*args.posonlyargs, *args.args], strict=True)
    yield from zip(params.kwonly_params, args.kwonlyargs, strict=True)
    defaults = [param.default for param in positional if param.default is not None]
    yield from zip(defaults, args.defaults, strict=True)
    yield from itertools.zip_longest((param.default for param in params.kwonly_params), args.kw_defaults)
    yield from ((params.star_kwarg, args.kwarg), (params.star_arg, args.vararg))
