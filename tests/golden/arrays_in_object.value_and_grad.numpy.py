# value_and_grad of arrays_in_object

import numpy as np


def arrays_in_object_value_and_grad(position, velocity, stiffness, dt, steps):
    # primal
    position2 = position.copy()
    velocity2 = velocity.copy()
    t_tape = np.empty((steps,) + position.shape)
    position_tape = np.empty((steps,) + position2.shape)
    for _ in range(steps):
        position_tape[_] = position2
        tmp = -stiffness
        tmp2 = np.sin(position2)
        t_tape[_] = tmp2
        force = tmp * tmp2
        velocity2 += dt * (force - 0.15 * velocity2)
        position2 += dt * velocity2
    kinetic = 0.5 * np.sum(velocity2**2)
    tmp = 1.0 - np.cos(position2)
    tmp2 = kinetic + np.sum(stiffness * tmp)
    # adjoint
    # return kinetic + np.sum(stiffness * (1.0 - np.cos(self.position)))
    position_bar = -(-stiffness * np.sin(position2))
    # kinetic = 0.5 * np.sum(self.velocity**2)
    velocity_bar = 0.5 * (2.0 * velocity2)
    stiffness_bar = tmp.copy()
    for _ in range(steps - 1, -1, -1):
        # self.position += dt * self.velocity
        velocity_bar += position_bar * dt
        # self.velocity += dt * (force - self.damping * self.velocity)
        t_bar = velocity_bar * dt
        velocity_bar += -t_bar * 0.15
        # force = -stiffness * np.sin(self.position)
        t_bar2 = t_bar * t_tape[_]
        position_bar += t_bar * -stiffness * np.cos(position_tape[_])
        stiffness_bar -= t_bar2
    return tmp2, (position_bar, velocity_bar, stiffness_bar)
