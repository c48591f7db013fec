"""A class whose __iter__ walks a tree in order."""


class Node:
    def __init__(self, value, left=None, right=None):
        self.value = value
        self.left = left
        self.right = right

    def __iter__(self):
        if self.left is not None:
            yield from self.left
        yield self.value
        if self.right is not None:
            yield from self.right


def program(x, k):
    root = Node(x[0, 0], Node(k, Node(x[1, 0])), Node(x[2, 3], None, Node(k * k)))
    total = 0.0
    for v in root:
        total = total * 0.7 + v**2
    return total
