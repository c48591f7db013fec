"""Deletion of an attribute, asked for afterwards with hasattr."""


class Cell:
    pass


def program(x, k):
    cell = Cell()
    cell.gain = k
    cell.bias = x[0, 0] * k
    y = cell.gain * x[1, 1] + cell.bias
    del cell.bias
    if not hasattr(cell, "bias"):
        y *= cell.gain
    return y * y
