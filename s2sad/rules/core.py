"""The notation of the rule table: what an entry says, and the symbols a rule computes with.

A rule is ordinary Python that runs once, on symbols. `elementwise(lambda y, x: 1 - y * y)` gives the partial
derivative; the table derives the tangent `y_dot = x_dot * (1 - y * y)` and the cotangent
`x_bar = unbroadcast(y_bar * (1 - y * y))` from it. The residuals of a rule are what its pullback reads, found by
looking at the code it produced.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from types import FunctionType, MethodType
from typing import Any

from s2sad.errors import Problem, UnsupportedError
from s2sad.ir.nodes import Call, Expr, Op, subexpressions
from s2sad.ir.types import Type

Infer = Callable[..., Type]
Pull = Callable[..., Any]

FREE, CHEAP, MODERATE, EXPENSIVE = range(4)
SNAPSHOT = "snapshot"  # the form of a copy that the object of a library makes of what it is given


@dataclass(eq=False, repr=False)
class Rule:
    """What is known of one operation.

    `pulls[i](g, y, *args, **attrs)` is the contribution to argument i of a cotangent g; `push` maps the tangents
    of the arguments (None where inactive) to that of the result. `partials` is set for elementwise operations.
    `view` is "always" or "maybe" when the result may share the memory of argument 0, and "frozen" when it does but
    cannot be written: an element may stand in it many times, so that its cotangent is not the same view of a shadow.

    A cotangent is z_bar = dL/dRe + i dL/dIm. Formulas say the transpose; of a holomorphic operation ("conjugated")
    the pullback is the adjoint, the same formula of the conjugates of arguments and result. A "plain" formula reads
    them as they are: that of a real result is its gradient in this sense. A "holomorphic" partial derivative reads
    them as they are and is conjugated itself: where f(conj z) is not conj f(z). "refused" is what complex numbers have
    no derivative for.
    """

    name: str
    infer: Infer
    partials: tuple[Pull | None, ...] = ()
    pulls: tuple[Pull | None, ...] = ()
    push: Callable[..., Any] | None = None
    variadic: bool = False
    constant: bool = False
    view: str | None = None
    cost: int = MODERATE
    pure: bool = True
    signature: tuple[str, ...] = ()
    defaults: dict[str, Any] = field(default_factory=dict)
    fills: bool = False  # the cotangent of argument 0 is a broadcast of the result's: may stay small
    over_complex: str = "conjugated"  # or "plain", "refused"
    definition: Callable[..., Any] | None = None  # what the operation is composed of
    # of a composed one: (pullback, pushforward) of an operand where no other argument is active, if these are shorter
    alone: dict[int, tuple[Pull, Callable[..., Any]]] = field(default_factory=dict)
    widened: bool = False  # real numbers where it can be, complex ones else: generated code makes it complex
    exact: bool = False  # inside of what it is composed of nothing is broadcast but along axes of length 1
    # whether the dtype or the rank of the result depends on numbers: generated code looks at it
    checked: Callable[[Op], bool] | None = None
    parts: tuple[str, ...] = ()  # what the parts of a result of several are called
    spelling: str = ""  # how generated code writes it where the user did not

    @property
    def operands(self) -> tuple[str, ...]:
        """The names of the operands; those marked `@` in the signature are optional and given by name."""
        at = self.signature.index("|") if self.signature else 0
        return (*self.signature[:at], *(word[1:] for word in self.signature[at + 1 :] if word.startswith("@")))

    @property
    def required(self) -> int:
        """How many operands must be given, by position."""
        return self.signature.index("|") if self.signature else 0

    def where_active(self, active: set[int]) -> Rule:
        """Return the rule for a call of which these operands are active and no attribute is."""
        (at,) = active if len(active) == 1 else (-1,)
        if at not in self.alone:
            return self
        pull, push = self.alone[at]
        return replace(self, definition=None, pulls=(*(None,) * at, pull), push=push, alone={})

    @property
    def is_elementwise(self) -> bool:
        """Whether the tangent and adjoint follow from partial derivatives."""
        return bool(self.partials)


def view_kind(op: Op) -> str | None:
    """Return "always" or "maybe" if an operation may return a view of its first operand."""
    from s2sad.ir.types import Array
    from s2sad.rules.infer import einsum_parts

    rule = TABLE.rules.get(op.name)
    if rule is None or (op.name == "einsum" and len(op.args) > 1):
        return None
    if op.name == "einsum":
        (letters,), output = einsum_parts(static(op.attrs["subscripts"]), 1)
        return rule.view if set(letters) == set(output) else None  # a sum is a new array
    if op.name == "diag" and isinstance(op.type, Array) and op.type.ndim == 2:
        return None  # a matrix is made of a vector; the diagonal of a matrix is a view
    return rule.view


SCIPY = (
    "fft",
    "integrate",
    "interpolate",
    "linalg",
    "ndimage",
    "signal",
    "sparse",
    "spatial.distance",
    "special",
    "stats",
)


class Table:
    """Rules by canonical name, and the objects (`np.tanh`, `math.tanh`) and methods that mean them."""

    def __init__(self) -> None:
        self.rules: dict[str, Rule] = {}
        self.names: dict[Any, tuple[str, str, Any]] = {}
        self.methods: dict[str, str] = {}
        # libraries whose rules wait until they are used
        self.waiting = {f"scipy.{name}": f"s2sad.rules.scipy.{name.replace('.', '_')}" for name in SCIPY}

    def add(self, rule: Rule) -> Rule:
        """Add a rule; a name has one rule."""
        assert rule.name not in self.rules, rule.name
        self.rules[rule.name] = rule
        return rule

    def bind(self, name: str, *objects: tuple[Any, str]) -> None:
        """Let objects mean an operation; each comes with how it is spelled."""
        for object_, spelling in objects:
            self.names[_key(object_)] = (name, spelling, object_)

    def lookup(self, object_: Any) -> tuple[str, str] | None:
        """Return (operation, spelling) of an object, or None."""
        found = self.names.get(_key(object_))
        if found is not None:
            return found[0], found[1]
        name = getattr(object_, "_s2sad_op", None) if isinstance(object_, FunctionType) else None
        if name is None and callable(object_) and self.extended():
            return self.lookup(object_)
        return None if name is None else (name, "")

    def extended(self) -> bool:
        """Load the rules of libraries that were imported since; return whether there were any."""
        found = [library for library in self.waiting if library in sys.modules]
        for library in found:
            importlib.import_module(self.waiting.pop(library))
        return bool(found)


def scipy_module(name: str) -> str:
    """Return the module in the full name of a function of SciPy: `scipy.stats` of `scipy.stats.norm.logpdf`."""
    module = name.rpartition(".")[0]
    while module and module not in sys.modules:
        module = module.rpartition(".")[0]
    assert module, f"{name} is of no module that is imported"
    return module


def _key(object_: Any) -> Any:
    """Return what tells an object from every other that lives: a bound method is made anew by each access to it."""
    return (id(object_.__self__), object_.__name__) if isinstance(object_, MethodType) else id(object_)


TABLE = Table()


@dataclass(frozen=True)
class Refused:
    """The derivative with respect to an argument that has one, but not in closed form."""

    reason: str

    def __call__(self, *args: Any, **attrs: Any) -> Any:
        raise NoRule(self.reason)


class Undecided(UnsupportedError):
    """An operation of a derivative needs an int that is not known when code is generated."""


def undecided(span: Any) -> Problem:
    """Return what is said of an int that decides a type."""
    return Problem(
        "this value decides a type or a shape rule and is not known when code is generated",
        span,
        "write it as a constant or pass it as an argument",
    )


class NeedsSource(Exception):
    """The derivative of an operation is that of what it does, written in Python: lower it so."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


