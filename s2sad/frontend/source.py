"""Find the source of a function: files, notebooks, lambdas; and prove that it is the source of the code that runs."""

from __future__ import annotations

import ast
import functools
import inspect
import linecache
import textwrap
import types
from dataclasses import dataclass
from typing import Any

from s2sad.errors import SourceError


@dataclass(frozen=True, slots=True)
class FunctionSource:
    """The dedented text of one function and where it stands."""

    function: types.FunctionType
    file: str
    line: int  # 1-based line of the first line of `text`
    indent: int  # columns removed by dedenting
    text: str
    is_lambda: bool


def function_source(function: types.FunctionType) -> FunctionSource:
    """Return the source of a Python function.

    Raises SourceError if there is none (exec, C code), or if the file no longer says what was compiled.
    """
    code = function.__code__
    lines = linecache.getlines(code.co_filename, function.__globals__)
    if not lines:
        linecache.checkcache(code.co_filename)
        lines = linecache.getlines(code.co_filename, function.__globals__)
    if not lines:
        raise SourceError(
            f"the source of {function.__qualname__!r} cannot be found ({code.co_filename}); define it in a file, a "
            "notebook cell, or register its text in linecache"
        )
    text = "".join(lines)
    tree, compiled = _parsed(text, code.co_filename)
    node = _find_node(tree, code)
    if node is None or not any(_same_code(code, other) for other in compiled):
        raise SourceError(
            f"the source of {function.__qualname__!r} in {code.co_filename}:{code.co_firstlineno} is not the code "
            "that runs: the file or cell was edited after it was imported; import or run it again"
        )
    if isinstance(node, ast.Lambda):
        segment = ast.get_source_segment(text, node) or ""
        return FunctionSource(function, code.co_filename, node.lineno, node.col_offset, segment, True)
    first = node.lineno
    block = "".join(lines[first - 1 : node.end_lineno])
    dedented = textwrap.dedent(block)
    indent = len(block) - len(block.lstrip()) if block else 0
    return FunctionSource(function, code.co_filename, first, indent, dedented, False)


@functools.lru_cache(maxsize=64)
def _parsed(text: str, filename: str) -> tuple[ast.Module, list[types.CodeType]]:
    try:
        tree = ast.parse(text)
        module = compile(text, filename, "exec", dont_inherit=True)
    except SyntaxError as error:
        raise SourceError(f"{filename} is no longer valid Python: {error}") from None
    return tree, list(_codes(module))


def _codes(code: types.CodeType) -> Any:
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            yield constant
            yield from _codes(constant)


def _find_node(tree: ast.Module, code: types.CodeType) -> ast.FunctionDef | ast.Lambda | None:
    lambdas = []
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and node.name == code.co_name:
            first = min([node.lineno, *(d.lineno for d in node.decorator_list)])
            if first == code.co_firstlineno:
                return node
        if isinstance(node, ast.Lambda) and code.co_name == "<lambda>" and node.lineno == code.co_firstlineno:
            lambdas.append(node)
    if len(lambdas) <= 1:
        return lambdas[0] if lambdas else None
    places = {(line, column) for line, _, column, _ in code.co_positions() if line and column is not None}
    for node in lambdas:
        body = (node.body.lineno, node.body.col_offset)
        inside = {p for p in places if body <= p < (node.body.end_lineno or 0, node.body.end_col_offset or 0)}
        if inside and inside == {p for p in places if p >= body}:
            return node
    return None


def _same_code(a: types.CodeType, b: types.CodeType) -> bool:
    return (
        a.co_name == b.co_name
        and a.co_firstlineno == b.co_firstlineno
        and a.co_code == b.co_code
        and a.co_names == b.co_names
        and a.co_varnames == b.co_varnames
        and [c for c in a.co_consts if not isinstance(c, types.CodeType)]
        == [c for c in b.co_consts if not isinstance(c, types.CodeType)]
    )


def unwrap(function: Any) -> tuple[Any, Any]:
    """Return (plain function, bound self or None) of a function, method or wrapper."""
    if inspect.ismethod(function):
        return function.__func__, function.__self__
    return function, None
