# value_and_grad of merge_sum

import numpy as np


def merge_fwd(left, right, c):
    tmp = None
    tmp3 = None
    tmp2 = left > right
    if tmp2:
        # return left + c * np.sin(right)
        tmp = np.sin(right)
        return left + c * tmp, (tmp2, tmp, c, right, tmp3, left)
    # return right + c * left * right
    tmp3 = c * left
    return right + tmp3 * right, (tmp2, tmp, c, right, tmp3, left)


def merge_bwd(residuals, out_bar):
    tmp = residuals[1]
    c = residuals[2]
    right = residuals[3]
    tmp2 = residuals[4]
    left = residuals[5]
    if residuals[0]:
        left_bar = out_bar
        c_bar = out_bar * tmp
        right_bar = out_bar * c * np.cos(right)
    else:
        # return right + c * left * right
        t_bar = out_bar * right
        left_bar = t_bar * c
        c_bar = t_bar * left
        right_bar = out_bar + out_bar * tmp2
    return left_bar, right_bar, c_bar


def halves_fwd(x, c):
    tmp = None
    merge_residuals = None
    halves_residuals2 = None
    middle = None
    halves_residuals = None
    # n = len(x)
    n = len(x)
    tmp2 = n == 1
    if tmp2:
        # return x[0] * x[0]
        tmp = x[0]
        return tmp * tmp, (
            tmp2, tmp, tmp, x, merge_residuals, halves_residuals2, middle, halves_residuals
        )
    # middle = n // 2
    middle = n // 2
    # return merge(halves(x[:middle], c), halves(x[middle:], c), c)
    tmp3, halves_residuals = halves_fwd(x[:middle], c)
    pair = halves_fwd(x[middle:], c)
    halves_residuals2 = pair[1]
    pair = merge_fwd(tmp3, pair[0], c)
    merge_residuals = pair[1]
    return pair[0], (
        tmp2, tmp, tmp, x, merge_residuals, halves_residuals2, middle, halves_residuals
    )


def halves_bwd(residuals, out_bar):
    tmp = residuals[1]
    tmp2 = residuals[2]
    x = residuals[3]
    merge_residuals = residuals[4]
    halves_residuals = residuals[5]
    middle = residuals[6]
    halves_residuals2 = residuals[7]
    if residuals[0]:
        # return x[0] * x[0]
        x_bar = np.zeros_like(x)
        x_bar[0] = out_bar * tmp2
        x_bar[0] += out_bar * tmp
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
    pair = halves_fwd(x, c)
    tmp = pair[0]
    # adjoint
    # return halves(x, c)
    x_bar, c_bar = halves_bwd(pair[1], 1.0)
    return tmp, (x_bar, c_bar)
