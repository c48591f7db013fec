# value_and_grad of early_return

import numpy as np


def hit_distance_fwd(origin, direction, centre, radius):
    test = None
    sqrt = None
    # offset = centre - origin
    offset = centre - origin
    # along = np.dot(offset, direction)
    along = np.dot(offset, direction)
    # miss2 = np.dot(offset, offset) - along * along
    miss2 = np.dot(offset, offset) - along * along
    test2 = miss2 > radius * radius
    if test2:
        # return None
        return None, (test2, test, sqrt, along, offset, direction)
    test = along < 0.0
    if test:
        # return None
        return None, (test2, test, sqrt, along, offset, direction)
    # return along - np.sqrt(radius * radius - miss2)
    sqrt = np.sqrt(radius * radius - miss2)
    return along - sqrt, (test2, test, sqrt, along, offset, direction)


def hit_distance_bwd(residuals, out_bar):
    residuals_part = residuals[1]
    residuals_part2 = residuals[2]
    along = residuals[3]
    offset = residuals[4]
    direction = residuals[5]
    if residuals[0]:
        along_bar2 = 0.0
        miss2_bar2 = 0.0
    else:
        if residuals_part:
            along_bar = 0.0
            miss2_bar = 0.0
        else:
            along_bar = out_bar
            miss2_bar = -(-out_bar * (0.5 / residuals_part2))
        along_bar2 = along_bar
        miss2_bar2 = miss2_bar
    # miss2 = np.dot(offset, offset) - along * along
    product = -miss2_bar2 * along
    along_bar = along_bar2 + product + product
    offset_bar = 2.0 * miss2_bar2 * offset
    # along = np.dot(offset, direction)
    direction_bar = along_bar * offset
    offset_bar += along_bar * direction
    # offset = centre - origin
    origin_bar = -offset_bar
    return origin_bar, direction_bar, offset_bar


def early_return_fwd(origin, direction, centres, radii):
    left = None
    unit = None
    steps = None
    hit_distance_residuals_tape = None
    t_tape = None
    # length = np.sqrt(np.sum(direction * direction))
    length = np.sqrt(np.sum(direction * direction))
    test = length < 1e-6
    if test:
        # return 0.0
        return 0.0, (
            test,
            origin,
            centres,
            direction,
            left,
            unit,
            steps,
            hit_distance_residuals_tape,
            t_tape,
            length,
        )
    # unit = direction / length
    unit = direction / length
    t_tape = []
    hit_distance_residuals_tape = []
    steps = 0
    for i in range(len(centres)):
        steps += 1
        # t = hit_distance(origin, unit, centres[i], radii[i])
        t, hit_distance_residuals = hit_distance_fwd(origin, unit, centres[i], radii[i])
        t_tape.append(t)
        hit_distance_residuals_tape.append(hit_distance_residuals)
        if t is not None:
            # point = origin + t * unit
            point = origin + t * unit
            left = True
            # return np.sum(point * (point - centres[i])) + 0.1 * i
            return np.sum(point * (point - centres[i])) + 0.1 * i, (
                test,
                origin,
                centres,
                direction,
                left,
                unit,
                steps,
                hit_distance_residuals_tape,
                t_tape,
                length,
            )
    left = False
    # return np.sum(unit * origin)
    return np.sum(unit * origin), (
        test,
        origin,
        centres,
        direction,
        left,
        unit,
        steps,
        hit_distance_residuals_tape,
        t_tape,
        length,
    )


def early_return_bwd(residuals, out_bar):
    origin = residuals[1]
    centres = residuals[2]
    direction = residuals[3]
    left = residuals[4]
    unit = residuals[5]
    steps = residuals[6]
    hit_distance_residuals_tape = residuals[7]
    t_tape = residuals[8]
    length = residuals[9]
    if residuals[0]:
        origin_bar3 = np.zeros_like(origin)
        centres_bar3 = np.zeros_like(centres)
        direction_bar = np.zeros_like(direction)
        length_bar = 0.0
    else:
        if not left:
            unit_bar = out_bar * origin
            origin_bar = out_bar * unit
        else:
            unit_bar = np.zeros_like(unit)
            origin_bar = np.zeros_like(origin)
        centres_bar2 = np.zeros_like(centres)
        for step in range(steps - 1, -1, -1):
            hit_distance_residuals = hit_distance_residuals_tape.pop()
            t = t_tape.pop()
            i = 0 + step * 1
            if t is not None:
                point = origin + t * unit
                # return np.sum(point * (point - centres[i])) + 0.1 * i
                point_bar = out_bar * (point - centres[i])
                point *= out_bar
                point_bar2 = -point
                point += point_bar
                centres_bar2[i] += point_bar2
                # point = origin + t * unit
                origin_bar += point
                unit_bar += point * t
                unit_bar2 = unit_bar
                origin_bar2 = origin_bar
                centres_bar = centres_bar2
                t_bar = np.sum(point * unit)
            else:
                unit_bar2 = unit_bar
                origin_bar2 = origin_bar
                centres_bar = centres_bar2
                t_bar = 0.0
            # t = hit_distance(origin, unit, centres[i], radii[i])
            bars = hit_distance_bwd(hit_distance_residuals, t_bar)
            origin_bar2 += bars[0]
            unit_bar2 += bars[1]
            centres_bar[i] += bars[2]
            unit_bar = unit_bar2
            origin_bar = origin_bar2
            centres_bar2 = centres_bar
        origin_bar3 = origin_bar
        centres_bar3 = centres_bar2
        direction_bar = unit_bar / length
        length_bar = np.sum(unit_bar * (-unit / length))
    # length = np.sqrt(np.sum(direction * direction))
    product = length_bar * (0.5 / length) * direction
    direction_bar += product
    direction_bar += product
    return origin_bar3, direction_bar, centres_bar3


def early_return_value_and_grad(origin, direction, centres, radii):
    pair = early_return_fwd(origin, direction, centres, radii)
    value = pair[0]
    origin_bar, direction_bar, centres_bar = early_return_bwd(pair[1], 1.0)
    return value, (origin_bar, direction_bar, centres_bar)
