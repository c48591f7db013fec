"""Transforms called in differentiated code: of functions that read active names around them, to third order.

Every program is checked against differences, which know nothing of how it is differentiated.
"""

# ruff: noqa: E731  (lambdas that have a name are what users write here)

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import pytest

import s2sad

Array = Any
X, K = np.array([0.3, 0.7, 1.1]), 0.7


def a_function_that_reads_active_names(x: Array, k: float) -> float:
    def inner(u):
        return np.sum(x * u * u) * k

    return np.sum(s2sad.grad(inner)(x) ** 2)


def a_lambda(x: Array, k: float) -> float:
    return np.sum(s2sad.grad(lambda u: np.sum(np.sin(u * x) * k))(x))


def the_classic_confusion(x: Array, k: float) -> float:
    return np.sum(x * s2sad.grad(lambda u: np.sum(x + u * k))(np.ones(3) * 2.0))


def third_order(x: Array, k: float) -> float:
    f = lambda t: t**4 * k * x[0]
    return s2sad.grad(s2sad.grad(s2sad.grad(f)))(x[1])


def value_and_gradient(x: Array, k: float) -> float:
    v, g = s2sad.value_and_grad(lambda u: np.sum(np.exp(k * u) * x))(x)
    return v + np.sum(g * x)


def via_vjp(x: Array, k: float) -> float:
    y, pb = s2sad.vjp(lambda u: np.sin(u) * k * x, x)
    (b,) = pb(np.cos(x))
    return np.sum(b * y)


def via_jvp(x: Array, k: float) -> float:
    y, d = s2sad.jvp(lambda u, v: np.sin(u * v) * k * x, (x, x * 2), (np.cos(x), x))
    return np.sum(y * d)


def hvp(x: Array, k: float) -> float:
    f = lambda u: np.sum(u**3) * k
    g = s2sad.grad(f)
    return np.sum(s2sad.jvp(g, (x,), (np.sin(x),))[1] ** 2)


def newton(f: Callable[[float], float], x0: float) -> float:
    for i in range(4):
        x0 = x0 - f(x0) / s2sad.grad(f)(x0)
    return x0


def use_newton(x: Array, k: float) -> float:
    return newton(lambda t: t**3 - x[0] * k - 2.0, 1.5)


def a_partial(x: Array, k: float) -> float:
    def f(a, b):
        return np.sum(a * a * b)

    return np.sum(s2sad.grad(partial(f, x), argnums=0)(np.cos(x)) * k)


class Model:
    def __init__(self, w: Array) -> None:
        self.w = w

    def energy(self, q: Array) -> float:
        return np.sum(self.w * q**3)

    def __call__(self, q: Array) -> float:
        return np.sum(np.sin(self.w * q))


def method(x: Array, k: float) -> float:
    m = Model(x * k)
    return np.sum(s2sad.grad(m.energy)(x)) + np.sum(s2sad.grad(m)(x))


def hamiltonian(q: Array, p: Array, k: float) -> float:
    return 0.5 * np.sum(p * p) + k * np.sum(np.cos(q))


def leapfrog(x: Array, k: float) -> float:
    q, p = x[:2], x[1:]
    H = lambda q, p: hamiltonian(q, p, k)
    for i in range(3):
        p = p - 0.1 * s2sad.grad(H, 0)(q, p)
        q = q + 0.1 * s2sad.grad(H, 1)(q, p)
    return np.sum(q * p)


def with_aux(x: Array, k: float) -> float:
    def f(u):
        y = u * x
        return np.sum(y**2) * k, (y, k)

    g, (y, kk) = s2sad.grad(f, has_aux=True)(x)
    return np.sum(g * y) * kk


def decorated(x: Array, k: float) -> float:
    @s2sad.grad
    def f(u, v):
        return np.sum(u * v * x)

    return np.sum(f(x, k * x))


def decorated_with_options(x: Array, k: float) -> float:
    @s2sad.value_and_grad(argnums=(0, 1))
    def f(u, v):
        return np.sum(u * v * v * x)

    y, (a, b) = f(x, k * x)
    return y + np.sum(a * b)


