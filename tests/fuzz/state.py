"""What the generator knows while it writes a program: names, shapes, aliases, position."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

Shape = tuple[int, ...]


@dataclass
class Var:
    """A name in scope. `owned`: writing it can never reach the caller's arrays."""

    name: str
    kind: str  # scalar, array, list, tuple, dict
    shape: Shape = ()  # of the array, or of each element of a container
    owned: bool = True
    relation: str = "own"  # how its memory came about: own, alias, view, row, transpose, arg, ...
    length: int = 0  # of a list: elements that are certainly there


@dataclass
class Function:
    """A callable in scope: `kind` is writer, pure, recursive, view, elementwise or updater."""

    name: str
    kind: str
    shape: Shape = ()


@dataclass
class Scope:
    variables: list[Var] = field(default_factory=list)
    integers: list[tuple[str, int, int]] = field(default_factory=list)  # name, least, greatest
    functions: list[Function] = field(default_factory=list)


class State:
    """The text so far and the scope; statements append lines, expressions only read."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.rng = random.Random(seed)
        self.lines: list[str] = []
        self.features: set[str] = set()
        self.scope = Scope()
        self.indent = 0
        self.context: list[str] = []
        self.counter = 0

    def fresh(self, prefix: str) -> str:
        self.counter += 1
        return f"{prefix}{self.counter}"

    def emit(self, line: str, kind: str = "", relation: str = "own") -> None:
        self.lines.append("    " * self.indent + line)
        if kind:
            self.features.add(f"{kind} | {relation} | {'/'.join(self.context[-2:]) or 'top'}")

    @contextmanager
    def block(self, label: str) -> Iterator[None]:
        """An indented block; what it defines is forgotten, as it may not have run."""
        outer = self.scope
        self.scope = Scope(list(outer.variables), list(outer.integers), list(outer.functions))
        self.context.append(label)
        self.indent += 1
        try:
            yield
        finally:
            self.indent -= 1
            self.context.pop()
            self.scope = outer

    @contextmanager
    def function(self, parameters: Sequence[Var], label: str) -> Iterator[None]:
        """A top-level function: it sees its parameters and the functions before it."""
        outer, context = self.scope, self.context
        self.scope = Scope([replace(p) for p in parameters], [], list(outer.functions))
        self.context, self.indent = [label], self.indent + 1
        try:
            yield
        finally:
            self.indent -= 1
            self.scope, self.context = outer, context

    def in_loop(self) -> bool:
        """Whether `break` and `continue` would belong to a loop of the same function."""
        for label in reversed(self.context):
            if label in ("for", "while"):
                return True
            if label not in ("if", "else"):
                return False
        return False

    def depth(self) -> int:
        return len(self.context)

    def chance(self, probability: float) -> bool:
        return self.rng.random() < probability

    def arrays(self, *shapes: Shape, owned: bool = False) -> list[Var]:
        return [
            v
            for v in self.scope.variables
            if v.kind == "array" and (not shapes or v.shape in shapes) and (v.owned or not owned)
        ]

    def of_kind(self, kind: str) -> list[Var]:
        return [v for v in self.scope.variables if v.kind == kind]

    def calls(self, *kinds: str) -> list[Function]:
        return [f for f in self.scope.functions if f.kind in kinds]

    def add(self, variable: Var) -> Var:
        self.scope.variables.append(variable)
        return variable


Option = tuple[float, Callable[[], str | None]]


def pick(rng: random.Random, options: Sequence[Option]) -> str:
    """One of the weighted options; an option that returns None was not possible here."""
    left = list(options)
    while left:
        chosen = rng.choices(range(len(left)), [weight for weight, _ in left])[0]
        text = left.pop(chosen)[1]()
        if text is not None:
            return text
    raise AssertionError("the last option must always be possible")
