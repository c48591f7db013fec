"""Lowering: the libcst tree of a function, with the types of its arguments, to IR.

Types are inferred on the way, so names, methods and calls are resolved to what they are, never guessed. Loops are
lowered until the types at their head no longer change. A construct that cannot be lowered is noted and lowering
goes on, so that the error lists every one.
"""

from __future__ import annotations

import contextlib
import sys
import types
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import libcst as cst

from s2sad.errors import Problem, Span, UnsupportedError
from s2sad.frontend.attempts import Attempts, mark_unread
from s2sad.frontend.attributes import Attributes
from s2sad.frontend.births import Births, behind, merged
from s2sad.frontend.builtins import Builtins
from s2sad.frontend.calls import Calls
from s2sad.frontend.chains import parse_text
from s2sad.frontend.classes import Classes
from s2sad.frontend.closures import Closures, Template
from s2sad.frontend.comparing import Comparing
from s2sad.frontend.comprehensions import Comprehensions
from s2sad.frontend.containers import Containers
from s2sad.frontend.contexts import Contexts
from s2sad.frontend.control import Control
from s2sad.frontend.displays import Displays
from s2sad.frontend.expressions import Expressions
from s2sad.frontend.folding import Folding
from s2sad.frontend.functions import UserFunctions, of_library
from s2sad.frontend.generators import Generators
from s2sad.frontend.heads import Heads
from s2sad.frontend.inlining import Inlining
from s2sad.frontend.inner_classes import InnerClasses
from s2sad.frontend.inside import Inside
from s2sad.frontend.iterables import Iterables
from s2sad.frontend.iterators import Iterators
from s2sad.frontend.joining import Joining
from s2sad.frontend.lent import Lent
from s2sad.frontend.library import Library
from s2sad.frontend.lifted import Lifted, LiftedCalls, enter_lifted
from s2sad.frontend.matching import Matching
from s2sad.frontend.mixed import Fact, Mixed
from s2sad.frontend.models import is_ours
from s2sad.frontend.opaque import OpaqueCalls
from s2sad.frontend.operations import Operations
from s2sad.frontend.operators import Operators
from s2sad.frontend.pools import Pools, unwrapped
from s2sad.frontend.positions import Positions
from s2sad.frontend.raised import Raised
from s2sad.frontend.randoms import Randoms
from s2sad.frontend.scientific import Scientific
from s2sad.frontend.sets import Sets
from s2sad.frontend.source import FunctionSource, function_source
from s2sad.frontend.statements import Statements
from s2sad.frontend.stepping import Stepping
from s2sad.frontend.subscripts import Subscripts
from s2sad.frontend.tables import Tables
from s2sad.frontend.texts import Texts
from s2sad.frontend.tricks import Tricks
from s2sad.frontend.values import (
    ArrayMethod,
    Knowledge,
    LocalFunction,
    Pending,
    Relower,
    State,
    Struct,
    Unjoinable,
    Unsupported,
    Value,
)
from s2sad.ir.nodes import (
    Assign,
    Block,
    Call,
    Const,
    Context,
    Expr,
    Function,
    Op,
    Origin,
    Return,
    Stmt,
    Var,
    exprs_of,
    subexpressions,
    walk,
)
from s2sad.ir.types import NOT_YET, ListOf, Reference, Static, Structure, Type, join, list_of
from s2sad.passes.dce import remove_dead_moves
from s2sad.passes.owned import leave_out_places
from s2sad.rules.builder import Builder, number


@dataclass(eq=False, repr=False)
class Parsed:
    """A parsed function: its node, the places of nodes, and its source."""

    node: Any
    module: cst.Module
    positions: Positions
    source: FunctionSource


_parsed: dict[tuple[types.CodeType, str], Parsed] = {}


def parse(function: types.FunctionType) -> Parsed:
    """Parse the source of a function (once for each code object: those of two files may be equal)."""
    key = (function.__code__, function.__code__.co_filename)
    found = _parsed.get(key)
    if found is not None:
        return found
    source = function_source(function)
    positions = Positions(source)
    module = parse_text(positions)
    first = module.body[0]
    node = first.body[0].value if source.is_lambda else first  # type: ignore[union-attr,index]
    positions.pair(node)
    parsed = Parsed(node, module, positions, source)
    _parsed[key] = parsed
    return parsed


