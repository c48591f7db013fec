"""A generator expression that reads an enclosing name after it has changed."""


def program(x, k):
    rate = k
    scaled = (v * rate for v in x[0])
    rate = rate * x[1, 1]
    return sum(scaled) ** 2
