"""A method hidden by a function kept in the object, and a dunder that is not."""


class Node:
    def value(self, v):
        return v * 2.0

    def __call__(self, v):
        return v + 1.0


def program(x, k):
    node, other = Node(), Node()
    node.value = lambda v: v * k
    node.__call__ = lambda v: v * 100.0
    return node.value(x[0, 0]) + other.value(x[1, 1]) * node(k)
