"""What a name is bound to while a function is lowered: IR values, structures of them, functions."""

from __future__ import annotations

import enum
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from s2sad.errors import Problem
from s2sad.ir.nodes import Const, Expr, Var
from s2sad.ir.types import Array, Recursive, Scalar, Static, Structure

UNKNOWN: Any = object()  # what is not known when code is generated


class Struct:
    """A tuple, list, dict or object of fixed structure. Its fields live in the state, by its identity."""

    __slots__ = ("births", "cls", "item", "kind", "loaded", "name", "place", "ref", "site")

    def __init__(
        self, kind: str, *, cls: type | None = None, ref: Expr | None = None, site: Any = None, name: str = ""
    ) -> None:
        self.kind = kind
        self.cls = cls
        self.ref = ref  # the IR value it was loaded from, if it was
        self.loaded: dict[Any, Any] = {}  # its fields as they were then
        self.site = site  # where a list was made: the key for making it dynamic
        self.name = name
        self.place: Expr | None = None  # of one that is in a pool: which it is; its fields are in the lists there
        self.births: set[Any] = set()  # where it was made, and those that it may be as well
        self.item: Any = False  # whether it was read from a list of unknown length, or may be another object as well

    @property
    def mutable(self) -> bool:
        """Whether its fields can be assigned."""
        return self.kind != "tuple"


@dataclass(eq=False, slots=True)
class LocalFunction:
    """A nested function or lambda: its node, and the scope it reads its free names from."""

    name: str
    node: Any
    scope: Any
    defaults: dict[str, Any]


@dataclass(eq=False, slots=True)
class Bound:
    """A method with its object."""

    function: Any
    self_value: Any


@dataclass(eq=False, slots=True)
class Super:
    """What `super()` gives: an object, and the class behind which its attributes are looked for."""

    cls: type
    owner: Any


@dataclass(eq=False, slots=True)
class Partial:
    """A `functools.partial` made in differentiated code."""

    function: Any
    args: tuple[Any, ...]
    kwargs: dict[str, Any]


@dataclass(eq=False, slots=True)
class Transformed:
    """A derivative made in differentiated code, of a function that is known only there."""

    function: Any
    mode: str
    argnums: Any
    has_aux: bool

    @property
    def how(self) -> tuple[str, Any, bool]:
        """What it gives."""
        return self.mode, tuple(self.argnums) if isinstance(self.argnums, list) else self.argnums, self.has_aux


@dataclass(eq=False, slots=True)
class Chosen:
    """One of two functions, names or objects of unlike classes: a test tells which, wherever it is used."""

    test: Any
    then: Any
    orelse: Any
    place: Any = None  # of an object that is of one of several classes


FUNCTIONS = LocalFunction | Bound | Partial | Transformed | Chosen  # values that are called and no more


@dataclass(eq=False, slots=True)
class ArrayMethod:
    """A method of an array or list, not yet called."""

    value: Any
    name: str


@dataclass(eq=False, slots=True)
class RangeValue:
    """A `range` object."""

    start: Expr
    stop: Expr
    step: Expr


class Backwards:
    """The class of the structure that `r = reversed(xs)` binds: the items, and the position of the last one read."""


class Forwards:
    """The class of the structure that `iter(xs)` gives: the items, and the position of the next one."""


def is_stepped(value: Any) -> bool:
    """Return whether a value is what `iter` gives."""
    return isinstance(value, Struct) and value.cls is Forwards


@dataclass(eq=False, slots=True)
class Iteration:
    """zip, enumerate, reversed of something."""

    kind: str
    parts: list[Any]
    start: Any = None  # what enumerate counts from, if not from 0
    strict: bool = False  # of a zip: parts of unlike lengths raise


@dataclass(eq=False, slots=True)
class Generator:
    """A generator that has been made and not yet run."""

    function: Any
    parsed: Any
    node: Any
    names: dict[str, Value]
    outer: Any
    loop: Any  # the loop it was made in
    spent: bool = False


@dataclass(eq=False, slots=True)
class Deferred:
    """An iterator that has been made and not yet gone through."""

    make: Callable[[bool], Value]  # what it goes over; whether statements run between its items
    node: Any
    frame: Any
    loop: Any  # the loop it was made in
    by_item: bool  # whether each item is read when the loop comes to it, as by zip
    spent: bool = False
    over: Value = None  # what a generator expression goes over first
    site: Any = None  # where it is made


