"""A loop over a dict, reversed and sorted, and equality of its keys."""


def program(x, k):
    table = {"b": x[0, 0], "a": k, "c": x[1, 1]}
    total = 0.0
    for name in table:  # noqa: PLC0206
        total = total * k + table[name]
    for name in sorted(table):
        total = total * 0.5 + table[name] ** 2
    for name in reversed(table):
        total = total * 0.5 + table[name]
    return total if list(table) == ["b", "a", "c"] else 0.0
