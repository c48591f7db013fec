"""A list made by multiplication and filled by a recurrence."""


def program(x, k):
    table = [0.0] * 5
    table[0] = 1.0
    for i in range(1, 5):
        table[i] = table[i - 1] * k + x[0, i - 1]
    pair = [k, x[1, 1]] * 2
    return sum(table) * pair[2] * pair[3]
