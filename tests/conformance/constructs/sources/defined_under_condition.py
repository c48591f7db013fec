"""Two definitions under a condition and a try; what was taken is the program."""

import numpy as np

try:
    from no_such_module_at_all import program
except ImportError:
    if np.__version__:

        def program(x, k):
            return np.sum(x * k) ** 2

    else:

        def program(x, k):
            return 0.0
