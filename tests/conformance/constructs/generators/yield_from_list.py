"""A generator that delegates to a list written out and to a range."""


def values(x, k):
    yield k
    yield from [x[2, 0], x[2, 1] ** 2]
    yield from (2.0, k)


def program(x, k):
    total = 0.0
    for i, v in enumerate(values(x, k)):
        total += (i + 1) * v * v
    return total
