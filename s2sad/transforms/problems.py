"""What cannot be differentiated is told in one report: a place that is refused does not hide the others."""

from __future__ import annotations

import ast
import contextlib
from collections.abc import Iterator
from dataclasses import replace

from s2sad.errors import Problem, Span, UnsupportedError
from s2sad.frontend.source import tree_of_file
from s2sad.ir.nodes import Function, Stmt
from s2sad.rules.core import NeedsSource, NoRule, NotStatic, TypeProblem, Undecided, undecided
from s2sad.transforms.shadows import NeedsInline

AGAIN = (NeedsInline, NeedsSource, Undecided)  # the program is lowered again, in another way


@contextlib.contextmanager
def noting(problems: list[Problem], stmt: Stmt, function: Function) -> Iterator[None]:
    """Note why a statement cannot be differentiated. What fails after a problem may fail because of it."""
    span = stmt.origin.span if stmt.origin else None
    try:
        yield
    except AGAIN:
        raise
    except NotStatic:
        raise Undecided([undecided(span)], function.name) from None
    except TypeProblem as problem:  # of an operation that only the derivative asks for
        hint = "give it s2sad.stop_gradient(...) of that argument" if isinstance(problem, NoRule) else ""
        problems.append(Problem(str(problem), span, hint))
    except UnsupportedError as error:
        problems += error.problems
    except Exception:
        if not problems:
            raise


@contextlib.contextmanager
def reporting(problems: list[Problem], function: Function) -> Iterator[None]:
    """Raise all that was noted while the derivative of a function was made."""
    try:
        yield
    except AGAIN:
        raise
    except UnsupportedError as error:
        problems += error.problems
    except Exception:
        if not problems:
            raise
    if problems:
        told = sorted(dict.fromkeys(map(pointed, problems)), key=Problem.place)
        raise UnsupportedError(told, function.name)


def pointed(problem: Problem) -> Problem:
    """Return a problem that points at the call which its message begins with, in the statement of which it is told."""
    span, name = problem.span, problem.message.partition(" ")[0].rpartition(".")[2]
    if span is None or not name.isidentifier():
        return problem
    around = [
        part for part in ast.walk(tree_of_file(span.file)) if isinstance(part, ast.stmt) and begins_at(part, span)
    ]
    called = [part for stmt in around for part in ast.walk(stmt) if isinstance(part, ast.Call)]
    found = [part for part in called if name_of(part.func) == name and part.lineno == span.line]
    return replace(problem, span=replace(span, column=found[0].col_offset)) if len(found) == 1 else problem


def begins_at(stmt: ast.stmt, span: Span) -> bool:
    """Return whether a simple statement, or the head of a compound one, covers a line."""
    body = getattr(stmt, "body", None)
    last = body[0].lineno - 1 if isinstance(body, list) and body[0].lineno > stmt.lineno else stmt.end_lineno
    return stmt.lineno <= span.line <= (last or stmt.lineno)


def name_of(function: ast.expr) -> str:
    """Return the last name of what is called."""
    return getattr(function, "attr", getattr(function, "id", ""))
