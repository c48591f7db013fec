# value_and_grad of arrays_in_object

import numpy as np


def arrays_in_object_value_and_grad(position, velocity, stiffness, dt, steps):
    # primal
    position2 = position.copy()
    velocity2 = velocity.copy()
    position_tape = np.empty((max(steps, 0),) + position2.shape)
    sin_position_tape = []
    for i in range(steps):
        position_tape[i] = position2
        sin_position = np.sin(position2)
        sin_position_tape.append(sin_position)
        force = -stiffness * sin_position
        velocity2 += dt * (force - 0.15 * velocity2)
        position2 += dt * velocity2
    kinetic = 0.5 * np.sum(velocity2**2)
    difference = 1.0 - np.cos(position2)
    value = kinetic + np.sum(stiffness * difference)
    # adjoint
    # return kinetic + np.sum(stiffness * (1.0 - np.cos(self.position)))
    stiffness_bar = difference.copy()
    position_bar = stiffness * np.sin(position2)
    velocity_bar = velocity2.copy()
    sin_position_tape = reversed(sin_position_tape)
    for i in range(steps - 1, -1, -1):
        position2 = position_tape[i]
        sin_position = next(sin_position_tape)
        # self.position += dt * self.velocity
        velocity_bar += position_bar * dt
        # self.velocity += dt * (force - self.damping * self.velocity)
        force_bar = velocity_bar * dt
        velocity_bar -= 0.15 * dt * velocity_bar
        # force = -stiffness * np.sin(self.position)
        position_bar += force_bar * -stiffness * np.cos(position2)
        stiffness_bar -= force_bar * sin_position
    return value, (position_bar, velocity_bar, stiffness_bar)
