"""Augmented assignments to names, with every arithmetic operator that has a derivative."""


def program(x, k):
    a = x[0, 0]
    a += k
    a *= x[0, 1]
    a -= x[0, 2] * k
    a /= 1.0 + x[0, 3]
    a **= 2
    n = 7
    n //= 2
    n %= 2
    n <<= 2
    n |= 1
    return a * n + k
