# value_and_grad of scatter_bins

import numpy as np


def _winners(x_bar, index):
    """Mark the writes of `x[index] = ...` that no later one at the same place overwrites."""
    order = np.full(x_bar.shape, -1)
    count = np.arange(order[index].size).reshape(order[index].shape)
    order[index] = count
    return order[index] == count


def scatter_bins_value_and_grad(values, weights, bins, size):
    # primal
    latest = np.zeros(size)
    latest[bins] = values * values
    latest[bins] += weights
    total = np.zeros(size)
    np.add.at(total, bins, values * weights)
    latest_part = latest[bins]
    exp = np.exp(-total[bins])
    gathered = latest_part * exp
    value = np.sum(gathered) + latest @ total
    # adjoint
    # gathered = latest[bins] * np.exp(-total[bins])
    total_bar = latest.copy()
    np.add.at(total_bar, bins, -(latest_part * exp))
    latest_bar = total.copy()
    np.add.at(latest_bar, bins, exp)
    # np.add.at(total, bins, values * weights)
    part_bar = total_bar[bins]
    values_bar = part_bar * weights
    weights_bar = part_bar * values
    # latest[bins] += weights
    product = latest_bar[bins] * _winners(latest_bar, bins)
    weights_bar += product
    # latest[bins] = values * values
    values_bar += 2.0 * product * values
    return value, (values_bar, weights_bar)
