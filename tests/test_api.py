"""The public face: every transform as function and decorator, every way to name arguments, every kind of argument."""

from __future__ import annotations

import copy
import functools
import pickle
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest

import s2sad
from s2sad import check_grads, grad, jvp, value_and_grad, vjp

X = np.array([0.5, -1.0, 2.0])
FACTOR = 2.0


@pytest.fixture(autouse=True)
def own_cache(monkeypatch, tmp_path_factory):
    monkeypatch.setenv("S2SAD_CACHE_DIR", str(tmp_path_factory.getbasetemp() / "s2sad-cache"))


def same(have: Any, want: Any) -> None:
    """Compare two values of one structure."""
    if isinstance(want, tuple | list):
        assert type(have) is type(want) and len(have) == len(want)
        for a, b in zip(have, want, strict=True):
            same(a, b)
    elif isinstance(want, dict):
        assert isinstance(have, dict) and list(have) == list(want)
        for key in want:
            same(have[key], want[key])
    elif want is None:
        assert have is None
    elif hasattr(want, "__dict__") and not isinstance(want, np.ndarray | np.generic):
        assert type(have) is type(want)
        same(vars(have), vars(want))
    else:
        assert np.shape(have) == np.shape(want)
        np.testing.assert_allclose(have, want, rtol=1e-12)


def leaves(value: Any) -> list[np.ndarray]:
    if isinstance(value, np.ndarray):
        return [value]
    items = value.values() if isinstance(value, dict) else value if isinstance(value, tuple | list) else ()
    return [leaf for item in items for leaf in leaves(item)]


def square(x):
    return np.sum(x * x)


def product(a, b, c=3.0):
    return np.sum(a * b) * c


@grad
def bare(x):
    return np.sum(x * x)


@value_and_grad(argnums=("b", "a"))
def with_options(a, b):
    return a * b * b


# --- functions and decorators -----------------------------------------------------------------------------------------
def test_grad_and_value_and_grad():
    same(grad(square)(X), 2.0 * X)
    value, gradient = value_and_grad(square)(X)
    assert value == square(X)
    same(gradient, 2.0 * X)


def test_decorators():
    same(bare(X), 2.0 * X)
    same(with_options(2.0, 3.0), (18.0, (12.0, 9.0)))
    assert bare.__name__ == "bare" and bare.__module__ == __name__
    assert "s2sad.grad of bare" in repr(bare)


@vjp
def pulled(x, k=2.0):
    """Text."""
    return x * x * k


@jvp(backend="numpy")
def pushed(x, k):
    return x * x * k


def total(*ws, scale=1.0, **more):
    return scale * sum(np.sum(w * w) for w in ws) + more.get("shift", 0.0) * np.sum(ws[0])


def test_functions_of_any_number_of_arguments():
    same(grad(total)(X, 2.0), 2.0 * X)
    same(grad(total, argnums=(0, 1))(X, 3.0, scale=2.0), (4.0 * X, 12.0))
    same(grad(total, argnums=("scale", "shift"))(X, scale=1.0, shift=2.0), (np.sum(X * X), np.sum(X)))
    y, pullback = vjp(total, X, 2.0)
    same((y, pullback(1.0)), (np.sum(X * X) + 4.0, (2.0 * X, 4.0)))
    same(jvp(total, (X, 2.0), (X, 1.0)), (np.sum(X * X) + 4.0, 2.0 * np.sum(X * X) + 4.0))
    check_grads(total, (X, 2.0))
    same(check_grads(total)(X, scale=2.0), 2.0 * np.sum(X * X))
    same(grad(grad(lambda *a: a[0] ** 3 * a[1]))(2.0, 3.0), 36.0)
    same(grad(lambda x: np.sum(grad(total)(x, x) * x))(X), 4.0 * X)
    same(grad(lambda x: grad(lambda *u: u[0] * u[1] * np.sum(x))(2.0, 3.0))(X), np.full(3, 3.0))
    df = grad(total)
    with pytest.raises(s2sad.ArgumentError, match="nothing is generated yet"):
        _ = df.source
    assert "ws_0, ws_1" in df.lower(X, X).source == df.source
    assert f"# grad of {__name__}.total with respect to ws_0" in df.source
    with pytest.raises(s2sad.ArgumentError, match="argnums 3 does not name a parameter of 'total'; it has ws_0"):
        grad(total, argnums=3)(X)
    with pytest.raises(s2sad.ArgumentError, match="takes 0 positional arguments, 1 were given"):
        grad(lambda **k: k["a"])(1.0, a=2.0)


