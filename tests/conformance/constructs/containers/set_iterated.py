"""A set of numbers that is gone through."""


def program(x, k):
    total = 0.0
    for i in {0, 1, 2}:  # noqa: PLC0208
        total = total + x[i, 0] * k
    for i in frozenset((1, 2)) - {2}:
        total = total * x[i, 1]
    return total
