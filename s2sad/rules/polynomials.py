"""Sums of products: contractions, Kronecker and cross products, polynomials, covariances."""

from __future__ import annotations

from typing import Any

import numpy as np

from s2sad.ir.nodes import Const, Op
from s2sad.ir.types import Array, Size, Structure, dtype_of, fresh_size, numeric_kind
from s2sad.rules.builder import Sym
from s2sad.rules.core import EXPENSIVE, TypeProblem, composed, constant, custom, linear, static
from s2sad.rules.infer import array_of, normal_axes, scalar_or_array, shape_of, size_of
from s2sad.rules.linalg import WIDE, float_dtype
from s2sad.rules.register import register
from s2sad.rules.symbols import along, call, joined, length, positive, sequence, stacked

LETTERS = "abcdefghijklmnopqrstuvwxyz"


def _tensordot(a: Sym, b: Sym, axes: Any = 2) -> Sym:
    """As an einsum: the contracted axes have a letter in common."""
    if isinstance(axes, int):
        left, right = tuple(range(a.ndim - axes, a.ndim)), tuple(range(axes))
    else:
        left, right = (part if isinstance(part, tuple) else (part,) for part in axes)
    left, right = normal_axes(left, a.ndim), normal_axes(right, b.ndim)
    if len(left) != len(right):
        raise TypeProblem("np.tensordot needs as many axes of one array as of the other")
    first = list(LETTERS[: a.ndim])
    second = list(LETTERS[a.ndim : a.ndim + b.ndim])
    for i, j in zip(left, right, strict=True):
        second[j] = first[i]
    kept = [c for i, c in enumerate(first) if i not in left] + [c for j, c in enumerate(second) if j not in right]
    subscripts = f"{''.join(first)},{''.join(second)}->{''.join(kept)}"
    made = call(a.builder, "einsum", a, b, subscripts=subscripts)
    return made if made.ndim else made.op("asarray")


def _kron(a: Sym, b: Sym) -> Sym:
    rank = max(a.ndim, b.ndim)
    sizes = []
    for x in (a, b):
        sizes.append((1,) * (rank - x.ndim) + tuple(length(x, i) for i in range(x.ndim)))
    left = a.op("reshape", shape=tuple(n for size in sizes[0] for n in (size, 1)))
    right = b.op("reshape", shape=tuple(n for size in sizes[1] for n in (1, size)))
    return (left * right).op("reshape", shape=tuple(m * n for m, n in zip(*sizes, strict=True)))


def _cross(a: Sym, b: Sym, axisa: int = -1, axisb: int = -1, axisc: int = -1, axis: int | None = None) -> Sym:
    if axis is not None:
        axisa = axisb = axisc = axis
    sizes = [array_of(x.type).shape[positive(i, x.ndim)].value for x, i in ((a, axisa), (b, axisb))]
    first = [along(a, axisa, i) for i in range(sizes[0] or 3)]
    second = [along(b, axisb, i) for i in range(sizes[1] or 3)]
    if 2 in sizes:  # vectors in the plane: only the third component is not zero, and returned if both are
        if sizes != [2, 2]:
            raise TypeProblem("np.cross is accepted for vectors of three elements, or for two of two")
        return first[0] * second[1] - first[1] * second[0]
    parts = [first[i] * second[j] - first[j] * second[i] for i, j in ((1, 2), (2, 0), (0, 1))]
    return stacked(parts, axisc if parts[0].ndim else 0)


def _wide(x: Sym) -> Sym:
    """Return an array in the precision that NumPy computes with here."""
    wide = {"float32": "float64", "complex64": "complex128"}.get(dtype_of(x.type))
    return x.op("astype", dtype=Const(wide)) if wide else x


def _powers(n: Sym, x: Sym) -> Sym:
    """Return exponents that leave the dtype of x."""
    dtype = dtype_of(x.type)
    return n.op("astype", dtype=Const(dtype)) if dtype == "float32" else n


def _polyval_place(g: Sym, y: Sym, p: Sym, x: Sym) -> Sym:
    return g * p.op("polyder").op("polyval", x)


def _polyval_coefficients(g: Sym, y: Sym, p: Sym, x: Sym) -> Sym:
    """The values are the sum of the coefficients times powers of x."""
    n = length(p)
    if not x.ndim:
        return g * x ** _powers(call(p.builder, "arange", n - 1, -1, -1), x)
    if x.ndim > 1:
        g, x = g.op("ravel"), x.op("ravel")
    return g @ x.op("vander", n)


