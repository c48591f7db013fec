"""A context class that changes an object while its block runs."""

import numpy as np


class Settings:
    def __init__(self, gain):
        self.gain = gain


class Boosted:
    def __init__(self, settings, factor):
        self.settings = settings
        self.factor = factor

    def __enter__(self):
        self.old = self.settings.gain
        self.settings.gain = self.old * self.factor
        return self.settings

    def __exit__(self, *exc):
        self.settings.gain = self.old
        return False


def program(x, k):
    settings = Settings(x[0, 0])
    total = settings.gain
    with Boosted(settings, k) as boosted:
        total += boosted.gain * np.sum(x)
    return total * settings.gain
