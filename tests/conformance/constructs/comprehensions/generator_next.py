"""The first item of a generator expression that passes a test."""


def program(x, k):
    first = next(v for i, v in enumerate(x[0]) if i % 3 == 2)
    missing = next((v for v in x[1] if v > 5.0), k)
    return first**2 * missing