def with_branches(x: Array, k: float) -> float:
    def f(u):
        if u > 0.1:
            return u**3 * x[0]
        return u * x[1]

    s = 0.0
    for v in x:
        s = s + s2sad.grad(f)(v) * k
    return s


def with_a_loop(x: Array, k: float) -> float:
    def f(u):
        s = 1.0
        for i in range(3):
            s = s * np.sin(u * x[i])
        return s

    return s2sad.grad(f)(k)


def with_respect_to_a_dict(x: Array, k: float) -> float:
    params = {"w": x, "b": k}

    def loss(p):
        return np.sum((p["w"] * 2 + p["b"]) ** 3)

    g = s2sad.grad(loss)(params)
    return np.sum(g["w"] * x) + g["b"]


def sgd(x: Array, k: float) -> float:
    params = {"w": x, "b": x * 2}

    def loss(p):
        return np.sum((p["w"] * 2 + p["b"]) ** 2) * k

    for _ in range(3):
        g = s2sad.grad(loss)(params)
        params = {key: params[key] - 0.1 * g[key] for key in params}
    return loss(params)


@s2sad.grad
def cubed(x: Array) -> float:
    return np.sum(x**3)


def outer_known(x: Array, k: float) -> float:
    return np.sum(s2sad.grad(lambda u: np.sum(cubed(u) * x))(x)) * k


def twice(f: Any) -> Any:
    return s2sad.grad(s2sad.grad(f))


def through_helper(x: Array, k: float) -> float:
    return twice(lambda t: np.sin(t * k) * x[0])(x[1])


def jac_rows(x: Array, k: float) -> float:
    f = lambda u: np.sin(u) * x * k
    _y, pb = s2sad.vjp(f, x)
    rows = [pb(np.eye(3)[i])[0] for i in range(3)]
    return np.sum(np.stack(rows) ** 2)


def jac_cols(x: Array, k: float) -> float:
    f = lambda u: np.cumsum(u * u) * k
    s = 0.0
    for i in range(3):
        e = np.zeros(3)
        e[i] = 1.0
        s = s + np.sum(s2sad.jvp(f, (x,), (e,))[1] ** 2)
    return s


def jvp_of_grad_of_jvp(x: Array, k: float) -> float:
    f = lambda u: np.sum(u**4) * k
    d = lambda u: s2sad.jvp(f, (u,), (x,))[1]
    return np.sum(s2sad.grad(d)(np.cos(x)))


def vjp_of_grad(x: Array, k: float) -> float:
    g = s2sad.grad(lambda u: np.sum(u**3 * x) * k)
    _y, pb = s2sad.vjp(g, x)
    return np.sum(pb(np.sin(x))[0])


def grad_in_grad(x: Array, k: float) -> float:
    def outer(u):
        def inner(v):
            return np.sum(u * v * v * x) * k

        return np.sum(s2sad.grad(inner)(u) ** 2)

    return np.sum(s2sad.grad(outer)(x) * x)


def three_levels(x: Array, k: float) -> float:
    def a(u):
        def b(v):
            def c(w):
                return np.sum(w**2 * v * u * x) * k

            return np.sum(s2sad.grad(c)(v))

        return np.sum(s2sad.grad(b)(u) * u)

    return np.sum(s2sad.grad(a)(x))


def bilevel(x: Array, k: float) -> float:
    """Inner gradient descent; the outer derivative goes through it."""

    def inner(w, lam):
        return np.sum((w - x) ** 2) + lam * np.sum(w**2)

    w = np.zeros(3)
    for _ in range(5):
        w = w - 0.1 * s2sad.grad(inner)(w, k)
    return np.sum((w - 1.0) ** 2)


def maml(x: Array, k: float) -> float:
    def loss(w, t):
        return np.mean((np.tanh(w * t) - t) ** 2)

    total = 0.0
    for t in (0.5, 1.0, 1.5):
        adapted = x - k * s2sad.grad(loss)(x, t)
        total = total + loss(adapted, t)
    return total


