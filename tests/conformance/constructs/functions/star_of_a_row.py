"""`f(*row)`: as many arguments as the function takes."""


def weighted(a, b, c, d):
    return a * b + c * d


def program(x, k):
    return weighted(*x[0]) + sum(weighted(*row) for row in x[1:]) * k
