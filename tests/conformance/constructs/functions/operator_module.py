"""Functions of the operator module."""

import operator

import numpy as np

OPS = {"+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv, "^": operator.pow}


def program(x, k):
    stack = [x[0, 0], x[1, 1]]
    for token in ("*", k, "+", 2.0, "/", k, "^", x[2, 2], "-"):
        if isinstance(token, str):
            b, a = stack.pop(), stack.pop()
            stack.append(OPS[token](a, b))
        else:
            stack.append(token)
    second = operator.itemgetter(1)
    return stack[0] ** 2 + np.sum(second(x)) * operator.neg(k)
