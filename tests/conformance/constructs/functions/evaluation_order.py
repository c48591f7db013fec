"""Arguments that have effects are evaluated from left to right."""


def program(x, k):
    stack = [x[0, 0], x[0, 1], k, x[1, 1]]
    first = (stack.pop() - stack.pop()) / stack.pop()
    total = k

    def bump(v):
        nonlocal total
        total = total * v + 0.5
        return total

    return first + total * bump(2.0) - bump(k) / total + [bump(x[2, 2]), total, bump(3.0)][1]
