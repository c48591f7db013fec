"""The core IR, after desugaring.

    function  = Function(name, params, body)
    statement = Assign(var, expr)            one operation; each Var but a join is assigned by exactly one
              | Move(vars, exprs)            parallel assignment to joins (loop heads, merges), as in SSA
              | Store(base, index, expr)     element, slice or whole-array write; `how` is set, add, ..., or settle:
                                             a buffer that was handed in gets its value at the end
              | SetField(base, key, expr)    write of an attribute or of a constant key
              | Effect(expr)                 an expression that is evaluated for what it does
              | If(cond, then, orelse) | Try(flag, errors, then, orelse)
              | For(index, start, stop, step, body) | While(test, cond, body)
              | Break | Continue | Return(expr) | Raise(expr)
              | Keep(tape, expr)             the write-once tape; `Recall` reads it in the reverse sweep
              | Section(title) | DefinePullback(function)          headings and closures of generated functions
    expr      = Var | Const | Op(name, args, attrs) | Call(instance, args)

Nodes compare by identity. Before the transforms, the arguments of an `Op` are `Var`s and `Const`s only, except
that the index of a `getitem` may be a tuple of slices; forward substitution builds trees again afterwards.
A Var carries its type, as in any typed IR; every other fact is kept by the analysis that found it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from s2sad.errors import Span
from s2sad.ir.types import NONE, Static, Type


class Expr:
    """Base of all expressions."""

    __slots__ = ("type",)
    type: Type


class Var(Expr):
    """A variable; `name` is a wish, the naming pass gives the name in the text."""

    __slots__ = ("join", "name", "user")

    def __init__(self, name: str, type_: Type, *, join: bool = False, user: bool = False) -> None:
        self.name = name
        self.type = type_
        self.join = join
        self.user = user

    def __repr__(self) -> str:
        return f"{self.name}#{id(self) % 9973}"


class Const(Expr):
    """A constant; `text` is how it is spelled when `repr` does not say it."""

    __slots__ = ("text", "value")

    def __init__(self, value: Any, type_: Type | None = None, text: str = "") -> None:
        self.value = value
        self.type = type_ if type_ is not None else Static(value)
        self.text = text

    def __repr__(self) -> str:
        return self.text or repr(self.value)


class Op(Expr):
    """An operation of the rule table; `form` keeps how the user spelled it (`np.sum`, `.sum`)."""

    __slots__ = ("args", "attrs", "form", "name")

    def __init__(
        self,
        name: str,
        args: tuple[Expr, ...],
        type_: Type,
        attrs: Mapping[str, Expr] | None = None,
        form: str = "",
    ) -> None:
        self.name = name
        self.args = args
        self.type = type_
        self.attrs: dict[str, Expr] = dict(attrs or {})
        self.form = form

    def __repr__(self) -> str:
        attrs = "".join(f", {key}={value!r}" for key, value in self.attrs.items())
        return f"{self.name}({', '.join(map(repr, self.args))}{attrs})"


class Call(Expr):
    """A call of another lowered function."""

    __slots__ = ("args", "function")

    def __init__(self, function: Any, args: tuple[Expr, ...], type_: Type) -> None:
        self.function = function
        self.args = args
        self.type = type_

    def __repr__(self) -> str:
        return f"call {self.function.name}({', '.join(map(repr, self.args))})"


RAISING = ('"raise"', "'raise'", '"call"', "'call'", '"error"', "'error'")


class Context:
    """What statements run in: a mode of a library, or a `try` with its `finally`.

    mode: `with <text>:`, and lines that set it. The derivative runs in the same mode. It changes no value, so
        statements are moved in and out of it like others.
    try, finally: what is done when the statements of the partner are left, be it by an exception.
    """

    __slots__ = ("comments", "kind", "lines", "module", "partner", "text")

    def __init__(
        self, kind: str, text: str = "", module: str = "", lines: tuple[str, ...] = (), comments: tuple[str, ...] = ()
    ) -> None:
        self.kind = kind
        self.text = text
        self.module = module
        self.lines = lines
        self.comments = comments
        self.partner: Context | None = None

    @property
    def strict(self) -> bool:
        """Return whether something raises in this mode that would not elsewhere: no statement of ours may run in it."""
        return self.kind == "mode" and any(word in text for text in (self.text, *self.lines) for word in RAISING)

    def same(self, other: Context | None) -> bool:
        """Return whether statements in both may stand together."""
        if self.kind != "mode" or other is None:
            return self is other
        return (self.kind, self.text, self.lines) == (other.kind, other.text, other.lines)


class Origin:
    """The user's statement an IR statement comes from: its text, comments above it, its place, the modes it runs in."""

    __slots__ = ("comments", "contexts", "relaxed", "span", "text")

    def __init__(
        self, text: str, span: Span | None, comments: tuple[str, ...] = (), contexts: tuple[Context, ...] = ()
    ) -> None:
        self.text = text
        self.span = span
        self.comments = comments
        self.contexts = contexts
        self.relaxed: Origin | None = None


