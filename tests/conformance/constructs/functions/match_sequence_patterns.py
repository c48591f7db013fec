"""Sequence patterns of a match statement, with a star and a guard."""


def fold(values, k):
    match values:
        case []:
            return k
        case [only]:
            return only**2
        case [first, second] if len(values) == 3:
            return first - second
        case [first, *rest]:
            return first * k + fold(rest, k)


def program(x, k):
    return fold([x[0, 0], x[1, 1], x[2, 2]], k) + fold([], k)