@check_grads
def checked(x):
    return np.sum(x * x)


@check_grads(modes=("rev",), rtol=1e-6)
def checked_with_options(x, k=2.0):
    return np.sum(x * x) * k


@check_grads(args=(X, 3.0), argnums="x")
def checked_at_once(x, k):
    return np.sum(x * x) * k


class Curve:
    def __init__(self, w):
        self.w = w

    @vjp
    def at(self, x):
        return self.w * x


def test_vjp_and_jvp_as_decorators():
    y, pullback = pulled(X)
    same((y, pullback(np.ones(3))), (2.0 * X * X, (4.0 * X,)))
    y, pullback = pulled(X, k=3.0)
    same(pullback(np.ones(3)), (6.0 * X, np.sum(X * X)))
    same(pushed((X, 2.0), (np.ones(3), 0.0)), (2.0 * X * X, 4.0 * X))
    assert pulled.__name__ == "pulled" and pulled.__doc__ == "Text." and "s2sad.vjp of pulled" in repr(pulled)
    same(Curve(2.0).at(X)[1](np.ones(3))[1], np.full(3, 2.0))
    assert pickle.loads(pickle.dumps(pulled)) is pulled
    same(pickle.loads(pickle.dumps(jvp(square)))((X,), (X,))[1], 2.0 * np.sum(X * X))
    assert vjp(lambda: 3.0)[0] == 3.0
    assert vjp(backend="numpy")(square)(X)[0] == square(X)
    with pytest.raises(s2sad.ArgumentError, match="the backend 'torch' is not available"):
        vjp(backend="torch")
    same(grad(lambda x: np.sum(pulled(x)[1](x)[0]))(X), 8.0 * X)
    same(grad(lambda x: np.sum(pushed((x, 2.0), (x, 0.0))[1]))(X), 8.0 * X)


def test_check_grads_as_a_decorator():
    assert checked(X) == checked_with_options(X, k=1.0) == square(X)
    assert checked_at_once(X, 2.0) == 2.0 * square(X)
    assert checked.__name__ == "checked" and checked_with_options.__name__ == "checked_with_options"

    def wrong(x):
        return np.sum(s2sad.stop_gradient(x) * x)

    with pytest.raises(AssertionError, match="wrong: the reverse derivative"):
        check_grads(modes=("rev",))(wrong)(X)
    with pytest.raises(AssertionError, match="wrong: the forward derivative"):
        check_grads(args=(X,))(wrong)


@pytest.mark.parametrize(
    ("argnums", "want"),
    [
        (0, 6.0),
        (1, 3.0),
        (-1, 2.0),
        ("b", 3.0),
        ((0, 2), (6.0, 2.0)),
        ((2, 0), (2.0, 6.0)),
        (("c", "a"), (2.0, 6.0)),
        ((0,), (6.0,)),
        ((-3, "b"), (6.0, 3.0)),
        ([0, 1], (6.0, 3.0)),
    ],
)
def test_argnums(argnums, want):
    same(grad(product, argnums=argnums)(1.0, 2.0, 3.0), want)


def test_keyword_arguments_and_defaults():
    same(grad(product)(1.0, b=2.0), 6.0)
    same(grad(product)(b=2.0, a=1.0, c=4.0), 8.0)
    same(grad(product, argnums="c")(1.0, 2.0), 2.0)
    same(grad(product, argnums=("a", "c"))(1.0, b=2.0), (6.0, 2.0))

    def keyword_only(x, *, scale=2.0, kind="sum"):
        return scale * (np.sum(x) if kind == "sum" else np.mean(x))

    same(grad(keyword_only)(X), np.full(3, 2.0))
    same(grad(keyword_only)(X, scale=6.0, kind="mean"), np.full(3, 2.0))
    same(grad(keyword_only, argnums="scale")(X), 1.5)


