"""A generator with yields of a known number, starred into a call."""


def corners(x):
    yield x[0, 0]
    yield x[0, -1]
    yield x[-1, 0] * x[-1, -1]


def weigh(a, b, c):
    return a * b - c


def program(x, k):
    return weigh(*corners(x)) * k + max(*corners(x[:2]), 3.0 * k + 1.0)