def laplacian(x: Array, k: float) -> float:
    def f(u):
        return np.sin(u[0] * u[1]) * np.exp(u[2] * k)

    g = s2sad.grad(f)
    total = 0.0
    for i in range(3):
        total = total + s2sad.grad(lambda u, i=i: g(u)[i])(x)[i]
    return total


def pinn(x: Array, k: float) -> float:
    def net(t, w):
        return np.tanh(w[0] * t + w[1]) * w[2]

    u_t = s2sad.grad(net, 0)
    u_tt = s2sad.grad(u_t, 0)
    loss = 0.0
    for t in np.linspace(0.0, 1.0, 4):
        loss = loss + (u_tt(t, x) + k * net(t, x)) ** 2
    return loss


def gradient_penalty(x: Array, k: float) -> float:
    def critic(z):
        return np.tanh(z @ x) * k

    z = np.array([0.1, -0.4, 0.2])
    g = s2sad.grad(critic)(z)
    return (np.sqrt(np.sum(g * g)) - 1.0) ** 2


def lagrangian(x: Array, k: float) -> float:
    def L(q, v):
        return 0.5 * v * v * x[0] - k * np.cos(q)

    dLdq = s2sad.grad(L, argnums=0)
    dLdv = s2sad.grad(L, argnums=1)
    d2 = s2sad.grad(dLdv, argnums=1)(x[1], x[2])
    mixed = s2sad.grad(dLdv, argnums=0)(x[1], x[2])
    return (dLdq(x[1], x[2]) - mixed * x[2]) / d2


def argnums_names(x: Array, k: float) -> float:
    def f(a, b, n):
        return np.sum(a * b**n) * k

    ga, gb = s2sad.grad(f, argnums=("a", "b"))(x, x * 2, 3)
    return np.sum(ga * gb)


def one_tuple(x: Array, k: float) -> float:
    (g,) = s2sad.grad(lambda a: np.sum(a**3) * k, argnums=(0,))(x)
    return np.sum(g)


def keyword_only(x: Array, k: float) -> float:
    def f(a, *, scale=1.0):
        return np.sum(a**3) * scale

    return np.sum(s2sad.grad(f)(x, scale=k))


def with_a_default(x: Array, k: float) -> float:
    def f(a, scale=k):
        return np.sum(a**3) * scale

    return np.sum(s2sad.grad(f)(x))


def in_list(x: Array, k: float) -> float:
    fs = [lambda u: np.sum(u**2) * k, lambda u: np.sum(np.sin(u) * x)]
    s = 0.0
    for f in fs:
        s = s + np.sum(s2sad.grad(f)(x) * x)
    return s


def in_a_comprehension(x: Array, k: float) -> float:
    d = s2sad.grad(lambda u: u**3 * k)
    return sum(d(v) for v in x)


def in_map(x: Array, k: float) -> float:
    return sum(map(s2sad.grad(lambda u: u**3 * k * x[1]), x))


def through_param(x: Array, k: float) -> float:
    def apply(df, v):
        return df(v) * 2

    return apply(s2sad.grad(lambda u: u**3 * k), x[0])


def a_name_bound_later(x: Array, k: float) -> float:
    a = x * 2
    f = lambda u: np.sum(a * u**2)
    g = s2sad.grad(f)
    a = a * k
    return np.sum(g(x))


def an_array_written_between(x: Array, k: float) -> float:
    a = x.copy()
    f = lambda u: np.sum(a * u**2)
    a[0] = k
    r = s2sad.grad(f)(x)
    a[1] = 5.0
    return np.sum(r * a)


def that_writes_its_own(x: Array, k: float) -> float:
    def f(u):
        b = u * 1.0
        b[0] = k * b[1] * x[0]
        return np.sum(b**2)

    return np.sum(s2sad.grad(f)(x))


def with_while(x: Array, k: float) -> float:
    def f(u):
        n = 0
        while u < 3.0:
            u = u * 1.7 + k * x[0]
            n += 1
        return u * n

    return s2sad.grad(f)(x[1])


def a_quadratic_form(x: Array, k: float) -> float:
    A = np.outer(x, x) + np.eye(3) * k

    def quad(v):
        return v @ A @ v

    return np.sum(s2sad.grad(quad)(x) * x)


