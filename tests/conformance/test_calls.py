"""Calls of NumPy and of built-ins: an argument is honoured in every mode or refused by its name, never dropped."""

import dataclasses
import linecache
import typing

import numpy as np
import pytest

import s2sad
from tests.conformance.checks import refused as refused_in_every_mode
from tests.conformance.checks import right

X = np.array([0.5, -1.25, 2.0, 0.75])
M = np.array([[0.5, -1.0, 1.5], [2.0, 0.25, -0.75]])
Q = np.array([[0.5, -1.0, 1.5], [2.0, 0.25, -0.75], [1.25, 0.6, -0.3]])


def program(text):
    """Return the function that a text defines; its source can be found."""
    name = f"<program {abs(hash(text))}>"
    linecache.cache[name] = (len(text), None, text.splitlines(True), name)
    names = {"np": np, "W": np.arange(1.0, 5.0)}
    exec(compile(text, name, "exec", dont_inherit=True), names)
    return names["f"]


def of(*lines):
    """Return a function of x with these lines."""
    return program("def f(x):\n" + "".join(f"    {line}\n" for line in lines))


def differences(function, x, step=1e-6):
    """Return the gradient by central differences; copies keep the layout of x."""
    found = np.zeros_like(x)
    for at in np.ndindex(x.shape):
        moved = []
        for sign in (1.0, -1.0):
            changed = np.copy(x)
            changed[at] += sign * step
            moved.append(float(function(changed)))
        found[at] = (moved[0] - moved[1]) / (2.0 * step)
    return found


def agrees(function, x):
    """Check every mode against differences of the original: the oracle drops some of these arguments itself."""
    right(function, x, truth=(differences(function, x),), oracle=False, rtol=1e-6)


# --- out= -------------------------------------------------------------------------------------------------------------
OUTS = [
    ("a = x * 2.0", "np.clip(a, -0.6, 0.7, out=a)", "return np.sum(a * x)"),
    ("a = x * 2.0", "a.clip(-0.6, 0.7, out=a)", "return np.sum(a * x)"),
    ("a = x * 2.0", "a.clip(-0.6, 0.7, a)", "return np.sum(a * x)"),
    ("a = x * 2.0", "np.clip(x, -0.6, 0.7, a)", "return np.sum(a * x)"),
    ("o = np.zeros((2, 4))", "np.stack([x, x * x], out=o)", "return np.sum(o * o * o)"),
    ("o = np.zeros(8)", "np.concatenate([x, x * x], out=o)", "return np.sum(o * o * o)"),
    ("o = np.zeros(8)", "np.concatenate([x, x * x], 0, o)", "return np.sum(o * o * o)"),
    ("o = np.zeros(4)", "np.einsum('i,i->i', x, x, out=o)", "return np.sum(o * x)"),
    ("o = np.zeros(4)", "np.add(x, x * x, o)", "return np.sum(o * x)"),
    ("o = np.zeros(4)", "p = np.multiply(x, x, out=(o,))", "p *= 2.0", "return np.sum(o * x)"),
    ("o = np.zeros(4)", "np.exp(x, o[::-1])", "return np.sum(o * x)"),
    ("o = np.zeros(4)", "np.cumsum(x * x, out=o)", "return np.sum(o * x)"),
    ("o = np.zeros(())", "np.sum(x * x, None, None, o)", "return o * x[0]"),
    (
        "y = np.outer(x, x)",
        "a = y[1]",
        "np.exp(a, out=a[::-1])",
        "np.clip(y, -0.5, 0.5, out=y.T)",
        "return np.sum(y * x)",
    ),
    ("a = np.array(x[0] * x[1])", "b = a", "np.multiply(x[2], x[3], out=b)", "return a * b * x[0]"),
    ("y = x * 1.0", "for i in range(3):", "    np.cumsum(y * x[i], out=y)", "    y[0] += x[1]", "return np.sum(y * x)"),
    ("y = x * 1.0", "y[1:].fill(x[0])", "return np.sum(y * x)"),
    ("o = np.zeros((4, 4))", "np.outer(x, x, o)", "return o[1] @ x"),
    ("o = np.zeros((4, 4))", "np.dot(np.outer(x, x), np.outer(x, x), out=o)", "return o[1] @ x"),
]


@pytest.mark.parametrize("lines", OUTS, ids="; ".join)
def test_out_is_written(lines):
    agrees(of(*lines), X)


