"""A ZeroDivisionError of floats, caught with a fallback."""


def ratio(a, b):
    try:
        return a / b
    except ZeroDivisionError:
        return a * 2.0


def program(x, k):
    return ratio(x[0, 0], k) + ratio(k, float(int(x[1, 1]))) ** 2