def test_has_aux():
    def loss(x):
        return np.sum(x * x), {"twice": 2.0 * x, "n": len(x)}

    gradient, aux = grad(loss, has_aux=True)(X)
    same(gradient, 2.0 * X)
    same(aux, {"twice": 2.0 * X, "n": 3})
    (value, aux), gradient = value_and_grad(loss, has_aux=True)(X)
    assert value == square(X) and aux["n"] == 3
    same(gradient, 2.0 * X)


def test_vjp_and_jvp():
    def f(x, n, s):
        return x * s, n * s

    y, pullback = vjp(f, X, 3, 2.0)
    same(y, (2.0 * X, 6.0))
    same(pullback((np.ones(3), 1.0)), (np.full(3, 2.0), None, np.sum(X) + 3.0))
    y, y_dot = jvp(f, (X, 3, 2.0), (np.ones(3), None, 0.5))
    same(y_dot, (2.0 + 0.5 * X, 1.5))


def test_pullback_again_and_again():
    _, pullback = vjp(lambda x: np.cumsum(np.tanh(x)), X)
    bar = np.array([1.0, 2.0, 3.0])
    first, second = pullback(bar), pullback(bar)
    same(first, second)
    assert not np.shares_memory(first[0], second[0])
    same(pullback(2.0 * bar), (2.0 * first[0],))
    same(bar, np.array([1.0, 2.0, 3.0]))


@pytest.mark.parametrize(
    "f",
    [
        lambda x: x * x,
        lambda x: np.exp(x) * x,
        lambda x: np.sum(x**3),
        lambda x: x[1:] * x[:-1],
        lambda x: x.reshape(3, 1) @ x.reshape(1, 3),
        lambda x: np.where(x > 0.0, x * x, 3.0 * x),
    ],
)
def test_the_gradient_is_at_the_input_of_the_call(f):
    x = X.copy()
    y, pullback = vjp(f, x)
    bar = np.ones_like(y) if isinstance(y, np.ndarray) else 1.0
    want = vjp(f, X.copy())[1](bar)
    x[:] = 100.0
    if isinstance(y, np.ndarray):
        y[...] = -7.0
    same(pullback(bar), want)


# --- kinds of arguments -----------------------------------------------------------------------------------------------
@dataclass
class Params:
    w: np.ndarray
    b: float


class Pair(NamedTuple):
    left: Any
    right: Any


class Plain:
    def __init__(self, w, b):
        self.w = w
        self.b = b


def test_nested_containers():
    def f(p, q):
        return np.sum(p["w"] * p["rest"][0]) * q[1] + q[0][0] * q[0][0]

    p, q = {"w": X, "rest": [2.0 * X, 7]}, ((3.0,), 2.0)
    found = grad(f, argnums=(0, 1))(p, q)
    same(found[0]["w"], 4.0 * X)
    same(found[0]["rest"][0], 2.0 * X)
    same(found[1], ((6.0,), 2.0 * np.sum(X * X)))
    assert list(found[0]) == ["w", "rest"]


def test_nested_results():
    def f(d):
        return {"a": [d["x"] * 2.0, (d["x"], d["y"][0] * d["y"][1])], "n": 3}

    arg = {"x": X, "y": [2.0, 3.0]}
    _, pullback = vjp(f, arg)
    same(pullback({"a": [X, (X, 1.0)], "n": None}), ({"x": 3.0 * X, "y": [3.0, 2.0]},))
    _, dot = jvp(f, (arg,), (arg,))
    same(dot["a"], [2.0 * X, (X, 12.0)])
    check_grads(f, (arg,))


@pytest.mark.parametrize("cls", [Params, Plain])
def test_objects(cls):
    def f(p, x):
        return np.sum(p.w * x) + p.b * p.b

    found = grad(f)(cls(X, 2.0), 3.0 * X)
    same(found, cls(3.0 * X, 4.0))
    same(vjp(f, cls(X, 2.0), X)[1](1.0), (cls(X, 4.0), X))
    same(value_and_grad(f, argnums=("p", "x"))(cls(X, 2.0), X), (np.sum(X * X) + 4.0, (cls(X, 4.0), X)))
    same(jvp(f, (cls(X, 2.0), X), (found, X))[1], 3.0 * np.sum(X * X) + 16.0 + np.sum(X * X))
    check_grads(f, (cls(X, 2.0), 3.0 * X))


