"""try, except, else and finally, all of them."""

import numpy as np


def program(x, k):
    total = np.sum(x)
    table = {"a": k}
    for name in ("a", "b"):
        try:
            value = table[name]
        except KeyError:
            value = total * 0.1
        else:
            total += value**2
        finally:
            total *= k
    return total * value