# --- arguments that change the value ----------------------------------------------------------------------------------
ACCEPTED = [
    ("return np.sum(np.clip(a=x, a_max=0.7, a_min=-0.6) * x)",),
    ("return np.sum(np.clip(x, min=-0.6, max=0.7) * x)",),
    ("return np.sum(x.clip(max=0.7) * x)",),
    ("return sum([v * v for v in x], start=x[0]) + sum([x[0] * x[1], x[1]], x[2])",),
    ("s = 0.0", "for i, v in enumerate(x, 2):", "    s += i * v * v", "return s"),
    ("s = 0.0", "for i, v in enumerate([x[0], x[1] * x[2]], start=1):", "    s += i * v * v", "return s"),
    ("s = 0.0", "for i, (a, b) in enumerate(zip(x, x[1:]), start=3):", "    s += i * a * b", "return s"),
    ("s = 0.0", "n = len(x)", "for i, v in enumerate(range(1, 4), n):", "    s += i * x[v] * x[0]", "return s"),
    ("return sum([i * v * v for i, v in enumerate(x, start=1)])",),
    ("w = np.lib.stride_tricks.sliding_window_view(x * x, 2)", "return np.sum((w @ x[:2]) ** 2)"),
    ("a = np.concatenate([x.reshape(2, 2), x * x], axis=None)", "return np.sum(a * np.arange(8.0) * a)"),
    ("a = np.sort(x.reshape(2, 2), axis=None)", "return np.sum(a * a * np.arange(4.0))"),
    ("return np.sum(x.reshape(2, 2).argsort(axis=None) * x)",),
    ("a = np.array(x, ndmin=2)", "return np.sum(a * a.T)"),
    ("a = np.asarray(x, copy=True)", "a *= 3.0", "return np.sum(a * x)"),
    ("a = np.array(x, copy=True)", "a *= 3.0", "return np.sum(a * x)"),
    ("return np.transpose(a=x.reshape(2, 2), axes=(1, 0))[0, 1] * x[1]",),
    ("return max([], default=x[0]) * max([x[1], x[2]], default=0.5)",),
    ("return np.sum(np.arange(4.0, step=1.0) * x * x)",),
    ("return np.sum(np.arange(stop=4) * x * x)",),
    ("return np.sum(np.arange(1, 5) * x * x)",),
    ("return np.sum(np.average(a=x.reshape(2, 2), axis=1) * x[:2])",),
    ("return np.einsum('i,i->', x, x, optimize=True)",),
    ("return np.sum(x, dtype=np.float64) * x[0]",),
    ("return np.sum(np.hstack([x[0], x, x[1:]]) ** 2)",),
    ("return np.sum(np.vstack((x, x * x))[1])",),
    ("return max([v for v in x if v > 0.0], default=0.5) + min((v for v in x if v > 90.0), default=x[0] ** 2)",),
]


@pytest.mark.parametrize("lines", ACCEPTED, ids="; ".join)
def test_an_argument_is_honoured(lines):
    agrees(of(*lines), X)


REFUSED = [
    ("np.multiply with where= and without out=", "return np.sum(np.multiply(x, x, where=x > 0.0))"),
    ("np.stack: the argument 'casting'", "return np.sum(np.stack([x, x], casting='unsafe'))"),
    ("np.linalg.norm: too many arguments", "return np.linalg.norm(x, None, None, False, 1)"),
    ("np.vstack: the argument 'casting'", "return np.sum(np.vstack([x, x], casting='unsafe'))"),
    ("np.reshape: the argument 'copy'", "return np.sum(np.reshape(x, (2, 2), copy=True))"),
    ("pow: the argument 'mod'", "return pow(x[0], 2, 3)"),
    ("float: too many arguments", "return float(x[0], 2)"),
    ("append: too many arguments", "a = [x[0]]; a.append(x[1], x[2]); return a[0]"),
    ("'axis' is given twice", "return np.sum(np.sum(x, 0, axis=0))"),
    ("changes their kind", "return np.sum(x, dtype=int) * x[0]"),
    ("is missing", "return np.sum(np.dot(x))"),
    ("list or tuple of arrays", "return np.sum(np.stack(np.outer(x, x)))"),
]


@pytest.mark.parametrize(("names", "line"), REFUSED, ids=[line for _, line in REFUSED])
def test_an_argument_is_refused_by_name(names, line):
    refused_in_every_mode(program(f"import math\ndef f(x):\n    {line}\n"), X, names=names)


