"""A dict made of a zip of names and a row."""


def program(x, k):
    table = dict(zip(("a", "b", "c", "d"), x[0], strict=True))
    return table["a"] * table["d"] * k + table["b"] ** 2
