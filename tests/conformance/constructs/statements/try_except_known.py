"""A try whose body raises for a missing key, in a helper."""


def lookup(table, name, default):
    try:
        found = table[name]
    except KeyError:
        found = default
    return found


def program(x, k):
    table = {"a": x[0, 0], "b": x[1, 1]}
    return lookup(table, "a", k) * lookup(table, "c", k) ** 2
