"""Setdefault, pop with and without a default, and popitem."""


def program(x, k):
    table = {"a": x[0, 0], "b": x[0, 1]}
    c = table.setdefault("c", k)
    a = table.setdefault("a", 5.0)
    b = table.pop("b")
    d = table.pop("missing", k * k)
    name, last = table.popitem()
    return a * b + c * d + last * len(name) * len(table)