def _polyval_push(y: Sym, args: tuple[Sym, ...], dots: tuple[Any, ...], attrs: dict[str, Any]) -> Sym:
    p, x = args
    terms = [] if dots[0] is None else [dots[0].op("polyval", x)]
    terms += [] if dots[1] is None else [dots[1] * p.op("polyder").op("polyval", x)]
    return terms[0] if len(terms) == 1 else terms[0] + terms[1]


def _vander(x: Sym, N: Any = None, increasing: bool = False) -> Sym:
    n = length(x) if N is None else N
    x = _wide(x)
    powers = call(x.builder, "arange", n)
    powers = powers if increasing else powers[::-1]
    return x.op("expand_dims", axis=-1) ** powers


def _polyfit(x: Sym, y: Sym, w: Sym | None, deg: int = 1) -> Sym:
    """Least squares with the powers of x as columns."""
    columns = _vander(x, deg + 1)
    if w is not None:
        columns = columns * w.op("expand_dims", axis=-1)
        y = y * (w.op("expand_dims", axis=-1) if y.ndim > 1 else w)
    return columns.op("pinv") @ y


def _rows(m: Sym, y: Sym | None, rowvar: bool) -> Sym:
    parts = [
        p.op("astype", dtype=Const(double)) if (double := WIDE.get(dtype_of(p.type))) else p
        for p in (m, y)
        if p is not None
    ]
    parts = [p.op("expand_dims", axis=0) if p.ndim == 1 else p if rowvar else p.T for p in parts]
    return joined(parts)


def _cov(
    m: Sym,
    y: Sym | None,
    fweights: Sym | None,
    aweights: Sym | None,
    rowvar: bool = True,
    bias: bool = False,
    ddof: int | None = None,
) -> Sym:
    """X W X^H / f, with the rows of X centred by the weights and f what NumPy divides by."""
    x = _rows(m, y, rowvar)
    ddof = (0 if bias else 1) if ddof is None else ddof
    weights = fweights
    if aweights is not None:
        weights = aweights if weights is None else weights * aweights
    if weights is None:
        centred = x - x.op("mean", axis=1, keepdims=True)
        total: Any = length(x, 1) - ddof
        right = centred
    else:
        sum_ = weights.sum()
        centred = x - ((x * weights).sum(axis=1) / sum_).op("expand_dims", axis=-1)
        right = centred * weights
        if ddof == 0:
            total = sum_
        elif aweights is None:
            total = sum_ - ddof
        else:
            total = sum_ - ddof * (weights * aweights).sum() / sum_
    made = centred @ right.T.op("conj") / total
    return made.op("squeeze", axis=(0, 1)) if _alone(array_of(m.type), rowvar) and y is None else made


def _alone(m: Array, rowvar: bool) -> bool | None:
    """Return whether there is one variable: NumPy gives its variance as a number. None if that is not known."""
    return True if m.ndim == 1 else m.shape[0 if rowvar else 1].is_unit


def _may_be_number(op: Op) -> bool:
    """Return whether the rank of a covariance depends on a size that is not known."""
    m, y = op.args[:2]
    several = not (isinstance(y, Const) and y.value is None)
    return not several and _alone(array_of(m.type), static(op.attrs.get("rowvar"), True)) is None


def _corrcoef(x: Sym, y: Sym | None, rowvar: bool = True) -> Sym:
    c = _cov(x, y, None, None, rowvar)
    if not c.ndim:
        return c / c
    d = c.op("diagonal").op("real").op("sqrt")
    return c / d.op("expand_dims", axis=-1) / d


register(
    "tensordot", composed(_tensordot), names="np.tensordot np.linalg.tensordot", signature="a b | axes", cost=EXPENSIVE
)
register("kron", composed(_kron), names="np.kron", signature="a b |", cost=EXPENSIVE)
register(
    "cross",
    composed(_cross),
    names="np.cross np.linalg.cross",
    signature="a b | axisa axisb axisc axis",
    cost=EXPENSIVE,
)
register(
    "polyval",
    custom([_polyval_coefficients, _polyval_place], _polyval_push),
    lambda args, attrs, form: _series_type(args[::-1], attrs, form),
    names="np.polyval",
    signature="p x |",
    cost=EXPENSIVE,
)
register("vander", composed(_vander), names="np.vander", signature="x | N increasing", cost=EXPENSIVE)
register(
    "polyfit",
    composed(_polyfit),
    names="np.polyfit",
    signature="x y | deg rcond=None full=False @w cov=False",
    cost=EXPENSIVE,
)
register(
    "cov",
    composed(_cov, checked=_may_be_number),
    names="np.cov",
    signature="m | @y rowvar bias ddof @fweights @aweights * dtype=None",
    cost=EXPENSIVE,
)
register(
    "corrcoef",
    composed(_corrcoef, checked=_may_be_number),
    names="np.corrcoef",
    signature="x | @y rowvar",
    cost=EXPENSIVE,
)


