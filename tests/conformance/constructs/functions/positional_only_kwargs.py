"""Positional-only parameters with defaults, whose names come as keywords too."""


def total(a, b=3.0, /, *more, c=1.0, **named):
    return a * b + sum(more) + c**2 + 2.0 * named.get("b", 0.0)


def program(x, k):
    return total(x[0, 0], b=k) * total(k, x[1, 1], x[2, 2], c=k, b=x[0, 1])
