"""Divmod of ints and of floats."""

INTERPRETED = False


def program(x, k):
    total = 0.0
    for n in range(12):
        i, j = divmod(n, 4)
        total += x[i, j] ** (i + 1) * k
    q, r = divmod(x[0, 0] + 3.05, 1.0)
    return total + q * r**2
