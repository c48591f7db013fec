"""A list of lists that is only read, by two indices."""


def program(x, k):
    grid = [[x[i, j] * k for j in range(4)] for i in range(3)]
    total = 0.0
    for i in range(1, 3):
        for j in range(4):
            total += grid[i][j] * grid[i - 1][j] ** 2
    return total + len(grid) * len(grid[0]) * k
