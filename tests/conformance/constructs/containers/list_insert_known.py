"""Insert into a list of known length."""


def program(x, k):
    items = [x[0, 0], k]
    items.insert(0, x[1, 0])
    items.insert(-1, k * k)
    items.insert(99, 2.0)
    return items[0] * items[1] + items[2] * items[3] * items[4]
