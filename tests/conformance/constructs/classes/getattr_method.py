"""`__getattr__`: what an object answers where it has no such attribute."""


class Scaled:
    def __init__(self, values):
        self.values = values

    def __getattr__(self, name):
        if name == "twice":
            return self.values * 2.0
        raise AttributeError(name)


def program(x, k):
    s = Scaled(x[0] * k)
    return (s.twice * s.values).sum()
