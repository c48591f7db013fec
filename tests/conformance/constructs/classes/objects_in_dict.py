"""Objects in a dict, reached by name."""

import numpy as np


class Species:
    def __init__(self, amount, rate):
        self.amount = amount
        self.rate = rate


def program(x, k):
    pool = {"hare": Species(x[0, 0], k), "lynx": Species(x[0, 1], 0.5)}
    for _ in range(4):
        eaten = pool["hare"].amount * pool["lynx"].amount * 0.2
        pool["hare"].amount += 0.1 * pool["hare"].rate * pool["hare"].amount - eaten
        pool["lynx"].amount += eaten - 0.1 * pool["lynx"].rate
    pool["grass"] = Species(np.sum(x), 0.0)
    return sum(s.amount**2 for s in pool.values())