# --- arithmetic of polynomials ----------------------------------------------------------------------------------------
def _polyder(p: Sym, m: int = 1) -> Sym:
    for _ in range(m):
        p = p[:-1] * call(p.builder, "arange", length(p) - 1, 0, -1)
    return p


def _polyint(p: Sym, k: Sym | None, m: int = 1) -> Sym:
    """One constant of integration for each time, or one for all."""
    for i in range(m):
        quotients = p / call(p.builder, "arange", length(p), 0, -1)
        constant: Any = call(p.builder, "zeros", 1)
        if k is not None:
            constant = k[i : i + 1] if k.ndim else call(p.builder, "array", sequence([k]))
        p = joined([quotients, constant])
    return p


def _added(sign: float) -> Any:
    """The coefficients of high powers come first: the shorter one is filled up in front."""

    def definition(a1: Sym, a2: Sym) -> Sym:
        n = call(a1.builder, "maximum", length(a1), length(a2), form="max")
        a1, a2 = (a.op("pad_constant", pad_width=(n - length(a), 0)) for a in (a1, a2))
        return a1 + a2 if sign > 0 else a1 - a2

    return definition


def _others(p: Sym, r: Sym) -> Sym:
    """Return the coefficients of the product of (x - r_j) over j != i, in row i: p / (x - r_i) by Horner's scheme.

    q_k = p_0 r^k + p_1 r^(k-1) + ... + p_k.
    """
    n = length(r)
    lag = call(r.builder, "arange", n)
    lag = lag.op("expand_dims", axis=1) - lag
    powers = r.op("expand_dims", axis=(1, 2)) ** lag.op("maximum", 0)
    return (powers * (lag > -1) * p[:-1]).sum(axis=2)


def _poly_type(args: Any, attrs: Any, form: str) -> Array:
    r = array_of(args[0].type)
    if r.ndim != 1 or numeric_kind(r) == "complex":
        raise TypeProblem("np.poly is accepted for a vector of real roots")
    return Array(float_dtype(r.dtype), (r.shape[0].plus(1),))


def _matvec(x1: Sym, x2: Sym) -> Sym:
    return (x1 @ x2.op("expand_dims", axis=-1)).op("squeeze", axis=-1)


def _vecmat(x1: Sym, x2: Sym) -> Sym:
    return (x1.op("conj").op("expand_dims", axis=-2) @ x2).op("squeeze", axis=-2)


def _trimmed(c: Sym) -> Sym:
    """Return coefficients from the first that is not 0 on; the last one counts anyway."""
    counts = joined([c[:-1].op("not_equal", 0.0), call(c.builder, "ones", 1, dtype="bool")])
    return c[counts.op("argmax") :]


for _name, _definition, _signature in (
    ("polyder", _polyder, "p | m"),
    ("polyint", _polyint, "p | m @k"),
    ("polyadd", _added(1.0), "a1 a2 |"),
    ("polysub", _added(-1.0), "a1 a2 |"),
    ("polymul", lambda a1, a2: _trimmed(a1).op("convolve", _trimmed(a2)), "a1 a2 |"),
    ("matvec", _matvec, "x1 x2 |"),
    ("vecmat", _vecmat, "x1 x2 |"),
):
    register(_name, composed(_definition), names=f"np.{_name}", signature=_signature, cost=EXPENSIVE)
register(
    "poly",
    custom(
        [lambda g, y, r: -(_others(y, r) @ g[1:])],
        lambda y, args, dots, attrs: joined([y[:1] * 0.0, -(dots[0] @ _others(y, args[0]))]),
    ),
    _poly_type,
    names="np.poly",
    signature="seq_of_zeros |",
    cost=EXPENSIVE,
)


def _gauss_type(args: Any, attrs: Any, form: str) -> Structure:
    one = Array("float64", (size_of(args[0]),))
    return Structure("tuple", (0, 1), (one, one))


for _name, _module in (
    ("leggauss", "legendre"),
    ("chebgauss", "chebyshev"),
    ("hermgauss", "hermite"),
    ("hermegauss", "hermite_e"),
    ("laggauss", "laguerre"),
):
    register(_name, constant(), _gauss_type, names=f"np.polynomial.{_module}.{_name}", signature="deg |")


# --- series of other polynomials --------------------------------------------------------------------------------------
def _basis_type(args: Any, attrs: Any, form: str) -> Array:
    """NumPy gives the values at a number as a row."""
    dtype = float_dtype(dtype_of(args[0].type))
    return Array(dtype, (*(shape_of(args[0].type) or (Size.number(1),)), size_of(args[1]).plus(1)))


