# value_and_grad of kmeans_objective

import numpy as np


def kmeans_objective_value_and_grad(points, centres):
    # primal
    difference = points[:, None, :] - centres[None, :, :]
    nearest = np.argmin(np.sum(difference**2, axis=2), axis=1)
    moved = centres.copy()
    tmp = len(centres)
    members_tape = []
    members_tape2 = []
    for k in range(tmp):
        members = points[nearest == k]
        members_tape.append(members)
        members_tape2.append(members)
        if len(members) > 0:
            moved[k] += 0.7 * (members.mean(axis=0) - centres[k])
    difference = points[:, None, :] - moved[None, :, :]
    tmp2 = np.sum(difference**2, axis=2)
    tmp3 = np.min(tmp2, axis=1)
    tmp4 = np.sum(tmp3)
    # adjoint
    # return np.sum(np.min(squared_distances(points, moved), axis=1))
    tmp2 = tmp2 == tmp3[:, None]
    t_bar = (np.full_like(tmp3, 1.0) / tmp2.sum(axis=1))[:, None] * tmp2
    # return np.sum(difference**2, axis=2)
    difference_bar = t_bar[..., None] * (2.0 * difference)
    # difference = points[:, None, :] - centres[None, :, :]
    t_bar = difference_bar.sum(axis=1, keepdims=True)
    t_bar2 = np.sum(-difference_bar, axis=0, keepdims=True)
    moved_bar = np.zeros_like(moved)
    moved_bar[None, :, :] = t_bar2
    points_bar = np.zeros_like(points)
    points_bar[:, None, :] = t_bar
    centres_bar = np.zeros_like(centres)
    for k in range(tmp - 1, -1, -1):
        members = members_tape2.pop()
        members2 = members_tape.pop()
        if len(members2) > 0:
            # moved[k] += 0.7 * (members.mean(axis=0) - centres[k])
            t_bar = np.copy(moved_bar[k]) * 0.7
            centres_bar[k] -= t_bar
            members_bar = np.broadcast_to((t_bar / members2.shape[0])[None], members.shape)
        else:
            members_bar = np.zeros_like(members)
        # members = points[nearest == k]
        points_bar[nearest == k] += members_bar
    # moved = centres.copy()
    centres_bar += moved_bar
    return tmp4, (points_bar, centres_bar)
