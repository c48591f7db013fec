"""A generator that returns before its loop."""


def values(x, quiet):
    if quiet:
        return
    for v in x[0]:
        yield v * v


def program(x, k):
    return sum(values(x, True)) + sum(values(x, False)) * k