@dataclass(eq=False, slots=True)
class Unjoinable:
    """What a name is after branches bound it to unlike things; an error only if it is used.

    The cure is what could make it usable: the loop of which an iteration is peeled off, the branch whose arms are
    split, with all that follows in their block. What the body of a `try` has bound is usable where it is known that
    the body did not raise: a value, and the join that says so.
    """

    why: str
    cure: Any = None
    value: Any = None
    outcome: Any = None
    births: Any = ()  # where the objects were made that it may be: in one pool it is one of them
    hint: str = "give it one kind and shape on every path"
    named: Any = None  # of different names, the variable that is bound to one of them when the program runs


HALFWAY = "is not known: the body of this `try` may have stopped before or after it was assigned"
BESIDE = "assign it in the handler, or behind `else`"


class Poison:
    """The value of an expression that could not be lowered; its uses are not reported again."""


POISON = Poison()
Value = Any


class Unsupported(Exception):
    """A construct that cannot be lowered."""

    def __init__(self, message: str, node: Any = None, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.node = node
        self.hint = hint


class OfNothing(Unsupported):
    """An item is asked of a list in which there is none yet: what comes later in a loop may put one there."""


class Poisoned(Exception):
    """A statement that depends on one already reported."""


class Pending(Exception):
    """The result type of a recursive call is not known yet."""


class Relower(Exception):
    """Lowering starts again, knowing more: a list is dynamic, an argument static, a function recursive."""


@dataclass(eq=False, repr=False)
class State:
    """Names and fields at one point of the program."""

    names: dict[str, Value] = field(default_factory=dict)
    heap: dict[Struct, dict[Any, Value]] = field(default_factory=dict)
    ended: bool = False
    suspended: dict[Any, dict[str, Value]] = field(default_factory=dict)  # names of functions that a yield goes back to

    def binds_as(self, before: State) -> bool:
        """Return whether every name and field is still what it was; there may be new structures."""
        names = self.names.keys() == before.names.keys() and all(self.names[k] is v for k, v in before.names.items())
        return names and all(
            self.heap[struct].keys() == fields.keys() and all(self.heap[struct][k] is v for k, v in fields.items())
            for struct, fields in before.heap.items()
        )

    def copy(self) -> State:
        """Return an independent copy."""
        heap = {struct: dict(fields) for struct, fields in self.heap.items()}
        suspended = {frame: dict(names) for frame, names in self.suspended.items()}
        return State(dict(self.names), heap, self.ended, suspended)


def static_place(where: Any) -> str:
    """Return the name of a place outside, under which it is noted that the ints in it decide types."""
    return f":{where[0]}:{where[2]}"


@dataclass(eq=False, repr=False)
class Knowledge:
    """What earlier attempts at lowering found out."""

    dynamic: set[Any] = field(default_factory=set)
    static: set[str] = field(default_factory=set)
    begun: set[str] = field(default_factory=set)  # what was in it when lowering began
    recursive: set[Any] = field(default_factory=set)
    results: dict[Any, Any] = field(default_factory=dict)
    maybe_none: set[Any] = field(default_factory=set)  # and which of these may be None
    reads: dict[Any, list[Any]] = field(default_factory=dict)  # what instances of recursive functions read outside
    # functions whose results hold more of their own kind: a name, and the fields that do
    folded: dict[Any, tuple[str, set[Any]]] = field(default_factory=dict)
    structures: dict[str, Structure] = field(default_factory=dict)  # what the names of recursive types stand for
    items: dict[Any, Any] = field(default_factory=dict)  # types of items, by the place where a list is made
    lifted: set[Any] = field(default_factory=set)  # nested functions that call themselves
    classes: dict[Any, type] = field(default_factory=dict)  # that are defined inside
    descending: set[Any] = field(default_factory=set)  # those that are lowered in place for each int they are given
    nested: dict[Any, Any] = field(default_factory=dict)  # derivatives called inside
    cures: set[Any] = field(default_factory=set)  # loops to be peeled, branches to be split
    fixed: set[Any] = field(default_factory=set)  # functions that are lowered anew for each constant they are given
    followed: set[str] = field(default_factory=set)  # operations that are lowered as what they do in Python
    guessed: set[Any] = field(default_factory=set)  # lists whose items were taken for those of another of that name
    unlike: set[Any] = field(default_factory=set)  # of these: those that hold something else
    kinds: dict[Any, Any] = field(default_factory=dict)  # of objects and lists, by where they are made
    callables: dict[Any, type] = field(default_factory=dict)  # classes that stand for functions made alike
    layouts: dict[Any, Any] = field(default_factory=dict)  # of the objects in a pool: kind, class, fields, name
    later: dict[Any, list[str]] = field(default_factory=dict)  # their attributes that not all have from the start
    pools: dict[Any, Any] = field(default_factory=dict)  # where objects are made that are in a pool: which, as a tree
    contents: dict[Any, set[Any]] = field(default_factory=dict)  # where the items of lists are made
    lent: dict[Any, set[str]] = field(default_factory=dict)  # lists that functions which call themselves change
    given: dict[Any, Any] = field(default_factory=dict)  # where what functions are given is made, by the function
    returned: dict[Any, Any] = field(default_factory=dict)  # and what they return
    # objects from outside that are first met in a branch or a loop, by the function: they are there from its start
    early: dict[Any, dict[Any, tuple[str, Any, Any]]] = field(default_factory=dict)

    def note_recursive(self, functions: set[Any]) -> None:
        """Note that functions call themselves: what they return was known as what functions return that do not."""
        self.recursive |= functions
        for key in [key for key in self.results if key[0] in functions]:
            del self.results[key]

    def note_lent(self, function: Any, names: set[str]) -> bool:
        """Note which of the lists that a function is given it changes; return whether that is new."""
        known = self.lent.setdefault(function, set())
        new = not names <= known
        known |= names
        return new

    def learn(self, called: set[Any], entry: str, names: list[str], places: set[str]) -> bool:
        """An int that is not known decides a type: specialise on more ints; return whether there were more.

        First on the constants that functions are called with, then on the arguments of the one that is differentiated,
        then on what is in the places outside that are read.
        """
        if not called <= self.fixed:
            self.fixed |= called
            return True
        wanted = {f"{entry}.{name}" for name in names}
        if not wanted <= self.static:
            self.static |= wanted
            return True
        if not wanted <= self.begun:
            return False  # the arguments are to be looked at first
        more = not places <= self.static
        self.static |= places
        return more

    def forget_structures(self) -> None:
        """Something has no fixed length, as is known now: where it is in an item of a list, its type is another."""
        self.items = {site: type_ for site, type_ in self.items.items() if not isinstance(type_.item, Structure)}
        self.results.clear()

    def folded_result(self, key: Any) -> Any:
        """Return the type that a recursive call gives: the structures in it by their names, if they would grow."""
        result = self.results[key]
        if key not in self.folded or not isinstance(result, Structure):
            return result
        items = []
        whole, growing = self.folded[key]
        for field_, item in zip(result.keys, result.items, strict=True):
            if isinstance(item, Structure) and field_ in growing:
                name = f"{whole}.{field_}"
                self.structures[name], item = item, Recursive(name)
            items.append(item)
        return replace(result, items=tuple(items))


@dataclass(eq=False, repr=False)
class Problems:
    """Everything that cannot be differentiated, in the order found."""

    found: list[Problem] = field(default_factory=list)


def is_expr(value: Value) -> bool:
    """Return whether a value is an IR expression."""
    return isinstance(value, Expr)


def is_fresh(value: Value) -> bool:
    """Return whether a value is a variable the user has not named yet."""
    return isinstance(value, Var) and not value.user and not value.join


def is_numpy(value: Value) -> bool:
    """Return whether a value is an array or a number of NumPy's."""
    if not isinstance(value, Expr):
        return False
    return isinstance(value.type, Array) or (isinstance(value.type, Scalar) and value.type.dtype is not None)


ITERABLES = RangeValue | Iteration | Deferred | Generator  # values that are gone through and no more

METHODS = {  # the names of operators in the methods of classes, where they differ from NumPy's
    "subtract": "sub",
    "multiply": "mul",
    "divide": "truediv",
    "power": "pow",
    "floor_divide": "floordiv",
    "remainder": "mod",
    "bitwise_and": "and",
    "bitwise_or": "or",
    "bitwise_xor": "xor",
    "left_shift": "lshift",
    "right_shift": "rshift",
}


def operator_method(name: str, prefix: str = "") -> str:
    """Return the method of a class for an operator: `__add__`, with a prefix `__radd__` or `__iadd__`."""
    return f"__{prefix}{METHODS.get(name, name)}__"


def spelled_items(value: Value) -> list[Value] | None:
    """Return the letters of a string that is known, the members of an enumeration, the numbers of a set; else None."""
    if isinstance(value, Const) and isinstance(value.value, str):
        return [Const(letter) for letter in value.value]
    if isinstance(value, Const) and isinstance(value.value, set | frozenset):
        from s2sad.rules.builder import number  # which loads the rules: a call of what is generated needs none

        in_order = all(isinstance(item, int | float) for item in value.value)  # which is the same in every process
        return [number(item) for item in value.value] if in_order else None
    if isinstance(value, Const) and isinstance(value.value, enum.EnumMeta):
        members: list[Any] = list(value.value)
        return [Const(member, Static(member)) for member in members]
    return None
