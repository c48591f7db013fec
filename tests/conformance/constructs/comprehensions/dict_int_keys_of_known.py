"""A dict comprehension over numbers written out, and over a range of a known number."""


def program(x, k):
    powers = {n: k**n for n in (1, 2, 4)}
    rows = {i: x[i].sum() for i in range(3)}
    return powers[4] * rows[0] + powers[1] * rows[2] ** 2
