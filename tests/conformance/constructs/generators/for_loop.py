"""A generator function consumed by a for loop."""


def diagonal(x):
    for i in range(3):
        yield x[i, i]


def program(x, k):
    total = 1.0
    for v in diagonal(x):
        total = total * k + v * v
    return total
