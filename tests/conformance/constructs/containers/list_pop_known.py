"""Pop from the start, the middle and the end of a list of known length."""


def program(x, k):
    items = [k, x[0, 0], x[0, 1], x[0, 2], k * k]
    last = items.pop()
    first = items.pop(0)
    second = items.pop(1)
    return last * first + second * sum(items) * len(items)
