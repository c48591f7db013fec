"""setattr and getattr with names that a loop gives."""

import numpy as np


class Record:
    pass


def program(x, k):
    record = Record()
    for i, name in enumerate(("low", "mid", "high")):
        setattr(record, name, np.sum(x[i]) * k)
    total = record.low * record.high
    for name in ("low", "mid"):
        total += getattr(record, name) ** 2
    return total + getattr(record, "none", k)
