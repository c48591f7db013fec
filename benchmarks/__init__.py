"""What s2sad costs, measured: `python -m benchmarks` from the root of the checkout.

One thread for the linear algebra: with more, the spread of a pair of runs is wider than the
differences we look for. It has to be said before NumPy is imported.
"""

import os

for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_name, "1")