@dataclass(frozen=True, slots=True)
class Frozen:
    w: np.ndarray
    name: str = "layer"

    def __post_init__(self):
        assert isinstance(self.w, np.ndarray) and self.name


class Strict:
    """Cannot be made from cotangents by its own `__init__`, and refuses to be changed."""

    def __init__(self, text):
        for i, part in enumerate(text.split()):
            self.__dict__[f"w{i}"] = float(part)

    def __setattr__(self, name, value):
        raise AttributeError(name)


def test_objects_of_gradients_are_made_without_init():
    found = grad(lambda p: np.sum(p.w * p.w))(Frozen(X))
    assert type(found) is Frozen and found.name is None
    same(found.w, 2.0 * X)
    found = grad(lambda p: p.w0 * p.w1)(Strict("2.0 3.0"))
    assert type(found) is Strict
    same(vars(found), {"w0": 3.0, "w1": 2.0})


@pytest.mark.parametrize("cls", [Params, Plain, Pair])
def test_containers_of_objects(cls):
    def loss(layers, x):
        for layer in layers:
            first, second = (layer.left, layer.right) if cls is Pair else (layer.w, layer.b)
            x = x * first + second
        return np.sum(x)

    df = grad(loss)
    for n in (1, 2, 3, 2):
        layers = [cls(X * k, 2.0 * k) for k in range(1, n + 1)]
        found = df(layers, X)
        assert isinstance(found, list) and [type(layer) for layer in found] == [cls] * n
        check_grads(loss, (layers, X))
    found = grad(lambda d: np.sum(d["a"][0] * d["a"][1].b))({"a": (X, Params(X, 2.0)), "n": 3})
    same(found, {"a": (np.full(3, 2.0), Params(np.zeros(3), np.sum(X))), "n": None})


def test_gradients_inside_have_the_classes_of_arguments():
    def loss(p):
        return np.sum(p.w * p.w) * p.b

    slope = grad(loss)
    same(grad(lambda p: np.sum(slope(p).w))(Params(X, 2.0)), Params(np.full(3, 4.0), 2.0 * np.sum(X)))
    both = value_and_grad(lambda p, q: loss(p) * q.left * q.right, argnums=("p", "q"))

    def second(p, q):
        value, (p_bar, q_bar) = both(p, q)
        return value * np.sum(p_bar.w) * q_bar.right

    check_grads(second, (Plain(X, 2.0), Pair(1.5, 0.7)))


def test_a_dataclass_as_result():
    def f(p):
        return Params(p.w * p.b, p.b**2)

    y, pullback = vjp(f, Params(X, 2.0))
    assert isinstance(y, Params)
    same(pullback(Params(np.ones(3), 1.0)), pullback({"w": np.ones(3), "b": 1.0}))
    same(pullback(Params(np.ones(3), 1.0))[0].b, np.sum(X) + 4.0)
    _, y_dot = jvp(f, (Params(X, 2.0),), (Params(X, 1.0),))
    same(y_dot.w, 3.0 * X)


def test_a_named_tuple():
    def f(p):
        return p.left * p.right

    same(grad(f)(Pair(2.0, 3.0)), Pair(3.0, 2.0))
    same(vjp(f, Pair(2.0, 3.0))[1](1.0), (Pair(3.0, 2.0),))
    check_grads(f, (Pair(X, 3.0),))
    check_grads(lambda x: Pair(x * 2.0, {"a": x}), (X,))
    same(jvp(f, (Pair(2.0, 3.0),), (Pair(1.0, 0.5),))[1], 4.0)


def test_dtypes_and_numpy_numbers():
    found = grad(product, argnums=(0, 1))(X.astype(np.float32), np.float32(2.0))
    assert found[0].dtype == np.float32 and found[1].dtype == np.float32
    wide = grad(product, argnums=(0, 1))(np.float32(2.0), X)
    assert type(wide[0]) is np.float32 and wide[1].dtype == float
    assert type(vjp(product, np.float32(2.0), X)[1](1.0)[0]) is np.float32
    assert type(grad(lambda x: x * 2.0)(np.float64(3.0))) is np.float64
    assert type(grad(lambda p: p[0] * p[1])([np.float32(2.0), 3.0])[0]) is np.float32
    assert grad(lambda x: x * 2.0)(np.array([[3.0]])).shape == (1, 1)
    assert grad(lambda x: np.sum(x) * 2.0)(np.array(3.0)).shape == ()


