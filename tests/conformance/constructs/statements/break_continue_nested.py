"""Break and continue in loops inside loops."""


def program(x, k):
    total = 0.0
    for i in range(3):
        if i == 1:
            continue
        for j in range(4):
            if (i + j) % 3 == 1:
                continue
            if j == 3:
                break
            total = total * k + x[i, j] ** 2
        if total > 100.0:
            break
    return total
