"""Sorted with a key and in reverse."""


def program(x, k):
    values = [x[0, 0] + 2.0, x[0, 1], x[0, 2] + 1.0]
    low, middle, high = sorted(values)
    by_key = sorted(values, key=lambda v: -v)
    pairs = sorted([(2, x[1, 0]), (0, x[1, 1]), (1, k)], key=lambda pair: pair[0], reverse=True)
    names = sorted({"b": 1, "a": 2})
    return low * middle - high * k + by_key[0] ** 2 + pairs[0][1] * pairs[1][1] / pairs[2][1] + len(names)
