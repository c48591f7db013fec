"""Copies of a list of tuples: made by a method, a slice, `list`, `sorted` and `*`."""


def program(x, k):
    pairs = []
    for v in x[0]:
        pairs.append((v, v * k))
    total = 0.0
    for copied in (pairs.copy(), list(pairs), pairs[1:], sorted(pairs, key=lambda p: -p[0]), pairs * 2):
        for a, b in copied:
            total = total * 0.5 + a * b
    return total