@dataclass(eq=False, repr=False)
class Frame:
    """One function body being lowered: where its names and places come from."""

    parsed: Parsed
    function: types.FunctionType
    state: State
    captured: dict[str, Value] = field(default_factory=dict)
    outer: Frame | None = None
    inline: bool = False
    place: Span | None = None  # where the user calls this, if it is a function of a library in Python
    origin: Origin | None = None
    at_yield: Any = None  # of a generator: what is done with what it yields
    block: Any = None  # where it may yield
    exits: list[Any] = field(default_factory=list)  # of the loops around that a return leaves


@dataclass(eq=False, repr=False)
class Unit:
    """Everything lowered for one specialisation."""

    knowledge: Knowledge
    problems: list[Problem] = field(default_factory=list)
    tentative: list[Problem] = field(default_factory=list)  # of these: what may be none, when activity is known
    instances: dict[Any, Function] = field(default_factory=dict)
    wrong: dict[Any, list[Problem]] = field(default_factory=dict)  # what was found in each instance
    active: list[Any] = field(default_factory=list)
    reached: dict[str, Any] = field(default_factory=dict)  # code objects and globals the result depends on
    names: set[str] = field(default_factory=set)
    place: Span | None = None  # of the call that is lowered as a function of its own
    optional: set[Any] = field(default_factory=set)  # variables that may also be None
    unread: list[Problem] = field(default_factory=list)  # dicts that are read when nothing is known to be in them
    partial: set[Any] = field(default_factory=set)  # variables that are not bound on every path
    fields: set[Any] = field(default_factory=set)  # of these: attributes of objects
    awaited: set[Any] = field(default_factory=set)  # recursive calls whose result is not known yet
    places: set[str] = field(default_factory=set)  # outside, where there are ints
    outcomes: dict[Any, Var] = field(default_factory=dict)  # the user's names that tell whether a `try` has raised
    grown: set[Any] = field(default_factory=set)  # lists that something was appended to, taken from or written into
    births: dict[Any, set[Any]] = field(default_factory=dict)  # where lists may have been made that are fields of items
    inside: dict[Any, Any] = field(default_factory=dict)  # and what is in them
    traced: bool = False  # whether it was found out where something is made that functions are given, or return
    among: dict[Any, Expr] = field(default_factory=dict)  # places of objects of one class: those among all classes
    makers: dict[Any, Any] = field(default_factory=dict)  # of what may be None: the function that returned it
    handed: dict[Any, Any] = field(default_factory=dict)  # what calls may have handed back, or None: of which function
    again: bool = False  # whether something was learnt that is not yet in what was lowered
    missing: set[Any] = field(default_factory=set)  # pools that were asked for before anything was put there
    contents: dict[Any, set[Any]] = field(default_factory=dict)  # where the items of a list may have been made
    flats: set[Any] = field(default_factory=set)  # what `array.flat` is, where it is not written at once
    held: set[Any] = field(default_factory=set)  # lists that are items of others
    list_sites: dict[Var, Any] = field(default_factory=dict)  # where lists of unknown length were made
    cures: dict[Var, Any] = field(default_factory=dict)  # names that a loop changes: how they may be known in it
    returning: set[Any] = field(default_factory=set)  # functions that may return a list that they are given
    joined: dict[Var, set[Any]] = field(default_factory=dict)  # and for joins of such: where any of them was
    early: set[Any] = field(default_factory=set)  # lists that were read before anything was known to be in them
    function: types.FunctionType | None = None  # the one that is differentiated, or in which that is defined
    entry: tuple[str, list[str]] = ("", [])  # its name, and those of its parameters
    defaulted: set[Any] = field(default_factory=set)  # functions with an int that was not given: it may decide a type
    classes: dict[Any, type] = field(default_factory=dict)  # defined inside, by their statement and frame
    scopes: dict[types.FunctionType, Frame] = field(default_factory=dict)  # of their methods
    descents: int = 0  # calls of functions that call themselves, lowered in place
    weights: dict[types.FunctionType, int] = field(default_factory=dict)  # statements that inlining gives
    calls: dict[types.FunctionType, int] | None = None  # places from which functions are called

    def name_for(self, wish: str) -> str:
        """Return a function name no other instance has."""
        name, n = wish, 2
        while name in self.names:
            name, n = f"{wish}{n}", n + 1
        self.names.add(name)
        return name


GENERATED = "s2sad_generated."  # modules of generated code
SECTIONS = ("# primal", "# adjoint")  # what it says of its parts: the code around it has parts of its own


