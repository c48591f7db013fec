"""A set display and a set made of a list decide what is used."""


def program(x, k):
    chosen = {0, 2, 2}  # noqa: B033
    others = set([1, 3])  # noqa: C405
    total = 0.0
    for j in range(4):
        if j in chosen:
            total += x[0, j] * k
        if j in others:
            total += x[1, j] ** 2
    return total * len(chosen)
