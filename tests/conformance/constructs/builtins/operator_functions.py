"""Functions of the operator module."""

import operator
from operator import itemgetter


def program(x, k):
    a = operator.add(x[0, 0], operator.mul(k, x[0, 1]))
    b = operator.truediv(operator.sub(a, x[0, 2]), operator.pow(k, 2))
    c = operator.neg(operator.getitem(x, (1, 1)))
    rows = sorted([(1, k), (0, x[2, 2])], key=itemgetter(0))
    picked = itemgetter("a", "b")({"a": k, "b": b})
    return a * b - c * rows[0][1] + picked[0] * picked[1]
