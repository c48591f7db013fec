"""Cases for every differentiable rule of the table: an expression, and how to make its arguments.

`CASES` maps the name of a rule to the expressions that exercise it. Every float argument is differentiated. The test
runs each case in float64, in float32, and with arguments that are strided and reversed views.
"""

from __future__ import annotations

import re

import numpy as np

from tests.rules import library, options, scipy
from tests.rules.makers import (
    Case,
    between,
    case,
    complexes,
    definite,
    exactly,
    mask,
    normal,
    number,
    regular,
    scalar,
    whole,
)

# --- elementwise --------------------------------------------------------------------------------------------------
Domain = tuple[float, float]
REAL: Domain = (-2.0, 2.0)
POSITIVE: Domain = (0.3, 3.0)
INSIDE: Domain = (-0.9, 0.9)


def one_operand(spelled: str, domain: Domain, math: str = "") -> list[Case]:
    """Return cases of a function of one argument: all ranks, numbers, sizes 1 and 0."""
    shapes: list[tuple[int, ...]] = [(), (4,), (2, 3), (2, 1, 3), (1,), (0,)]
    cases = [case(f"{spelled}(x)", x=between(*domain, *shape)) for shape in shapes]
    cases += [case(f"{spelled}(x)", x=number(*domain)), case(f"{spelled}(x)", x=scalar(*domain))]
    if math:
        cases.append(case(f"{math}(x)", x=number(*domain)))
    return cases


def two_operands(text: str, first: Domain, second: Domain, *more: Case) -> list[Case]:
    """Return cases of a function of two arguments: broadcasting in each position, numbers in each position."""
    pairs: list[tuple[tuple[int, ...], tuple[int, ...]]] = [
        ((3,), (3,)),
        ((2, 3), (3,)),
        ((3,), (2, 3)),
        ((2, 1), (3,)),
        ((2, 1), (1, 3)),
        ((1, 3), (2, 3)),
        ((2, 3), (2, 1)),
        ((2, 3, 2), (3, 1)),
        ((1,), (4,)),
        ((4,), (1,)),
        ((), (3,)),
        ((3,), ()),
        ((), ()),
        ((0,), (0,)),
        ((0, 3), (3,)),
        ((1,), (0,)),
    ]
    cases = [case(text, x=between(*first, *a), y=between(*second, *b)) for a, b in pairs]
    for y in (number(*second), scalar(*second)):
        cases.append(case(text, x=between(*first, 2, 3), y=y))
    for x in (number(*first), scalar(*first)):
        cases.append(case(text, x=x, y=between(*second, 2, 3)))
    cases.append(case(text, x=number(*first), y=number(*second)))
    cases.append(case(text, x=scalar(*first), y=number(*second)))
    for literal in (f"{second[0] / 2 + second[1] / 2:.2f}", "2"):
        for x in (between(*first, 3), number(*first)):
            cases.append(case(re.sub(r"\by\b", literal, text), x=x))
    for literal in (f"{first[0] / 2 + first[1] / 2 + 0.25:.2f}", "3"):
        for y in (between(*second, 3), number(*second)):
            cases.append(case(re.sub(r"\bx\b", literal, text), y=y))
    return [*cases, *more]


