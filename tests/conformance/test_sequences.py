"""Stars, slice objects, and sums of what an iterable gives."""

import warnings

import numpy as np
import pytest

import s2sad
from tests.conformance.test_library_programs import X, Y, function_of

STARS = [
    "return x.reshape((-1, *x.shape[1:])).sum()*k",
    "n = x.ndim - 1; return (x.reshape((-1, *x.shape[n:]))*y).sum()",
    "n = x.ndim; return x.reshape((*x.shape[n:], -1)).sum()*k",
    "return (x.reshape(*x.shape[:-1], 2, 2)*k).sum()",
    "a, *r = [x[0], x[1], x[2]]; return (a*r[0]).sum() + sum(r).sum()*len(r)",
    "(a, *r), b = (x[0], 2.0, 3.0), k; return (a*r[0]).sum() + r[1]*b",
    "*r, b = x.shape; return x.sum()*b*r[0]",
    "a, *r, b = x[0], y[0]; r.append(k); return (a*b).sum()*r[0]",
    "a, *r = x; return a.sum()*sum(r).sum() + len(r)*k",
    "*r, a = x; return a.sum()*r[0].sum()*r[1][0]",
    "a, *r, b = x[0]; return a*b*r[0]*r[1]",
    "q = [x[i]*2 for i in range(3)]; a, *r, b = q; return (a*b*r[0]).sum()",
    "n, *r = np.shape(x); z = x.reshape(n, *[2, 2]); return z.sum()*z[0,0,1]",
]
SLICES = [
    "s = slice(1, 3); return (x[s, s]*y[1:3, s]).sum()",
    "s = slice(None, None, -1); t = (s, slice(1)); return (x[s]*y).sum() + x[t].sum()*s.step",
    "u = [slice(None)] * 2; u[1] = slice(1, 3); return x[tuple(u)].sum()*k",
    "s = slice(1, None); return x[0, s][s].sum()*k + x[s.start, 0]",
    "a = x.copy(); s = slice(0, 2); a[s] *= k; a[:, s] = y[:, s]; return (a*a).sum()",
    "a = x.copy(); np.add.at(a, slice(1,3), y[1:3]*k); return (a*a).sum()",
    "a = x.copy(); np.subtract.at(a, (slice(None), 1), y[:,0]*k); return (a*a).sum()",
    "a = x.copy(); i = np.array([0,2]); np.add.at(a, (i,), y[:2]); return (a*a).sum()",
    "a = x.copy(); i = np.array([0,2]); a[i,] = y[:2]*k; a[(i,)] *= 2; return (a*a).sum() + x[(i,)].sum()*x[i,].sum()",
]
SUMS = [
    "return sum(range(3))*k + sum(a*b for a, b in zip(x[0], y[0]))",
    "return sum(i*v for i, v in enumerate(x[0])) + sum(x[0][i] for i in range(2))",
    "return sum(list(x)).sum()*k",
    "r = list(x[1:]); return sum(r).sum() + (sum(r)*y[0]).sum()",
    "q = [x[:i+1].sum() for i in range(3)]; return sum(q)*k",
    "q = [x[: 1 + 2*i] for i in range(2)]; return (sum(q)*x).sum()*k",
    "q = [x[:1]*2]; q.append(x[0:3]); q.append(x[:1]); return (sum(q)*y).sum()",
    "q = [x[: 1 + 2*i] for i in range(2)]; return (sum(q, y*k)*x).sum()",
]
VECTORIZED = [
    "return np.vectorize(lambda a, n: a*n, excluded=['n'])(x, n=3).sum()",
    "return np.vectorize(lambda a, w: (w*a).sum(), excluded=[1])(x, y[0]).sum()",
    "return np.vectorize(lambda a: (a*a).sum(), signature='(n)->()')(x).sum()*k",
    "return np.vectorize(lambda a, b: a@b, signature='(n),(n)->()')(x, y[0]).sum()",
    "return np.vectorize(lambda a, b: a*b, signature='(),(n)->(n)')(x[:, 0], y).sum()",
    "return (np.vectorize(lambda a: np.outer(a,a), signature='(n)->(n,n)')(x)[0]*k).sum()",
]


@pytest.mark.parametrize("body", [*STARS, *SLICES, *SUMS, *VECTORIZED])
def test_value_and_derivatives(body: str) -> None:
    f = function_of(body)
    value, _ = s2sad.value_and_grad(f, argnums=(0, 1, 2))(X.copy(), Y.copy(), 0.7)
    assert np.array_equal(value, f(X.copy(), Y.copy(), 0.7))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        s2sad.check_grads(f, (X.copy(), Y.copy(), 0.7))


@pytest.mark.parametrize("bounds", [(0, 2), (1, None), (None, None, -1)])
def test_a_slice_as_an_argument(bounds: tuple[int | None, ...]) -> None:
    f = lambda x, s: (x[s] ** 2).sum()  # noqa: E731
    s2sad.check_grads(f, (X, slice(*bounds)), argnums=0)


def starred(x, y):
    rows = [y[0], *x, *(2.0 * y), x[1]]
    return np.sum(np.stack(rows) ** 2) * len(rows)


def test_stars_of_any_length():
    rng = np.random.default_rng(0)
    s2sad.check_grads(starred, (rng.normal(size=(3, 4)), rng.normal(size=(2, 4))))


def kept_under_a_name(x, k):
    _, xs = k, []
    for row in x:
        xs.extend(row)
    return sum(xs) * _ + sum([row * 2.0 for row in x])[0]


def test_extend_and_sum_leave_the_names_of_the_program_alone():
    x = np.random.default_rng(0).normal(size=(3, 4))
    assert s2sad.value_and_grad(kept_under_a_name)(x, 0.7)[0] == kept_under_a_name(x, 0.7)
    s2sad.check_grads(kept_under_a_name, (x, 0.7))
