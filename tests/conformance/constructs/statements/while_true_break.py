"""An endless loop that is left by a break."""


def program(x, k):
    y, n = k, 0
    while True:
        y = y - (y * y - x[0, 0] - 1.0) / (2.0 * y)
        n += 1
        if n >= 6:
            break
    return y * x[1, 1]
