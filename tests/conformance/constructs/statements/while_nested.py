"""While loops inside one another, with counters."""


def program(x, k):
    total, i = 0.0, 0
    while i < 3:
        j = i
        while j < 4:
            total = total * k + x[i, j]
            j += 2
        i += 1
    return total