def test_arguments_that_are_not_numbers():
    def f(x, how, g, n=None):
        y = g(x) if n is None else x * n
        return np.sum(y) if how == "sum" else np.mean(y)

    same(grad(f)(X, "sum", np.exp), np.exp(X))
    same(grad(f)(X, "mean", np.exp), np.exp(X) / 3.0)
    same(grad(f)(X, "sum", lambda x: x * x), 2.0 * X)
    same(grad(f)(X, "sum", np.exp, 4), np.full(3, 4.0))


def test_ints_that_decide_types_are_specialised_on():
    def f(x, axis):
        return np.sum(np.sum(x, axis=axis) ** 2)

    df, a = grad(f), np.arange(6.0).reshape(2, 3)
    for axis in (0, 1, -1, 0):
        same(df(a, axis), np.broadcast_to(2.0 * np.sum(a, axis=axis, keepdims=True), (2, 3)))


# --- many kinds of calls ----------------------------------------------------------------------------------------------
def mixed(x, y):
    z = x * y + np.sum(x, axis=0)
    return np.sum(np.exp(-z * z) * y)


def shapes(n):
    """Return pairs of shapes that broadcast, of one rank, with each axis of size 1 or not."""
    found = [(n, n, n), (1, n, n), (n, 1, n), (n, n, 1), (1, 1, n), (1, n, 1), (n, 1, 1), (1, 1, 1)]
    return [(a, b) for a in found for b in found[:2]]


def test_many_kinds_of_calls_share_one_variant():
    rng = np.random.default_rng(0)
    df = value_and_grad(mixed, argnums=(0, 1))
    with pytest.warns(UserWarning, match="'mixed' has been called with more than 8 kinds of arguments") as caught:
        for _ in range(2):
            for a, b in shapes(3):
                x, y = rng.normal(size=a), rng.normal(size=b)
                value, bars = df(x, y)
                same(value, mixed(x, y))
                same(bars, value_and_grad(mixed, argnums=(0, 1))(x, y)[1])
    assert len(caught) == 1 and caught[0].filename == __file__
    assert len(df._variants) == 8 and len(df._generic) == 1
    df(rng.normal(size=3).astype(np.float32), 2.0)
    assert len(df._generic) == 2


def test_of_code_that_cannot_be_shared_the_most_used_is_kept():
    df = grad(lambda x, g: np.sum(g(x)))
    functions = [lambda x, k=k: x * k for k in range(20)]
    with pytest.warns(UserWarning, match="thrown away when it is not used much"):
        for k, g in enumerate(functions):
            same(df(X, g), np.full(3, float(k)))
            same(df(X, functions[8 if k > 8 else 0]), np.full(3, 8.0 if k > 8 else 0.0))
    assert len(df._variants) == len(df._generic) == 8
    latest = df.lower(X, functions[8])._compiled
    assert df.lower(X, functions[8])._compiled is latest and latest.uses > 8


def test_code_that_is_right_for_some_sizes_only():
    df = grad(lambda x: x * x * 2.0)
    with pytest.warns(UserWarning):
        for rank in range(1, 12):
            same(df(np.full((1,) * rank, 3.0)), np.full((1,) * rank, 12.0))
    with pytest.raises(s2sad.ArgumentError, match="grad needs a scalar result"):
        df(np.ones((1, 1, 2)))


# --- what can be differentiated ---------------------------------------------------------------------------------------
def test_a_numpy_function():
    same(grad(np.tanh)(0.5), 1.0 - np.tanh(0.5) ** 2)
    same(vjp(np.multiply, X, X)[1](np.ones(3)), (X, X))
    same(grad(grad(np.tanh))(0.5), -2.0 * np.tanh(0.5) * (1.0 - np.tanh(0.5) ** 2))


