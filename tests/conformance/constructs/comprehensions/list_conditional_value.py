"""A comprehension whose value is a conditional expression."""


def program(x, k):
    values = [v * k if i else v**2 for i, v in enumerate(x[1])]
    return values[0] * values[1] + values[2] / values[3]
