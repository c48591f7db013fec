"""reshape, ravel, transpose, swapaxes, squeeze, flips and splits."""

import numpy as np


def program(x, k):
    cube = (k * x).reshape(2, 3, 2)
    turned = cube.transpose(1, 0, 2).swapaxes(1, 2)
    first, second = np.split(turned.ravel(), 2)
    flipped = np.flip(x, axis=0)[:, ::-1]
    column = np.expand_dims(x[0], 1).squeeze()
    return first @ second + np.sum(flipped * x) * column[1] + np.moveaxis(cube, 0, -1)[1, 1, 0]