def relaxed(origin: Origin | None) -> Origin | None:
    """Return the origin of a derivative of a statement: in none of the modes in which it could raise."""
    if origin is None or not any(context.strict for context in origin.contexts):
        return origin
    if origin.relaxed is None:
        contexts = tuple(context for context in origin.contexts if not context.strict)
        origin.relaxed = Origin(origin.text, origin.span, (), contexts)
    return origin.relaxed


class Stmt:
    """Base of all statements."""

    __slots__ = ("origin",)
    origin: Origin | None


class Assign(Stmt):
    """`target = value`."""

    __slots__ = ("target", "value")

    def __init__(self, target: Var, value: Expr, origin: Origin | None = None) -> None:
        self.target = target
        self.value = value
        self.origin = origin

    def __repr__(self) -> str:
        return f"{self.target!r} = {self.value!r}"


class Move(Stmt):
    """Parallel assignment to join variables."""

    __slots__ = ("sources", "targets")

    def __init__(self, targets: tuple[Var, ...], sources: tuple[Expr, ...], origin: Origin | None = None) -> None:
        self.targets = targets
        self.sources = sources
        self.origin = origin

    def __repr__(self) -> str:
        return f"{', '.join(map(repr, self.targets))} := {', '.join(map(repr, self.sources))}"


class Store(Stmt):
    """`base[index] = value`, or `base[index] += value` and its like; index None is the whole array.

    `old` is what stood there, if its cotangent may have another shape than that of the value: the adjoint reads it.
    """

    __slots__ = ("base", "how", "index", "old", "value")

    def __init__(
        self, base: Expr, index: Expr | None, value: Expr, how: str = "set", origin: Origin | None = None
    ) -> None:
        self.base = base
        self.index = index
        self.value = value
        self.how = how
        self.old: Expr | None = None
        self.origin = origin

    def __repr__(self) -> str:
        return f"{self.base!r}[{self.index!r}] {self.how} {self.value!r}"


class SetField(Stmt):
    """`base.key = value` or `base["key"] = value`."""

    __slots__ = ("base", "key", "kind", "value")

    def __init__(self, base: Expr, key: Any, kind: str, value: Expr, origin: Origin | None = None) -> None:
        self.base = base
        self.key = key
        self.kind = kind
        self.value = value
        self.origin = origin

    def __repr__(self) -> str:
        return f"{self.base!r}.{self.key} = {self.value!r}"


class Effect(Stmt):
    """An expression evaluated for its effect."""

    __slots__ = ("value",)

    def __init__(self, value: Expr, origin: Origin | None = None) -> None:
        self.value = value
        self.origin = origin

    def __repr__(self) -> str:
        return repr(self.value)


Block = list[Stmt]


class If(Stmt):
    """A branch."""

    __slots__ = ("cond", "orelse", "then")

    def __init__(self, cond: Expr, then: Block, orelse: Block, origin: Origin | None = None) -> None:
        self.cond = cond
        self.then = then
        self.orelse = orelse
        self.origin = origin

    def __repr__(self) -> str:
        return f"if {self.cond!r}"


