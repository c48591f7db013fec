"""Find the source of a function: files, notebooks, lambdas; and prove that it is the source of the code that runs."""

from __future__ import annotations
import __future__

import ast
import dis
import functools
import hashlib
import inspect
import linecache
import operator
import sys
import textwrap
import types
from collections.abc import Iterator
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
    node: ast.FunctionDef | ast.Lambda


def function_source(function: types.FunctionType) -> FunctionSource:
    """Return the source of a Python function.

    Raises SourceError if there is none (exec, C code), or if the file no longer says what was compiled.
    """
    code = function.__code__
    lines = _lines(function)
    if code.co_flags & (inspect.CO_COROUTINE | inspect.CO_ASYNC_GENERATOR):
        raise SourceError(
            f"{function.__qualname__!r} in {code.co_filename}:{code.co_firstlineno} is an async function: call what it "
            "awaits first, and differentiate a plain function of the results"
        )
    rewriter = _rewriter(function)
    found = _matching(lines, code, rewriter) if lines else None
    if found is None:
        linecache.checkcache(code.co_filename)
        lines = _lines(function)
        found = _matching(lines, code, rewriter) if lines else None
    if not lines:
        raise SourceError(
            f"the source of {function.__qualname__!r} cannot be found ({code.co_filename}); define it in a file, a "
            "notebook cell, or register its text in linecache"
        )
    if found is None:
        raise SourceError(
            f"the source of {function.__qualname__!r} in {code.co_filename}:{code.co_firstlineno} is not the code "
            "that runs: the file or cell was edited after it was imported; import or run it again"
        )
    text, node = found
    if isinstance(node, ast.Lambda):
        segment = ast.get_source_segment(text, node) or ""
        return FunctionSource(function, code.co_filename, node.lineno, node.col_offset, segment, True, node)
    first = node.lineno
    block = "".join(lines[first - 1 : node.end_lineno])
    dedented = textwrap.dedent(block)
    indent = len(block) - len(block.lstrip()) if block else 0
    return FunctionSource(function, code.co_filename, first, indent, dedented, False, node)


def _lines(function: types.FunctionType) -> list[str]:
    return linecache.getlines(function.__code__.co_filename, function.__globals__)


# what `from __future__ import ...` sets in the code compiled under it: exec and doctest hand it on
FUTURE = functools.reduce(operator.or_, (getattr(__future__, n).compiler_flag for n in __future__.all_feature_names))


def _rewriter(function: types.FunctionType) -> Any:
    """Return the import hook of pytest that has rewritten the `assert` statements of a function's module."""
    loader = function.__globals__.get("__loader__")
    return loader if type(loader).__name__ == "AssertionRewritingHook" else None


def _matching(lines: list[str], code: types.CodeType, rewriter: Any) -> tuple[str, ast.FunctionDef | ast.Lambda] | None:
    """Return the text and the node of a code object; None if compiling the text does not give this code."""
    text = "".join(lines)
    tree, compiled = _parsed(text, code.co_filename, code.co_flags & FUTURE, rewriter)
    if not any(_same_code(code, other) for other in compiled):
        return None
    node = _find_node(tree, code)
    return None if node is None else (text, node)


def class_code(function: types.FunctionType, node: ast.ClassDef) -> types.CodeType | None:
    """Return the code of the body of a class that is defined in a function; None if it is not found."""
    text, code = "".join(_lines(function)), function.__code__
    first = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
    _, compiled = _parsed(text, code.co_filename, code.co_flags & FUTURE, _rewriter(function))
    return next((c for c in compiled if c.co_name == node.name and c.co_firstlineno == first), None)


@functools.lru_cache(maxsize=64)
def _parsed(text: str, filename: str, flags: int, rewriter: Any) -> tuple[ast.Module, list[types.CodeType]]:
    try:
        tree = ast.parse(text)
        written: Any = text  # Python compiles deeper expressions from text than from a tree
        if rewriter is not None:
            written = ast.parse(text)
            rewrite = sys.modules["_pytest.assertion.rewrite"]
            rewrite.rewrite_asserts(written, text.encode(), filename, rewriter.config)
        module = compile(written, filename, "exec", flags, dont_inherit=True)
    except SyntaxError as error:
        raise SourceError(f"{filename} is no longer valid Python: {error}") from None
    except RecursionError:
        raise SourceError(
            f"{filename} has an expression nested so deeply that Python cannot parse it here: split it in two"
        ) from None
    return tree, list(_codes(module))


