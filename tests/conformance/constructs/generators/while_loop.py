"""A generator with a while loop, and a condition around its yield."""


def halvings(v, n):
    while n > 0:
        v = 0.5 * v * v + 0.1
        if n % 2:
            yield v
        n -= 1


def program(x, k):
    return sum(halvings(x[0, 0], 5)) * max(halvings(k, 1)) + min(halvings(x[1, 1], 2))
