"""Defaults are evaluated where the function is defined."""


def program(x, k):
    rate = k

    def grow(v, rate=rate, twice=2.0 * k):
        return v * rate + twice

    rate = x[0, 0] * 100.0
    first = grow(x[1, 1])
    k = 50.0 * k
    return first * grow(0.1 * rate / k) + grow(1.0, rate=k)
