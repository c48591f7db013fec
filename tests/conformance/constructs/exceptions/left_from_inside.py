"""A `try` whose body breaks, goes on and returns, from branches and loops, and may raise before."""

import math

TWICE = False


def first_great(values, k):
    for v in values:
        try:
            w = math.sqrt(v - 0.35)
            for u in values:
                w = w * u + k * 0.1
                if w > 0.9:
                    raise KeyError("great")
            if w > 0.2:
                return w * v
        except ValueError:
            continue
        except KeyError:
            k = k * 0.5
    return k


def program(x, k):
    total = 0.0
    for row in x:
        try:
            if row[0] > 0.8:
                break
            total = total + first_great(row, k) * row[1]
        except TypeError:
            total = total + 1.0
    return total
