"""A generator that returns in the loop it ends with."""


def until(values, limit):
    for v in values:
        if v > limit:
            return
        yield v * v


def powers(a):
    n = 0
    while True:
        a = a * 0.6
        if n > 3 or a < 0.02:
            return
        yield a
        n += 1


def program(x, k):
    total = 0.0
    for v in until(x[0], 0.7):
        total = total + v * k
    return total + sum(powers(x[1, 0])) + max(until(x[2], 0.5), default=0.0)
