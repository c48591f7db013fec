"""try and except around an index that does not exist."""


def program(x, k):
    total = 0.0
    for i in range(5):
        try:
            total += k * x[i, i]
        except IndexError:
            total *= 1.5
    return total * total
