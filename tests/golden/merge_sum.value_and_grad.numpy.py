# value_and_grad of merge_sum

import numpy as np


def merge_fwd(left, right, c):
    sin_right = None
    product = None
    test = left > right
    if test:
        # return left + c * np.sin(right)
        sin_right = np.sin(right)
        return left + c * sin_right, (test, sin_right, c, right, product, left)
    # return right + c * left * right
    product = c * left
    return right + product * right, (test, sin_right, c, right, product, left)


def merge_bwd(residuals, out_bar):
    residuals_part = residuals[1]
    c = residuals[2]
    right = residuals[3]
    residuals_part2 = residuals[4]
    left = residuals[5]
    if residuals[0]:
        left_bar = out_bar
        c_bar = out_bar * residuals_part
        right_bar = out_bar * c * np.cos(right)
    else:
        # return right + c * left * right
        t_bar = out_bar * right
        left_bar = t_bar * c
        c_bar = t_bar * left
        right_bar = out_bar + out_bar * residuals_part2
    return left_bar, right_bar, c_bar


def halves_fwd(x, c):
    x_part = None
    merge_residuals = None
    halves_residuals2 = None
    middle = None
    halves_residuals = None
    # n = len(x)
    n = len(x)
    test = n == 1
    if test:
        # return x[0] * x[0]
        x_part = x[0]
        return x_part * x_part, (
            test, x_part, x, merge_residuals, halves_residuals2, middle, halves_residuals
        )
    # middle = n // 2
    middle = n // 2
    # return merge(halves(x[:middle], c), halves(x[middle:], c), c)
    pair_part, halves_residuals = halves_fwd(x[:middle], c)
    pair = halves_fwd(x[middle:], c)
    halves_residuals2 = pair[1]
    pair = merge_fwd(pair_part, pair[0], c)
    merge_residuals = pair[1]
    return pair[0], (test, x_part, x, merge_residuals, halves_residuals2, middle, halves_residuals)


def halves_bwd(residuals, out_bar):
    residuals_part = residuals[1]
    x = residuals[2]
    merge_residuals = residuals[3]
    halves_residuals = residuals[4]
    middle = residuals[5]
    halves_residuals2 = residuals[6]
    if residuals[0]:
        # return x[0] * x[0]
        t_bar = out_bar * residuals_part
        x_bar = np.zeros_like(x)
        x_bar[0] = t_bar
        x_bar[0] += t_bar
        c_bar2 = 0.0
    else:
        # return merge(halves(x[:middle], c), halves(x[middle:], c), c)
        bars = merge_bwd(merge_residuals, out_bar)
        t_bar = bars[0]
        c_bar = bars[2]
        bars = halves_bwd(halves_residuals, bars[1])
        c_bar += bars[1]
        x_bar2 = np.zeros_like(x)
        x_bar2[middle:] = bars[0]
        bars = halves_bwd(halves_residuals2, t_bar)
        x_bar2[:middle] += bars[0]
        x_bar = x_bar2
        c_bar2 = c_bar + bars[1]
    return x_bar, c_bar2


def merge_sum_value_and_grad(x, c):
    # primal
    value, halves_residuals = halves_fwd(x, c)
    # adjoint
    # return halves(x, c)
    x_bar, c_bar = halves_bwd(halves_residuals, 1.0)
    return value, (x_bar, c_bar)