# --- the order of elements --------------------------------------------------------------------------------------------
ORDERS = [
    ("return x.reshape(6, order='F') @ np.arange(6.0) + x.reshape((3, 2), order='F')[1, 0] ** 2",),
    ("return np.sum(np.reshape(x, (3, -1), order='F')[:2] * x[:, :2] * x[:, 1:])",),
    ("return np.sum(np.reshape(x, shape=x.T.shape, order='F') ** 2 * x.T)",),
    ("return np.ravel(x, order='F') @ np.arange(6.0) * x[0, 1] + x.ravel('F')[1] ** 2",),
    ("return x.flatten('F') @ (x.flatten(order='C') * np.arange(6.0))",),
    ("return x[0].ravel('K') @ x[0].reshape(3, order='A')",),
    ("return x.reshape(3, 2, order='C')[0] @ x[:, 0]",),
    ("a = x * 1.0", "b = a.reshape(-1, order='F')", "b[1] *= 5.0", "return np.sum(a**2) + b[1] ** 2"),
    ("a = x.T * 1.0", "b = a.ravel(order='F')", "b[1] *= 5.0", "return np.sum(a**2) + b[1] ** 2"),
]


@pytest.mark.parametrize("lines", ORDERS, ids="; ".join)
def test_orders_of_elements(lines):
    agrees(of(*lines), M)
    agrees(of(*lines), np.asfortranarray(M))


LAYOUTS = ["x.ravel('K')", "x.reshape(-1, order='A')", "x.flatten('A')", "x.T.ravel(order='K')", "x[::-1].ravel('K')"]


@pytest.mark.parametrize("line", LAYOUTS)
def test_an_order_that_depends_on_the_layout(line):
    function = of(f"return {line} @ np.arange(6.0) + np.sum({line} ** 3)")
    for m in (M, np.asfortranarray(M), np.repeat(M, 2, axis=0)[::2], np.repeat(M.T, 2, axis=0)[::2].T):
        s2sad.check_grads(function, (m,))
        np.testing.assert_allclose(s2sad.value_and_grad(function)(m)[0], function(m))


def test_an_order_of_three_axes_that_lie_in_none_of_the_usual_orders():
    function = of(
        "a = np.multiply.outer(x, x[0]).transpose(1, 0, 2)[::-1]",
        "return np.ravel(a, order='K') @ np.arange(18.0) + np.sum(a.flatten('K')[:5] ** 2)",
    )
    s2sad.check_grads(function, (M,))
    np.testing.assert_allclose(s2sad.value_and_grad(function)(M)[0], function(M))


# --- what is the array itself, a view, or a copy ----------------------------------------------------------------------
ALIASES = [
    "x.astype(float, copy=False)",
    "x.astype(float, copy=True)",
    "x.astype(float)",
    "x.astype(np.float64, copy=False)[1:]",
    "np.array(x, copy=None)",
    "np.array(x, copy=False)",
    "np.array(x)",
    "np.array(x, dtype=float, copy=None)",
    "np.asarray(x, dtype=float)",
    "np.asarray(x, copy=False)",
    "x.conj()",
    "x.conjugate()",
    "np.conj(x)",
    "x.real",
    "np.real(x)",
    "x[...]",
    "x[()]",
    "x.T",
    "np.ascontiguousarray(x)",
    "x.reshape(4)",
    "x.ravel()",
    "x.flatten()",
    "x.copy()",
]


@pytest.mark.parametrize("alias", ALIASES)
def test_aliases_and_copies(alias):
    agrees(of("x = x * 1.0", f"y = {alias}", "y[0] *= 3.0", "return np.sum(x * x) + y[1] * y[0]"), X)
    agrees(of(f"y = {alias}", "y[0] *= 3.0", "return np.sum(x * x) + y[1] * y[0]"), X)


def test_the_imaginary_part_of_what_is_real_is_zero():
    agrees(of("return np.sum(x.imag * x + x.real * x + np.imag(x)) + x[0].real * x[1] + x[2].imag"), X)