class Lowerer(
    Statements,
    Attempts,
    Raised,
    Classes,
    Closures,
    InnerClasses,
    Containers,
    Sets,
    Tables,
    Contexts,
    Folding,
    Generators,
    Iterators,
    Stepping,
    Inside,
    Control,
    Comprehensions,
    Heads,
    Iterables,
    Joining,
    Matching,
    Expressions,
    Subscripts,
    Attributes,
    Displays,
    Comparing,
    Operators,
    Calls,
    Operations,
    Pools,
    Births,
    Mixed,
    Library,
    Scientific,
    Texts,
    Randoms,
    Tricks,
    Builtins,
    OpaqueCalls,
    LiftedCalls,
    Inlining,
    Lent,
    UserFunctions,
):
    """Lowers one function (and what is inlined into it)."""

    def __init__(self, unit: Unit, name: str) -> None:
        self.unit = unit
        self.name = name
        self.builder = Builder()
        self.builder.verbatim = True
        self.prologue: Block = []
        self.root = self.builder.block
        self.node: Any = None  # the definition that is lowered
        self.lifted: Any = None  # with all that it reads of functions around, where it is one of them
        self.frames: list[Frame] = []
        self.loops: list[Any] = []
        self.going_around: list[Any] = []  # the loops around, be they of functions that this one is lowered in
        self.counters: list[tuple[Var, Any, Any]] = []  # the loops around: index, iterable, the cure that writes it out
        self.contexts: list[Context] = []  # the modes of libraries that hold here
        self.trying = 0  # the bodies of `try` around
        self.succeeded: list[Var] = []  # the outcomes of those of which it is known here that they did not raise
        self.guards: list[bool] = []  # the bodies around after which something is done: they end in no return
        self.catchers: list[Any] = []  # the `try` around whose handlers ask what an exception holds
        self.finals: list[Any] = []  # what is done when the bodies around are left by a jump
        self.broke: list[str | None] = []  # of the loops around: the name that says whether one was left by `break`
        self.arguments: dict[Var, str] = {}
        self.factory = ""  # the attribute of a dataclass whose value is made by a factory: beside the object itself
        self.results: list[Type] = []
        self.returned: list[Any] = []  # outlines of the results
        self.depth = 0
        self.globals: dict[str, Var] = {}
        self.captured: list[tuple[Var, Any]] = []
        self.borrowed: dict[Struct, Any] = {}  # lists of the module's that are changed, and where
        self.pools: dict[Any, Any] = {}  # by the birth that stands for it
        self.templates: dict[Any, Template] = {}  # how functions are made again of objects, by the class of these
        self.class_tests: dict[Expr, tuple[Expr, frozenset[type]]] = {}  # what tests on the class of an object ask
        self.gone_into: list[Struct] = []  # what is gone through, from the outside in
        self.joining: list[tuple[Struct, Struct]] = []  # what paths are joined of
        self.facts: list[Fact] = []  # what is known here of the classes of objects
        self.given_back: list[tuple[Struct, str]] = []  # cells whose contents are handed back with the result

    @property
    def frame(self) -> Frame:
        """The innermost function body."""
        return self.frames[-1]

    @property
    def state(self) -> State:
        """What names are bound to here."""
        return self.frame.state

    @state.setter
    def state(self, state: State) -> None:
        self.frame.state = state

    def span(self, node: Any) -> Span | None:
        """Return the place of a node in the user's file: that of the call, in a function of a library."""
        parsed = self.frame.parsed
        if is_ours(parsed.source.file):
            return self.frame.place
        where = parsed.positions.start(node)
        if where is None:
            return None
        row, column = where
        return Span(parsed.source.file, parsed.source.line + row - 1, column, parsed.positions.lines[row - 1])

    def origin(self, node: Any, text: str) -> Origin:
        """Return the origin of the IR of a statement."""
        contexts = tuple(self.contexts)
        if is_ours(self.frame.parsed.source.file):
            return self.frame.origin or Origin("", self.frame.place, contexts=contexts)
        lines = [*getattr(node, "leading_lines", ())]
        lines.append(getattr(node, "trailing_whitespace", None) or getattr(getattr(node, "body", None), "header", None))
        comments = tuple(line.comment.value for line in lines if line is not None and line.comment is not None)
        if (self.frame.function.__module__ or "").startswith(GENERATED):
            comments = tuple(comment for comment in comments if comment not in SECTIONS)
        return Origin(text, self.span(node), comments, contexts)

    def code(self, node: Any) -> str:
        """Return the text of a node."""
        parsed = self.frame.parsed
        text = parsed.positions.code(node)
        return parsed.module.code_for_node(node).strip() if text is None else text

    # --- structures -------------------------------------------------------------------------------------------
    def struct(self, kind: str, fields: dict[Any, Value], **options: Any) -> Struct:
        """Make a structure with these fields."""
        made = Struct(kind, **options)
        self.state.heap[made] = fields
        return made

    def fields(self, struct: Struct) -> dict[Any, Value]:
        """Return the fields of a structure as they are here."""
        if struct.place is not None:
            return self.fields_in_pool(struct)  # type: ignore[return-value]  # it is read only
        if struct not in self.state.heap:
            hint = "call it where it is made, or loop over a range or tuple of known length"
            raise Unsupported("this function holds what was made in a loop or on another path", None, hint)
        return self.state.heap[struct]

    def load(
        self,
        ref: Expr,
        name: str,
        site: Any = None,
        *,
        item: bool = False,
        apart: bool = False,
        held: tuple[set[Any], tuple[Any, ...]] | None = None,
    ) -> Value:
        """Return an IR value as what it is: a structure becomes fields that are loaded from it.

        An `item` is one of a list, which others reach as well: its fields cannot be assigned. It is `held` in lists
        that were made at these places, behind these keys of an item.
        """
        type_ = ref.type
        if ref in self.unit.optional and not apart:
            return ref  # taken apart where it is used: it may be None here
        if not isinstance(type_, Structure):
            if isinstance(type_, Static):
                return Const(type_.value, type_)
            return ref
        made = Struct(type_.kind, cls=type_.cls, ref=ref, site=site, name=name)
        made.item = item = item or self.is_item(ref)
        if item and held is None:
            held = self.sites_read(self.builder.definitions[ref]) if self.is_item(ref) else set(), ()  # type: ignore[index,arg-type]
        made.births = set() if held is None else self.births_in(*held)
        fields: dict[Any, Value] = {}
        block = self.prologue if site is not None else self.builder.block
        for key, part in zip(type_.keys, type_.items, strict=True):
            where = (*site, key) if site is not None else None
            wish = key if isinstance(key, str) and key.isidentifier() else f"{name}_{key}"
            if isinstance(part, Static):
                fields[key] = number(part.value) if type(part.value) is int else Const(part.value, part)
                continue
            var = Var(wish, part)
            op = Op("field", (ref,), part, {"key": Const(key)}, type_.kind)
            block.append(Assign(var, op, self.builder.origin))
            if key in type_.optional:
                self.unit.optional.add(var)
            inside = None if held is None else (held[0], (*held[1], key))
            if item and isinstance(part, ListOf):
                self.unit.held.add(var)  # it changes in the item as well
                self.unit.births[var] = set() if inside is None else self.births_in(*inside)
            fields[key] = self.load(var, wish, where, item=item, held=inside)
        self.state.heap[made] = fields
        made.loaded = dict(fields)
        return made

    def is_item(self, ref: Expr) -> bool:
        """Return whether a value was read from a list of unknown length."""
        made = self.builder.definitions.get(ref) if isinstance(ref, Var) else None
        return isinstance(made, Op) and made.name in ("getitem", "pop") and isinstance(made.args[0].type, ListOf)

    def as_loaded(self, value: Value) -> bool:
        """Return whether a structure is still what it was loaded as: if not, its derivative is not that of its ref."""
        if not isinstance(value, Struct) or value.ref is None:
            return not isinstance(value, Struct) and value not in self.unit.grown
        now, then = self.fields(value), value.loaded
        return now.keys() == then.keys() and all(now[k] is then[k] and self.as_loaded(now[k]) for k in now)

    def materialize(self, value: Value) -> Expr:
        """Return a value as one IR expression (a structure is built from its fields)."""
        value = unwrapped(value)
        if isinstance(value, Expr):
            return value
        if isinstance(value, Struct):
            if value.ref is not None and self.as_loaded(value):
                return value.ref
            if value.cls is not None and of_library(value):
                raise Unsupported(
                    f"an object of {value.cls.__name__} is handed on whole: generated code does not make one",
                    None,
                    "return its coefficients, or what it gives",
                )
            fields = self.fields(value)
            self.go_into(value)
            parts = tuple(self.materialize(item) for item in fields.values())
            self.gone_into.pop()
            optional = frozenset(key for key, part in zip(fields, parts, strict=True) if part in self.unit.optional)
            type_ = Structure(value.kind, tuple(fields), tuple(part.type for part in parts), value.cls, optional)
            return Op("build", parts, type_, {"keys": Const(tuple(fields))}, value.kind)
        value = self.bound_name(value)
        if isinstance(value, Expr):
            return value
        if isinstance(value, Unjoinable):
            return self.usable(value, "an item", None)
        if isinstance(value, ArrayMethod):
            raise Unsupported(
                f"the attribute {value.name!r} of an array or list is accepted as a method that is called"
            )
        return Const(value, Static(value))


