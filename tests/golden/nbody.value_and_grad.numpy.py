# value_and_grad of nbody

import numpy as np


def accelerations_fwd(pos, mass, soft):
    acc = np.zeros_like(pos)
    n = len(mass)
    tape = []
    for i in range(n):
        for j in range(i + 1, n):
            d = pos[j] - pos[i]
            total = np.sum(d * d) + soft
            inv3 = total**-1.5
            tape.append((total, inv3))
            acc[i] += mass[j] * inv3 * d
            acc[j] -= mass[i] * inv3 * d
    return acc, (mass, pos.copy(), n, tape)


def accelerations_bwd(residuals, out_bar):
    mass, pos, n, tape = residuals
    mass_bar = np.zeros(mass.shape)
    pos_bar = np.zeros(pos.shape)
    tape = reversed(tape)
    for i in range(n - 1, -1, -1):
        for j in range(n - 1, i, -1):
            total, inv3 = next(tape)
            d = pos[j] - pos[i]
            mass_part = mass[i]
            mass_part2 = mass[j]
            # acc[j] -= mass[i] * inv3 * d
            out_bar_part = out_bar[j]
            product = out_bar_part @ d
            d_bar = -out_bar_part * (mass_part * inv3)
            mass_bar[i] -= product * inv3
            # acc[i] += mass[j] * inv3 * d
            part_bar = out_bar[i].copy()
            part_bar2 = part_bar @ d
            d_bar += part_bar * (mass_part2 * inv3)
            mass_bar[j] += part_bar2 * inv3
            # inv3 = (np.sum(d * d) + soft) ** -1.5
            d_bar -= 3.0 * (-product * mass_part + part_bar2 * mass_part2) * total**-2.5 * d
            # d = pos[j] - pos[i]
            pos_bar[i] -= d_bar
            pos_bar[j] += d_bar
    return pos_bar, mass_bar


def nbody_value_and_grad(pos, vel, mass, dt, steps):
    # primal
    pos = pos.copy()
    vel = vel.copy()
    acc, accelerations_residuals2 = accelerations_fwd(pos, mass, 0.1)
    accelerations_residuals_tape = []
    for step in range(steps):
        vel += 0.5 * dt * acc
        pos += dt * vel
        acc, accelerations_residuals = accelerations_fwd(pos, mass, 0.1)
        accelerations_residuals_tape.append(accelerations_residuals)
        vel += 0.5 * dt * acc
    sum2 = np.sum(vel * vel, axis=1)
    kinetic = 0.5 * np.sum(mass * sum2)
    power_pos = pos**2
    value = kinetic + np.sum(mass[:, None] * power_pos)
    # adjoint
    # return kinetic + np.sum(mass[:, None] * pos**2)
    pos_bar = 2.0 * mass[:, None] * pos
    mass_bar = power_pos.sum(axis=1)
    # kinetic = 0.5 * np.sum(mass * np.sum(vel * vel, axis=1))
    mass_bar += 0.5 * sum2
    vel_bar = mass[:, None] * vel
    acc_bar = np.zeros(acc.shape)
    for accelerations_residuals in reversed(accelerations_residuals_tape):
        product = 0.5 * dt
        # vel += 0.5 * dt * acc
        acc_bar += vel_bar * product
        # acc = accelerations(pos, mass, 0.1)
        pos_bar2, mass_bar2 = accelerations_bwd(accelerations_residuals, acc_bar)
        pos_bar += pos_bar2
        mass_bar += mass_bar2
        # pos += dt * vel
        vel_bar += pos_bar * dt
        # vel += 0.5 * dt * acc
        acc_bar = vel_bar * product
    # acc = accelerations(pos, mass, 0.1)
    pos_bar2, mass_bar2 = accelerations_bwd(accelerations_residuals2, acc_bar)
    pos_bar += pos_bar2
    mass_bar += mass_bar2
    return value, (pos_bar, vel_bar, mass_bar)
