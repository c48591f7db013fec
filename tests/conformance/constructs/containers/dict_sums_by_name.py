"""Sums gathered in a dict by get, in a loop over constant names."""


def program(x, k):
    totals = {}
    for i, name in enumerate(("a", "b", "a", "c")):
        totals[name] = totals.get(name, 0.0) + x[0, i] * k
    return totals["a"] * totals["b"] + totals["c"] ** 2