ELEMENTWISE: dict[str, list[Case]] = {
    "add": two_operands("x + y", REAL, REAL, case("np.add(x, y)", x=normal(3), y=normal(2, 3))),
    "subtract": two_operands("x - y", REAL, REAL, case("np.subtract(x, y)", x=normal(3), y=normal(2, 3))),
    "multiply": two_operands(
        "x * y",
        REAL,
        REAL,
        case("np.multiply(x, y)", x=normal(3), y=normal(2, 3)),
        case("x * x", x=normal(3)),
        case("x * n", x=normal(3), n=whole(-3, 4, 2, 3)),
        case("m * x", m=mask(3), x=normal(2, 3)),
    ),
    "divide": two_operands("x / y", REAL, POSITIVE, case("np.divide(x, y)", x=normal(3), y=between(-2, -1, 2, 3))),
    "power": two_operands(
        "x ** y",
        POSITIVE,
        REAL,
        case("np.power(x, y)", x=between(*POSITIVE, 3), y=normal(2, 3)),
        case("math.pow(x, y)", x=number(), y=number()),
        case("x ** n", x=normal(2, 3), n=exactly(np.array([0, 1, 3]))),
        case("x ** n", x=normal(4), n=exactly(3)),
        case("x ** 1", x=normal(4)),
        case("x ** 0", x=normal(4)),
        case("x ** -2", x=normal(4)),
        case("x ** 0.5", x=between(*POSITIVE, 4)),
        case("x ** -0.5", x=between(*POSITIVE, 4)),
        case("n ** x", n=exactly(np.array([1, 2, 3])), x=normal(2, 3)),
        case("pow(x, 3)", x=normal(4)),
    ),
    "negative": [case("-x", x=normal(2, 3)), case("-x", x=number()), *one_operand("np.negative", REAL)],
    "positive": [case("+x", x=normal(2, 3)), case("+x", x=number()), *one_operand("np.positive", REAL)],
    "remainder": two_operands(
        "x % y",
        (2.0, 3.0),
        (0.6, 1.4),
        case("np.mod(x, y)", x=between(-3.0, -2.1, 4), y=between(0.3, 1.9, 4)),
        case("np.remainder(x, y)", x=between(2.1, 3.0, 4), y=between(-1.9, -0.3, 4)),
    ),
    "exp": one_operand("np.exp", REAL, "math.exp"),
    "expm1": one_operand("np.expm1", REAL, "math.expm1"),
    "exp2": one_operand("np.exp2", REAL, "math.exp2"),
    "log": one_operand("np.log", POSITIVE, "math.log"),
    "log2": one_operand("np.log2", POSITIVE, "math.log2"),
    "log10": one_operand("np.log10", POSITIVE, "math.log10"),
    "log1p": one_operand("np.log1p", INSIDE, "math.log1p"),
    "sqrt": one_operand("np.sqrt", POSITIVE, "math.sqrt"),
    "cbrt": [
        *one_operand("np.cbrt", POSITIVE, "math.cbrt"),
        case("np.cbrt(x)", x=between(-2.0, -0.5, 4)),
    ],
    "square": one_operand("np.square", REAL),
    "reciprocal": one_operand("np.reciprocal", POSITIVE),
    "absolute": [*one_operand("np.abs", REAL), case("abs(x)", x=normal(4)), case("abs(x)", x=number(-2.0, -1.0))],
    "fabs": one_operand("np.fabs", REAL, "math.fabs"),
    "sin": one_operand("np.sin", REAL, "math.sin"),
    "cos": one_operand("np.cos", REAL, "math.cos"),
    "tan": one_operand("np.tan", INSIDE, "math.tan"),
    "arcsin": one_operand("np.arcsin", INSIDE, "math.asin"),
    "arccos": one_operand("np.arccos", INSIDE, "math.acos"),
    "arctan": one_operand("np.arctan", REAL, "math.atan"),
    "sinh": one_operand("np.sinh", REAL, "math.sinh"),
    "cosh": one_operand("np.cosh", REAL, "math.cosh"),
    "tanh": one_operand("np.tanh", REAL, "math.tanh"),
    "arcsinh": one_operand("np.arcsinh", REAL, "math.asinh"),
    "arccosh": one_operand("np.arccosh", (1.3, 3.0), "math.acosh"),
    "arctanh": one_operand("np.arctanh", INSIDE, "math.atanh"),
    "degrees": [
        *one_operand("np.degrees", REAL, "math.degrees"),
        case("np.rad2deg(x)", x=normal(3)),
    ],
    "radians": [
        *one_operand("np.radians", REAL, "math.radians"),
        case("np.deg2rad(x)", x=normal(3)),
    ],
    "logaddexp": two_operands("np.logaddexp(x, y)", REAL, REAL),
    "logaddexp2": two_operands("np.logaddexp2(x, y)", REAL, REAL),
    "arctan2": two_operands(
        "np.arctan2(x, y)", REAL, (-3.0, -0.5), case("math.atan2(x, y)", x=number(-2.0, -1.0), y=number())
    ),
    "hypot": two_operands("np.hypot(x, y)", REAL, POSITIVE, case("math.hypot(x, y)", x=number(), y=number())),
    "maximum": two_operands("np.maximum(x, y)", REAL, REAL, case("max(x, y)", x=number(), y=number(3.0, 4.0))),
    "minimum": two_operands("np.minimum(x, y)", REAL, REAL, case("min(x, y)", x=number(), y=number(0.0, 0.4))),
    "log_or_zero": [
        case("_log_or_zero(x)", helpers=("_log_or_zero",), x=between(*POSITIVE, 2, 3)),
        case("_log_or_zero(x)", helpers=("_log_or_zero",), x=exactly(np.array([0.0, 0.5, 2.0])), second=False),
    ],
    "where_exponent": [
        case("_exponent(y, x)", helpers=("_exponent",), x=normal(2, 3), y=normal(3)),
        case("_exponent(y, x)", helpers=("_exponent",), x=number(), y=normal(2)),
        case("_exponent(2.0, x)", helpers=("_exponent",), x=number()),
    ],
    "inverse_or_zero": [
        case("_inverse_or_zero(x)", helpers=("_inverse_or_zero",), x=between(*POSITIVE, 2, 3)),
    ],
}


# --- reductions ---------------------------------------------------------------------------------------------------
AXES: list[tuple[tuple[int, ...], list[str]]] = [
    ((4,), ["", "axis=0", "axis=-1", "axis=(0,)", "keepdims=True", "axis=0, keepdims=True"]),
    ((2, 3), ["", "axis=0", "axis=1", "axis=-1", "axis=-2", "axis=(0, 1)", "axis=None", "keepdims=True"]),
    (
        (2, 3),
        ["axis=0, keepdims=True", "axis=-1, keepdims=True", "axis=(-1, 0), keepdims=True", "axis=1, keepdims=False"],
    ),
    ((2, 3, 2), ["", "axis=1", "axis=-1", "axis=(0, 2)", "axis=(-1, 0)", "axis=(1, 2), keepdims=True", "axis=0"]),
    ((1, 3), ["axis=0", "axis=1", "axis=0, keepdims=True"]),
]


def call(function: str, *arguments: str) -> str:
    """Return the text of a call without its empty arguments."""
    return f"{function}({', '.join(a for a in arguments if a)})"


def reduced(
    function: str, method: str = "", tuples: bool = True, empty: bool = False, domain: Domain = REAL
) -> list[Case]:
    """Return cases of a reduction: every kind of axis, keepdims both ways, as function and as method."""
    cases = []
    for shape, ways in AXES:
        for option in ways:
            if tuples or "(" not in option:
                dual = function != "np.prod" or "(" not in option
                cases.append(case(call(function, "x", option), x=between(*domain, *shape), dual=dual))
    if method:
        for option in ("", "axis=1", "axis=0, keepdims=True"):
            cases.append(case(call(f"x.{method}", option), x=between(*domain, 2, 3)))
    if empty:
        cases.append(case(call(function, "x"), x=normal(0)))
        cases.append(case(call(function, "x", "axis=0"), x=normal(0, 3), dual=function != "np.prod"))
        cases.append(case(call(function, "x", "axis=1"), x=normal(0, 3)))
    cases.append(case(call(function, "x"), x=between(*domain)))
    return cases