def homogeneous(type_: Structure) -> Type:
    """Return the type of a fixed list or tuple as one of any length; itself if its items differ in kind."""
    made = list_of(type_.items) if type_.items else None
    return type_ if made is None or made.item == NOT_YET else replace(made, kind=type_.kind)


def with_dynamic(type_: Type, site: Any, dynamic: set[Any]) -> Type:
    """Return the type of an argument in which the lists that must be so have no fixed length."""
    if not isinstance(type_, Structure):
        return type_
    items = tuple(with_dynamic(item, (*site, key), dynamic) for key, item in zip(type_.keys, type_.items, strict=True))
    type_ = replace(type_, items=items)
    return homogeneous(type_) if site in dynamic else type_


def lower_function(
    unit: Unit,
    function: types.FunctionType | Any,
    args: list[tuple[str, Type]],
    name: str,
    optional: frozenset[str] = frozenset(),
) -> Function:
    """Lower a function for arguments of these types; the optional ones may be None."""
    lowerer = Lowerer(unit, name)
    if isinstance(function, Lifted):
        lowerer.lifted = function
        return lowered(lowerer, function, function.node, enter_lifted(lowerer, function, args, optional), optional)
    parsed = parse(function)
    unit.reached.setdefault(name, function)
    state = State()
    lowerer.frames.append(Frame(parsed, function, state, place=unit.place))
    params: list[Var] = []
    for arg, type_ in args:
        site = (name, arg)
        type_ = with_dynamic(type_, site, unit.knowledge.dynamic)
        var = lowerer.argument(function, arg, type_)
        if arg in optional:
            unit.optional.add(var)
            state.names[arg] = var
        elif isinstance(type_, Static):
            state.names[arg] = number(type_.value) if type(type_.value) is int else Const(type_.value, type_)
        else:
            state.names[arg] = lowerer.load(var, arg, site)
        lowerer.note_births(state.names[arg], behind(unit.knowledge.given.get(function, {}), arg))
        params.append(var)
    lowerer.with_tables(state.names)
    lowerer.bind_defaults(parsed.node, function, state)
    lowerer.open_cells(parsed.node, parsed)
    return lowered(lowerer, function, parsed.node, params, optional)