@dataclass(frozen=True)
class Followed:
    """The derivative with respect to an argument that no formula gives, only the steps of the function itself.

    `frontend.models.FOLLOWED` has them; where nobody asks for this derivative, the operation stays one call.
    """

    name: str
    reason: str = ""  # why it cannot be followed where an attribute is another than the ones here
    usual: tuple[tuple[str, Any], ...] = ()

    def __call__(self, *args: Any, **attrs: Any) -> Any:
        if any(static(attrs.get(key), value) != value for key, value in self.usual):
            raise TypeProblem(self.reason)
        raise NeedsSource(self.name)


def elementwise(*partials: Pull | None, cost: int = MODERATE, **options: Any) -> dict[str, Any]:
    """Say that y_i depends on x_i only; one partial derivative for each argument."""
    return {"partials": partials, "cost": cost, **options}


def linear(transpose: Pull, **options: Any) -> dict[str, Any]:
    """Say that the operation is linear in argument 0: its tangent is the operation itself."""
    return {"pulls": (transpose,), "push": "linear", **options}


def bilinear(left: Pull, right: Pull, **options: Any) -> dict[str, Any]:
    """Say that the operation is linear in each of its two arguments."""
    return {"pulls": (left, right), "push": "bilinear", **options}


def custom(pullback: Sequence[Pull | None], pushforward: Pull, **options: Any) -> dict[str, Any]:
    """Give pullback and pushforward separately."""
    return {"pulls": tuple(pullback), "push": pushforward, **options}


