"""None in lists and as a result, tested by is."""


def found(values, i):
    if i < len(values):
        return values[i]
    return None


def program(x, k):
    values = [k, None, x[0, 0]]
    total = sum(v**2 for v in values if v is not None)
    missing, there = found([k], 3), found([k, x[1, 1]], 1)
    return total * (k if missing is None else 2.0) + (there or 0.0)