class Try(If):
    """`try: then` with `except errors: orelse`: the arms are those of a branch that the arms themselves decide.

    The lowering sees to it that the handler reads nothing that an unfinished body has changed. `flag` is a join that
    is True where no error was caught: what the reverse sweep branches on. The statements of the body that stand
    behind the marker `tried` run if it did not raise, and what they raise is not caught.
    """

    __slots__ = ("errors", "flag")

    def __init__(
        self, flag: Var, errors: tuple[str, ...], then: Block, orelse: Block, origin: Origin | None = None
    ) -> None:
        super().__init__(Op("attempted", (), flag.type), then, orelse, origin)
        self.flag = flag
        self.errors = errors

    def __repr__(self) -> str:
        return f"try, except {', '.join(self.errors)}"


class For(Stmt):
    """`for index in range(start, stop, step)`, or over the items of what is given instead.

    The emitter writes `for x in xs` again where it can.
    """

    __slots__ = ("body", "index", "over", "start", "step", "stop")

    def __init__(
        self, index: Var, start: Expr, stop: Expr, step: Expr, body: Block, origin: Origin | None = None
    ) -> None:
        self.index = index
        self.start = start
        self.stop = stop
        self.step = step
        self.over: Expr | None = None  # the last pass puts here what is iterated over
        self.body = body
        self.origin = origin

    def __repr__(self) -> str:
        return f"for {self.index!r} in range({self.start!r}, {self.stop!r}, {self.step!r})"


class While(Stmt):
    """`while cond`, where `test` computes the condition."""

    __slots__ = ("body", "cond", "test")

    def __init__(self, test: Block, cond: Expr, body: Block, origin: Origin | None = None) -> None:
        self.test = test
        self.cond = cond
        self.body = body
        self.origin = origin

    def __repr__(self) -> str:
        return f"while {self.cond!r}"


class Break(Stmt):
    """Leave the innermost loop."""

    __slots__ = ()

    def __init__(self, origin: Origin | None = None) -> None:
        self.origin = origin

    def __repr__(self) -> str:
        return "break"


class Continue(Stmt):
    """Next iteration of the innermost loop."""

    __slots__ = ()

    def __init__(self, origin: Origin | None = None) -> None:
        self.origin = origin

    def __repr__(self) -> str:
        return "continue"


class Return(Stmt):
    """Leave the function with a value."""

    __slots__ = ("value",)

    def __init__(self, value: Expr, origin: Origin | None = None) -> None:
        self.value = value
        self.origin = origin

    def __repr__(self) -> str:
        return f"return {self.value!r}"


class Raise(Stmt):
    """Raise an exception; the expression is inactive and kept as the user wrote it."""

    __slots__ = ("value",)

    def __init__(self, value: Expr, origin: Origin | None = None) -> None:
        self.value = value
        self.origin = origin

    def __repr__(self) -> str:
        return f"raise {self.value!r}"


class Tape:
    """Where one value of the forward sweep is kept, once for each passage through its loops."""

    __slots__ = ("loops", "name", "reference", "type", "var")

    def __init__(self, name: str, type_: Type, loops: tuple[For | While, ...], var: Var | None = None) -> None:
        self.var = var
        self.reference = False
        self.name = name
        self.type = type_
        self.loops = loops


class Keep(Stmt):
    """Write a value to its tape."""

    __slots__ = ("tape", "value")

    def __init__(self, tape: Tape, value: Expr, origin: Origin | None = None) -> None:
        self.tape = tape
        self.value = value
        self.origin = origin

    def __repr__(self) -> str:
        return f"keep {self.tape.name} <- {self.value!r}"


class Section(Stmt):
    """A heading comment: primal, adjoint."""

    __slots__ = ("title",)

    def __init__(self, title: str) -> None:
        self.title = title
        self.origin = None


class DefinePullback(Stmt):
    """The nested function of a vjp."""

    __slots__ = ("function",)

    def __init__(self, function: Function) -> None:
        self.function = function
        self.origin = None