WITH_ZERO = np.array([[0.0, 0.7, -1.2], [0.4, -0.3, 1.1]])
WITH_ZEROS = np.array([[0.0, 0.7, 0.0], [0.4, 0.0, 1.1]])

REDUCTIONS: dict[str, list[Case]] = {
    "sum": [
        *reduced("np.sum", "sum", empty=True),
        case("np.sum(x, 1)", x=normal(2, 3)),
        case("x.sum(1)", x=normal(2, 3)),
        case("sum(x)", x=normal(3)),
    ],
    "mean": [*reduced("np.mean", "mean"), case("np.average(x)", x=normal(4)), case("np.mean(x, 0)", x=normal(2, 3))],
    "max": [*reduced("np.max", "max"), case("np.amax(x, axis=0)", x=normal(3, 2)), case("max(x)", x=normal(3))],
    "min": [*reduced("np.min", "min"), case("np.amin(x, axis=0)", x=normal(3, 2)), case("min(x)", x=normal(3))],
    "prod": [
        *reduced("np.prod", "prod", empty=True),
        case("np.prod(x, axis=0)", x=exactly(WITH_ZERO)),
        case("np.prod(x, axis=1)", x=exactly(WITH_ZERO)),
        case("np.prod(x)", x=exactly(WITH_ZERO)),
        case("np.prod(x, axis=1)", x=exactly(WITH_ZEROS)),
        case("np.prod(x)", x=exactly(WITH_ZEROS)),
    ],
    "prod_others": [
        case("_prod_others(x)", helpers=("_prod_others",), x=normal(4), dual=False),
        case("_prod_others(x, axis=0)", helpers=("_prod_others",), x=normal(3, 2), dual=False),
        case("_prod_others(x, axis=(1, 2))", helpers=("_prod_others",), x=normal(2, 3, 2), dual=False),
        case("_prod_others(x, axis=1, keepdims=True)", helpers=("_prod_others",), x=normal(2, 3), dual=False),
    ],
    "prod_pairs": [
        case(call("_prod_pairs", "x", "y", axis), helpers=("_prod_pairs",), x=normal(*n), y=normal(*n), dual=False)
        for axis, n in (("", (4,)), ("axis=0", (3, 2)), ("axis=(1, 2)", (2, 3, 2)), ("axis=-1", (2, 3)))
    ],
    "prod_triples": [
        case(
            call("_prod_triples", "x", "y", *(["z", axis] if axis else ["z"])),
            helpers=("_prod_triples",),
            dual=False,
            **{name: normal(*n) for name in "xyz"},
        )
        for axis, n in (("", (5,)), ("axis=0", (4, 2)), ("axis=-1", (2, 4)))
    ],
    "norm_squared": [
        case("np.linalg.norm(x) ** 2", x=normal(4)),
        case("np.linalg.norm(x, axis=0) ** 2", x=normal(2, 3)),
        case("np.linalg.norm(x, axis=1, keepdims=True) ** 2.0", x=normal(2, 3)),
    ],
    "std_squared": [
        case("np.std(x) ** 2", x=normal(2, 3)),
        case("x.std(axis=0, ddof=1) ** 2", x=normal(3, 2)),
    ],
    "absolute_squared": [
        case("np.abs(x * (0.6 + 0.8j)) ** 2", x=normal(2, 3)),
        case("abs(x + 0.3j) ** 2", x=number()),
        case("np.abs(x) ** 2", x=complexes(3)),
    ],
    "var": [
        *reduced("np.var", "var"),
        case("np.var(x, ddof=1)", x=normal(4)),
        case("x.var(axis=0, ddof=1)", x=normal(3, 2)),
        case("np.var(x, axis=(0, 1), ddof=1, keepdims=True)", x=normal(3, 2)),
    ],
    "std": [
        case("np.std(x)", x=normal(4)),
        case("np.std(x)", x=normal(2, 3)),
        case("np.std(x, axis=0)", x=normal(3, 2)),
        case("np.std(x, axis=-1, keepdims=True)", x=normal(2, 3)),
        case("np.std(x, axis=(0, 2))", x=normal(2, 3, 2)),
        case("np.std(x, axis=0, ddof=1)", x=normal(3, 2)),
        case("np.std(x, ddof=1)", x=normal(3, 2)),
        case("x.std(axis=1)", x=normal(2, 3)),
    ],
    "norm": [
        case("np.linalg.norm(x)", x=normal(4)),
        case("np.linalg.norm(x)", x=normal(2, 3)),
        case("np.linalg.norm(x, 2)", x=normal(4)),
        case("np.linalg.norm(x, axis=0)", x=normal(2, 3)),
        case("np.linalg.norm(x, axis=-1)", x=normal(2, 3, 2)),
        case("np.linalg.norm(x, axis=1, keepdims=True)", x=normal(2, 3)),
        case("np.linalg.norm(x, axis=(0, 1))", x=normal(2, 3)),
        case("np.linalg.norm(x, axis=(1, 2), keepdims=True)", x=normal(2, 3, 2)),
        case("np.linalg.norm(x, keepdims=True)", x=normal(2, 3)),
        case("np.linalg.norm(x, 'fro')", x=normal(2, 3)),
        case("np.linalg.norm(x, ord=2, axis=1)", x=normal(2, 3)),
    ],
    "cumsum": [
        case("np.cumsum(x)", x=normal(4)),
        case("np.cumsum(x, axis=0)", x=normal(4)),
        case("np.cumsum(x)", x=normal(2, 3)),
        case("np.cumsum(x, axis=0)", x=normal(2, 3)),
        case("np.cumsum(x, axis=-1)", x=normal(2, 3)),
        case("np.cumsum(x, axis=1)", x=normal(2, 3, 2)),
        case("x.cumsum()", x=normal(4)),
        case("x.cumsum(axis=1)", x=normal(2, 3)),
        case("np.cumsum(x)", x=normal(0)),
        case("np.cumsum(x, axis=1)", x=normal(2, 0)),
    ],
    "sort": [
        case("np.sort(x)", x=normal(5)),
        case("np.sort(x)", x=normal(3, 4)),
        case("np.sort(x, axis=0)", x=normal(4, 2)),
        case("np.sort(x, axis=-1)", x=normal(2, 4)),
        case("np.sort(x, axis=1)", x=normal(2, 3, 2)),
        case("np.sort(x)", x=normal(0)),
    ],
    "take_along_axis": [
        case("np.take_along_axis(x, i, axis=0)", x=normal(4), i=exactly(np.array([3, 0, 1]))),
        case("np.take_along_axis(x, i, axis=1)", x=normal(2, 4), i=exactly(np.array([[3, 0], [1, 2]]))),
        case("np.take_along_axis(x, i, 0)", x=normal(3, 2), i=exactly(np.array([[2, 0]]))),
        case("np.take_along_axis(x, i, axis=-1)", x=normal(2, 4), i=exactly(np.array([[3, 0], [1, 2]]))),
        case("np.take_along_axis(x, i, axis=0)", x=normal(4), i=exactly(np.array([3, 0, 3, 3]))),
        case("np.take_along_axis(x, np.argsort(x, axis=0), axis=0)", x=normal(4, 2)),
    ],
    "put_along_zeros": [
        case(
            "_put_along_zeros(x, i, y, 0)",
            helpers=("_put_along_zeros",),
            x=normal(4),
            i=exactly(np.array([3, 0])),
            y=normal(2),
        ),
        case(
            "_put_along_zeros(x, i, y, 1)",
            helpers=("_put_along_zeros",),
            x=normal(2, 4),
            i=exactly(np.array([[3, 0], [1, 2]])),
            y=normal(2, 2),
        ),
    ],
}

