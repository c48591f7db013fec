"""Class patterns of a match statement over a tree of dataclasses."""

from dataclasses import dataclass


@dataclass
class Num:
    value: float


@dataclass
class Op:
    name: str
    left: object
    right: object


def evaluate(node):
    match node:
        case Num(value):
            return value
        case Op("+", left, right):
            return evaluate(left) + evaluate(right)
        case Op(name="*", left=left, right=right):
            return evaluate(left) * evaluate(right)
    raise TypeError(node)


def program(x, k):
    return evaluate(Op("+", Op("*", Num(x[0, 0]), Num(k)), Op("*", Num(k), Num(x[1, 1]))))