def test_lambdas_on_one_line():
    f, g, h = lambda x: x * x, lambda x: x * x * x, lambda x: 5.0 * x
    assert (grad(f)(2.0), grad(g)(2.0), grad(h)(2.0)) == (4.0, 12.0, 5.0)
    three = [lambda: grad(lambda x: x * x * 3.0)(2.0)]
    assert three[0]() == 12.0
    same([grad(lambda x: 2.0 * x)(1.0), grad(lambda x: 3.0 * x)(1.0)], [2.0, 3.0])
    first, second = [lambda x: x * 2.0, lambda x: x * 2.0]
    assert grad(first)(1.0) == grad(second)(1.0) == 2.0


class Model:
    def __init__(self, w):
        self.w = w

    def loss(self, x, power=2.0):
        return np.sum(self.w * x**power)

    def __call__(self, x):
        return np.sum(self.w * x)

    @grad(argnums="x")
    def slope(self, x):
        return np.sum(self.w * x * x)

    @grad
    def of_self(self, x):
        return np.sum(self.w * x * x)


def test_methods_as_decorators():
    model = Model(2.0 * X)
    same(model.slope(X), 4.0 * X * X)
    same(Model.slope(model, X), 4.0 * X * X)
    same(model.of_self(X), Model(X * X))


def test_bound_methods_callable_objects_and_partials():
    model = Model(2.0 * X)
    same(grad(model.loss)(X), 4.0 * X * X)
    same(grad(model.loss)(X, 1.0), 2.0 * X)
    same(grad(model)(X), 2.0 * X)
    df = grad(model.loss)
    model.w = np.ones(3)
    same(df(X), 2.0 * X)
    same(grad(functools.partial(product, 3.0))(2.0), 9.0)
    same(grad(functools.partial(product, c=5.0))(2.0, 1.0), 5.0)
    assert grad(Model(np.ones(3)).loss)(X).tolist() == (2.0 * X).tolist()


def test_a_closure_reads_its_cells_at_each_call():
    scale = 2.0

    def f(x):
        return np.sum(scale * x * x)

    df = grad(f)
    same(df(X), 4.0 * X)
    scale = 3.0
    same(df(X), 6.0 * X)
    scale = np.array([1.0, 2.0, 3.0])
    same(df(X), 2.0 * scale * X)
    scale = 5
    same(df(X), 10.0 * X)


def test_a_closure_whose_function_changes():
    inner = np.exp

    def f(x):
        return np.sum(inner(x))

    df = grad(f)
    same(df(X), np.exp(X))
    inner = np.sin
    same(df(X), np.cos(X))


def test_closures_of_one_text():
    def make(h, k):
        return lambda x: np.sum(h(x)) * k

    first, second = grad(make(np.exp, 1.0)), grad(make(np.sin, 2.0))
    same(first(X), np.exp(X))
    same(second(X), 2.0 * np.cos(X))
    same(first(X), np.exp(X))


def scaled_sum(a, x):
    return np.sum(a * x)


TRIPLED = functools.partial(scaled_sum, 3.0)
DOTTED = functools.partial(lambda x, a: np.sum(a * x), a=X)


def test_partials_of_lambdas_and_partials_inside():
    same(grad(functools.partial(lambda a, x: np.sum(a * x * x), 3.0))(X), 6.0 * X)
    same(grad(functools.partial(lambda x, a: np.sum(a * x * x), a=3.0))(X), 6.0 * X)
    same(grad(lambda x: TRIPLED(x) * 2.0)(X), np.full(3, 6.0))
    same(grad(lambda x: DOTTED(x) + TRIPLED(x))(X), X + 3.0)


def closures():
    def make(k):
        def times(u):
            return u * k

        return times

    return [make(k) for k in (1.0, 2.0, 3.0)]


CLOSURES = closures()
OFFSET = 5.0


def plus_offset(x):
    return x + OFFSET


def test_closures_with_cells_of_one_name():
    same(grad(lambda x: np.sum(CLOSURES[0](x) + CLOSURES[1](x) * CLOSURES[2](x)))(X), 1.0 + 12.0 * X)
    same([grad(f)(2.0) for f in CLOSURES], [1.0, 2.0, 3.0])
    same(grad(lambda x, OFFSET: np.sum(plus_offset(x) * OFFSET))(X, 2.0), np.full(3, 2.0))
    made = []
    for k in (2.0, 3.0):
        made.append(lambda u: u * k)  # noqa: B023 - both read the last k
    same(grad(lambda x: made[0](x) * made[1](x))(2.0), 36.0)


