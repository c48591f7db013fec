"""Sum of squared distances to the nearest centre, after one damped Lloyd step."""

import numpy as np

WRT = (0, 1)


def squared_distances(points, centres):
    difference = points[:, None, :] - centres[None, :, :]
    return np.sum(difference**2, axis=2)


def kmeans_objective(points, centres):
    nearest = np.argmin(squared_distances(points, centres), axis=1)
    moved = centres.copy()
    for k in range(len(centres)):
        members = points[nearest == k]
        if len(members) > 0:
            moved[k] += 0.7 * (members.mean(axis=0) - centres[k])
    return np.sum(np.min(squared_distances(points, moved), axis=1))


def example(rng):
    return rng.normal(size=(8, 2)), rng.normal(size=(3, 2))
