"""Closures over one name, returned in a tuple and taken by index."""


def cell(start):
    value = start

    def get():
        return value

    def put(new):
        nonlocal value
        value = new

    return get, put


def program(x, k):
    pair = cell(x[0, 0])
    pair[1](pair[0]() * k)
    pair[1](pair[0]() + x[1, 1])
    return pair[0]() ** 2