class Private:
    __scale = 2.0

    def __init__(self, w):
        self.__w = w
        self.__w = self.__w * 1.5

    def __twice(self, x):
        return 2.0 * x * self.__w

    def value(self, x):
        __local = self.__twice(x)
        return np.sum(__local * self.__scale)


def test_private_names():
    same(grad(lambda x: Private(x).value(x))(X), 12.0 * X)
    same(grad(Private(X).value)(X), 6.0 * X)
    found = grad(lambda p: p.value(X))(Private(X))
    same(vars(found), {"_Private__w": 4.0 * X})


class Doubled:
    def __init__(self, w):
        self.w = 2.0 * w


def doubled(x):
    return Doubled(x)


def doubled_then_scaled(x, n):
    p = Doubled(x)
    for _ in range(n):
        p.w = p.w * x
    return p


def test_objects_are_not_made_twice_by_init():
    x = np.array([0.5, 1.5])
    same(vars(vjp(doubled, x)[0]), {"w": 2.0 * x})
    check_grads(doubled_then_scaled, (x, 2))

    def written(x):
        p = doubled_then_scaled(x, 2)
        p.w = p.w * x
        return p

    check_grads(written, (x,))


def test_a_class_that_cannot_be_imported():
    class Local:
        def __init__(self, w):
            self.w = w

    def local(x):
        return Local(x)

    with pytest.raises(s2sad.UnsupportedError, match="cannot import its class"):
        vjp(local, X)


def test_second_order():
    def cube(x):
        return FACTOR * x**3

    assert grad(grad(cube))(2.0) == 24.0
    assert grad(grad(grad(cube)))(2.0) == 12.0
    same(jvp(grad(cube), (2.0,), (1.0,))[1], 24.0)

    def slope_squared(x):
        return grad(cube)(x) ** 2

    same(grad(slope_squared)(2.0), 144.0 * 8.0)


SLOPES = grad(product, argnums=(0,))


def test_a_derivative_whose_gradient_is_a_tuple_gives_a_tuple_inside_too():
    same(grad(lambda a: SLOPES(a, a)[0] * a)(3.0), 18.0)
    same(jvp(SLOPES, (1.0, 2.0), (0.0, 1.0)), ((6.0,), (3.0,)))
    same(vjp(SLOPES, 1.0, 2.0)[1]((1.0,)), (0.0, 3.0))
    both = value_and_grad(product, argnums=(0,))
    same(jvp(both, (1.0, 2.0), (0.0, 1.0)), ((6.0, (6.0,)), (3.0, (3.0,))))


def test_second_order_of_arrays():
    def f(x):
        return np.sum(np.tanh(x) * x)

    def slope(x):
        return np.sum(grad(f)(x) * np.array([1.0, 2.0, 3.0]))

    check_grads(slope, (X,))
    check_grads(grad(f), (X,))


def test_stop_gradient():
    same(grad(lambda x: np.sum(x * s2sad.stop_gradient(x)))(X), X)


# --- the text ---------------------------------------------------------------------------------------------------------
def test_lower(tmp_path):
    df = value_and_grad(square)
    lowered = df.lower(X)
    assert "def square_value_and_grad(x):" in lowered.source
    assert Path(lowered.path).read_text(encoding="utf-8").startswith(lowered.source)
    written = lowered.write(tmp_path / "out.py")
    assert written.read_text(encoding="utf-8") == lowered.source
    assert "s2sad" not in "".join(line for line in lowered.source.splitlines() if "import" in line)
    names: dict[str, Any] = {}
    exec(lowered.source, names)
    same(names["square_value_and_grad"](X), (square(X), 2.0 * X))
    assert "square_value_and_grad" in lowered.report() and lowered.path in lowered.report()


def test_source_and_show(capsys):
    df = grad(square)
    with pytest.raises(TypeError, match="nothing is generated yet"):
        _ = df.source
    df(X)
    assert df.source == s2sad.source(df) == df.lower(X).source
    s2sad.show(df)
    assert capsys.readouterr().out.strip() == df.source.strip()
    s2sad.show(grad(square), 2.0)
    assert "square_grad" in capsys.readouterr().out
    df.lower(np.ones((1, 3)))
    assert df.source == s2sad.source(df)