# --- arrays of rank 0 -------------------------------------------------------------------------------------------------
RANK_0 = [
    ("a = np.array(0.0)", "for v in x:", "    a += v * v", "return a * 2.0"),
    ("a = np.zeros(())", "for i in range(len(x)):", "    a[...] += x[i] * x[i]", "return a + 0.0"),
    ("a = np.zeros(())", "for i in range(len(x)):", "    a[()] = a[()] * 0.5 + x[i]", "return a[()] * x[0]"),
    ("a = np.array(x[0])", "a *= x[1]", "a[()] = a * a", "b = a", "b += x[2]", "return a * 1.0"),
    ("a = x * 1.0", "v = a[2, ...]", "v *= 3.0", "return np.sum(a * a)"),
    ("a = x * 1.0", "v = a[2, ...]", "a[2] = x[0] * x[1]", "return v * x[3]"),
    ("a = x * 1.0", "v = a[2, ...]", "v[...] = x[0] * a[2]", "return np.sum(a * a) + v[()]"),
    ("a = x * 1.0", "for i in range(3):", "    v = a[i, ...]", "    v *= a[i + 1]", "return np.sum(a * x)"),
    ("v = x[1, ...]", "return v * x[0] + v[()] * v[None][0]"),
    ("a = np.array(x[0] * x[1])", "b = a[...]", "b += x[2]", "return a[()] * 2.0"),
    ("a = np.array(x[0] * x[1])", "b = a[()]", "a += x[2]", "return b * a"),
    ("s = x[1].transpose()", "return s * np.transpose(x[0]) * x[2].T"),
    ("s = x[1]", "return s[...] * x[0] + s[None, None][0, 0] * s[()]"),
    ("a = np.array(2.0)", "a[...] = x[0] * x[1]", "return a.item() * x[2]"),
    ("a = np.full((), x[0])", "a -= x[1] * a", "a /= x[2]", "return a * a"),
]


@pytest.mark.parametrize("lines", RANK_0, ids="; ".join)
def test_arrays_of_rank_0(lines):
    agrees(of(*lines), X)


# --- ends of ranges ---------------------------------------------------------------------------------------------------
ENDS = [
    ("return np.sum(np.linspace(x[0], x[1], 5) * np.arange(5.0))",),
    ("return np.sum(np.linspace(x[0], 3.0, num=4, endpoint=False) * x)",),
    ("return np.sum(np.arange(x[0], 3.0) ** 2) + np.sum(np.arange(x[0], x[2] + 0.1, x[3]) * x[1])",),
    ("return np.sum(np.full(4, x[0]) * x) + np.sum(np.full((2, 4), x) ** 2) + np.sum(np.full_like(x, x[1]) * x)",),
    ("return np.sum(np.full_like(np.arange(4), x[1], dtype=float) * x)",),
]


@pytest.mark.parametrize("lines", ENDS, ids="; ".join)
def test_active_ends(lines):
    agrees(of(*lines), X)


def test_what_would_truncate_is_refused():
    refused_in_every_mode(of("return np.sum(np.full_like(np.arange(4), x[1]) * x)"), X, names="would truncate")


# --- views that cannot be written -------------------------------------------------------------------------------------
def sum_of_windows(x):
    return np.sum(np.lib.stride_tricks.sliding_window_view(x, 3))


def test_each_element_counts_in_every_window_it_is_in():
    right(sum_of_windows, np.array([0.5, -1.0, 2.0, 0.25, 1.5]), truth=([1.0, 2.0, 3.0, 2.0, 1.0],), oracle=False)
    of_matrix = of("w = np.lib.stride_tricks.sliding_window_view(x, (2, 2))", "return np.sum(w * w * w[0, 0])")
    agrees(of_matrix, Q)
    agrees(of("y = np.broadcast_to(x, (3, 4))", "x = x * 2.0", "return np.sum(y * x)"), X)
    agrees(of("d = np.diag(x)", "return np.sum(d * d * x[0])"), Q)


FROZEN = [
    ("y = x * 1.0", "b = np.broadcast_to(y, (3, 4))", "y[0] = 5.0 * y[1]", "return np.sum(b * b)"),
    ("y = np.outer(x, x)", "b = np.diag(y)", "y[0, 0] = 3.0 * x[1]", "return np.sum(b * b) + np.sum(y)"),
    ("y = x * 1.0", "b = np.lib.stride_tricks.sliding_window_view(y, 2)", "y *= x", "return np.sum(b * b)"),
    ("b = np.broadcast_to(x, (3, 4))", "x[0] = 5.0", "return np.sum(b * b)"),
]


@pytest.mark.parametrize("lines", FROZEN, ids="; ".join)
def test_a_write_under_a_view_that_cannot_be_written_is_refused(lines):
    refused_in_every_mode(of(*lines), X, names="is in use")


# --- objects, derivatives, signs --------------------------------------------------------------------------------------
@dataclasses.dataclass
class Pair:
    a: float
    b: float = 2.0


class Triple(typing.NamedTuple):
    a: float
    b: float
    c: float


def square(x, y):
    return x * x * y


d_square = s2sad.grad(square)


def objects(x):
    p, q = Pair(x[0], b=x[1]), Triple(b=x[1], a=x[2], c=3.0)
    return p.a * p.b + q.a * q.b * q.c + Pair(x[3]).b * d_square(x[0], y=x[1])


def too_many_fields(x):
    return Pair(x[0], x[1], x[2]).a


