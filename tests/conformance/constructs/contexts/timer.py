"""A context that measures time, which no result depends on."""

import time

import numpy as np


class Timer:
    def __enter__(self):
        self.start = time.perf_counter()
        return self

    def __exit__(self, *exc):
        self.elapsed = time.perf_counter() - self.start


def program(x, k):
    with Timer() as timer:
        y = x
        for _ in range(3):
            y = np.sin(k * y) + x
    assert timer.elapsed >= 0.0
    return np.sum(y)