def test_source_is_the_same_each_time():
    assert grad(square).lower(X).source == grad(square).lower(X).source


# --- pickling ---------------------------------------------------------------------------------------------------------
def test_pickling():
    df = pickle.loads(pickle.dumps(grad(product, argnums=("a", "b"))))
    same(df(1.0, 2.0), (6.0, 3.0))
    assert pickle.loads(pickle.dumps(bare)) is bare
    same(copy.deepcopy(df)(1.0, 2.0), (6.0, 3.0))


# --- check_grads ------------------------------------------------------------------------------------------------------
def test_check_grads_passes():
    check_grads(square, (X,))
    check_grads(product, (X, 2.0, 3.0), argnums=("a", "c"), modes=("rev",))
    check_grads(lambda x: (x * x, {"s": np.sum(x)}), (X,))


def test_check_grads_fails():
    def wrong(a, x):
        return np.sum(s2sad.stop_gradient(a * x) * x)

    with pytest.raises(AssertionError) as caught:
        check_grads(wrong, (2.0, X), argnums="x", modes=("rev",))
    text = str(caught.value)
    assert "wrong" in text and "'x'" in text and "reverse" in text and "central differences give" in text
    with pytest.raises(AssertionError, match="forward derivative with respect to 'a'"):
        check_grads(wrong, (2.0, X), modes=("fwd",))
    with pytest.raises(TypeError, match="none of the arguments is a float"):
        check_grads(lambda n: n, (3,))


# --- fresh leaves -----------------------------------------------------------------------------------------------------
def keep(x, y):
    return np.sum(x * y)


PROGRAMS = [
    (keep, (X.copy(), 2.0 * X)),
    (lambda x, y: np.sum(x + y), (X.copy(), X * 3.0)),
    (lambda p: np.sum(p[0] + p[1]), ((X.copy(), X * 3.0),)),
    (lambda p: np.sum(p["a"] - p["b"]), ({"a": X.copy(), "b": X * 3.0},)),
    (lambda x: np.sum(x.reshape(-1)), (np.ones((2, 3)),)),
    (lambda x: np.sum(x.T @ x), (np.ones((2, 3)),)),
    (lambda p: np.sum(p[0]), ((X.copy(), X * 3.0),)),
]


@pytest.mark.parametrize(("f", "args"), PROGRAMS)
def test_gradient_leaves_are_fresh(f, args):
    found = leaves(grad(f, argnums=tuple(range(len(args))))(*args))
    check_fresh(found, leaves(list(args)))


def nested_copies(x):
    return {"a": x, "c": [x, x[1:]]}, x.T


def test_tangents_share_no_memory():
    x, x_dot = np.arange(3.0), np.ones(3)
    _, (named, turned) = s2sad.jvp(nested_copies, (x,), (x_dot,))
    parts = [named["a"], *named["c"], turned, x_dot]
    assert not any(np.shares_memory(a, b) for i, a in enumerate(parts) for b in parts[:i])
    assert all(np.array_equal(part, np.ones(len(part))) for part in parts)


@pytest.mark.parametrize(
    ("f", "args"),
    [
        (lambda x, y: x + y, (X.copy(), X * 2.0)),
        (lambda x: (x, x), (X.copy(),)),
        (lambda x: x, (X.copy(),)),
        (lambda x: x[::-1], (X.copy(),)),
        (lambda x: {"a": x.reshape(3, 1), "b": 2.0 * x}, (X.copy(),)),
        (lambda p: (p[1], p[0]), ((X.copy(), X * 2.0),)),
    ],
)
def test_cotangents_of_a_pullback_are_fresh(f, args):
    y, pullback = vjp(f, *args)
    bar = copy.deepcopy(y)
    first, second = leaves(pullback(bar)), leaves(pullback(bar))
    check_fresh([*first, *second], [*leaves(list(args)), *leaves(y), *leaves(bar)])


def check_fresh(found: list[np.ndarray], others: list[np.ndarray]) -> None:
    for i, leaf in enumerate(found):
        assert leaf.flags.writeable
        for other in [*found[:i], *others]:
            assert not np.shares_memory(leaf, other)
