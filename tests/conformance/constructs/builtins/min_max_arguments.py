"""Min and max of several arguments, of lists, and with a default."""


def program(x, k):
    a = max(x[0, 0] + 2.0, k, x[0, 1])
    b = min([x[1, 0] + 1.0, x[1, 1] + 2.0, 5.0])
    c = max([], default=k)
    d = max(0.0, x[2, 0]) * min(1.0, x[2, 1] * k)
    return a * b + c * d
