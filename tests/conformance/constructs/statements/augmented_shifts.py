"""Augmented assignments to ints with the operators of bits."""


def program(x, k):
    n = 7
    n //= 2
    n %= 2
    n <<= 2
    n |= 1
    n ^= 2
    n >>= 1
    n &= 3
    return x[0, 0] * k * n
