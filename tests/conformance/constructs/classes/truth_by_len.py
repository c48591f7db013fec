"""The truth of an object that has __len__ alone."""


class Bag:
    def __init__(self, *items):
        self.items = items

    def __len__(self):
        return len(self.items)

    def total(self):
        return sum(self.items)


def program(x, k):
    empty, full = Bag(), Bag(x[0, 0], k)
    total = (empty or full).total() * k
    if not empty:
        total += x[1, 1]
    return total if full else 0.0