def composed(definition: Callable[..., Any], **options: Any) -> dict[str, Any]:
    """Say what the operation is composed of, `definition(*args, **attrs)` on symbols: type and derivatives follow."""
    return {"definition": definition, **options}


def constant(**options: Any) -> dict[str, Any]:
    """Say that the derivative is zero, or that there is none and the value is a constant."""
    return {"constant": True, **options}


def displayed(type_: Type, items: tuple[Any, ...]) -> Any:
    """Return what a display makes of its items: a dict, or a tuple, which stands for a list too."""
    from s2sad.ir.types import Structure

    if isinstance(type_, Structure) and type_.kind == "dict":
        return dict(zip(type_.keys, items, strict=True))
    return items


def static(value: Expr | None, default: Any = None) -> Any:
    """Return the Python value of an attribute that must be known when code is generated."""
    from s2sad.ir.nodes import Const, Op
    from s2sad.ir.types import Scalar, Static

    if value is None:
        return default
    if isinstance(value, Const):
        return value.value
    if isinstance(value, Op) and value.name in ("tuple", "list", "build"):
        return displayed(value.type, tuple(static(arg) for arg in value.args))
    if isinstance(value, Op) and value.name == "negative":
        return -static(value.args[0])
    if isinstance(value.type, Static):
        return value.type.value
    if isinstance(value.type, Scalar) and value.type.size is not None and value.type.size.value is not None:
        return value.type.size.value
    raise NotStatic(value)


class TypeProblem(Exception):
    """The operation is not defined for these types."""


class NoRule(TypeProblem):
    """The derivative with respect to an argument is refused."""


class NothingYet(TypeProblem):
    """It is not known yet what a list holds."""


class NotStatic(Exception):
    """A value that decides a type is not known when code is generated."""

    def __init__(self, value: Expr) -> None:
        super().__init__(repr(value))
        self.value = value


IMPURE = {
    "exception",
    "assert",
    "attempted",
    "caught",
    "tried",
    "pop",
    "next",
    "append",
    "truncate",
    "print",
    "tell",
    "add_rows",
    "add_to_each",
    "clear_all",
}


def is_pure(expr: Expr) -> bool:
    """Return whether evaluating an expression does nothing but give its value."""
    for part in subexpressions(expr):
        if isinstance(part, Call):
            return False
        if isinstance(part, Op):
            rule = TABLE.rules.get(part.name)
            if part.name in IMPURE:
                return False
            if rule is not None and not rule.pure:
                return False
    return True
