"""Setdefault and pop of a dict, with and without a default."""


def program(x, k):
    table = {"a": x[0, 0], "b": x[0, 1]}
    c = table.setdefault("c", k)
    a = table.setdefault("a", 5.0)
    b = table.pop("b")
    d = table.pop("missing", k * k)
    return a * b + c * d + len(table) * table["c"]
