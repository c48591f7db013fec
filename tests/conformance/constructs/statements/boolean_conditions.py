"""Conditions made of and, or, not and parentheses."""


def program(x, k):
    rows, columns = x.shape
    total = 0.0
    for i in range(rows):
        for j in range(columns):
            edge = i == 0 or i == rows - 1 or j == 0 or j == columns - 1
            corner = (i == 0 or i == rows - 1) and (j == 0 or j == columns - 1)
            if edge and not corner:
                total += x[i, j] * k
            elif not (edge or corner):
                total += x[i, j] ** 3
            else:
                total -= k**2 * x[i, j] ** 2
    return total