# --- products and linear algebra ----------------------------------------------------------------------------------
PRODUCT_SHAPES: list[tuple[tuple[int, ...], tuple[int, ...]]] = [
    ((3,), (3,)),
    ((2, 3), (3,)),
    ((3,), (3, 2)),
    ((2, 3), (3, 4)),
    ((1, 3), (3, 1)),
    ((2, 0), (0, 3)),
    ((0, 2), (2, 3)),
]
STACK_SHAPES: list[tuple[tuple[int, ...], tuple[int, ...]]] = [
    ((2, 3, 4), (2, 4, 2)),
    ((2, 3, 4), (4, 2)),
    ((3, 4), (2, 4, 2)),
    ((2, 3, 4), (4,)),
    ((4,), (2, 4, 3)),
    ((2, 1, 3, 4), (2, 4, 2)),
    ((1, 3, 4), (2, 4, 2)),
]


def sized(text: str, pairs: list[tuple[tuple[int, ...], tuple[int, ...]]]) -> list[Case]:
    """Return cases of a product for pairs of shapes."""
    return [case(text, x=normal(*a), y=normal(*b)) for a, b in pairs]


LINEAR_ALGEBRA: dict[str, list[Case]] = {
    "matmul": [
        *sized("x @ y", PRODUCT_SHAPES + STACK_SHAPES),
        *sized("np.matmul(x, y)", PRODUCT_SHAPES[:4]),
        case("x @ x", x=normal(3, 3)),
        case("n @ x", n=whole(-3, 4, 2, 3), x=normal(3, 2)),
    ],
    "dot": [
        *sized("np.dot(x, y)", PRODUCT_SHAPES),
        *sized("x.dot(y)", PRODUCT_SHAPES[:4]),
        case("np.dot(x, y)", x=normal(2, 3), y=number()),
        case("np.dot(x, y)", x=number(), y=normal(2, 3)),
        case("np.dot(x, y)", x=number(), y=number()),
        case("np.dot(x, y)", x=normal(), y=normal(3)),
        case("np.dot(x, y)", x=normal(2, 3, 4), y=normal(4)),
        case("np.dot(x, y)", x=normal(2, 3, 4), y=normal(4, 2)),
        case("np.inner(x, y)", x=normal(3), y=normal(3)),
        case("np.inner(x, y)", x=normal(2, 3), y=normal(4, 3)),
        case("np.inner(x, y)", x=normal(2, 3), y=normal(3)),
        case("np.inner(x, y)", x=number(), y=normal(3)),
    ],
    "outer": [
        case("np.outer(x, y)", x=normal(3), y=normal(2)),
        case("np.outer(x, x)", x=normal(3)),
        case("np.outer(x, y)", x=normal(1), y=normal(4)),
        case("np.outer(x, y)", x=normal(0), y=normal(2)),
    ],
    "vdot": [
        *sized("np.vdot(x, y)", [((3,), (3,)), ((2, 3), (2, 3)), ((2, 3), (6,)), ((3, 2), (2, 3)), ((0,), (0,))]),
        case("np.vdot(x, x)", x=normal(2, 3)),
        case("np.vdot(x, y)", x=number(), y=number()),
        case("np.vdot(n, x)", n=whole(-3, 4, 3), x=normal(3)),
    ],
    "vecdot_along": [
        case("np.vecdot(x, y, axis=0)", x=normal(3, 2), y=normal(3, 2), dual=False),
        case("np.linalg.vecdot(x, y, axis=1)", x=normal(2, 3, 2), y=normal(2, 3, 2), dual=False),
    ],
    "vecdot": [
        *sized("np.vecdot(x, y)", [((3,), (3,)), ((2, 3), (2, 3)), ((2, 3), (3,)), ((3,), (2, 3)), ((0, 3), (3,))]),
        *sized("np.vecdot(x, y)", [((4, 1, 3), (2, 3)), ((2, 1, 3), (1, 4, 3)), ((2, 0), (2, 0))]),
        case("np.vecdot(x, x)", x=normal(2, 3)),
        case("np.vecdot(n, x)", n=whole(-3, 4, 2, 3), x=normal(3)),
    ],
    "einsum": [
        case("np.einsum('ij,jk->ik', x, y)", x=normal(2, 3), y=normal(3, 4)),
        case("np.einsum('ij,jk', x, y)", x=normal(2, 3), y=normal(3, 4)),
        case("np.einsum('ij->ji', x)", x=normal(2, 3)),
        case("np.einsum('ij->i', x)", x=normal(2, 3)),
        case("np.einsum('ij->', x)", x=normal(2, 3)),
        case("np.einsum('i,i->', x, y)", x=normal(3), y=normal(3)),
        case("np.einsum('i,j->ij', x, y)", x=normal(3), y=normal(2)),
        case("np.einsum('ij,ij->j', x, y)", x=normal(2, 3), y=normal(2, 3)),
        case("np.einsum('ij,k->i', x, y)", x=normal(2, 3), y=normal(4)),
        case("np.einsum('bij,bjk->bik', x, y)", x=normal(2, 3, 4), y=normal(2, 4, 2)),
        case("np.einsum('i,ij,j->', x, y, z)", x=normal(2), y=normal(2, 3), z=normal(3)),
        case("np.einsum('ij,jk,k->i', x, y, z)", x=normal(2, 3), y=normal(3, 4), z=normal(4)),
        case("np.einsum('ij,jk->ki', n, x)", n=whole(-3, 4, 2, 3), x=normal(3, 2)),
        case("np.einsum('ij,ij->ij', x, y)", x=normal(1, 3), y=normal(2, 3)),
        case("np.einsum('ij,jk->ik', x, y)", x=normal(2, 0), y=normal(0, 4)),
    ],
    "inv": [case("np.linalg.inv(x)", x=regular(3, 3)), case("np.linalg.inv(x)", x=regular(2, 3, 3))],
    "solve": [
        case("np.linalg.solve(x, y)", x=regular(3, 3), y=normal(3)),
        case("np.linalg.solve(x, y)", x=regular(3, 3), y=normal(3, 2)),
        case("np.linalg.solve(x, y)", x=regular(3, 3), y=normal(3, 3)),
        case("np.linalg.solve(x, y)", x=regular(2, 3, 3), y=normal(2, 3, 2)),
        case("np.linalg.solve(x, y)", x=regular(2, 3, 3), y=normal(3, 2)),
        case("np.linalg.solve(x, y)", x=regular(3, 3), y=normal(2, 3, 2)),
        case("np.linalg.solve(x, y)", x=regular(2, 3, 3), y=normal(3), dual=False),
        case("np.linalg.solve(n, y)", n=exactly(np.array([[3, 1], [1, 2]])), y=normal(2)),
    ],
    "det": [case("np.linalg.det(x)", x=regular(3, 3)), case("np.linalg.det(x)", x=regular(2, 3, 3))],
    "logabsdet": [
        case("np.linalg.slogdet(x)[1]", x=regular(3, 3)),
        case("np.linalg.slogdet(x)[1]", x=regular(2, 3, 3)),
        case("np.linalg.slogdet(-x)[1]", x=regular(3, 3)),
    ],
    "cholesky": [
        case("np.linalg.cholesky(x @ x.conj().T + 3.0 * np.eye(3))", x=normal(3, 3)),
        case("np.linalg.cholesky(0.5 * (x + x.T))", x=definite(3), real=True),
    ],
}