def unknown_field(x):
    return Triple(x[0], x[1], x[2], d=x[2]).a


def too_many_for_a_derivative(x):
    return d_square(x[0], x[1], x[2])


def unknown_to_a_derivative(x):
    return d_square(x[0], x[1], z=x[2])


def test_constructors_and_derivatives_bind_their_arguments():
    agrees(objects, X)
    refused_in_every_mode(too_many_fields, X, names="Pair: too many arguments")
    refused_in_every_mode(unknown_field, X, names="Triple: the argument 'd'")
    refused_in_every_mode(too_many_for_a_derivative, X, names="square: too many arguments")
    refused_in_every_mode(unknown_to_a_derivative, X, names="square: the argument 'z'")


def test_the_parts_of_slogdet_have_names():
    agrees(of("d = np.linalg.slogdet(x)", "return d.logabsdet * x[0, 0] + d.sign * d[1]"), Q)


def test_plus_makes_a_new_array():
    agrees(of("a = x * 1.0", "b = +a", "b *= 3.0", "return np.sum(a * b)"), X)


# --- second derivatives at zero ---------------------------------------------------------------------------------------
SECOND = [
    ("return np.prod(x)", np.array([0.0, 2.0, 3.0])),
    ("return np.prod(x) ** 2 + np.prod(x * x[1])", np.array([0.0, 2.0, 0.0, 3.0])),
    ("return np.sum(np.prod(x, axis=1) ** 2)", np.array([[0.0, 2.0, -1.5], [1.0, 0.0, 0.0]])),
    ("return np.sum(x ** np.array([2.0, 3.0, 1.0, 0.0]))", np.array([0.0, 0.0, 0.0, 0.0])),
    ("return x[0] ** x[1] + x[2] ** x[1]", np.array([1.5, 0.0, 2.5])),
    ("return x[0] ** 2 + x[0] ** 3 + x[0] ** 1 + x[0] ** 0", np.array([0.0, 1.0])),
]


@pytest.mark.parametrize(("line", "x"), SECOND, ids=[line for line, _ in SECOND])
def test_second_derivatives_at_zero(line, x):
    first = of(line)
    gradient = s2sad.grad(first)
    for k in range(x.size):
        want = differences(lambda y, k=k: gradient(y).reshape(-1)[k], x, 1e-5)
        text = f"\n\ndef f(x):\n    return f_grad(x).reshape(-1)[{k}]\n"
        right(program(gradient.source + text), x, truth=(want,), oracle=False, rtol=1e-6)


# --- what generated text uses is accepted again -----------------------------------------------------------------------
AGAIN = [
    ("np.vdot", "return np.vdot(np.sin(x), x * x) * np.vdot(x, x)"),
    ("np.vecdot", "return np.sum(np.vecdot(np.sin(x), x * x[0]) ** 2)"),
    ("np.einsum", "return np.sum(np.einsum('ij->j', np.sin(x) * x) ** 2)"),
    ("np.einsum", "return np.sum(np.einsum('ij->ji', np.sin(x) * x) @ x)"),
    ("np.einsum", "return np.sum(np.einsum('ijk->ik', np.sin(x)[:, :, None] * x) ** 2)"),
]


@pytest.mark.parametrize(("name", "line"), AGAIN, ids=[line for _, line in AGAIN])
def test_generated_text_is_accepted_again(name, line):
    function = of(line)
    gradient = s2sad.grad(function)
    gradient(Q)
    assert name in gradient.source
    weighted = "\n\ndef f(x):\n    return np.sum(f_grad(x) * np.arange(1.0, 10.0).reshape(3, 3))\n"
    agrees(program(gradient.source + weighted), Q)


BEHIND_THE_COLON = [
    "def g(a, b): return a * b * np.sum(x)\nreturn g(1.0, 3.0)",
    "def g(a): b = a * a; return b * x\nreturn np.sum(g(2.0 * x))",
    "g = lambda a, k=2: h(a, k) * a\ndef h(a, k):\n    if k == 0: return a\n    elif k == 1: return a * a\n"
    "    else: return np.sin(a)\nreturn np.sum(g(x) * g(x, 1) * g(x, 0))",
    "s = 0.0\nfor v in x:\n    def g(a): return a * v\n    s += g(v)\nreturn s",
    "y = x\nfor i in range(3): y = y * 2.0; y = np.sin(y)\nn = 0\nwhile n < 2: n += 1; y = y * n\nreturn np.sum(y)",
]


@pytest.mark.parametrize("body", BEHIND_THE_COLON)
def test_a_body_behind_its_colon(body):
    agrees(of(*body.split("\n")), X)
