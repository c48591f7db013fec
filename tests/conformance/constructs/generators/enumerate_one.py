"""Enumerate of a generator, with a start."""


def cumulative(row):
    total = 0.0
    for v in row:
        total += v
        yield total


def program(x, k):
    result = 0.0
    for n, c in enumerate(cumulative(x[0]), start=1):
        result += c**2 / n
    return result * k
