"""Generators that delegate to lists, arrays and other generators."""


def row_values(row, k):
    for v in row:
        yield v * k


def everything(x, k):
    yield k
    yield from row_values(x[0], k)
    yield from x[1]
    yield from [x[2, 0], x[2, 1] ** 2]


def program(x, k):
    total = 0.0
    for i, v in enumerate(everything(x, k)):
        total += (i + 1) * v * v
    return total
