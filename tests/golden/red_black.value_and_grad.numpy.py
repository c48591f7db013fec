# value_and_grad of red_black

import numpy as np


def _unbroadcast(x_bar, x):
    """Sum a cotangent over the axes along which x was broadcast."""
    if x_bar.shape == x.shape:
        return x_bar
    extra = x_bar.ndim - x.ndim
    if extra:
        x_bar = x_bar.sum(axis=tuple(range(extra)))
    axes = tuple(i for i, n in enumerate(x.shape) if n == 1 and x_bar.shape[i] != 1)
    return x_bar.sum(axis=axes, keepdims=True) if axes else x_bar


def red_black_value_and_grad(u, f, omega, sweeps):
    # primal
    u = u.copy()
    u_tape = np.empty((max(sweeps, 0),) + u.shape)
    tape = []
    for k in range(sweeps):
        u_part = u[:-2:2]
        u_part2 = u[2::2]
        product = 0.5 * (u[:-2:2] + u[2::2])
        u_part3 = u[1:-1:2]
        difference = product - u[1:-1:2]
        f_part = f[1:-1:2]
        total = difference + f[1:-1:2]
        product2 = omega * total
        u[1:-1:2] += product2
        u_part4 = u[1:-2:2]
        u_part5 = u[3::2]
        product3 = 0.5 * (u[1:-2:2] + u[3::2])
        u_part6 = u[2:-1:2]
        difference2 = product3 - u[2:-1:2]
        f_part2 = f[2:-1:2]
        total2 = difference2 + f[2:-1:2]
        product4 = omega * total2
        u[2:-1:2] += product4
        u_tape[k] = u
        total3 = 1.0 + 0.1 * np.sin(f)
        tape.append(
            (product, difference, total, product2, product3, difference2, total2, product4, total3)
        )
        u[::-1] *= total3
        u[-3:] /= 1.5
    value = np.sum(u * u)
    # adjoint
    u_bar = 2.0 * u
    f_bar = np.zeros(f.shape)
    omega_bar = 0.0
    tape = reversed(tape)
    for k in range(sweeps - 1, -1, -1):
        (
            product, difference, total, product2, product3, difference2, total2, product4, total3,
        ) = next(tape)
        u = u_tape[k]
        # u[-3:] /= 1.5
        u_bar[-3:] /= 1.5
        # u[::-1] *= 1.0 + 0.1 * np.sin(f)
        part_bar = u_bar[::-1] * u[::-1]
        u_bar[::-1] *= total3
        f_bar += part_bar * 0.1 * np.cos(f)
        # u[2:-1:2] += omega * (0.5 * (u[1:-2:2] + u[3::2]) - u[2:-1:2] + f[2:-1:2])
        part_bar = _unbroadcast(u_bar[2:-1:2].copy(), product4)
        product4 = part_bar @ total2
        part_bar *= omega
        part_bar2 = _unbroadcast(part_bar, difference2)
        f_bar[2:-1:2] += _unbroadcast(part_bar, f_part2)
        u_bar[2:-1:2] += _unbroadcast(-part_bar2, u_part6)
        part_bar = _unbroadcast(part_bar2, product3) * 0.5
        u_bar[3::2] += _unbroadcast(part_bar, u_part5)
        u_bar[1:-2:2] += _unbroadcast(part_bar, u_part4)
        # u[1:-1:2] += omega * (0.5 * (u[:-2:2] + u[2::2]) - u[1:-1:2] + f[1:-1:2])
        part_bar = _unbroadcast(u_bar[1:-1:2].copy(), product2)
        product2 = part_bar @ total
        part_bar *= omega
        part_bar2 = _unbroadcast(part_bar, difference)
        f_bar[1:-1:2] += _unbroadcast(part_bar, f_part)
        u_bar[1:-1:2] += _unbroadcast(-part_bar2, u_part3)
        part_bar = _unbroadcast(part_bar2, product) * 0.5
        u_bar[2::2] += _unbroadcast(part_bar, u_part2)
        u_bar[:-2:2] += _unbroadcast(part_bar, u_part)
        omega_bar = omega_bar + product4 + product2
    return value, (u_bar, f_bar, omega_bar)
