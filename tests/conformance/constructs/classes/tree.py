"""A binary tree, evaluated by recursion."""

import math


class Leaf:
    def __init__(self, value):
        self.value = value

    def evaluate(self):
        return self.value


class Branch:
    def __init__(self, op, left, right):
        self.op = op
        self.left = left
        self.right = right

    def evaluate(self):
        a, b = self.left.evaluate(), self.right.evaluate()
        if self.op == "+":
            return a + b
        if self.op == "*":
            return a * b
        return math.pow(a, b)


def program(x, k):
    tree = Branch("*", Branch("+", Leaf(x[0, 0]), Leaf(k)), Branch("^", Leaf(x[1, 1]), Leaf(k)))
    return tree.evaluate() + Branch("+", tree, tree).evaluate()
