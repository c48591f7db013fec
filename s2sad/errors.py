"""Every exception s2sad raises. A message, its place and its hint are kept apart until it is shown."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Span:
    """A place in the user's source: file, 1-based line, 0-based column, and the text of that line."""

    file: str
    line: int
    column: int
    text: str

    def render(self) -> str:
        """Return `file:line:column`, the source line and a caret below the place."""
        caret = " " * self.column + "^"
        return f"{self.file}:{self.line}:{self.column + 1}\n    {self.text}\n    {caret}"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that cannot be differentiated: where, what, why, and what to write instead."""

    message: str
    span: Span | None = None
    hint: str = ""

    def place(self) -> tuple[str, int, int]:
        """Return where it is, for telling problems in the order of the program."""
        span = self.span
        return ("", 0, 0) if span is None else (span.file, span.line, span.column)

    def render(self) -> str:
        """Return the problem as the user sees it."""
        place = f"{self.span.render()}\n" if self.span else ""
        hint = f"\n    hint: {self.hint}" if self.hint else ""
        return f"{place}    {self.message}{hint}"


class S2sadError(Exception):
    """Base of all errors of s2sad."""


class UnsupportedError(S2sadError):
    """The program uses something whose derivative s2sad refuses to guess; lists every such place."""

    def __init__(self, problems: list[Problem], function: str = "") -> None:
        self.problems = problems
        self.function = function
        super().__init__(self._render())

    def _render(self) -> str:
        name = f" {self.function!r}" if self.function else ""
        head = f"cannot differentiate{name}: {len(self.problems)} problem"
        head += "s" if len(self.problems) != 1 else ""
        return "\n".join([head, *(problem.render() for problem in self.problems)])


class SourceError(S2sadError):
    """The source of a function cannot be found, or is not the source of the code that runs."""


class ArgumentError(S2sadError, TypeError):
    """An argument has a type or a position that cannot be differentiated."""


class ShapeError(S2sadError, ValueError):
    """A cotangent or tangent does not have the shape or structure of its primal."""


class CacheError(S2sadError):
    """The cache folder or a file in it cannot be used."""


class InternalError(S2sadError):
    """A fault of s2sad itself: never the user's."""
