"""Arguments that say how an array lies in memory change no value, and a reshape of it is a view where NumPy says so."""

import numpy as np
import pytest
from scipy import integrate, interpolate

import s2sad
from tests.conformance.checks import right


def written_through_a_view(x, k):
    b = np.array(x, order="F")
    c = b.reshape(-1)
    c[0] = k
    return np.sum(b * b * x)


def written_through_the_transpose(x, k):
    b = np.zeros((3, 4), order="F")
    c = b.T.reshape(-1)
    c[:3] = x[:, 0] * k
    return np.sum(b * b * x)


def written_through_the_transpose_of_one_like(x, k):
    b = np.zeros_like(x, order="F")
    c = b.T.reshape(-1)
    c[:3] = x[:, 0] * k
    return np.sum(b * b * x)


PROGRAMS = {
    "array": lambda x, k: np.sum(np.array(x, order="F").ravel()[:5] ** 2) * k,
    "array of a list": lambda x, k: np.sum(np.array([[k, x[0, 0]], [x[1, 1], k]], order="F").ravel()[:3] ** 2),
    "asarray": lambda x, k: np.sum(np.asarray(x * k, order="F") * x + np.asarray(x, order="C")),
    "astype": lambda x, k: np.sum(x.astype(float, order="F", subok=True) ** 2 * k),
    "constructors": lambda x, k: np.sum(
        (np.zeros((3, 4), order="F") + np.ones_like(x, order="A") + np.full((3, 4), k, order="F")) * x
        + np.full_like(x, k, order="C")
        + np.eye(3, 4, 1, order="F") * x
    ),
    "ufuncs": lambda x, k: np.sum(np.add(x, k, order="F", casting="same_kind", subok=True).ravel()[:5] ** 2),
    "einsum": lambda x, k: np.sum(np.einsum("ij,ij->ij", x, x, order="F").ravel()[:5]) * k,
    "require": lambda x, k: np.sum(np.require(x * k, float, ["F", "A"]).ravel()[:5] ** 2),
    "array of more axes": lambda x, k: np.sum(np.array(x, copy=True, subok=True, ndmin=3)[0, 1:] ** 2) * k,
    "eye": lambda x, k: np.sum(np.eye(x.shape[1], k=-1) @ x.T) * k + np.sum(np.eye(x.shape[0], x.shape[1]) * x),
    "through a view": written_through_a_view,
    "through the transpose": written_through_the_transpose,
    "through the transpose of one like it": written_through_the_transpose_of_one_like,
    "curves through two points": lambda x, k: (
        np.sum(interpolate.PchipInterpolator([0.0, 1.0], x[:2])(0.3))
        + np.sum(interpolate.Akima1DInterpolator([0.0, 2.0], x[1:3])(0.3)) * k
    ),
}
INTEGRALS = {
    "broken in the middle": lambda k: integrate.quad(lambda t: np.abs(t - 0.5) * k * t, 0.0, 1.0, points=[0.5])[0],
    "backwards": lambda k: integrate.quad(lambda t: np.abs(t - 0.5) * k * t, 2.0, 0.0, points=(1.0, 0.5))[0],
    "from a limit that moves": lambda k: integrate.quad(lambda t: np.abs(t - 0.5), k, 2.0, points=[0.5, 1.0])[0],
}
TRUTHS = {
    "broken in the middle": 0.125,
    "backwards": -(8.0 / 3.0 - 1.0 + 2.0 * (0.125 / 2 - 0.125 / 3)),
    "from a limit that moves": 0.3 - 0.5,
}


NOT_INTERPRETED = {"ufuncs", "require", "curves through two points"}  # by the dual numbers


@pytest.mark.parametrize("name", PROGRAMS)
def test_the_layout_changes_no_value(name):
    arguments = np.random.default_rng(0).uniform(0.3, 0.9, size=(3, 4)), 0.7
    s2sad.check_grads(PROGRAMS[name], arguments)
    if name not in NOT_INTERPRETED:
        right(PROGRAMS[name], *arguments)


@pytest.mark.parametrize("name", INTEGRALS)
def test_places_where_an_integrand_breaks(name):
    right(INTEGRALS[name], 0.3, truth=(TRUTHS[name],), oracle=False)
