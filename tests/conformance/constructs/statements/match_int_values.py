"""A match on numbers in a loop, with or-patterns and a capture."""


def program(x, k):
    total = 1.0
    for i in range(4):
        match i:
            case 0 | 1:
                total *= 1.0 + x[0, i] * k
            case 2:
                total += x[1, i] ** 2
            case other:
                total -= x[2, other] / k
    return total
