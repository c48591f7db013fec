"""A count by the sum of comparisons, and bools as indices."""


def program(x, k):
    count = sum(v > 0.1 for v in x[0])
    late = [x[0, 0], k * k][k > 0.1]
    return count * k**2 * x[1, 1] + late
