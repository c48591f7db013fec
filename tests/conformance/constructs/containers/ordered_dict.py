"""An OrderedDict and its order."""

from collections import OrderedDict


def program(x, k):
    table = OrderedDict()
    table["first"] = x[0, 0]
    table["second"] = k
    table["third"] = x[1, 1] * k
    table.move_to_end("first")
    total = 0.0
    for v in table.values():
        total = total * k + v
    return total + OrderedDict(a=k, b=x[2, 2])["b"] * table["third"]
