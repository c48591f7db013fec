"""Bools as factors, exclusive or, and a bool of a comparison in a name."""


def program(x, k):
    wide = x.shape[1] > x.shape[0]
    flags = [wide, not wide, wide ^ True]
    total = 0.0
    for i, flag in enumerate(flags):
        total += flag * x[i, 0] ** 2 + (1 - flag) * k * x[i, 1]
    return total * (wide + 1)
