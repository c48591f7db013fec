"""Keywords whose names are those of names of the caller, in another order."""


def ratio(a, b, c=1.0):
    return a / b + c


def program(x, k):
    a, b, c = x[0, 0], k, x[1, 1]
    first = ratio(b=a, a=b, c=a)
    order = {"b": c, "a": k}
    return first + ratio(c, c=b, b=a) + ratio(**order)
