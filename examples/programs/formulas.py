"""A small formula language.

Programs are a sequence of statements separated by semicolons; the value of
the last one is the value of the program::

    def gauss(t, s) = exp(-(t / s)^2 / 2);
    let k = 2 * pi in gauss(x, b) * cos(k * x)
"""

from __future__ import annotations

import math
import operator
import re
from collections import ChainMap
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from typing import NamedTuple

import numpy as np


class FormulaError(Exception):
    """Anything that is wrong with the text or the evaluation of a formula."""


class FormulaSyntaxError(FormulaError):
    def __init__(self, message: str, position: int):
        super().__init__(f"{message} (at position {position})")
        self.position = position


Kind = Enum("Kind", "NUMBER NAME KEYWORD OP END")


class Token(NamedTuple):
    kind: Kind
    text: str
    position: int


KEYWORDS = frozenset({"let", "in", "def", "if", "then", "else"})

TOKEN_RE = re.compile(
    r"""
      (?P<SKIP>   \s+ | \#[^\n]* )
    | (?P<NUMBER> (?: \d+\.\d* | \.\d+ | \d+ ) (?: [eE][+-]?\d+ )? )
    | (?P<NAME>   [A-Za-z_]\w* )
    | (?P<OP>     <= | >= | == | != | [-+*/^()<>=,;] )
    """,
    re.VERBOSE,
)


def tokenize(text: str) -> Iterator[Token]:
    """Yield the tokens of ``text``, closed by one END token."""
    position = 0
    while position < len(text):
        match = TOKEN_RE.match(text, position)
        if match is None:
            raise FormulaSyntaxError(f"unexpected character {text[position]!r}", position)
        group, lexeme = match.lastgroup, match.group()
        if group == "NAME" and lexeme in KEYWORDS:
            group = "KEYWORD"
        if group != "SKIP":
            yield Token(Kind[group], lexeme, position)
        position = match.end()
    yield Token(Kind.END, "", position)


BINARY_OPERATORS: dict[str, Callable] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "^": operator.pow,
    "<": operator.lt,
    ">": operator.gt,
    "<=": operator.le,
    ">=": operator.ge,
    "==": operator.eq,
    "!=": operator.ne,
}
UNARY_OPERATORS: dict[str, Callable] = {"-": operator.neg, "+": operator.pos}

FUNCTIONS: dict[str, Callable] = {
    **{name: getattr(math, name) for name in ("sin", "cos", "exp", "log", "sqrt", "tanh", "atan")},
    **{function.__name__: function for function in (abs, min, max)},
    "sigmoid": lambda v: 1.0 / (1.0 + math.exp(-v)),
}
CONSTANTS: dict[str, float] = {"pi": math.pi, "e": math.e}


class Node:
    """Base class of all syntax tree nodes."""

    def evaluate(self, env: Mapping):
        raise NotImplementedError(type(self).__name__)


@dataclass(frozen=True)
class Number(Node):
    value: float

    def evaluate(self, env):
        return self.value


@dataclass(frozen=True)
class Name(Node):
    name: str

    def evaluate(self, env):
        try:
            return env[self.name]
        except KeyError:
            raise FormulaError(f"undefined name {self.name!r}") from None


@dataclass(frozen=True)
class Unary(Node):
    op: str
    operand: Node

    def evaluate(self, env):
        return UNARY_OPERATORS[self.op](self.operand.evaluate(env))


@dataclass(frozen=True)
class Binary(Node):
    op: str
    left: Node
    right: Node

    def evaluate(self, env):
        left, right = self.left.evaluate(env), self.right.evaluate(env)
        try:
            return BINARY_OPERATORS[self.op](left, right)
        except ZeroDivisionError as error:
            raise FormulaError(f"division by zero in {self}") from error


@dataclass(frozen=True)
class Conditional(Node):
    condition: Node
    positive: Node
    negative: Node

    def evaluate(self, env):
        if self.condition.evaluate(env):
            return self.positive.evaluate(env)
        return self.negative.evaluate(env)


@dataclass(frozen=True)
class Let(Node):
    name: str
    value: Node
    body: Node

    def evaluate(self, env):
        return self.body.evaluate(ChainMap({self.name: self.value.evaluate(env)}, env))


@dataclass(frozen=True)
class Call(Node):
    function: Node
    arguments: tuple[Node, ...]

    def evaluate(self, env):
        function = self.function.evaluate(env)
        return function(*(argument.evaluate(env) for argument in self.arguments))


@dataclass
class Closure:
    """A user-defined function together with the environment it was made in."""

    definition: Define
    env: Mapping

    def __call__(self, *args):
        name, parameters = self.definition.name, self.definition.parameters
        if len(args) != len(parameters):
            raise FormulaError(f"{name}() takes {len(parameters)} arguments, {len(args)} given")
        return self.definition.body.evaluate(ChainMap(dict(zip(parameters, args)), self.env))


@dataclass(frozen=True)
class Define(Node):
    name: str
    parameters: tuple[str, ...]
    body: Node

    def evaluate(self, env):
        env[self.name] = Closure(self, env)


