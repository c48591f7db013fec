"""Reverse of a list of known length in place."""


def program(x, k):
    items = [k, x[0, 0], x[0, 1]]
    items.reverse()
    total = 0.0
    for v in items:
        total = total * k + v
    return total
