"""A helper that returns from the middle of a loop."""


def settle(v, k, limit):
    for i in range(50):
        v = v * (0.5 + 0.3 * k)
        if v < limit:
            return v, i
    return v, -1


def program(x, k):
    a, _ = settle(x[0, 0] + 10.0, 0.5 * k, 1e-3)
    b, n = settle(x[1, 1], k, -1.0)
    return 1000.0 * a * k + b * 1e4 + n
