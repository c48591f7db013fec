"""Two names, an attribute and a list that hold one object."""


class Counter:
    def __init__(self, n):
        self.n = n


class Holder:
    def __init__(self, counter):
        self.counter = counter


def program(x, k):
    counter = Counter(x[0, 0])
    holder = Holder(counter)
    both = [counter, counter]
    both[0].n *= k
    holder.counter.n += both[1].n ** 2
    counter.n -= 0.1
    return both[0].n * holder.counter.n
