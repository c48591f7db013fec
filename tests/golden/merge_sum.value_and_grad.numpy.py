# value_and_grad of merge_sum

import numpy as np


def merge_fwd(left, right, c):
    sin_right = None
    product = None
    test = left > right
    if test:
        sin_right = np.sin(right)
        return left + c * sin_right, (test, sin_right, c, right, product, left)
    product = c * left
    return right + product * right, (test, sin_right, c, right, product, left)


def merge_bwd(residuals, out_bar):
    test, sin_right, c, right, product, left = residuals
    if test:
        c_bar = out_bar * sin_right
        right_bar = out_bar * c * np.cos(right)
    else:
        # return right + c * left * right
        t_bar = out_bar * right
        c_bar = t_bar * left
        right_bar = out_bar + out_bar * product
        out_bar = t_bar * c
    return out_bar, right_bar, c_bar


def halves_fwd(x, c):
    x_part = None
    merge_residuals = None
    x_part3 = None
    halves_residuals2 = None
    middle = None
    x_part2 = None
    halves_residuals = None
    n = len(x)
    test = n == 1
    if test:
        x_part = x[0]
        return x_part * x_part, (
            test, x_part, merge_residuals, x_part3, halves_residuals2, middle, x_part2,
            halves_residuals,
        )
    middle = n // 2
    x_part2 = x[:middle]
    pair_part, halves_residuals = halves_fwd(x_part2, c)
    x_part3 = x[middle:]
    pair_part2, halves_residuals2 = halves_fwd(x_part3, c)
    pair_part, merge_residuals = merge_fwd(pair_part, pair_part2, c)
    return pair_part, (
        test, x_part, merge_residuals, x_part3, halves_residuals2, middle, x_part2, halves_residuals
    )


def halves_bwd(residuals, out_bar, x_bar):
    (
        test, x_part, merge_residuals, x_part2, halves_residuals, middle, x_part3,
        halves_residuals2,
    ) = residuals
    if test:
        # return x[0] * x[0]
        x_bar[0] += 2.0 * out_bar * x_part
        c_bar = 0.0
    else:
        # return merge(halves(x[:middle], c), halves(x[middle:], c), c)
        t_bar, t_bar2, c_bar = merge_bwd(merge_residuals, out_bar)
        t_bar3 = np.zeros(x_part2.shape)
        c_bar2 = halves_bwd(halves_residuals, t_bar2, t_bar3)
        x_bar[middle:] += t_bar3
        t_bar2 = np.zeros(x_part3.shape)
        c_bar3 = halves_bwd(halves_residuals2, t_bar, t_bar2)
        x_bar[:middle] += t_bar2
        c_bar = c_bar + c_bar2 + c_bar3
    return c_bar


def merge_sum_value_and_grad(x, c):
    # primal
    value, halves_residuals = halves_fwd(x, c)
    # adjoint
    # return halves(x, c)
    x_bar = np.zeros(x.shape)
    c_bar = halves_bwd(halves_residuals, 1.0, x_bar)
    return value, (x_bar, c_bar)