class Function:
    """A lowered function, specialised on the types of its parameters."""

    __slots__ = (
        "absent",
        "body",
        "buffers",
        "captured",
        "defaults",
        "doc",
        "forward",
        "inner",
        "lent",
        "name",
        "optional",
        "outlines",
        "params",
        "primal",
        "python",
        "result",
        "shared",
        "source",
        "span",
        "watched",
    )

    def __init__(self, name: str, params: list[Var], body: Block, result: Type = NONE) -> None:
        self.name = name
        self.params = params
        self.body = body
        self.result = result
        self.captured: list[tuple[Var, Any]] = []
        self.watched: list[Any] = []  # places outside of which only the types decide about what is generated
        self.shared = False  # whether common subexpressions are still to be shared
        self.optional = False  # whether it may also return None
        self.absent: frozenset[Var] = frozenset()  # parameters that may be None
        self.lent: frozenset[Var] = frozenset()  # parameters that are lists which calls hand to and fro
        self.buffers: frozenset[Var] = frozenset()  # what it was given to write to
        self.primal = False  # whether its statements are the user's own, and need no comment that says so
        self.inner: Function | None = None  # the pullback inside a vjp
        self.forward: Function | None = None  # of a backward function: the one that returns its residuals
        self.doc = ""
        self.outlines: tuple[Var, ...] = ()  # of a function made of one operation's adjoint: what it is called with
        self.python: Any = None  # the function it was lowered from
        self.source = ""
        self.span: Span | None = None
        self.defaults: dict[Var, Expr] = {}


def blocks_of(stmt: Stmt) -> tuple[Block, ...]:
    """Return the blocks nested directly in a statement."""
    if isinstance(stmt, If):
        return (stmt.then, stmt.orelse)
    if isinstance(stmt, For):
        return (stmt.body,)
    if isinstance(stmt, While):
        return (stmt.test, stmt.body)
    return ()


def is_mark(stmt: Stmt) -> bool:
    """Return whether a statement marks what the body of a `try` must compute, and where it ends."""
    return isinstance(stmt, Effect) and isinstance(stmt.value, Op) and stmt.value.name == "tried"


def end_of_body(block: Block) -> int:
    """Return where the body of a `try` ends: at its first mark; what follows stands behind `else`.

    A `try` in the body of another has the marks of both, its own before those of the other.
    """
    return next((i for i, stmt in enumerate(block) if is_mark(stmt)), len(block))


def exprs_of(stmt: Stmt) -> tuple[Expr, ...]:
    """Return the expressions a statement itself evaluates (not those of nested blocks)."""
    match stmt:
        case Assign() | Effect() | Return() | Raise() | Keep():
            return (stmt.value,)
        case Move():
            return stmt.sources
        case Store():
            return (stmt.base, stmt.value) if stmt.index is None else (stmt.base, stmt.index, stmt.value)
        case SetField():
            return (stmt.base, stmt.value)
        case If() | While():
            return (stmt.cond,)
        case For():
            return (stmt.start, stmt.stop, stmt.step) if stmt.over is None else (stmt.over,)
    return ()


def targets_of(stmt: Stmt) -> tuple[Var, ...]:
    """Return the variables a statement itself binds."""
    match stmt:
        case Assign():
            return (stmt.target,)
        case Move():
            return stmt.targets
        case For():
            return (stmt.index,)
    return ()


def children(expr: Expr) -> tuple[Expr, ...]:
    """Return the direct subexpressions."""
    if isinstance(expr, Op):
        return (*expr.args, *expr.attrs.values())
    if isinstance(expr, Call):
        return expr.args
    return ()


def walk(block: Block) -> Iterator[Stmt]:
    """Yield every statement of a block, outer before inner, in textual order."""
    stack = [iter(block)]
    while stack:
        for stmt in stack[-1]:
            yield stmt
            inner = blocks_of(stmt)
            if inner:
                stack.extend(iter(nested) for nested in reversed(inner))
                break
        else:
            stack.pop()


def subexpressions(expr: Expr) -> Iterator[Expr]:
    """Yield an expression and everything below it (no recursion: sums of 1,000 terms are common)."""
    stack = [expr]
    while stack:
        current = stack.pop()
        yield current
        stack.extend(reversed(children(current)))


def variables(expr: Expr) -> Iterator[Var]:
    """Yield the variables an expression reads, with repetition."""
    stack = [expr]
    while stack:
        current = stack.pop()
        if isinstance(current, Var):
            yield current
        elif isinstance(current, Op):
            if current.attrs:
                stack.extend(reversed(current.attrs.values()))
            stack.extend(reversed(current.args))
        elif isinstance(current, Call):
            stack.extend(reversed(current.args))


def reads(stmt: Stmt) -> Iterator[Var]:
    """Yield the variables a statement itself reads."""
    for expr in exprs_of(stmt):
        yield from variables(expr)
