"""Filter with a lambda and with None."""


def program(x, k):
    odd = list(filter(lambda i: i % 2 == 1, range(4)))
    large = filter(lambda v: v > 1.0, [x[0, 0], x[0, 1] + 1.0, k + 2.0])
    kept = list(filter(None, [0.0, k, x[1, 1]]))
    return sum(x[0, i] ** 2 for i in odd) * sum(large) + kept[0] * kept[1]
