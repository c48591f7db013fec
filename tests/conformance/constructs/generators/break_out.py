"""An endless generator that the caller leaves."""

import math


def harmonics(base):
    n = 1
    while True:
        yield math.sin(n * base) / n
        n += 1


def program(x, k):
    total = 0.0
    for i, h in enumerate(harmonics(k)):
        if i == 4:
            break
        total += h * x[0, i]
    return total * x[1, 1]