def _codes(code: types.CodeType) -> Iterator[types.CodeType]:
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
    places = list(_places(code))
    around = [node for node in lambdas if all(_contains(node.body, place) for place in places)]
    return max(around, key=lambda node: (node.lineno, node.col_offset), default=None)


def _places(code: types.CodeType) -> Iterator[tuple[int, int, int, int]]:
    """Yield where the instructions of a code object stand; those that set up the frame stand nowhere."""
    for instruction in dis.get_instructions(code):
        place = instruction.positions
        if place is None or place.col_offset is None or place.end_col_offset is None:
            continue
        start, end = (place.lineno or 0, place.col_offset), (place.end_lineno or 0, place.end_col_offset)
        if start < end:
            yield *start, *end


def _contains(node: ast.expr, place: tuple[int, int, int, int]) -> bool:
    """Return whether a place is inside a node."""
    start, end = (node.lineno, node.col_offset), (node.end_lineno or 0, node.end_col_offset or 0)
    return start <= place[:2] and place[2:] <= end


def _same_code(a: types.CodeType, b: types.CodeType) -> bool:
    return a.co_name == b.co_name and a.co_firstlineno == b.co_firstlineno and code_text(a) == code_text(b)


def tree_of_file(file: str) -> ast.Module:
    """Return what a file says, as far as linecache knows it; of one that is no Python, an empty module."""
    try:
        return ast.parse("".join(linecache.getlines(file)))
    except (SyntaxError, ValueError):
        return ast.Module([], [])


def lines_of(function: types.FunctionType) -> str:
    """Return the lines of the file from the first to the last that the code of a function has, unparsed."""
    code = function.__code__
    last = max((line for part in _nested(code) for _, _, line in part.co_lines() if line), default=0)
    return "".join(_lines(function)[code.co_firstlineno - 1 : last])


def _nested(code: types.CodeType) -> Iterator[types.CodeType]:
    yield code
    yield from _codes(code)


def mangled(name: str, code: types.CodeType) -> str:
    """Return what Python makes of a private name, `__w`, in the code of a class: `_Class__w`."""
    if not name.startswith("__") or name.endswith("__"):
        return name
    return next((other for other in _names(code) if other.endswith(name) and other[0] == "_" != other[1]), name)


@functools.lru_cache(maxsize=256)
def _names(code: types.CodeType) -> tuple[str, ...]:
    return tuple(name for part in _nested(code) for name in (*part.co_names, *part.co_varnames, *part.co_freevars))


def digest(*parts: object) -> str:
    """Return a short hash of things whose repr is stable."""
    text = "\0".join(part if isinstance(part, str) else repr(part) for part in parts)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def code_text(code: types.CodeType) -> str:
    """Return what a code object does, nested ones included, as text that is the same in every process."""
    parts = (
        code.co_code.hex(),
        [_constant_text(constant) for constant in code.co_consts],
        code.co_names,
        code.co_varnames,
        code.co_freevars,
        code.co_cellvars,
        (code.co_argcount, code.co_posonlyargcount, code.co_kwonlyargcount, code.co_flags),
        code.co_exceptiontable.hex(),
    )
    return repr(parts)


def _constant_text(constant: Any) -> str:
    if isinstance(constant, types.CodeType):
        return code_text(constant)
    if isinstance(constant, frozenset):
        return repr(sorted(map(repr, constant)))
    if isinstance(constant, tuple):
        return repr([_constant_text(item) for item in constant])
    return repr(constant)


def unwrap(function: Any) -> tuple[Any, Any]:
    """Return (plain function, bound self or None) of a function, method or wrapper."""
    if inspect.ismethod(function):
        return function.__func__, function.__self__
    return function, None
