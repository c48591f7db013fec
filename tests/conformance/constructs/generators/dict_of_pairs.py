"""A dict made of a generator of pairs."""


def named(x, k):
    yield "w", x[0, 0] * k
    yield "b", k


def program(x, k):
    table = dict(named(x, k))
    return table["w"] * table["b"] + table["b"]