def chosen_by_a_branch(x: Array, k: float) -> float:
    if k > 0:
        f = lambda u: np.sum(u**2 * x)
    else:
        f = lambda u: np.sum(u**3 * x)
    return np.sum(s2sad.grad(f)(x))


def through_complex_numbers(x: Array, k: float) -> float:
    def f(u):
        z = np.exp(1j * u * k)
        return np.sum(np.abs(z + x) ** 2)

    return np.sum(s2sad.grad(f)(x) * x)


def with_an_option(x: Array, k: float) -> float:
    def f(u, mode):
        return u * u if mode == "a" else u

    return np.sum(s2sad.grad(f)(x[0], "a")) * k


def with_none(x: Array, k: float) -> float:
    def f(u, mode=None):
        return u * u if mode is None else u

    return np.sum(s2sad.grad(f)(x[0])) * k


def with_an_int_that_decides_a_type(x: Array, k: float) -> float:
    def f(u, axis):
        return np.sum(np.sum(u.reshape(1, -1) ** 2, axis=axis) ** 2)

    return np.sum(s2sad.grad(f)(x, 0)) * k + np.sum(s2sad.grad(f)(x, 1))


def a_primal_that_cannot_move(x: Array, k: float) -> float:
    _y, pb = s2sad.vjp(lambda u, n: np.sum(u**n) * k, x, 3)
    a, b = pb(1)
    assert b is None
    return np.sum(a)


def a_result_of_two(x: Array, k: float) -> float:
    _y, pb = s2sad.vjp(lambda u, v: (u * v, np.sum(u)), x, x * k)
    a, b = pb((x, 2))
    return np.sum(a * b)


def of_numpy(x: Array, k: float) -> float:
    _y, pb = s2sad.vjp(np.sin, x)
    return np.sum(pb(x)[0]) * k


def that_raises(x: Array, k: float) -> float:
    def f(u):
        if u[0] > 100:
            raise ValueError("x")
        return np.sum(u * x)

    return np.sum(s2sad.grad(f)(x)) * k


def with_try(x: Array, k: float) -> float:
    def f(u):
        try:
            return np.sum(u * x)
        except ValueError:
            return 0.0

    return np.sum(s2sad.grad(f)(x)) * k


def with_a_generator(x: Array, k: float) -> float:
    def f(u):
        return sum(v * v * k for v in u)

    return np.sum(s2sad.grad(f)(x))


def with_respect_to_a_list(x: Array, k: float) -> float:
    def f(us):
        return sum(np.sum(u**2) for u in us) * k

    gs = s2sad.grad(f)([x, x[:2] * 2])
    return sum(np.sum(g) for g in gs)


def with_respect_to_a_list_that_grew(x: Array, k: float) -> float:
    ws = []
    for i in range(3):
        ws.append(x * i)

    def f(us):
        s = 0.0
        for u in us:
            s = s + np.sum(u**2) * k
        return s

    gs = s2sad.grad(f)(ws)
    s = 0.0
    for g in gs:
        s = s + np.sum(g * x)
    return s


NAMED = {"x": "Array", "k": "float", "return": "float"}
PROGRAMS = [
    f
    for f in list(globals().values())
    if getattr(f, "__module__", "") == __name__ and getattr(f, "__annotations__", None) == NAMED
]


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda f: f.__name__)
def test_programs(program: Callable[[Array, float], float]) -> None:
    s2sad.check_grads(program, (X, K))


SMOOTH = [third_order, hvp, grad_in_grad, bilevel, via_vjp, via_jvp, three_levels]


@pytest.mark.parametrize("program", SMOOTH, ids=lambda f: f.__name__)
def test_derivatives_of_such_programs_have_derivatives(program: Callable[[Array, float], float]) -> None:
    s2sad.check_grads(s2sad.grad(program), (X, K), argnums=0)
    s2sad.check_grads(s2sad.grad(program, argnums=1), (X, K))
    s2sad.check_grads(s2sad.grad(s2sad.grad(program, argnums=1), argnums=1), (X, K), argnums=1)
