"""Recursion with a counter, twice in one expression."""


def fibonacci(n, a, b):
    if n == 0:
        return a
    if n == 1:
        return b
    return fibonacci(n - 1, a, b) + a * fibonacci(n - 2, a, b)


def program(x, k):
    return fibonacci(6, x[0, 0], k)
