# value_and_grad of red_black

import numpy as np


def _unbroadcast(x_bar, x):
    """Sum a cotangent over the axes along which x was broadcast."""
    extra = x_bar.ndim - np.ndim(x)
    if extra:
        x_bar = x_bar.sum(axis=tuple(range(extra)))
    axes = tuple(i for i, n in enumerate(np.shape(x)) if n == 1 and x_bar.shape[i] != 1)
    return x_bar.sum(axis=axes, keepdims=True) if axes else x_bar


def red_black_value_and_grad(u, f, omega, sweeps):
    # primal
    u = u.copy()
    u_tape = np.empty((sweeps,) + u.shape)
    t_tape = np.empty((sweeps,) + f.shape)
    t_tape2 = []
    t_tape3 = []
    t_tape4 = []
    t_tape5 = []
    t_tape6 = []
    t_tape7 = []
    t_tape8 = []
    t_tape9 = []
    for k in range(sweeps):
        tmp2 = u[:-2:2]
        tmp3 = u[2::2]
        tmp = 0.5 * (tmp2 + tmp3)
        t_tape9.append(tmp)
        tmp4 = u[1:-1:2]
        tmp = tmp - tmp4
        t_tape8.append(tmp)
        tmp5 = f[1:-1:2]
        tmp = tmp + tmp5
        t_tape7.append(tmp)
        tmp = omega * tmp
        t_tape6.append(tmp)
        u[1:-1:2] += tmp
        tmp6 = u[1:-2:2]
        tmp7 = u[3::2]
        tmp = 0.5 * (tmp6 + tmp7)
        t_tape5.append(tmp)
        tmp8 = u[2:-1:2]
        tmp = tmp - tmp8
        t_tape4.append(tmp)
        tmp9 = f[2:-1:2]
        tmp = tmp + tmp9
        t_tape3.append(tmp)
        tmp = omega * tmp
        t_tape2.append(tmp)
        u[2:-1:2] += tmp
        u_tape[k] = u
        tmp = 1.0 + 0.1 * np.sin(f)
        t_tape[k] = tmp
        u[::-1] *= tmp
        u[-3:] /= 1.5
    tmp17 = np.sum(u * u)
    # adjoint
    # return np.sum(u * u)
    u_bar = 2.0 * u
    f_bar = np.zeros_like(f)
    omega_bar = 0.0
    for k in range(sweeps - 1, -1, -1):
        tmp = t_tape9.pop()
        tmp10 = t_tape8.pop()
        tmp11 = t_tape7.pop()
        tmp12 = t_tape6.pop()
        tmp13 = t_tape5.pop()
        tmp14 = t_tape4.pop()
        tmp15 = t_tape3.pop()
        tmp16 = t_tape2.pop()
        u = u_tape[k]
        # u[-3:] /= 1.5
        u_bar[-3:] /= 1.5
        # u[::-1] *= 1.0 + 0.1 * np.sin(f)
        t_bar = u_bar[::-1] * u[::-1]
        u_bar[::-1] *= t_tape[k]
        f_bar += t_bar * 0.1 * np.cos(f)
        # u[2:-1:2] += omega * (0.5 * (u[1:-2:2] + u[3::2]) - u[2:-1:2] + f[2:-1:2])
        t_bar = _unbroadcast(np.copy(u_bar[2:-1:2]), tmp16)
        t_bar2 = t_bar * omega
        omega_bar += np.sum(t_bar * tmp15)
        t_bar = _unbroadcast(t_bar2, tmp14)
        f_bar[2:-1:2] += _unbroadcast(t_bar2, tmp9)
        t_bar2 = _unbroadcast(t_bar, tmp13)
        u_bar[2:-1:2] += _unbroadcast(-t_bar, tmp8)
        t_bar = t_bar2 * 0.5
        t_bar2 = _unbroadcast(t_bar, tmp6)
        u_bar[3::2] += _unbroadcast(t_bar, tmp7)
        u_bar[1:-2:2] += t_bar2
        # u[1:-1:2] += omega * (0.5 * (u[:-2:2] + u[2::2]) - u[1:-1:2] + f[1:-1:2])
        t_bar = _unbroadcast(np.copy(u_bar[1:-1:2]), tmp12)
        t_bar2 = t_bar * omega
        omega_bar += np.sum(t_bar * tmp11)
        t_bar = _unbroadcast(t_bar2, tmp10)
        f_bar[1:-1:2] += _unbroadcast(t_bar2, tmp5)
        t_bar2 = _unbroadcast(t_bar, tmp)
        u_bar[1:-1:2] += _unbroadcast(-t_bar, tmp4)
        t_bar = t_bar2 * 0.5
        t_bar2 = _unbroadcast(t_bar, tmp2)
        u_bar[2::2] += _unbroadcast(t_bar, tmp3)
        u_bar[:-2:2] += t_bar2
    return tmp17, (u_bar, f_bar, omega_bar)
