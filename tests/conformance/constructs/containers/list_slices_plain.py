"""Slices of lists with negative bounds and reversed."""


def program(x, k):
    items = [v * k for v in x[0]] + list(x[1])
    return sum(items[:3]) * sum(items[-2:]) + items[::-1][0] * sum(items[1:-1]) ** 2
