# value_and_grad of tree_sum

import numpy as np


def tree_sum_2_fwd(tree, w):
    tanh = np.tanh(tree @ w)
    return tanh, (tanh, w, tree)


def tree_sum_2_bwd(residuals, out_bar):
    tanh, w, tree = residuals
    # return np.tanh(tree @ w)
    t_bar = out_bar * (1.0 - tanh * tanh)
    tree_bar = t_bar * w
    w_bar = t_bar * tree
    return tree_bar, w_bar


def tree_sum_4_fwd(tree, w):
    child, child2 = tree
    pair_part, tree_sum_2_residuals = tree_sum_2_fwd(child, w)
    total = 0.9 * pair_part
    pair_part, tree_sum_2_residuals2 = tree_sum_2_fwd(child2, w)
    total += 0.9 * pair_part
    return np.sin(total), (total, tree_sum_2_residuals2, tree_sum_2_residuals)


def tree_sum_4_bwd(residuals, out_bar):
    total, tree_sum_2_residuals, tree_sum_2_residuals2 = residuals
    # return np.sin(total)
    total_bar = out_bar * np.cos(total)
    # total = total + 0.9 * tree_sum(child, w)
    child_bar, w_bar = tree_sum_2_bwd(tree_sum_2_residuals, total_bar * 0.9)
    child_bar2, w_bar2 = tree_sum_2_bwd(tree_sum_2_residuals2, total_bar * 0.9)
    w_bar += w_bar2
    return (child_bar2, child_bar), w_bar


def tree_sum_3_fwd(tree, w):
    child, tree_1 = tree
    pair_part, tree_sum_2_residuals = tree_sum_2_fwd(child, w)
    total = 0.9 * pair_part
    pair_part, tree_sum_4_residuals = tree_sum_4_fwd(tree_1, w)
    total += 0.9 * pair_part
    return np.sin(total), (total, tree_sum_4_residuals, tree_sum_2_residuals)


def tree_sum_3_bwd(residuals, out_bar):
    total, tree_sum_4_residuals, tree_sum_2_residuals = residuals
    # return np.sin(total)
    total_bar = out_bar * np.cos(total)
    # total = total + 0.9 * tree_sum(child, w)
    tree_1_bar, w_bar = tree_sum_4_bwd(tree_sum_4_residuals, total_bar * 0.9)
    tree_1_bar_part, tree_1_bar_part2 = tree_1_bar
    child_bar, w_bar2 = tree_sum_2_bwd(tree_sum_2_residuals, total_bar * 0.9)
    w_bar += w_bar2
    return (child_bar, (tree_1_bar_part, tree_1_bar_part2)), w_bar


def tree_sum_value_and_grad(tree, w):
    # primal
    child, tree_1, child2 = tree
    pair_part, tree_sum_2_residuals = tree_sum_2_fwd(child, w)
    total = 0.9 * pair_part
    pair_part, tree_sum_3_residuals = tree_sum_3_fwd(tree_1, w)
    total += 0.9 * pair_part
    pair_part, tree_sum_2_residuals2 = tree_sum_2_fwd(child2, w)
    total += 0.9 * pair_part
    value = np.sin(total)
    # adjoint
    # return np.sin(total)
    total_bar = np.cos(total)
    # total = total + 0.9 * tree_sum(child, w)
    child_bar, w_bar = tree_sum_2_bwd(tree_sum_2_residuals2, total_bar * 0.9)
    tree_1_bar, w_bar2 = tree_sum_3_bwd(tree_sum_3_residuals, total_bar * 0.9)
    tree_1_bar_part = tree_1_bar[0]
    part = tree_1_bar[1][0]
    part2 = tree_1_bar[1][1]
    w_bar += w_bar2
    child_bar2, w_bar2 = tree_sum_2_bwd(tree_sum_2_residuals, total_bar * 0.9)
    w_bar += w_bar2
    return value, ((child_bar2, (tree_1_bar_part, (part.copy(), part2.copy())), child_bar), w_bar)
