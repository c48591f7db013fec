"""A generator that remembers the previous value of another."""


def pairwise_products(values):
    previous = None
    for v in values:
        if previous is not None:
            yield previous * v
        previous = v


def program(x, k):
    return sum(pairwise_products(x[1])) * k + sum(pairwise_products([k, x[0, 0], x[0, 1]]))
