"""Generators unpacked into names and with a star."""


def squares(row):
    for v in row:
        yield v * v


def program(x, k):
    a, b, c, d = squares(x[0])
    first, *rest = squares(x[1])
    return a * b * c * d * k + first * sum(rest)
