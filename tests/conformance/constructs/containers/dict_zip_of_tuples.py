"""A dict made of a zip of names and values written out."""


def program(x, k):
    table = dict(zip(("a", "b"), (k, x[0, 0]), strict=True))
    rows = dict(zip("pq", [x[1], x[2] * k], strict=True))
    return table["a"] * table["b"] + rows["p"] @ rows["q"]
