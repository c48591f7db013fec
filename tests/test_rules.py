"""Every rule of the table: reverse against forward, forward against the oracle, second derivatives; and sabotage.

The cases are in `tests/rules/cases.py`. A rule without a case fails here, and so does a rule whose formula could be
wrong without a case noticing.
"""

from __future__ import annotations

import dataclasses
import itertools
import linecache
import math
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy import fft, integrate, interpolate, linalg, ndimage, signal, sparse, special, stats
from scipy.spatial import distance

import s2sad
from s2sad.backends.dialect import HELPERS
from s2sad.ir.nodes import Assign, Const, Op, Var
from s2sad.rules.builder import Sym
from s2sad.rules.core import TABLE, Followed, Refused, Rule
from tests import oracle
from tests.rules.cases import CASES, FLAT, STRUCTURAL, UNREACHED, Case

EXACT, SINGLE, DIFFERENCES = 1e-10, 2e-4, 1e-6
counter = itertools.count()


class Disagreement(AssertionError):
    """Two ways to the same derivative differ."""


@pytest.fixture(scope="module", autouse=True)
def own_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep generated modules out of the user's cache: a cached module does not show what the table says now."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("S2SAD_CACHE_DIR", str(tmp_path_factory.mktemp("cache")))
        yield


# --- functions from cases -----------------------------------------------------------------------------------------
def module(text: str, helpers: tuple[str, ...] = ()) -> dict[str, Any]:
    """Run the text of a module whose source can be found again."""
    name = f"<rule case {next(counter)}>"
    whole = "\n".join([*(HELPERS[helper] for helper in helpers), text])
    linecache.cache[name] = (len(whole), None, whole.splitlines(True), name)
    names: dict[str, Any] = {"np": np, "math": math, "s2sad": s2sad, "__name__": "rule_cases"}
    names |= {"fft": fft, "integrate": integrate, "linalg": linalg, "ndimage": ndimage}
    names |= {"interpolate": interpolate, "sparse": sparse}
    names |= {"signal": signal, "special": special, "stats": stats, "distance": distance}
    exec(compile(whole, name, "exec", dont_inherit=True), names)
    return names


def function_of(case: Case) -> Callable[..., Any]:
    """Return a fresh function for a case."""
    parameters = ", ".join(case.makers)
    found: Callable[..., Any] = module(f"def f({parameters}):\n    return {case.text}\n", case.helpers)["f"]
    return found


# --- values -------------------------------------------------------------------------------------------------------
def active(value: Any) -> bool:
    """Return whether a value has a derivative."""
    return isinstance(value, float | complex | np.inexact) or (
        isinstance(value, np.ndarray) and value.dtype.kind in "fc"
    )


def direction(rng: np.random.Generator, value: Any) -> Any:
    """Return random numbers of the kind and shape of a value; None if it has no derivative."""
    if not active(value):
        return None
    drawn = rng.normal(size=np.shape(value))
    if np.iscomplexobj(value):
        drawn = drawn + 1j * rng.normal(size=np.shape(value))
    if isinstance(value, np.ndarray):
        return drawn.astype(value.dtype)
    return type(value)(drawn)


def inner(a: Any, b: Any) -> tuple[float, float]:
    """Return a cotangent times a value, and the sum of the sizes of its terms; of complex numbers the real part."""
    wide = np.result_type(np.asarray(a).dtype, np.asarray(b).dtype, np.float64)
    terms = np.real(np.asarray(a, wide) * np.asarray(b, wide))
    return float(np.sum(terms)), float(np.sum(np.abs(terms)))


def strided(value: Any) -> Any:
    """Return an equal array whose elements are neither adjacent nor in order."""
    if not isinstance(value, np.ndarray) or not value.ndim:
        return value
    wide = np.zeros(tuple(2 * n + 1 for n in value.shape[::-1]), value.dtype)
    steps = tuple(slice(1, None, 2) if n else slice(0, 0) for n in value.shape[::-1])
    view = wide[steps].T[..., ::-1]
    view[...] = value
    return view


