"""Pow with floats and ints."""


def program(x, k):
    return pow(x[1, 1], k) * pow(2, 3) + sum(pow(v, i) for i, v in enumerate(x[0])) + pow(k, -2) + pow(2.0, x[2, 2])
