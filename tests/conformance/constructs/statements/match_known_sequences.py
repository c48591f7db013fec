"""A match on tuples and lists of known lengths, with a star."""


def combined(parts, k):
    match parts:
        case []:
            return k
        case [only]:
            return only * k
        case [a, b]:
            return a * b
        case [first, *rest, last]:
            return first * last + k * sum(rest)


def program(x, k):
    a, b = x[0, 0], x[1, 1]
    return combined([], k) * combined([a], k) + combined((a, b), k) + combined([a, b, k, x[2, 2]], k)