class Parser:
    """A Pratt parser: every infix operator has a left and a right power."""

    BINDING = {
        **dict.fromkeys(("==", "!=", "<", ">", "<=", ">="), (10, 11)),
        **dict.fromkeys(("+", "-"), (20, 21)),
        **dict.fromkeys(("*", "/"), (30, 31)),
        "^": (51, 50),
    }
    UNARY_POWER = 40

    def __init__(self, text: str):
        self.tokens = list(tokenize(text))
        self.index = 0

    @property
    def current(self) -> Token:
        return self.tokens[self.index]

    def advance(self) -> Token:
        token = self.current
        self.index += 1
        return token

    def accept(self, *texts: str) -> Token | None:
        return self.advance() if self.current.text in texts else None

    def expect(self, text: str) -> Token:
        if token := self.accept(text):
            return token
        raise FormulaSyntaxError(f"expected {text!r}, got {self.current.text!r}", self.current.position)

    def expect_name(self) -> str:
        if self.current.kind is not Kind.NAME:
            raise FormulaSyntaxError("expected a name", self.current.position)
        return self.advance().text

    def sequence(self, item: Callable, close: str = ")") -> tuple:
        """Comma-separated items up to the closing bracket."""
        items = []
        while not self.accept(close):
            if items:
                self.expect(",")
            items.append(item())
        return tuple(items)

    def program(self) -> list[Node]:
        statements = [self.expression()]
        while self.current.kind is not Kind.END:
            self.expect(";")
            statements.append(self.expression())
        return statements

    def expression(self, min_power: int = 0) -> Node:
        left = self.prefix()
        while self.current.kind is Kind.OP:
            left_power, right_power = self.BINDING.get(self.current.text, (-1, -1))
            if left_power < min_power:
                break
            op = self.advance().text
            left = Binary(op, left, self.expression(right_power))
        return left

    def prefix(self) -> Node:
        token = self.advance()
        match token:
            case Token(Kind.NUMBER, text):
                return Number(float(text))
            case Token(Kind.NAME, text):
                name = Name(text)
                return Call(name, self.sequence(self.expression)) if self.accept("(") else name
            case Token(Kind.OP, "("):
                inner = self.expression()
                self.expect(")")
                return inner
            case Token(Kind.OP, "-" | "+" as op):
                return Unary(op, self.expression(self.UNARY_POWER))
            case Token(Kind.KEYWORD, "def"):
                name = self.expect_name()
                self.expect("(")
                parameters = self.sequence(self.expect_name)
                self.expect("=")
                return Define(name, parameters, self.expression())
            case Token(Kind.KEYWORD, "let"):
                name = self.expect_name()
                self.expect("=")
                value = self.expression()
                self.expect("in")
                return Let(name, value, self.expression())
            case Token(Kind.KEYWORD, "if"):
                condition = self.expression()
                self.expect("then")
                positive = self.expression()
                self.expect("else")
                return Conditional(condition, positive, self.expression())
        raise FormulaSyntaxError(f"unexpected {token.text!r}", token.position)


@lru_cache(maxsize=128)
def parse(text: str) -> list[Node]:
    return Parser(text).program()


def evaluate(text: str, /, **variables):
    """The value of the last statement of a text, with the given variables."""
    scope = ChainMap(variables, FUNCTIONS, CONSTANTS)
    *definitions, last = parse(text)
    for definition in definitions:
        definition.evaluate(scope)
    return last.evaluate(scope)


class Model(NamedTuple):
    text: str
    targets: Sequence[float]
    weight: float = 1.0


DECAY = "a * exp(-b * x) + sin(x)/2"
WAVE = "def gauss(t, s) = exp(-(t / s)^2 / 2); let k = 2*pi*b in a * gauss(x, 2) * cos(k * x)"
KINK = "if x < 1.5 then sqrt(a^2 + b*x) else max(a, 2*b) * sigmoid(x - a)"
MODELS = (
    Model(DECAY, (1.5, 1.1, 0.9, 0.6, 0.35, 0.1)),
    Model(WAVE, (1.4, -0.3, -1.0, 0.2, 0.5, 0.1), weight=0.5),
    Model(KINK, (1.5, 1.6, 1.7, 0.8, 1.0, 1.2), weight=0.25),
)


def misfit(a: float, b: float, xs: Sequence[float]) -> float:
    """Weighted squared distance of all model formulas from their targets."""
    total = 0.0
    for text, targets, weight in MODELS:
        predictions = [evaluate(text, a=a, b=b, x=x) for x in xs]
        squares = sum((p - t) ** 2 for p, t in zip(predictions, targets))
        total += weight * squares / len(predictions)
    return total


ARGUMENTS = (1.7, 0.6, np.array([0.1, 0.55, 1.05, 1.8, 2.4, 2.9]))
FUNCTION = misfit


def central_differences(function, arguments, step=1e-6):
    """Yield (label, difference quotient) for every element of every argument."""
    for position, argument in enumerate(arguments):
        for index in np.ndindex(np.shape(argument)):
            shift = np.zeros(np.shape(argument))
            shift[index] = step
            before, after = arguments[:position], arguments[position + 1 :]
            difference = function(*before, argument + shift, *after) - function(*before, argument - shift, *after)
            yield f"{position}{list(index) or ''}", difference / (2 * step)


if __name__ == "__main__":
    print(f"{FUNCTION.__name__} = {FUNCTION(*ARGUMENTS):.10f}")
    for label, slope in central_differences(FUNCTION, ARGUMENTS):
        print(f"  d/d argument {label}: {slope: .8f}")
        assert math.isfinite(slope) and slope != 0.0