# --- shape, assembly, selection -----------------------------------------------------------------------------------
SHAPING: dict[str, list[Case]] = {
    "reshape": [
        case("np.reshape(x, (3, 2))", x=normal(2, 3)),
        case("x.reshape(3, 2)", x=normal(2, 3)),
        case("x.reshape((6,))", x=normal(2, 3)),
        case("x.reshape(-1)", x=normal(2, 3)),
        case("x.reshape(2, -1)", x=normal(2, 3, 2)),
        case("np.reshape(x, 6)", x=normal(2, 3)),
        case("x.reshape(1, 1)", x=normal()),
        case("x.reshape(())", x=normal(1)),
        case("x.reshape(0, 4)", x=normal(2, 0)),
        case("x.reshape(y.shape)", x=normal(6), y=normal(2, 3)),
    ],
    "ravel": [
        case("np.ravel(x)", x=normal(2, 3)),
        case("x.ravel()", x=normal(2, 3, 2)),
        case("x.ravel()", x=normal(3)),
        case("np.ravel(x)", x=normal()),
        case("np.ravel(x.T)", x=normal(2, 3)),
    ],
    "flatten": [
        case("x.flatten()", x=normal(2, 3)),
        case("x.flatten()", x=normal(3)),
        case("x.flatten()", x=normal()),
    ],
    "squeeze": [
        case("np.squeeze(x)", x=normal(1, 3)),
        case("np.squeeze(x, axis=1)", x=normal(2, 1, 3)),
        case("x.squeeze(axis=-1)", x=normal(2, 1)),
        case("np.squeeze(x, axis=(0, 2))", x=normal(1, 3, 1)),
        case("x.squeeze()", x=normal(1, 1)),
    ],
    "expand_dims": [
        case("np.expand_dims(x, 0)", x=normal(3)),
        case("np.expand_dims(x, axis=-1)", x=normal(2, 3)),
        case("np.expand_dims(x, axis=(0, 2))", x=normal(2, 3)),
        case("np.expand_dims(x, axis=0)", x=normal()),
    ],
    "atleast_1d": [case("np.atleast_1d(x)", x=normal(3)), case("np.atleast_1d(x)", x=normal())],
    "atleast_2d": [
        case("np.atleast_2d(x)", x=normal(3)),
        case("np.atleast_2d(x)", x=normal(2, 3)),
        case("np.atleast_2d(x)", x=normal()),
    ],
    "transpose": [
        case("np.transpose(x)", x=normal(2, 3)),
        case("x.T", x=normal(2, 3)),
        case("x.T", x=normal(2, 3, 4)),
        case("x.T", x=normal(3)),
        case("x.transpose(1, 2, 0)", x=normal(2, 3, 4)),
        case("np.transpose(x, (1, 2, 0))", x=normal(2, 3, 4)),
        case("np.transpose(x, axes=(-1, 0, 1))", x=normal(2, 3, 4)),
        case("x.transpose((2, 0, 1))", x=normal(2, 0, 4)),
    ],
    "swapaxes": [
        case("np.swapaxes(x, 0, 1)", x=normal(2, 3)),
        case("x.swapaxes(0, -1)", x=normal(2, 3, 4)),
    ],
    "moveaxis": [
        case("np.moveaxis(x, 0, -1)", x=normal(2, 3, 4)),
        case("np.moveaxis(x, 2, 0)", x=normal(2, 3, 4)),
        case("np.moveaxis(x, (0, 1), (2, 0))", x=normal(2, 3, 4)),
    ],
    "flip": [
        case("np.flip(x)", x=normal(2, 3)),
        case("np.flip(x, axis=0)", x=normal(2, 3)),
        case("np.flip(x, -1)", x=normal(2, 3)),
        case("np.flip(x, axis=(0, 1))", x=normal(2, 3, 2)),
        case("np.flip(x)", x=normal(4)),
        case("np.flipud(x)", x=normal(2, 3)),
        case("np.fliplr(x)", x=normal(2, 3)),
    ],
    "broadcast_to": [
        case("np.broadcast_to(x, (2, 3))", x=normal(3)),
        case("np.broadcast_to(x, (2, 3))", x=normal(2, 1)),
        case("np.broadcast_to(x, (4, 2, 3))", x=normal(2, 3)),
        case("np.broadcast_to(x, (2, 3))", x=normal()),
        case("np.broadcast_to(x, (2, 3))", x=number()),
        case("np.broadcast_to(x, y.shape) * y", x=normal(1), y=normal(2, 3)),
        case("np.broadcast_to(x, (0, 3))", x=normal(3)),
    ],
    "copy": [
        case("np.copy(x)", x=normal(2, 3)),
        case("x.copy()", x=normal(3)),
        case("np.copy(x)", x=normal()),
        case("x.copy()", x=normal(0)),
    ],
    "array": [
        case("np.array(x)", x=normal(2, 3)),
        case("np.array([x, y, x * y])", x=number(), y=number()),
        case("np.array([[x, 1.0], [y, x]])", x=number(), y=number()),
        case("np.array([x, y])", x=normal(3), y=normal(3)),
        case("np.array([x[0], 2.0, x[1]])", x=normal(3)),
        case("np.array(x)", x=number()),
    ],
    "asarray": [
        case("np.asarray(x)", x=normal(2, 3)),
        case("np.ascontiguousarray(x)", x=normal(2, 3)),
        case("np.asanyarray(x) * 2.0", x=normal(3)),
        case("np.asarray([x, y])", x=number(), y=number()),
    ],
    "astype": [
        case("x.astype(float)", x=normal(2, 3)),
        case("x.astype(np.float64)", x=normal(3)),
        case("x.astype(np.float64) * x", x=normal(3)),
        case("x + n.astype(float)", x=normal(3), n=whole(0, 4, 3)),
    ],
    "item": [
        case("x.item()", x=normal()),
        case("x.item()", x=normal(1)),
        case("np.sum(x).item() * 2.0", x=normal(3)),
    ],
    "float": [
        case("float(x)", x=number()),
        case("float(x) * 2.0", x=scalar()),
        case("float(np.sum(x * x))", x=normal(3)),
        case("float(x)", x=normal()),
        case("float(x[1])", x=normal(3)),
    ],
    "where": [
        case("np.where(m, x, y)", m=mask(2, 3), x=normal(2, 3), y=normal(2, 3)),
        case("np.where(m, x, y)", m=mask(3), x=normal(2, 3), y=normal(3)),
        case("np.where(m, x, y)", m=mask(2, 1), x=normal(3), y=normal(2, 1)),
        case("np.where(m, x, y)", m=mask(2, 3), x=number(), y=normal(3)),
        case("np.where(m, x, y)", m=mask(2, 3), x=normal(2, 1), y=number()),
        case("np.where(m, x, 0.0)", m=mask(4), x=normal(4)),
        case("np.where(m, 1, x)", m=mask(4), x=normal(4)),
        case("np.where(x > 0, x, 0.1 * x)", x=normal(2, 3)),
        case("np.where(x > y, x * x, y)", x=normal(2, 3), y=normal(3)),
        case("np.where(x > 0.0, x, y)", x=number(), y=number()),
        case("np.where(m, x, y)", m=mask(0), x=normal(0), y=normal(1)),
    ],
    "clip": [
        case("np.clip(x, -0.5, 0.5)", x=normal(6)),
        case("np.clip(x, -0.5, None)", x=normal(6)),
        case("np.clip(x, None, 0.5)", x=normal(6)),
        case("np.clip(x, a_min=-0.5, a_max=0.5)", x=normal(2, 3), dual=False),
        case("np.clip(x, -1, 1)", x=normal(2, 3)),
        case("x.clip(-0.5, 0.5)", x=normal(6)),
        case("np.clip(x, -0.5, 0.5)", x=number()),
        case("np.clip(x, y, z)", x=normal(7), y=between(-0.6, -0.1, 7), z=between(0.1, 0.6, 7)),
        case("np.clip(x, y, z)", x=normal(2, 8), y=between(-0.6, -0.1, 2, 1), z=number(0.1, 0.6)),
        case("np.clip(x, y, z)", x=normal(3), y=between(-0.6, -0.1, 4, 3), z=between(0.1, 0.6, 4, 1)),
        case("np.clip(x, None, y)", x=normal(6), y=number(0.1, 0.6)),
        case("np.clip(x, y, None)", x=normal(6), y=between(-0.6, -0.1, 6)),
        case("np.clip(x, -0.5, 0.5)", x=normal(0)),
    ],
    "concatenate": [
        case("np.concatenate([x, y])", x=normal(3), y=normal(2)),
        case("np.concatenate((x, y), axis=1)", x=normal(2, 3), y=normal(2, 1)),
        case("np.concatenate((x, y), axis=-1)", x=normal(2, 3), y=normal(2, 2)),
        case("np.concatenate([x, y, x], axis=0)", x=normal(2, 3), y=normal(1, 3)),
        case("np.concatenate([x, n, y])", x=normal(3), n=whole(0, 4, 2), y=normal(2)),
        case("np.concatenate([x, y])", x=normal(0), y=normal(2)),
        case(
            "np.concatenate([x, y, z], axis=1)",
            x=normal(2, 1, 2),
            y=normal(2, 3, 2),
            z=normal(2, 2, 2),
        ),
        case("np.vstack([x, y])", x=normal(3), y=normal(2, 3)),
        case("np.hstack([x, y])", x=normal(3), y=normal(2)),
        case("np.hstack([x, y])", x=normal(2, 3), y=normal(2, 1)),
    ],
    "stack": [
        case("np.stack([x, y])", x=normal(3), y=normal(3)),
        case("np.stack((x, y), axis=1)", x=normal(2, 3), y=normal(2, 3)),
        case("np.stack([x, y, x], axis=-1)", x=normal(2, 3), y=normal(2, 3)),
        case("np.stack([x, y], 0)", x=normal(2, 3), y=normal(2, 3)),
        case("np.stack([x, n])", x=normal(3), n=whole(0, 4, 3)),
    ],
    "sliding_window_view": [
        case(f"np.lib.stride_tricks.sliding_window_view({text})", x=normal(*shape), dual=False)
        for text, shape in (
            ("x, 3", (5,)),
            ("x, window_shape=3", (3,)),
            ("x, (2, 2)", (3, 4)),
            ("x, 2, axis=1", (3, 4)),
            ("x, (2, 3), axis=(1, 0)", (3, 4)),
            ("x, (2, 2), axis=(0, 0)", (5, 2)),
        )
    ],
    "add_windows": [
        case("_add_windows(x, y, (0,))", helpers=("_add_windows",), x=normal(3, 3), y=normal(5), dual=False),
        case("_add_windows(x, y, axes=(0,))", helpers=("_add_windows",), x=normal(4, 2, 2), y=normal(5, 2), dual=False),
        case("_add_windows(x, y, (0, 1))", helpers=("_add_windows",), x=normal(2, 3, 2, 2), y=normal(3, 4), dual=False),
    ],
    "diag": [case("np.diag(x)", x=normal(3)), case("np.diag(x @ x.T)", x=normal(3, 2))],
    "tril": [
        case("np.tril(x)", x=normal(3, 3)),
        case("np.tril(x, -1)", x=normal(3, 4)),
        case("np.tril(x, k=1)", x=normal(2, 3, 3)),
    ],
    "triu": [
        case("np.triu(x)", x=normal(3, 3)),
        case("np.triu(x, -1)", x=normal(3, 4)),
        case("np.triu(x, k=1)", x=normal(2, 3, 3)),
    ],
    "unbroadcast": [
        case("_unbroadcast(x, y)", helpers=("_unbroadcast",), x=normal(2, 3), y=normal(3)),
        case("_unbroadcast(x, y)", helpers=("_unbroadcast",), x=normal(4, 2, 3), y=normal(2, 1)),
    ],
    "roll": [
        case("np.roll(x, 1)", x=normal(4)),
        case("np.roll(x, -2)", x=normal(2, 3)),
        case("np.roll(x, 1, axis=0)", x=normal(3, 2)),
        case("np.roll(x, k, axis=1)", x=normal(2, 3), k=exactly(2)),
        case("np.roll(x, 1, axis=-1)", x=normal(2, 3)),
    ],
}