def narrowed(value: Any) -> Any:
    """Return a float array in float32."""
    return value.astype(np.float32) if isinstance(value, np.ndarray) and value.dtype == np.float64 else value


def complexed(value: Any, rng: np.random.Generator) -> Any:
    """Return a float or an array of floats moved off the real axis."""
    if not active(value) or np.iscomplexobj(value):
        return value
    moved = value + 0.3j * rng.normal(size=np.shape(value))
    return moved if isinstance(value, np.ndarray | np.generic) else complex(moved)


def frozen(args: tuple[Any, ...]) -> list[Any]:
    """Return what must not change: the bytes of the arrays."""
    return [a.tobytes() if isinstance(a, np.ndarray) else a for a in args]


def same(a: Any, b: Any) -> bool:
    """Return whether two values are equal to the bit, in kind too."""
    return type(a) is type(b) and np.asarray(a).dtype == np.asarray(b).dtype and np.array_equal(a, b, equal_nan=True)


# --- the check ----------------------------------------------------------------------------------------------------
def reverse_against_forward(f: Callable[..., Any], args: tuple[Any, ...], tolerance: float) -> tuple[Any, Any, Any]:
    """Check `<y_bar, J x_dot> = <J^T y_bar, x_dot>`, shapes, dtypes and memory; return (y_bar, tangents, y_dot)."""
    rng = np.random.default_rng(11)
    before = frozen(args)
    expected = f(*args)
    y, pullback = s2sad.vjp(f, *args)
    assert same(y, expected), (y, expected)
    y_bar = direction(rng, y)
    bars = pullback(y_bar)
    again = pullback(y_bar)
    assert frozen(args) == before, "an argument was changed"
    seen: list[Any] = [a for a in (*args, y, y_bar) if isinstance(a, np.ndarray)]
    for arg, bar, other in zip(args, bars, again, strict=True):
        if not active(arg):
            assert bar is None
            continue
        assert np.shape(bar) == np.shape(arg), (np.shape(bar), np.shape(arg))
        if isinstance(arg, np.ndarray):
            assert np.asarray(bar).dtype == arg.dtype, (np.asarray(bar).dtype, arg.dtype)
        if isinstance(bar, np.ndarray):
            assert not any(np.shares_memory(bar, array) for array in seen), "a gradient shares memory"
            seen.append(bar)
        assert np.array_equal(bar, other, equal_nan=True), "the second call of the pullback differs"
    tangents = tuple(direction(rng, arg) for arg in args)
    value, y_dot = s2sad.jvp(f, args, tangents)
    assert frozen(args) == before, "an argument was changed by jvp"
    assert same(value, expected)
    assert np.shape(y_dot) == np.shape(y)
    if isinstance(y, np.ndarray):
        assert np.asarray(y_dot).dtype == y.dtype, (np.asarray(y_dot).dtype, y.dtype)
    if isinstance(y_dot, np.ndarray):
        assert not any(np.shares_memory(y_dot, x) for x in (*args, *tangents, value) if isinstance(x, np.ndarray))
    forward, size = inner(y_bar, y_dot)
    reverse = 0.0
    for bar, tangent in zip(bars, tangents, strict=True):
        if tangent is not None:
            part, magnitude = inner(bar, tangent)
            reverse, size = reverse + part, size + magnitude
    if not abs(forward - reverse) <= tolerance * size:
        raise Disagreement(f"forward {forward!r}, reverse {reverse!r}")
    return y_bar, tangents, y_dot


