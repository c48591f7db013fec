"""Cooperative __init__ over a diamond, with keywords passed on."""

import numpy as np


class Node:
    def __init__(self, **rest):
        self.log = list(rest)


class Mass(Node):
    def __init__(self, mass, **rest):
        super().__init__(**rest)
        self.mass = mass


class Charge(Node):
    def __init__(self, charge, **rest):
        super().__init__(**rest)
        self.charge = charge


class Ion(Mass, Charge):
    def ratio(self):
        return self.charge / self.mass


def program(x, k):
    ion = Ion(mass=np.sum(x), charge=k)
    return ion.ratio() * x[2, 3] + len(ion.log)