CREATION: dict[str, list[Case]] = {
    "full": [
        case("np.full(3, x)", x=number()),
        case("np.full((2, 3), x)", x=number()),
        case("np.full((2, 3), x)", x=normal(3)),
        case("np.full((2, 3), x)", x=normal(2, 1)),
        case("np.full((2, 3), x)", x=normal()),
        case("np.full(y.shape, x) * y", x=number(), y=normal(2, 3)),
        case("np.full(0, x)", x=number()),
    ],
    "linspace": [
        case("np.linspace(x, y, 5)", x=number(), y=number()),
        case("np.linspace(x, 2.0)", x=scalar()),
        case("np.linspace(0, x, num=4, endpoint=False)", x=number()),
        case("np.linspace(x, y, 1)", x=number(), y=normal()),
        case("np.linspace(x, y, 0)", x=number(), y=number()),
        case("np.linspace(x[0], x[1], n) * y", x=normal(2), n=exactly(3), y=normal(3)),
    ],
    "arange": [
        case("np.arange(x, 3.0)", x=exactly(0.3)),
        case("np.arange(x, y)", x=exactly(0.3), y=exactly(3.1)),
        case("np.arange(x, 3.0, y)", x=exactly(0.3), y=exactly(0.7)),
        case("np.arange(x, stop=3.0, step=-0.5)", x=exactly(4.3)),
        case("np.arange(4.0, step=x)", x=exactly(0.7)),
        case("x * np.arange(x)", x=exactly(3.3), dual=False),
    ],
    "full_like": [
        case("np.full_like(y, x) * y", x=number(), y=normal(2, 3)),
        case("np.full_like(y, x)", x=normal(3), y=normal(2, 3)),
        case("np.full_like(y, x)", x=normal(), y=normal(3)),
    ],
}

