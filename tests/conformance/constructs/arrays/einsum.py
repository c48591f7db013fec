"""np.einsum: products, traces, a transpose and a chain of three."""

import numpy as np


def program(x, k):
    gram = np.einsum("ij,kj->ik", x, x)
    trace = np.einsum("ii->", gram) + np.einsum("ii", gram * k)
    chain = np.einsum("ij,jk,kl->il", gram, x, x.T, optimize=True)
    return trace + np.einsum("ij,ij", chain, gram.T) + np.einsum("i...->...", x * k).prod()
