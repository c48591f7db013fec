"""A dict of operators looked up by constant names."""

import operator

OPERATORS = {"+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv}


def program(x, k):
    a = OPERATORS["+"](x[0, 0], k)
    b = OPERATORS["*"](a, OPERATORS["-"](x[1, 1], k))
    for symbol in "+*":
        b = OPERATORS[symbol](b, x[2, 2])
    return OPERATORS["/"](b, x[0, 3])
