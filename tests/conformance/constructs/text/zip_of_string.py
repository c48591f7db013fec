"""Zip of the characters of a string with rows."""


def program(x, k):
    total = 0.0
    for name, row in zip("abc", x, strict=True):
        total += row[0] ** 2 if name == "b" else row[1] * k
    return total
