"""Slices of lists of known length with steps."""


def program(x, k):
    items = [k, x[0, 0], x[0, 1], x[1, 1], k * k]
    return sum(items[::2]) * sum(items[1::2]) + sum(items[::-2]) * items[-2:0:-2][0]
