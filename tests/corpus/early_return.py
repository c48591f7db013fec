"""Ray against a list of spheres; helpers and the program itself return early."""

import numpy as np

WRT = (0, 1, 2)


def hit_distance(origin, direction, centre, radius):
    offset = centre - origin
    along = np.dot(offset, direction)
    miss2 = np.dot(offset, offset) - along * along
    if miss2 > radius * radius:
        return None
    if along < 0.0:
        return None
    return along - np.sqrt(radius * radius - miss2)


def early_return(origin, direction, centres, radii):
    length = np.sqrt(np.sum(direction * direction))
    if length < 1e-6:
        return 0.0
    unit = direction / length
    for i in range(len(centres)):
        t = hit_distance(origin, unit, centres[i], radii[i])
        if t is not None:
            point = origin + t * unit
            return np.sum(point * (point - centres[i])) + 0.1 * i
    return np.sum(unit * origin)


def example(rng):
    direction = np.array([1.0, 0.2, 0.1]) + 0.05 * rng.normal(size=3)
    centres = np.array([[-3.0, 0.1, 0.2], [2.0, 3.0, 0.3], [4.0, 0.9, 0.3]])
    return 0.1 * rng.normal(size=3), direction, centres, rng.uniform(0.7, 1.1, size=3)
