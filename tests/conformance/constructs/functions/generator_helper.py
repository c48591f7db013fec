"""A generator function that a for loop and sum() read."""


def partial_sums(values, k):
    total = 0.0
    for value in values:
        total = total + k * value
        yield total


def program(x, k):
    product = 1.0
    for s in partial_sums(x[0], k):
        product *= s
    return product + sum(partial_sums(x[1], k)) + max(partial_sums(x[2], 2.0))
