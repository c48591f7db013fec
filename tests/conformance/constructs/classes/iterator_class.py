"""A class with `__next__`, gone through by loops, by `list` and by hand."""


class Halving:
    def __init__(self, value, least):
        self.value, self.least = value, least

    def __iter__(self):
        return self

    def __next__(self):
        self.value = self.value * 0.5
        if self.value < self.least:
            raise StopIteration
        return self.value


class Pairs:
    def __init__(self, row):
        self.row = row

    def __iter__(self):
        return PairIterator(self.row)


class PairIterator:
    def __init__(self, row):
        self.row, self.at = row, 0

    def __iter__(self):
        return self

    def __next__(self):
        if self.at + 1 >= len(self.row):
            raise StopIteration()
        self.at += 1
        return self.row[self.at - 1], self.row[self.at]


def program(x, k):
    total = 0.0
    for v in Halving(k, 0.05):
        total = total * x[0, 0] + v
    for a, b in Pairs(x[1]):
        if a * b > 0.6:
            break
        total = total + a * b
    it = PairIterator(x[2])
    first, second = next(it), it.__next__()
    return total + first[0] * second[1] + sum(list(Halving(x[0, 1], 0.1)))
