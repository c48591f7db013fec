"""A property overridden in a subclass, which asks super() for that of its base."""


class Base:
    def __init__(self, v):
        self._v = v

    @property
    def v(self):
        return self._v

    @v.setter
    def v(self, value):
        self._v = value * 2.0

    def doubled(self):
        return 2.0 * self.v


class Derived(Base):
    @property
    def v(self):
        return super().v ** 2


def program(x, k):
    base = Base(k)
    base.v = base.v + x[0, 0]
    base.v *= k
    return Derived(x[1, 1]).doubled() + base.doubled()
