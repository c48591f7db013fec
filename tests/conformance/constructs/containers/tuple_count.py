"""Count and comparison of tuples of constants."""


def program(x, k):
    kinds = ("a", "b", "a")
    scale = kinds.count("a") if (1, 2) < (1, 3) and kinds[:1] == ("a",) else 0
    return scale * k * x[0, 0] ** 2
