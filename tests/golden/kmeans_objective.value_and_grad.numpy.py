# value_and_grad of kmeans_objective

import numpy as np


def kmeans_objective_value_and_grad(points, centres):
    # primal
    difference = points[:, None, :] - centres[None, :, :]
    nearest = np.argmin(np.sum(difference**2, axis=2), axis=1)
    moved = centres.copy()
    n = len(centres)
    for k in range(n):
        members = points[nearest == k]
        if len(members) > 0:
            moved[k] += 0.7 * (members.mean(axis=0) - centres[k])
    difference = points[:, None, :] - moved[None, :, :]
    sum2 = np.sum(difference**2, axis=2)
    smallest = np.min(sum2, axis=1)
    value = np.sum(smallest)
    # adjoint
    # return np.sum(np.min(squared_distances(points, moved), axis=1))
    test = sum2 == smallest[:, None]
    t_bar = (np.full_like(smallest, 1.0) / test.sum(axis=1))[:, None] * test
    # return np.sum(difference**2, axis=2)
    difference_bar = 2.0 * t_bar[..., None] * difference
    # difference = points[:, None, :] - centres[None, :, :]
    moved_bar = -difference_bar.sum(axis=0)
    points_bar = np.einsum('ijk->ik', difference_bar)
    centres_bar = np.zeros(centres.shape)
    for k in range(n - 1, -1, -1):
        test = nearest == k
        members = points[test]
        if len(members) > 0:
            # moved[k] += 0.7 * (members.mean(axis=0) - centres[k])
            part_bar = moved_bar[k].copy()
            part_bar *= 0.7
            centres_bar[k] -= part_bar
            shape = members.shape
            members_bar = np.broadcast_to((part_bar / shape[0])[None], shape)
        else:
            members_bar = np.zeros(members.shape)
        # members = points[nearest == k]
        points_bar[test] += members_bar
    # moved = centres.copy()
    centres_bar += moved_bar
    return value, (points_bar, centres_bar)
