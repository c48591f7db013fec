"""A mutable class attribute that all objects share, and one that each makes for itself."""


class Log:
    def __init__(self, entries):
        self.entries = entries

    def note(self, value):
        self.entries.append(value)


def program(x, k):
    shared = []
    one, two, own = Log(shared), Log(shared), Log([])
    one.note(x[0, 0])
    two.note(k)
    own.note(k * k)
    one.entries = [*one.entries, x[1, 1]]
    one.note(2.0)
    two.note(k * x[2, 2])
    return sum(shared) * sum(one.entries) + own.entries[0]
