"""The names of a comprehension are its own."""


def program(x, k):
    v = k
    total = sum([v * v for v in x[0]])
    return total * v + sum(k * v for k in x[1])
