"""Pop from the end, the start and the middle; remove of a constant."""


def program(x, k):
    items = [k, *x[0], k * k]
    last = items.pop()
    first = items.pop(0)
    second = items.pop(1)
    names = ["a", "b", "c"]
    names.remove("b")
    return last * first + second * sum(items) * len(names) * names.index("c")
