"""`total = yield from inner()`: what a generator returns."""


def running(values, scale):
    total = 0.0
    for v in values:
        total = total + v * scale
        yield total
    return total


def both(x, k):
    first = yield from running(x[0], k)
    second = yield from running(x[1], first)
    yield first * second


def program(x, k):
    return sum(v * v for v in both(x, k))
