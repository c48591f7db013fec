"""A function passed to another."""

import math


def trapezoid(f, a, b, n):
    h = (b - a) / n
    return h * (0.5 * f(a) + sum(f(a + i * h) for i in range(1, n)) + 0.5 * f(b))


def program(x, k):
    return trapezoid(math.sin, x[0, 0], k + 1.0, 4) + trapezoid(lambda t: k * t * t, 0.0, x[1, 1], 3)