def forward_against_oracle(
    case: Case, f: Callable[..., Any], args: tuple[Any, ...], tangents: Any, y_bar: Any, y_dot: Any, tolerance: float
) -> None:
    """Check a tangent against dual numbers, or against central differences where those do not know the operation."""
    try:
        if not case.dual or any(np.iscomplexobj(arg) for arg in args):
            raise oracle.OracleUnsupported(case.text)
        _, expected = oracle.jvp(f, args, tangents)
    except oracle.OracleUnsupported:
        if tolerance > EXACT:
            return
        slope = differences(lambda *x: inner(y_bar, f(*x))[0], args, tangents)
        if not np.allclose(inner(y_bar, y_dot)[0], slope, rtol=DIFFERENCES, atol=DIFFERENCES):
            raise Disagreement(f"forward {y_dot}, differences {slope}") from None
        return
    scale = 1.0 + float(np.max(np.abs(expected), initial=0.0))
    if not np.allclose(y_dot, expected, rtol=0.0, atol=tolerance * scale):
        raise Disagreement(f"forward {y_dot}, oracle {expected}")


def differences(f: Callable[..., float], args: tuple[Any, ...], tangents: Any, eps: float = 1e-3) -> float:
    """Return the derivative along tangents by Richardson's central differences."""

    def at(step: float) -> float:
        moved = [a if t is None else a + step * t for a, t in zip(args, tangents, strict=True)]
        return float(f(*moved))

    coarse, middle, fine = ((at(h) - at(-h)) / (2.0 * h) for h in (eps, eps / 2.0, eps / 4.0))
    first, second = (4.0 * middle - coarse) / 3.0, (4.0 * fine - middle) / 3.0
    return (16.0 * second - first) / 15.0


def check(case: Case, f: Callable[..., Any], args: tuple[Any, ...], tolerance: float = EXACT) -> None:
    """Check one function at one place."""
    y_bar, tangents, y_dot = reverse_against_forward(f, args, tolerance)
    forward_against_oracle(case, f, args, tangents, y_bar, y_dot, tolerance)


TABLE.extended()  # with the rules of SciPy, which is imported above
OWN_RULES = dict(TABLE.rules)  # examples in the documentation add rules of their own


# --- tests --------------------------------------------------------------------------------------------------------
def parameters(second: bool = False) -> list[Any]:
    """Return every case."""
    found = []
    for name, cases in CASES.items():
        for i, case in enumerate(cases):
            if second and not case.second:
                continue
            found.append(pytest.param(case, id=f"{name}-{i}-{case}"))
    return found


def differentiable_rules() -> list[str]:
    """Return the names of the rules with a formula (of the table as s2sad fills it)."""
    return [name for name, rule in OWN_RULES.items() if any(rule.partials) or any(rule.pulls) or rule.definition]


def test_every_rule_has_a_case() -> None:
    """Rules and cases name the same operations."""
    missing = set(differentiable_rules()) - set(CASES) - set(UNREACHED)
    assert not missing, f"no case for {sorted(missing)}: add one to tests/rules/cases.py"
    assert set(CASES) | set(STRUCTURAL) | set(UNREACHED) <= set(TABLE.rules), "a case of a rule that is gone"
    assert all(CASES.values())


@pytest.mark.parametrize("case", parameters())
def test_rule(case: Case) -> None:
    """The derivatives of a case: reverse, forward and oracle agree, in every layout and in float32."""
    f = function_of(case)
    args = case.arguments(0)
    check(case, f, args)
    if any(isinstance(a, np.ndarray) and a.ndim for a in args):
        check(case, f, tuple(map(strided, args)))
    if case.single and any(narrowed(a) is not a for a in args):
        check(case, f, tuple(map(narrowed, args)), SINGLE)


def complex_parameters(second: bool = False) -> list[Any]:
    """Return the cases of the rules that have a meaning for complex numbers."""
    refused = {name for name, rule in OWN_RULES.items() if rule.over_complex == "refused"}
    return [
        pytest.param(case, id=f"{name}-{i}-{case}")
        for name, cases in CASES.items()
        for i, case in enumerate(cases)
        if name not in refused and not case.real and (case.second or not second)
    ]


