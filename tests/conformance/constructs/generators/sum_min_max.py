"""Generators consumed by sum, min and max."""


def shifted(row, by):
    for i, v in enumerate(row):
        yield v * by + 3.0 * i


def program(x, k):
    return sum(shifted(x[0], k)) * min(shifted(x[1], k)) + max(shifted(x[2], k)) ** 2