MOVED: dict[str, list[Case]] = {
    "getitem": [
        case("x[1]", x=normal(3)),
        case("x[-1]", x=normal(2, 3)),
        case("x[1:]", x=normal(4)),
        case("x[::-2]", x=normal(5)),
        case("x[:, 1]", x=normal(2, 3)),
        case("x[..., None]", x=normal(2, 3)),
        case("x[None, :, 1:]", x=normal(2, 3)),
        case("x[i]", x=normal(4), i=exactly(np.array([1, 1, 3]))),
        case("x[i, j]", x=normal(3, 4), i=exactly(np.array([0, 2, 0])), j=exactly(np.array([1, 1, 1]))),
        case("x[i]", x=normal(3, 2), i=exactly(np.array([[2, 0], [2, 2]]))),
        case("x[:, i]", x=normal(2, 4), i=exactly(np.array([3, 0, 3]))),
        case("x[m]", x=normal(2, 3), m=mask(2, 3)),
        case("x[x > 0.0]", x=normal(6)),
        case("x[k]", x=normal(4), k=exactly(2)),
        case("x[2:2]", x=normal(4)),
    ],
}

CASES: dict[str, list[Case]] = {
    **CREATION,
    **ELEMENTWISE,
    **REDUCTIONS,
    **LINEAR_ALGEBRA,
    **SHAPING,
    **MOVED,
    **library.CALCULUS,
    **library.ORDER,
    **library.ASSEMBLY,
    **library.SCALARS,
    **library.FOURIER,
    **library.PRODUCTS,
    **library.MASKED,
    **scipy.CASES,
    **library.LINALG,
}
for _name, _more in (*library.MORE.items(), *options.OPTIONS.items()):
    CASES[_name] = [*CASES.get(_name, []), *_more]