def accepted(f: Callable[..., Any], args: tuple[Any, ...]) -> bool:
    """Return whether there is such a function of complex numbers."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", np.exceptions.ComplexWarning)
            f(*args)
    except TypeError:
        return False
    return True


def warns_of_complex(f: Callable[..., Any], args: tuple[Any, ...]) -> bool:
    """Return whether NumPy says that imaginary parts are dropped."""
    with warnings.catch_warnings(record=True) as found:
        warnings.simplefilter("always", np.exceptions.ComplexWarning)
        f(*args)
    return any(issubclass(w.category, np.exceptions.ComplexWarning) for w in found)


@pytest.mark.parametrize("case", complex_parameters())
def test_rule_of_complex_numbers(case: Case) -> None:
    """Reverse against forward against differences, with every argument complex and with each of them alone."""
    rng = np.random.default_rng(3)
    f, args = function_of(case), case.arguments(0)
    moved = tuple(complexed(arg, rng) for arg in args)
    alone = [i for i, arg in enumerate(args) if moved[i] is not arg] if len(args) > 1 else []
    for given in [moved, *((*args[:i], moved[i], *args[i + 1 :]) for i in alone)]:
        if not accepted(f, given):
            with pytest.raises((TypeError, s2sad.S2sadError)):
                s2sad.vjp(f, *given)
            continue
        try:
            check(case, f, given)
        except s2sad.UnsupportedError:
            assert warns_of_complex(f, given)  # it may be refused where NumPy drops an imaginary part


@pytest.mark.parametrize("case", FLAT, ids=str)
def test_flat_operations_pass_no_cotangent(case: Case) -> None:
    """What is piecewise constant has the derivative zero."""
    check(case, function_of(case), case.arguments(0))


@pytest.mark.parametrize("case", parameters(second=True))
def test_second_derivatives(case: Case) -> None:
    """The gradient of a function of a gradient, against differences of the gradient."""
    second_derivatives(case, case.arguments(0))


@pytest.mark.parametrize("case", complex_parameters(second=True))
def test_second_derivatives_of_complex_numbers(case: Case) -> None:
    """The same with every argument complex."""
    rng = np.random.default_rng(3)
    args = tuple(complexed(arg, rng) for arg in case.arguments(0))
    if not accepted(function_of(case), args) or warns_of_complex(function_of(case), args):
        return  # `test_rule_of_complex_numbers` sees that s2sad refuses it as well
    second_derivatives(case, args)


def second_derivatives(case: Case, args: tuple[Any, ...]) -> None:
    """Check the gradient of a function of a gradient."""
    rng = np.random.default_rng(5)
    wrt = tuple(i for i, arg in enumerate(args) if active(arg))
    names = list(case.makers)
    weights = {f"w{i}": direction(rng, args[i]) for i in wrt}
    c = direction(rng, function_of(case)(*args))
    total = " + ".join(f"np.real(np.sum(w{i} * b{i}))" for i in wrt)
    bars = ", ".join(f"b{i}" for i in wrt)
    argnums = wrt if len(wrt) > 1 else wrt[0]
    n = next(counter)  # a name of its own: the text of g does not tell one df from another
    found = module(
        f"def f({', '.join([*names, 'c'])}):\n    y = {case.text}\n    return np.real(np.sum(c * y * y))\n"
        f"df = s2sad.grad(f, argnums={argnums})\n"
        f"def g{n}({', '.join([*names, 'c', *weights])}):\n"
        f"    {bars} = df({', '.join([*names, 'c'])})\n    return {total}\n"
        f"ddf = s2sad.grad(g{n}, argnums={argnums})\n",
        case.helpers,
    )
    rest = (c, *weights.values())
    tangents = tuple(direction(rng, arg) for arg in args)
    found_bars = found["ddf"](*args, *rest)
    parts = [inner(bar, tangents[i]) for i, bar in zip(wrt, found_bars if len(wrt) > 1 else [found_bars], strict=True)]
    have, size = sum(p for p, _ in parts), sum(m for _, m in parts)
    want = differences(lambda *x: found[f"g{n}"](*x, *rest), args, tangents)
    assert abs(have - want) <= DIFFERENCES * (1.0 + size), (have, want)


# --- ties and corners ---------------------------------------------------------------------------------------------
TIES: list[tuple[str, tuple[Any, ...], tuple[Any, ...]]] = [
    ("np.maximum(x, y)", (1.0, 1.0), (0.5, 0.5)),
    ("np.minimum(x, y)", (1.0, 1.0), (0.5, 0.5)),
    ("max(x, y)", (1.0, 1.0), (0.5, 0.5)),
    ("np.maximum(x, 0.0)", (0.0,), (0.5,)),
    ("np.sum(np.maximum(x, y))", (np.array([1.0, 2.0]), np.array([1.0, 3.0])), ([0.5, 0.0], [0.5, 1.0])),
    ("np.max(x)", (np.array([1.0, 3.0, 3.0]),), ([0.0, 0.5, 0.5],)),
    ("np.min(x)", (np.array([1.0, 1.0, 1.0, 2.0]),), ([1 / 3, 1 / 3, 1 / 3, 0.0],)),
    ("np.sum(np.max(x, axis=1))", (np.array([[2.0, 2.0], [1.0, 0.0]]),), ([[0.5, 0.5], [1.0, 0.0]],)),
    ("np.sum(np.clip(x, 0.0, 1.0))", (np.array([-1.0, 0.0, 0.5, 1.0, 2.0]),), ([0.0, 0.5, 1.0, 0.5, 0.0],)),
    ("np.clip(x, y, z)", (0.0, 0.0, 1.0), (0.5, 0.5, 0.0)),
    ("np.clip(x, y, z)", (1.0, 0.0, 1.0), (0.5, 0.0, 0.5)),
    ("np.clip(x, y, z)", (3.0, 2.0, 1.0), (0.0, 0.0, 1.0)),
    ("np.abs(x)", (0.0,), (0.0,)),
    ("x ** y", (0.0, 0.0), (0.0, 0.0)),
    ("x ** y", (0.0, 2.0), (0.0, 0.0)),
    ("x ** y", (0.0, 1.0), (1.0, 0.0)),
    ("x ** y", (2.0, 0.0), (0.0, math.log(2.0))),
    ("np.sum(x ** n)", (np.array([0.0, 0.0, 0.0, -2.0]), np.array([0, 1, 2, 3])), ([0.0, 1.0, 0.0, 12.0], None)),
    ("x ** 0", (0.0,), (0.0,)),
    ("x ** 1", (0.0,), (1.0,)),
    ("x ** 2", (0.0,), (0.0,)),
    ("0.0 ** x", (2.0,), (0.0,)),
    ("np.prod(x)", (np.array([0.0, 2.0, 3.0]),), ([6.0, 0.0, 0.0],)),
    ("np.prod(x)", (np.array([0.0, 2.0, 0.0]),), ([0.0, 0.0, 0.0],)),
]


@pytest.mark.parametrize(("text", "args", "expected"), TIES)
def test_ties_and_corners(text: str, args: tuple[Any, ...], expected: tuple[Any, ...]) -> None:
    """At ties the derivative is shared, as in JAX; where a formula would divide by zero it is the limit."""
    names = [name for name in ("x", "y", "z", "n") if name in text.replace("max", "").replace("np.min", "")]
    f = function_of(Case(text, {name: lambda rng: None for name in names[: len(args)]}))
    with np.errstate(all="raise"):
        bars = s2sad.vjp(f, *args)[1](1.0)
        tangents = tuple(np.ones_like(a) if isinstance(a, np.ndarray) else 1.0 for a in args)
        _, y_dot = s2sad.jvp(f, args, tuple(t if active(a) else None for a, t in zip(args, tangents, strict=True)))
    for bar, want in zip(bars, expected, strict=True):
        assert want is None or np.allclose(bar, want, rtol=1e-14, atol=0.0), (bar, want)
    assert np.isclose(y_dot, sum(np.sum(want) for want in expected if want is not None))


def test_where_keeps_the_other_branch_out() -> None:
    """An infinite derivative in the branch that is not taken does not matter: the mask is applied last."""
    f = module("def f(x):\n    return np.sum(np.where(x > 0.0, np.log(np.where(x > 0.0, x, 1.0)), x))\n")["f"]
    x = np.array([0.0, 2.0, -1.0])
    with np.errstate(all="raise"):
        assert np.array_equal(s2sad.vjp(f, x)[1](1.0)[0], [1.0, 0.5, 1.0])
    g = module("def g(x):\n    return np.sum(np.where(x > 0.0, np.log(x), 0.0))\n")["g"]
    with np.errstate(all="ignore"):
        _, y_dot = s2sad.jvp(g, (np.array([0.0, 2.0]),), (np.ones(2),))
        bar = s2sad.vjp(g, np.array([0.0, 2.0]))[1](1.0)[0]
    assert y_dot == 0.5, "forward mode selects tangents"
    assert np.array_equal(bar, [0.0, 0.5])


TERM, SWAP = "without_a_term", "with_arguments_swapped"
# Changes that make no difference, and why.
EQUIVALENT: dict[tuple[str, str], str] = {
    ("logaddexp_reduce", TERM): "the largest is subtracted, and cancels",
    ("matrix_power", TERM): "the power 0 is a constant",
    ("matrix_power", SWAP): "the same",
    ("var", SWAP): "of one element nothing is left without the mean",
    ("stats.multinomial.logpmf", TERM): "the factorials do not depend on the chances",
    ("stats.multinomial.pmf", TERM): "the factorials do not depend on the chances",
    ("special.multigammaln", TERM): "a constant term of the value",
    ("stats.poisson.logpmf", TERM): "a term of the count, which is an int",
    ("stats.binom.logpmf", TERM): "the same",
    ("stats.binom.logpmf", SWAP): "the same",
    ("stats.uniform.pdf", TERM): "the density does not depend on the place",
    ("distance.pdist", SWAP): "a distance is symmetric",
    ("stats.gumbel_r.logcdf", "flipped"): "y' = -y, whatever the sign of y: the derivative reads the value of SciPy",
    ("stats.gumbel_l.logsf", "flipped"): "y' = y, the same",
    ("ndimage.uniform_filter", SWAP): "n - 1 - n // 2 is 0 for n = 2; other sizes are known, and differ in type",
}


# --- sabotage -----------------------------------------------------------------------------------------------------
def flipped(value: Any) -> Any:
    """Return a contribution with the wrong sign."""
    if isinstance(value, list | tuple):
        return type(value)(flipped(item) for item in value)
    return value if value is None or isinstance(value, Const) else -value


def vanished(value: Any) -> Any:
    """Return a contribution that is zero."""
    if isinstance(value, list | tuple):
        return type(value)(vanished(item) for item in value)
    return value if value is None or isinstance(value, Const) else 0.0 * value


def without_a_term(op: Op) -> Op | None:
    """Return what is left of a sum when its second term is dropped."""
    if op.name in ("add", "subtract") and isinstance(op.args[0], Var) and op.args[0].type == op.type:
        return Op("positive", op.args[:1], op.type)
    return None


def with_arguments_swapped(op: Op) -> Op | None:
    """Return an operation of two arguments with these exchanged, where that makes a difference."""
    if op.name not in ("subtract", "divide", "matmul", "power", "solve", "where_exponent") or len(op.args) != 2:
        return None
    a, b = op.args
    return Op(op.name, (b, a), op.type, op.attrs, op.form) if a is not b and a.type == b.type else None


def mutated(formula: Callable[..., Any], change: Callable[[Op], Op | None], made: list[Op]) -> Callable[..., Any]:
    """Return a formula in whose code the first operation that can be changed is."""

    def wrong(*args: Any, **attrs: Any) -> Any:
        syms = [arg for part in args for arg in (part if isinstance(part, tuple | list) else (part,))]
        builder = next(sym.builder for sym in syms if isinstance(sym, Sym))
        start = len(builder.block)
        result = formula(*args, **attrs)
        for stmt in builder.block[start:]:
            found = change(stmt.value) if isinstance(stmt, Assign) and isinstance(stmt.value, Op) else None
            if found is not None:
                stmt.value = builder.definitions[stmt.target] = found
                made.append(found)
                break
        return result

    return wrong


def mutants() -> list[Any]:
    """Return (rule, field, position, change) for every formula of the table."""
    found = []
    for name in differentiable_rules():
        rule = TABLE.rules[name]
        if name in STRUCTURAL or name in UNREACHED:
            continue
        for part in ("partials", "pulls"):
            for i, formula in enumerate(getattr(rule, part)):
                for change in (flipped, vanished) if not isinstance(formula, Refused | Followed | None) else ():
                    found.append(pytest.param(name, part, i, change, id=f"{name}-{part}-{i}-{change.__name__}"))
        for i in rule.alone:
            for change in (flipped, vanished):
                found.append(pytest.param(name, "alone", i, change, id=f"{name}-alone-{i}-{change.__name__}"))
        if rule.definition is not None:
            for change in (flipped, vanished):
                found.append(pytest.param(name, "definition", 0, change, id=f"{name}-definition-{change.__name__}"))
    return found


def formulas() -> list[Any]:
    """Return (rule, field, position) for every formula of the table."""
    seen: dict[str, Any] = {}
    for param in mutants():
        name, part, i, _ = param.values
        seen.setdefault(f"{name}-{part}-{i}", (name, part, i))
    return [pytest.param(*values, id=name) for name, values in seen.items()]


@pytest.mark.parametrize("change", [without_a_term, with_arguments_swapped], ids=lambda change: change.__name__)
@pytest.mark.parametrize(("name", "part", "i"), formulas())
def test_a_changed_term_is_noticed(
    name: str,
    part: str,
    i: int,
    change: Callable[[Op], Op | None],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    """A formula that lacks a term, or has two arguments exchanged, is noticed as well."""
    monkeypatch.setenv("S2SAD_CACHE_DIR", str(tmp_path))
    rule, made = TABLE.rules[name], []
    wrong = with_formula(rule, part, i, lambda right: mutated(right, change, made))
    monkeypatch.setitem(TABLE.rules, name, wrong)
    for case in CASES[name]:
        f, args = function_of(case), case.arguments(0)
        try:
            check(case, f, args)
        except Exception:  # whatever it is that shows it
            return
    assert (name, change.__name__) in EQUIVALENT or not made, f"no case notices {made[0]}"


def changed(rule: Rule, part: str, i: int, change: Callable[[Any], Any]) -> Rule:
    """Return a rule with one formula changed."""
    return with_formula(rule, part, i, lambda right: lambda *args, **attrs: change(right(*args, **attrs)))


def with_formula(rule: Rule, part: str, i: int, wrong: Callable[[Any], Any]) -> Rule:
    """Return a rule with another formula in the place of one."""
    if part == "definition":
        return dataclasses.replace(rule, definition=wrong(rule.definition))
    if part == "alone":
        pull, push = rule.alone[i]
        return dataclasses.replace(rule, alone={**rule.alone, i: (wrong(pull), push)})
    formulas = list(getattr(rule, part))
    formulas[i] = wrong(formulas[i])
    return dataclasses.replace(rule, **{part: tuple(formulas)})


@pytest.mark.parametrize(("name", "part", "i", "change"), mutants())
def test_a_wrong_formula_is_noticed(
    name: str, part: str, i: int, change: Callable[[Any], Any], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A wrong pullback disagrees with forward mode; a wrong partial, which both modes use, with the oracle."""
    monkeypatch.setenv("S2SAD_CACHE_DIR", str(tmp_path))
    monkeypatch.setitem(TABLE.rules, name, changed(TABLE.rules[name], part, i, change))
    for case in CASES[name]:
        f, args = function_of(case), case.arguments(0)
        try:
            if part in ("pulls", "alone"):
                reverse_against_forward(f, args, EXACT)
            else:
                check(case, f, args)
        except Disagreement:
            return
    assert (name, change.__name__) in EQUIVALENT, "no case notices"
