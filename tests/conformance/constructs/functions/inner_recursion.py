"""A nested function that calls itself and reads enclosing names."""


def program(x, k):
    def descend(i, j):
        if i == 2 or j == 3:
            return x[i, j]
        return k * descend(i + 1, j) + x[i, j] * descend(i, j + 1)

    return descend(0, 0)
