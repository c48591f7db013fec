"""Assignment expressions in conditions, calls and comprehensions."""

import math


def program(x, k):
    total = 0.0
    if (s := x[0, 0] * k) > -1.0:
        total += s**2
    while (total := total * 1.7 + k) < 500.0:
        pass
    parts = [y := math.sin(v), y * k] if (v := x[1, 1]) else []
    return 1e-2 * total + sum(parts) + sum((last := w * k) for w in x[2]) + last
