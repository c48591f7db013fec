"""Building IR: operations with inferred types and the simplest algebra, and the symbols rules compute with."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from s2sad.ir.nodes import Assign, Block, Const, Expr, Op, Origin, Var
from s2sad.ir.types import Array, Scalar, Size, Static, Structure, Type, numeric_kind, proved_equal
from s2sad.rules.core import TABLE, NotStatic, displayed, static


def if_there(value: Expr, made: Op) -> Op:
    """Return `None if value is None else made`."""
    lacking = Op("is", (value, Const(None)), Scalar("bool"))
    return Op("if_else", (Const(None), lacking, made), made.type)


def is_if_there(value: Expr) -> bool:
    """Return whether an expression is such a choice."""
    return (
        isinstance(value, Op)
        and value.name == "if_else"
        and isinstance(value.args[0], Const)
        and value.args[0].value is None
    )


def number(value: Any) -> Const:
    """Return a Python number as a constant."""
    if isinstance(value, bool):
        return Const(value, Scalar("bool"))
    if isinstance(value, int):
        return Const(value, Scalar("int", None, Size.number(value)))
    return Const(value, Scalar("complex" if isinstance(value, complex) else "float"))


def constant_expr(value: Any) -> Expr:
    """Return a Python value (number, string, None, tuple of these) as an expression."""
    if isinstance(value, Expr):
        return value
    if isinstance(value, Sym):
        return value.expr
    if isinstance(value, bool | int | float | complex):
        return number(value)
    if isinstance(value, tuple):
        items = tuple(constant_expr(item) for item in value)
        return Op("tuple", items, Structure("tuple", tuple(range(len(items))), tuple(i.type for i in items)))
    if isinstance(value, list):
        items = tuple(constant_expr(item) for item in value)
        keys = tuple(range(len(items)))
        return Op("build", items, Structure("list", keys, tuple(i.type for i in items)), {"keys": Const(keys)}, "list")
    return Const(value)


# operations that read only the shape of an operand: of which
SHAPED = {"shape": 0, "len": 0, "size": 0, "zeros_like": 0, "full_like": 0, "unbroadcast": 1}


class Builder:
    """Appends operations to a block and gives their results names."""

    def __init__(self, block: Block | None = None) -> None:
        self.block: Block = block if block is not None else []
        self.origin: Origin | None = None
        self.definitions: dict[Var, Expr] = {}
        self.verbatim = False

    def op(self, name: str, *args: Any, hint: str = "", form: str = "", **attrs: Any) -> Expr:
        """Append an operation and return its result; trivial operations append nothing."""
        operands = tuple(constant_expr(arg) for arg in args)
        if name in SHAPED:
            at = SHAPED[name]
            operands = (*operands[:at], self.unconjugated(operands[at]), *operands[at + 1 :])
        if name == "conj" and not self.verbatim and is_number_var(operands[0]):
            inner = self.unconjugated(operands[0])
            if inner is not operands[0]:
                return inner
        if name == "multiply" and not self.verbatim:
            for a, b in (operands, operands[::-1]):
                if _is_number(a, -1) and _keeps_kind(a, b):
                    return self.op("negative", b, hint=hint)
        if name == "negative" and not self.verbatim and is_number_var(operands[0]):
            made = self.definitions.get(operands[0])  # type: ignore[call-overload]
            if isinstance(made, Op) and made.name == "negative":
                return made.args[0]
        simpler = simplify(name, operands)
        # in the user's own code `1.0 * x` is a new array: what writes it must not write x
        if simpler is not None and not (self.verbatim and isinstance(simpler.type, Array)):
            return simpler
        expr = self.expr(name, operands, {key: constant_expr(value) for key, value in attrs.items()}, form)
        return self.bind(expr, hint)

    def unconjugated(self, expr: Expr) -> Expr:
        """Return what has the same shape as a conjugate: what it was taken of."""
        made = self.definitions.get(expr) if isinstance(expr, Var) else None
        return made.args[0] if isinstance(made, Op) and made.name == "conj" else expr

    def expr(self, name: str, operands: tuple[Expr, ...], attrs: dict[str, Expr], form: str = "") -> Op:
        """Return a typed operation without binding it."""
        rule = TABLE.rules[name]
        type_ = rule.infer(operands, attrs, form)
        return Op(name, operands, type_, attrs, form)

    def bind(self, expr: Expr, hint: str = "", *, user: bool = False) -> Var:
        """Append `hint = expr` and return the variable."""
        var = Var(hint or "t", expr.type, user=user)
        self.block.append(Assign(var, expr, self.origin))
        self.definitions[var] = expr
        return var

    def sym(self, expr: Expr) -> Sym:
        """Return an expression as a symbol."""
        return Sym(expr, self)


def is_number_var(expr: Expr) -> bool:
    """Return whether an expression is a variable that nothing writes into: an array may be written later."""
    return isinstance(expr, Var) and not isinstance(expr.type, Array)


def _is_number(expr: Expr, value: float) -> bool:
    return (
        isinstance(expr, Const)
        and isinstance(expr.value, int | float)
        and not isinstance(expr.value, bool)
        and expr.value == value
    )


def _keeps_kind(const: Expr, other: Expr) -> bool:
    """Return whether an operation with this number leaves the kind of the other operand as it is."""
    kind = numeric_kind(other.type)
    return kind in ("float", "complex") or (kind == "int" and isinstance(const, Const) and isinstance(const.value, int))


def simplify(name: str, args: tuple[Expr, ...]) -> Expr | None:
    """Return what `x * 1`, `x + 0`, `-(-x)` and constant arithmetic come to, or None."""
    if len(args) == 2:
        a, b = args
        if isinstance(a, Const) and isinstance(b, Const):
            return _fold(name, a, b)
        if name == "multiply":
            if _is_number(a, 1) and _keeps_kind(a, b):
                return b
            if _is_number(b, 1) and _keeps_kind(b, a):
                return a
        if name in ("add", "subtract") and _is_number(b, 0) and _keeps_kind(b, a):
            return a
        if name == "add" and _is_number(a, 0) and _keeps_kind(a, b):
            return b
        if name == "divide" and _is_number(b, 1) and numeric_kind(a.type) in ("float", "complex"):
            return a
        if name == "power" and _is_number(b, 1) and _keeps_kind(b, a):
            return a
    if name in ("negative", "conj") and len(args) == 1:
        if name == "conj" and numeric_kind(args[0].type) != "complex":
            return args[0]
        if isinstance(args[0], Const) and isinstance(args[0].value, int | float):
            return number(-args[0].value) if name == "negative" else args[0]
    return None


def _fold(name: str, a: Const, b: Const) -> Expr | None:
    if not all(isinstance(c.value, int | float) and not isinstance(c.value, bool) for c in (a, b)):
        return None
    if name == "add":
        return number(a.value + b.value)
    if name == "subtract":
        return number(a.value - b.value)
    if name == "multiply":
        return number(a.value * b.value)
    return None


class Sym:
    """A value inside a rule. Arithmetic on it builds IR."""

    __slots__ = ("builder", "expr")

    def __init__(self, expr: Expr, builder: Builder) -> None:
        self.expr = expr
        self.builder = builder

    @property
    def type(self) -> Type:
        """The type of the value."""
        return self.expr.type

    @property
    def ndim(self) -> int:
        """The rank; 0 for numbers."""
        return self.expr.type.ndim if isinstance(self.expr.type, Array) else 0

    def __index__(self) -> int:
        """An int that decides what a rule is: it must be known."""
        return int(static(self.expr))

    def named(self, name: str) -> Sym:
        """Call the value so in generated code."""
        if isinstance(self.expr, Var):
            self.expr.name = name
        return self

    def op(self, name: str | Callable[..., Any], *args: Any, **attrs: Any) -> Sym:
        """Return `name(self, *args)`: an operation of the table, or a function that has a rule."""
        if not isinstance(name, str):
            found = TABLE.lookup(name)
            assert found is not None, f"{name} has no rule"
            name = found[0]
        return Sym(self.builder.op(name, self.expr, *args, **attrs), self.builder)

    def _from(self, name: str, *args: Any) -> Sym:
        return Sym(self.builder.op(name, *args), self.builder)

    def __add__(self, other: Any) -> Sym:
        return self.op("add", other)

    def __radd__(self, other: Any) -> Sym:
        return self._from("add", other, self)

    def __sub__(self, other: Any) -> Sym:
        return self.op("subtract", other)

    def __rsub__(self, other: Any) -> Sym:
        return self._from("subtract", other, self)

    def __mul__(self, other: Any) -> Sym:
        return self.op("multiply", other)

    def __rmul__(self, other: Any) -> Sym:
        return self._from("multiply", other, self)

    def __truediv__(self, other: Any) -> Sym:
        return self.op("divide", other)

    def __rtruediv__(self, other: Any) -> Sym:
        return self._from("divide", other, self)

    def __pow__(self, other: Any) -> Sym:
        return self.op("power", other)

    def __rpow__(self, other: Any) -> Sym:
        return self._from("power", other, self)

    def __matmul__(self, other: Any) -> Sym:
        return self.op("matmul", other)

    def __neg__(self) -> Sym:
        return self.op("negative")

    def __gt__(self, other: Any) -> Sym:
        return self.op("greater", other)

    def __lt__(self, other: Any) -> Sym:
        return self.op("less", other)

    def __getitem__(self, index: Any) -> Sym:
        return self.op("getitem", index_expr(index))

    def equals(self, other: Any) -> Sym:
        """Return `self == other`, elementwise."""
        return self.op("equal", other)

    @property
    def T(self) -> Sym:
        """The matrix transpose: the last two axes swapped."""
        if self.ndim < 2:
            return self
        if self.ndim == 2:
            return self.op("transpose")
        return self.op("swapaxes", axis1=-1, axis2=-2)

    def sum(self, axis: Any = None, keepdims: bool = False) -> Sym:
        """Return the sum over axes."""
        if self.ndim == 0:
            return self
        attrs: dict[str, Any] = {}
        if axis is not None:
            attrs["axis"] = axis
        if keepdims:
            attrs["keepdims"] = True
        return self.op("sum", **attrs)


def expanded(definition: Callable[..., Any], builder: Builder, args: Sequence[Expr], attrs: dict[str, Expr]) -> Expr:
    """Append what an operation is composed of and return its result.

    The definition is given operands as symbols, None where an optional one is not given, and attributes as Python
    values where they are known when code is generated.
    """
    given = [None if isinstance(arg, Const) and arg.value is None else Sym(arg, builder) for arg in args]
    return constant_expr(definition(*given, **{key: known(value, builder) for key, value in attrs.items()}))


def known(value: Expr, builder: Builder) -> Any:
    """Return an attribute as the Python value it is, or as a symbol."""
    try:
        return static(value)
    except NotStatic:
        if isinstance(value, Op) and value.name in ("tuple", "list", "build"):
            return displayed(value.type, tuple(known(arg, builder) for arg in value.args))
        return Sym(value, builder)


def index_expr(index: Any) -> Expr:
    """Return a Python index (slices, ints, None, Ellipsis, symbols, tuples) as an expression."""
    if isinstance(index, tuple):
        items = tuple(index_expr(item) for item in index)
        return Op("tuple", items, Static(index_key(items)))
    if isinstance(index, slice):
        parts = tuple(constant_expr(p) for p in (index.start, index.stop, index.step))
        return Op("slice", parts, Static("slice"))
    return constant_expr(index)


def index_key(items: Sequence[Expr]) -> str:
    """Return a text that tells index tuples apart."""
    return "index:" + ",".join(map(repr, items))


def unbroadcast(g: Sym, like: Expr, *, exact: bool = False) -> Sym:
    """Sum a cotangent over the axes along which `like` was broadcast; an exact one along those of length 1 only."""
    target = like.type
    if isinstance(target, Scalar) or (isinstance(target, Array) and target.ndim == 0):
        return g.sum() if g.ndim else g
    assert isinstance(target, Array)
    if g.ndim == 0:
        return g
    assert isinstance(g.type, Array)
    extra = g.ndim - target.ndim
    if extra < 0:
        return g
    summed = tuple(range(extra))
    kept: list[int] = []
    for axis, size in enumerate(target.shape):
        other = g.type.shape[extra + axis]
        if size.is_unit is True and other.is_unit is not True:
            kept.append(axis)
        elif not exact and size.is_unit is None and other.is_unit is not True and size != other:
            return g.op("unbroadcast", like)
    if summed:
        g = g.sum(axis=summed if len(summed) > 1 else summed[0])
    if kept:
        g = g.sum(axis=tuple(kept) if len(kept) > 1 else kept[0], keepdims=True)
    return g


def cast_like(g: Sym, like: Expr) -> Sym:
    """Give a cotangent the dtype of its primal."""
    want, have = like.type, g.type
    if numeric_kind(have) == "complex" and numeric_kind(want) != "complex":
        g = g.op("real")
        have = g.type
    if not isinstance(want, Array | Scalar) or not isinstance(have, Array | Scalar) or numeric_kind(have) == "int":
        return g
    if want.dtype is not None and have.dtype not in (None, want.dtype):
        return g.op("astype", dtype=Const(want.dtype))
    return g


def same_shape(a: Type, b: Type) -> bool:
    """Return whether two values provably have the same shape."""
    if isinstance(a, Array) and isinstance(b, Array):
        return proved_equal(a.shape, b.shape)
    return not isinstance(a, Array) and not isinstance(b, Array)