def lowered(lowerer: Lowerer, function: Any, node: Any, params: list[Var], optional: frozenset[str]) -> Function:
    """Lower the body of a function whose parameters are bound."""
    unit, name = lowerer.unit, lowerer.name
    lowerer.node = node
    for place in unit.knowledge.early.get(node, {}).values():
        lowerer.reached(*place)
    try:
        lowerer.lower_body(node)
        if lowerer.given_back and not lowerer.state.ended:
            lowerer.emit_return(Const(None))
    except Pending:
        if not lowerer.results:
            raise
    some = [r for r in lowerer.results if r != Static(None)] or lowerer.results
    result: Type | None = some[0] if some else Static(None)
    for other in some[1:]:
        result = join(result, other) if result is not None else None
    if result is None:
        lowerer.as_one_kind(lowerer.returned)
        if any(isinstance(r, Structure | Reference) for r in some):
            lowerer.tell_apart(unit.knowledge.returned.get(function, {}).get((), ()))
            lowerer.inline_caller()  # in place one name may stand for either
        hint = "return values of one kind and shape on every path"
        unit.problems.append(Problem("the function returns values of unlike kinds", lowerer.span(node), hint))
        result = Static(None)
    made = Function(name, params, lowerer.prologue + lowerer.builder.block, result)
    if "attempts" in unit.knowledge.followed:
        mark_unread(made)
    made.span = lowerer.span(node)
    made.source = f"{function.__module__}.{function.__qualname__}"
    made.doc = (function.__doc__ or "").strip() if isinstance(function, types.FunctionType) else ""
    made.captured, made.python = lowerer.captured, function
    made.absent = frozenset(param for param in params if param.name in optional)
    made.optional = len(some) < len(lowerer.results) or (not lowerer.state.ended and result != Static(None))
    return made


