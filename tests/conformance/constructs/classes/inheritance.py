"""A subclass that overrides one method of its base."""

import numpy as np


class Spring:
    def __init__(self, stiffness):
        self.stiffness = stiffness

    def force(self, d):
        return -self.stiffness * d

    def work(self, d):
        return -0.5 * np.sum(self.force(d) * d)


class HardeningSpring(Spring):
    def force(self, d):
        return -self.stiffness * (d + d**3)


def program(x, k):
    return Spring(k).work(x) + 2.0 * HardeningSpring(k).work(x)
