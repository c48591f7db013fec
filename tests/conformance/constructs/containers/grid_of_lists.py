"""A list of lists made by a comprehension, filled item by item."""


def program(x, k):
    grid = [[0.0] * 4 for _ in range(3)]
    for i in range(3):
        for j in range(4):
            grid[i][j] = x[i, j] * k
            if j > 0:
                grid[i][j] += grid[i][j - 1] * 0.5
    return sum(sum(row) for row in grid) + grid[1][2] ** 2