def lower(
    function: types.FunctionType | Any, args: list[tuple[str, Type]], knowledge: Knowledge | None = None
) -> tuple[Function, Unit]:
    """Lower a function and all it calls; start again while something new is learnt.

    Raises UnsupportedError with every construct that cannot be differentiated.
    """
    knowledge = knowledge or Knowledge()
    knowledge.begun = set(knowledge.static)
    wish = function.__name__ if function.__name__ != "<lambda>" else "function"
    python = function.function if isinstance(function, Lifted) else function
    for _ in range(ATTEMPTS):
        unit = Unit(knowledge, function=python, entry=entry_of(function, args))
        unit.names.add(wish)
        merged(unit.contents, knowledge.contents)
        dynamic = len(knowledge.dynamic)
        try:
            with deeper():
                made = lower_function(unit, function, args, wish)
        except Relower:
            if len(knowledge.dynamic) > dynamic:
                knowledge.forget_structures()
            continue
        except Pending:
            message = f"the recursion in {wish!r} never ends: no return without a call"
            source = parse(python).source
            span = Span(source.file, source.line, source.indent, source.text.split("\n")[0])
            unit.problems.append(Problem(message, span, "return without a call on some path"))
            made = Function(wish, [], [])
        except Exception:
            if not unit.again:  # with what was learnt it goes another way
                raise
        if unit.again:
            continue
        unit.problems += unit.unread
        if any(problem not in unit.tentative for problem in unit.problems):
            if merged(knowledge.contents, unit.contents) or unit.traced:
                continue  # where something is made was not known yet
            raise Refused(unit, made)
        finish(made, unit)
        return made, unit
    source = parse(python).source
    span = Span(source.file, source.line, source.indent, source.text.split("\n")[0])
    message = "no types could be found that are the same in every iteration, or in every call of a recursion"
    raise UnsupportedError([Problem(message, span, "give each name one kind and shape")], wish)


class Refused(UnsupportedError):
    """What lowering refuses of a function, and the rest of the function."""

    def __init__(self, unit: Unit, made: Function) -> None:
        super().__init__(unit.problems, made.name)
        self.unit = unit
        self.made = made


def finish(made: Function, unit: Unit) -> None:
    """Leave out of the functions that were lowered what only lowering asks for."""
    rename_instances(made)
    for function in [made, *unit.instances.values()]:
        remove_dead_moves(function.body, outcomes=True)
        leave_out_places(function)


def entry_of(function: Any, args: list[tuple[str, Type]]) -> tuple[str, list[str]]:
    """Return the name of a function, and those of its parameters: also of what is not given, if it has a default."""
    if isinstance(function, Lifted):
        return function.name, [name for name, _ in args]
    code = function.__code__
    return function.__name__, list(code.co_varnames[: code.co_argcount + code.co_kwonlyargcount])


ATTEMPTS = 256  # at lowering a function: each but the last finds out one thing
DEEPEST = 4000  # calls


@contextlib.contextmanager
def deeper() -> Iterator[None]:
    """Let calls nest deeper than they usually may: one call in the user's program is many in the lowering of it."""
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(max(limit, DEEPEST))
    try:
        yield
    finally:
        sys.setrecursionlimit(limit)


def rename_instances(function: Function) -> None:
    """Number called functions of one name in the order of their calls (earlier attempts took numbers too)."""
    seen: dict[Function, None] = {}
    stack = [function]
    while stack:
        current = stack.pop()
        if current in seen:
            continue
        seen[current] = None
        calls = [
            part.function
            for stmt in walk(current.body)
            for expr in exprs_of(stmt)
            for part in subexpressions(expr)
            if isinstance(part, Call)
        ]
        stack.extend(reversed(calls))
    used: set[str] = set()
    for current in seen:
        base, n = current.source.rpartition(".")[2] or current.name, 1
        base = "function" if base == "<lambda>" else base
        current.name = base
        while current.name in used:
            n += 1
            current.name = f"{base}_{n}"
        used.add(current.name)


__all__ = ["LocalFunction", "Lowerer", "Return", "Stmt", "Unit", "lower", "lower_function", "parse"]
