# value_and_grad of early_return

import numpy as np


def hit_distance_fwd(origin, direction, centre, radius):
    test = None
    sqrt = None
    offset = centre - origin
    along = np.dot(offset, direction)
    miss2 = np.dot(offset, offset) - along * along
    test2 = miss2 > radius * radius
    if test2:
        return None, (test2, test, sqrt, along, offset, direction)
    test = along < 0.0
    if test:
        return None, (test2, test, sqrt, along, offset, direction)
    sqrt = np.sqrt(radius * radius - miss2)
    return along - sqrt, (test2, test, sqrt, along, offset, direction)


def hit_distance_bwd(residuals, out_bar):
    test, test2, sqrt, along, offset, direction = residuals
    if test:
        out_bar = 0.0
        miss2_bar = 0.0
    elif test2:
        out_bar = 0.0
        miss2_bar = 0.0
    else:
        miss2_bar = 0.5 * out_bar / sqrt
    # miss2 = np.dot(offset, offset) - along * along
    along_bar = out_bar + 2.0 * -miss2_bar * along
    offset_bar = 2.0 * miss2_bar * offset
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
    tape = None
    length = np.sqrt(np.sum(direction * direction))
    test = length < 1e-6
    if test:
        return 0.0, (test, origin, centres, direction, left, unit, steps, tape, length)
    unit = direction / length
    tape = []
    steps = 0
    for i in range(len(centres)):
        steps += 1
        pair_part, hit_distance_residuals = hit_distance_fwd(origin, unit, centres[i], radii[i])
        tape.append((pair_part, hit_distance_residuals))
        if pair_part is not None:
            point = origin + pair_part * unit
            left = True
            return np.sum(point * (point - centres[i])) + 0.1 * i, (
                test, origin, centres, direction, left, unit, steps, tape, length
            )
    left = False
    return np.sum(unit * origin), (
        test, origin, centres, direction, left, unit, steps, tape, length
    )


def early_return_bwd(residuals, out_bar):
    test, origin, centres, direction, left, unit, steps, tape, length = residuals
    if test:
        origin_bar = np.zeros(origin.shape)
        centres_bar = np.zeros(centres.shape)
        direction_bar = np.zeros(direction.shape)
        length_bar = 0.0
    else:
        if not left:
            unit_bar = out_bar * origin
            origin_bar = out_bar * unit
        else:
            unit_bar = np.zeros(unit.shape)
            origin_bar = np.zeros(origin.shape)
        centres_bar = np.zeros(centres.shape)
        tape = reversed(tape)
        for step in range(steps - 1, -1, -1):
            pair_part, hit_distance_residuals = next(tape)
            if pair_part is not None:
                point = origin + pair_part * unit
                # return np.sum(point * (point - centres[i])) + 0.1 * i
                point_bar = out_bar * point
                point_bar2 = -point_bar
                point_bar += out_bar * (point - centres[step])
                centres_bar[step] += point_bar2
                # point = origin + t * unit
                origin_bar += point_bar
                unit_bar += point_bar * pair_part
                t_bar = point_bar @ unit
            else:
                t_bar = 0.0
            # t = hit_distance(origin, unit, centres[i], radii[i])
            origin_bar2, unit_bar2, point_bar = hit_distance_bwd(hit_distance_residuals, t_bar)
            origin_bar += origin_bar2
            unit_bar += unit_bar2
            centres_bar[step] += point_bar
        direction_bar = unit_bar / length
        length_bar = -(unit_bar @ unit / length)
    # length = np.sqrt(np.sum(direction * direction))
    direction_bar += length_bar / length * direction
    return origin_bar, direction_bar, centres_bar


def early_return_value_and_grad(origin, direction, centres, radii):
    value, residuals = early_return_fwd(origin, direction, centres, radii)
    origin_bar, direction_bar, centres_bar = early_return_bwd(residuals, 1.0)
    return value, (origin_bar, direction_bar, centres_bar)
