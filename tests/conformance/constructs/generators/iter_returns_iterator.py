"""A container whose __iter__ returns the iterator of a list, with __len__ and __getitem__."""


class Terms:
    def __init__(self, terms):
        self.terms = terms

    def __iter__(self):
        return iter(self.terms)

    def __len__(self):
        return len(self.terms)

    def __getitem__(self, i):
        return self.terms[i]


def program(x, k):
    terms = Terms([k * v for v in x[0]])
    total = sum(v * v for v in terms)
    return total / len(terms) + terms[0] * terms[-1]
