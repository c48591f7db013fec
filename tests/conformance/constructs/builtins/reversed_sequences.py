"""Reversed over an array, a list, a range and a zip made into a list."""


def program(x, k):
    total = 0.0
    for v in reversed(x[0]):
        total = total * k + v
    for i in reversed(range(3)):
        total += x[1, i] / (i + 1)
    for a, b in reversed(list(zip(x[1], x[2], strict=True))):
        total = total * a + b
    return total * list(reversed([k, x[0, 0], total]))[0]  # noqa: RUF015
