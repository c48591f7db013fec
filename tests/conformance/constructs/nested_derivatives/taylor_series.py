"""Derivatives of every order of a lambda, by `f = s2sad.grad(f)` in a loop."""

import numpy as np

import s2sad

INTERPRETED = False


def program(x, k):
    f = lambda t: np.sin(t * k) * x[0, 0]  # noqa: E731
    total, factorial = 0.0, 1.0
    for n in range(3):
        total = total + f(0.2) / factorial * x[1, 1] ** n
        factorial = factorial * (n + 1)
        f = s2sad.grad(f)
    return total
