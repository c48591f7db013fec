"""An insertion sort: items are put into the midst of a list."""


def program(x, k):
    found = []
    for v in x[0]:
        at = 0
        while at < len(found) and found[at] < v:
            at += 1
        found.insert(at, v * k)
    return sum(v * (i + 1) for i, v in enumerate(found))
