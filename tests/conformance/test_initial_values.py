"""Initial value problems of scipy.integrate: the solution is SciPy's, the derivative that of its steps."""

import numpy as np
import pytest
from scipy import integrate

import s2sad
from tests.conformance.test_library_programs import function_of

Y0 = np.array([1.0, 0.5])
TIMES = np.linspace(0.0, 2.0, 5)


def prey(t, y, a, b):
    return [a * y[0] - b * y[0] * y[1], -y[1] + b * y[0] * y[1]]


def at_the_end(y0, a, b):
    found = integrate.solve_ivp(prey, (0.0, 2.0), y0, args=(a, b), rtol=1e-6, atol=1e-8)
    return np.sum(found.y[:, -1] ** 2) + found.t[-1]


def of_all_steps(y0, a, b):
    found = integrate.solve_ivp(prey, (0.0, 1.0), y0, "RK23", args=(a, b))
    return np.sum(np.sin(found.y)) + found.y.shape[1]


def at_times(y0, a, b):
    found = integrate.solve_ivp(prey, (0.0, 2.0), y0, t_eval=TIMES, args=(a, b), rtol=1e-6, atol=1e-8)
    return np.sum(found.y**2 * TIMES)


def backwards(y0, a, b):
    found = integrate.solve_ivp(lambda t, y: -a * y * np.cos(b * t), [1.0, 0.0], y0, t_eval=TIMES[2::-1])
    return np.sum(found.y**2)


def until(y0, a, b):
    found = integrate.solve_ivp(lambda t, y: -a * y + t, (b, 2.0 + a), y0, max_step=0.1, first_step=0.05)
    return np.sum(found.y[:, -1])


def a_matrix(y0, a, b):
    system = np.array([[-a, b], [0.0, -1.0]])
    return np.sum(integrate.solve_ivp(lambda t, y: system @ y, (0.0, 1.0), y0, rtol=1e-8).y[:, -1])


@pytest.mark.parametrize("f", [at_the_end, of_all_steps, at_times, backwards, until, a_matrix])
def test_solve_ivp(f):
    value, _ = s2sad.value_and_grad(f, argnums=(0, 1, 2))(Y0, 1.5, 0.4)
    assert value == pytest.approx(f(Y0, 1.5, 0.4), rel=1e-14)
    s2sad.check_grads(f, (Y0, 1.5, 0.4), rtol=2e-3 if f is until else 1e-6)  # the solver's own tolerance


def one_number(k, end):
    return integrate.odeint(lambda y, t, rate: -rate * y, 1.0, [0.0, end], args=(k,))[-1, 0]


def several(y0, a, b):
    y = integrate.odeint(lambda y, t: np.array([a * y[1], -b * y[0] + np.sin(t)]), y0, TIMES)
    return np.sum(y[1:] ** 2)


def time_first(y0, a, b):
    return np.sum(integrate.odeint(prey, y0, TIMES, args=(a, b), tfirst=True)[-1])


def test_odeint():
    value, (by_k, by_end) = s2sad.value_and_grad(one_number, argnums=(0, 1))(0.7, 1.3)
    assert value == pytest.approx(np.exp(-0.7 * 1.3), rel=1e-7)
    assert by_k == pytest.approx(-1.3 * np.exp(-0.7 * 1.3), rel=1e-6)
    assert by_end == pytest.approx(-0.7 * np.exp(-0.7 * 1.3), rel=1e-6)


@pytest.mark.parametrize("f", [several, time_first])
def test_odeint_of_systems(f):
    value, _ = s2sad.value_and_grad(f, argnums=(0, 1, 2))(Y0, 1.5, 0.4)
    assert value == pytest.approx(f(Y0, 1.5, 0.4), rel=1e-6)
    s2sad.check_grads(f, (Y0, 1.5, 0.4), rtol=1e-5)


def at_rest(y0, a, b):
    return np.sum(integrate.solve_ivp(lambda t, y: a * b * np.sin(y) * y, (0.0, 1.0), 0.0 * y0).y ** 2)


def test_a_solution_that_does_not_move():
    for found in s2sad.grad(at_rest, argnums=(0, 1, 2))(Y0, 1.5, 0.4):
        assert np.array_equal(found, np.zeros(np.shape(found)))


@pytest.mark.parametrize(
    "options", ["method='BDF'", "dense_output=True", "events=lambda t, y: y[0]", "t_eval=[0.5], method='Radau'"]
)
def test_what_is_not_followed_is_refused(options):
    f = function_of(f"return np.sum(integrate.solve_ivp(lambda t, y: -y, (0.0, 2.0), x[0], {options}).y)")
    with pytest.raises(s2sad.UnsupportedError, match="solve_ivp is accepted"):
        s2sad.grad(f)(Y0[None], Y0, 1.0)


def test_the_result_is_not_made():
    with pytest.raises(s2sad.UnsupportedError, match="handed on whole"):
        s2sad.jvp(lambda y0: integrate.solve_ivp(lambda t, y: -y, (0.0, 1.0), y0), (Y0,), (Y0,))