def _basis_slope(name: str, x: Sym, degree: Sym) -> Sym:
    """Each polynomial's derivative is a combination of the polynomials below it: the columns of D(eye)."""
    combined = call(x.builder, f"{name}der", call(x.builder, "eye", degree + 1))
    below = call(x.builder, "maximum", degree - 1, 0, form="max")
    return call(x.builder, f"{name}vander", x, below) @ combined


def _basis_back(name: str) -> Any:
    def pull(g: Sym, y: Sym, x: Sym, degree: Sym) -> Sym:
        made = (g * _basis_slope(name, x, degree)).sum(axis=-1)
        return made if x.ndim else made[0]

    return pull


def _wide_dot(dot: Sym) -> Sym:
    return dot.op("expand_dims", axis=-1) if dot.ndim else dot


def _slope_at(name: str) -> Any:
    """Return the adjoint of the values of a series in its place."""
    return lambda g, y, x, c: g * call(c.builder, f"{name}val", x, c.op(f"{name}der"))


def _basis_at(name: str) -> Any:
    """The values are linear in the coefficients: those of each polynomial alone."""

    def pull(g: Sym, y: Sym, x: Sym, c: Sym) -> Sym:
        basis = call(c.builder, f"{name}vander", x, length(c) - 1)
        if x.ndim == 0:
            return g * basis[0]
        return g @ basis if x.ndim == 1 else g.op("tensordot", basis, axes=x.ndim)

    return pull


def _series_push(name: str) -> Any:
    def push(y: Sym, args: tuple[Sym, ...], dots: tuple[Any, ...], attrs: dict[str, Any]) -> Sym:
        x, c = args
        terms = [] if dots[0] is None else [dots[0] * call(c.builder, f"{name}val", x, c.op(f"{name}der"))]
        terms += [] if dots[1] is None else [call(c.builder, f"{name}val", x, dots[1])]
        return terms[0] if len(terms) == 1 else terms[0] + terms[1]

    return push


def _series_type(args: Any, attrs: Any, form: str) -> Any:
    x, c = args
    if array_of(c.type).ndim != 1:
        raise TypeProblem("the values of a series are accepted for the coefficients of one polynomial")
    dtype = float_dtype(str(np.result_type(dtype_of(x.type), dtype_of(c.type))))
    return scalar_or_array(dtype, shape_of(x.type))


def _slope_type(args: Any, attrs: Any, form: str) -> Array:
    c = array_of(args[0].type)
    return Array(float_dtype(c.dtype), (fresh_size(), *c.shape[1:]))


def _columns_back(name: str) -> Any:
    """What is linear in the coefficients: its columns are those of the unit vectors."""
    return lambda g, y, c: call(g.builder, name, call(g.builder, "eye", length(c))).T @ g


def _low_first(combined: Any) -> Any:
    """Turn what is done with coefficients whose high powers come first around, and leave out zeros at the end."""
    return lambda c1, c2: _trimmed(combined(c1[::-1], c2[::-1]))[::-1]


for _name, _module in (
    ("cheb", "chebyshev"),
    ("leg", "legendre"),
    ("herm", "hermite"),
    ("herme", "hermite_e"),
    ("lag", "laguerre"),
    ("poly", "polynomial"),
):
    _within = f"np.polynomial.{_module}.{_name}"
    _of = _name if _name != "poly" else "low"  # np.polyder and np.polyval have the high powers first
    for _operation in ("der", "int"):
        register(
            f"{_of}{_operation}",
            linear(_columns_back(f"{_of}{_operation}")),
            _slope_type,
            names=f"{_within}{_operation}",
            signature="c |",
            cost=EXPENSIVE,
        )
    for _operation, _sign in (("add", 1.0), ("sub", -1.0)):
        register(
            f"{_of}{_operation}",
            composed(_low_first(_added(_sign))),
            names=f"{_within}{_operation}",
            signature="c1 c2 |",
            cost=EXPENSIVE,
        )
    register(
        f"{_of}vander",
        custom(
            [_basis_back(_of), None],
            lambda y, args, dots, attrs, _of=_of: _wide_dot(dots[0]) * _basis_slope(_of, *args),
        ),
        _basis_type,
        names=f"{_within}vander",
        signature="x deg |",
        cost=EXPENSIVE,
    )
    register(
        f"{_of}val",
        custom([_slope_at(_of), _basis_at(_of)], _series_push(_of)),
        _series_type,
        names=f"{_within}val",
        signature="x c | tensor=True",
        cost=EXPENSIVE,
    )
register(
    "lowmul",
    composed(_low_first(lambda a1, a2: _trimmed(a1).op("convolve", _trimmed(a2)))),
    names="np.polynomial.polynomial.polymul",
    signature="c1 c2 |",
    cost=EXPENSIVE,
)
