"""A list used as a stack whose length depends on a loop."""


def program(x, k):
    stack = [(0, x[0, 0])]
    total = 0.0
    while stack:
        depth, v = stack.pop()
        total += v * v
        if depth < 3:
            stack.append((depth + 1, v * k))
            if depth % 2 == 0:
                stack.append((depth + 2, v * x[1, depth]))
    return total
