"""Membership in a range."""


def program(x, k):
    inside = range(1, 3)
    total = 0.0
    for j in range(4):
        if j in inside:
            total += x[0, j] * k
        elif j not in range(0, 1):  # noqa: PIE808
            total += x[1, j] ** 2
    return total
