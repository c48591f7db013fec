"""Enumerate with a start, positional and by name."""


def program(x, k):
    total = 0.0
    for i, row in enumerate(x, 1):
        for j, v in enumerate(row, start=i):
            total += v**i * k**j
    return total
