"""A loop that continues from the else of an inner loop."""


def program(x, k):
    total = 0.0
    for i in range(3):
        for j in range(4):
            if i * j == 4:
                break
            total += x[i, j] ** 2
        else:
            total *= k
            continue
        total += k * i
    return total