CASES["real"] = [
    case("np.real(x)", x=complexes(2, 3)),
    case("x.real * 2.0", x=complexes(4)),
    case("x.real", x=exactly(0.4 - 2j)),
]
CASES["imag"] = [
    case("np.imag(x)", x=complexes(2, 3)),
    case("x.imag * 2.0", x=complexes(4)),
    case("x.imag", x=exactly(0.4 - 2j)),
]
CASES["conj"] = [
    case("np.conj(x) * x", x=complexes(2, 3)),
    case("x.conj()", x=complexes(4)),
    case("x.conjugate() * x * x", x=exactly(0.4 - 2j)),
]
CASES["phase"] = [case("np.sign(x)", x=complexes(2, 3)), case("np.sign(x) * x", x=exactly(0.4 - 2j))]
CASES["complex"] = [
    case("complex(x, y) * x", x=number(), y=number()),
    case("complex(x) * 2j", x=number()),
    case("complex(3.0, y)", y=number()),
]

# Cotangents of these pass through the code of the transforms, not through a pullback of the table.
STRUCTURAL: dict[str, str] = {
    "getitem": "its transpose is a store: the adjoint adds into the cotangent of the base",
    "array": "the adjoint takes the cotangent of a list of parts apart",
    "copy": "the adjoint hands the cotangent on, or adds it to a list's",
    "list": "a list of cotangents beside the list",
    "tuple": "a tuple of cotangents",
    "append": "the reverse of append is pop",
    "pop": "the reverse of pop is append",
    "field": "the cotangent of a field is a field of the cotangent",
    "build": "an object's cotangent has its structure",
    "sum_list": "each item gets the cotangent of the sum",
}

# No user's program leads to these: the adjoint makes them, and what is printed for them is read as another operation.
UNREACHED: dict[str, str] = {
    "special.elliprd": "has none; it is the derivative of special.elliprf",
    "at_limit": "what the limits of integrate.quad do; tests/conformance/test_library_programs.py",
    "interpolate.bspline_knots": "by the places of samples it is refused; tests/conformance/test_library_objects.py",
    "conj_tree": "made at the public face for lists of complex numbers; tests/conformance/test_complex.py",
    "full_like_value": "printed as np.full_like, which is read as full_like",
    "signal.sosfilt_from": "differentiated as what it does in Python; tests/conformance/test_library_programs.py",
}

# Piecewise constant: the derivative is zero where it exists.
FLAT: list[Case] = [
    case("x * np.floor(x)", x=normal(4)),
    case("x * np.ceil(x)", x=normal(4)),
    case("x * np.trunc(x)", x=normal(4)),
    case("x * np.rint(x)", x=normal(4)),
    case("x * np.sign(x)", x=normal(4)),
    case("x * (x // 0.3)", x=normal(4)),
    case("x * (x > 0.0)", x=normal(4)),
    case("x * np.isfinite(x)", x=normal(4)),
    case("x * np.argmax(x)", x=normal(4)),
    case("x * np.argsort(x)", x=normal(4)),
    case("x + np.zeros_like(x) + np.ones_like(x)", x=normal(4)),
    case("x * len(x) * x.shape[0] * x.size", x=normal(4)),
    case("x * int(x[0] * 10.0)", x=normal(4)),
    case("x @ np.eye(3) * np.arange(3)", x=normal(3)),
]
