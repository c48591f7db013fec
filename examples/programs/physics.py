"""A small two-dimensional physics engine.

Point bodies are moved by forces (gravity, springs, drag, ground contact) and
held together by rods.  The time stepping scheme is a strategy object.
"""

from __future__ import annotations

import itertools
import math
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

import numpy as np


class Body:
    """A point mass with a position and a velocity."""

    _ids = itertools.count(1)

    def __init__(
        self,
        position,
        velocity=(0.0, 0.0),
        mass: float = 1.0,
        *,
        radius: float = 0.05,
        fixed: bool = False,
        name: str | None = None,
    ):
        if mass <= 0:
            raise ValueError(f"mass must be positive, got {mass}")
        self.position = np.array(position, dtype=float)
        self.velocity = np.array(velocity, dtype=float)
        if self.position.shape != self.velocity.shape:
            raise ValueError("position and velocity differ in shape")
        self.mass, self.radius, self.fixed = mass, radius, fixed
        self.name = name or f"body{next(self._ids)}"
        self.force = np.zeros_like(self.position)

    @classmethod
    def anchor(cls, *position: float, name: str = "anchor") -> Body:
        """A body that never moves."""
        return cls(position, [0.0] * len(position), fixed=True, name=name)

    @property
    def inverse_mass(self) -> float:
        return 0.0 if self.fixed else 1.0 / self.mass

    @property
    def momentum(self) -> np.ndarray:
        return self.mass * self.velocity

    @property
    def kinetic_energy(self) -> float:
        return 0.5 * self.mass * float(self.velocity @ self.velocity)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.name!r}, at={self.position}, m={self.mass:g})"


class Force(ABC):
    """Something that pushes bodies around."""

    def __init__(self, name: str):
        self.name = name
        self.enabled = True

    @abstractmethod
    def apply(self, bodies: list[Body], time: float) -> None:
        """Add this force to the bodies it acts on."""

    def potential(self, bodies: list[Body]) -> float:
        """Potential energy stored; zero for forces that store none."""
        return 0.0


class Gravity(Force):
    def __init__(self, g: float = 9.81):
        super().__init__("gravity")
        self.acceleration = np.array([0.0, -g])

    def apply(self, bodies, time):
        for body in bodies:
            body.force += body.mass * self.acceleration

    def potential(self, bodies):
        return -sum(b.mass * float(self.acceleration @ b.position) for b in bodies if not b.fixed)


class Drag(Force):
    """Linear plus quadratic air resistance, relative to the wind."""

    def __init__(self, linear: float, quadratic: float = 0.0, wind: Callable[[float], np.ndarray] | None = None):
        super().__init__("drag")
        if linear < 0 or quadratic < 0:
            raise ValueError("drag coefficients can not be negative")
        self.linear, self.quadratic = linear, quadratic
        self.wind = wind if wind is not None else (lambda time: np.zeros(2))

    def apply(self, bodies, time):
        for body in bodies:
            if body.fixed:
                continue
            relative = body.velocity - self.wind(time)
            speed = np.linalg.norm(relative)
            body.force -= (self.linear + self.quadratic * speed) * relative


class Spring(Force):
    """A damped spring between two bodies."""

    def __init__(self, a: Body, b: Body, stiffness: float, rest_length: float | None = None, damping: float = 0.0):
        super().__init__(f"spring {a.name}-{b.name}")
        if stiffness <= 0:
            raise ValueError(f"stiffness must be positive, got {stiffness}")
        self.a, self.b = a, b
        self.stiffness, self.damping = stiffness, damping
        if rest_length is None:
            rest_length = np.linalg.norm(b.position - a.position)
        self.rest_length = rest_length

    @property
    def extension(self) -> float:
        return np.linalg.norm(self.b.position - self.a.position) - self.rest_length

    def apply(self, bodies, time):
        delta = self.b.position - self.a.position
        length = np.linalg.norm(delta)
        if length < 1e-12:
            return
        direction = delta / length
        closing = np.dot(self.b.velocity - self.a.velocity, direction)
        pull = (self.stiffness * self.extension + self.damping * closing) * direction
        self.a.force += pull
        self.b.force -= pull

    def potential(self, bodies):
        return 0.5 * self.stiffness * self.extension**2


class GroundContact(Force):
    """Penalty force of a horizontal floor, with sliding friction."""

    def __init__(self, height: float = 0.0, stiffness: float = 1500.0, damping: float = 6.0, friction: float = 0.3):
        super().__init__("ground")
        self.height, self.friction = height, friction
        self.stiffness, self.damping = stiffness, damping

    def penetration(self, body: Body) -> float:
        return max(0.0, self.height + body.radius - body.position[1])

    def apply(self, bodies, time):
        for body in bodies:
            depth = self.penetration(body)
            if body.fixed or depth == 0.0:
                continue
            vx, vy = body.velocity
            normal = self.stiffness * depth
            if vy < 0:
                normal -= self.damping * vy
            # tanh instead of sign: no jitter when the body is nearly at rest
            body.force[0] -= self.friction * normal * math.tanh(vx / 0.05)
            body.force[1] += normal

    def potential(self, bodies):
        return sum(0.5 * self.stiffness * self.penetration(b) ** 2 for b in bodies)


@dataclass
class Rod:
    """Keeps two bodies at a constant distance by projecting after each step."""

    a: Body
    b: Body
    length: float = field(init=False)

    def __post_init__(self):
        if self.a.fixed and self.b.fixed:
            raise ValueError("a rod needs at least one body that can move")
        self.length = np.linalg.norm(self.b.position - self.a.position)

    def project(self) -> None:
        a, b = self.a, self.b
        delta = b.position - a.position
        distance = np.linalg.norm(delta)
        normal = delta / distance
        wa, wb = a.inverse_mass, b.inverse_mass
        correction = (distance - self.length) / (wa + wb)
        a.position += wa * correction * normal
        b.position -= wb * correction * normal
        impulse = np.dot(b.velocity - a.velocity, normal) / (wa + wb)
        a.velocity += wa * impulse * normal
        b.velocity -= wb * impulse * normal


class Integrator(ABC):
    @abstractmethod
    def step(self, world: World, dt: float) -> None:
        """Move the bodies of the world on by dt."""


class SymplecticEuler(Integrator):
    def step(self, world, dt):
        for body, acceleration in zip(world.bodies, world.accelerations(world.time)):
            body.velocity += dt * acceleration
            if not body.fixed:
                body.position += dt * body.velocity


class RungeKutta4(Integrator):
    WEIGHTS = (1 / 6, 1 / 3, 1 / 3, 1 / 6)
    NODES = (0.0, 0.5, 0.5, 1.0)

    def step(self, world, dt):
        start = world.state
        total = np.zeros_like(start)
        slope = np.zeros_like(start)
        for node, weight in zip(self.NODES, self.WEIGHTS):
            world.state = start + node * dt * slope
            slope = world.derivative(world.time + node * dt)
            total += weight * slope
        world.state = start + dt * total


@dataclass(frozen=True)
class Snapshot:
    time: float
    kinetic: float
    potential: float
    positions: dict[str, np.ndarray]

    @property
    def total_energy(self) -> float:
        return self.kinetic + self.potential


class World:
    INTEGRATORS = {"rk4": RungeKutta4, "euler": SymplecticEuler}

    def __init__(self, bodies: Iterable[Body] = (), integrator: str = "rk4"):
        self.bodies = list(bodies)
        self.forces: list[Force] = []
        self.constraints: list[Rod] = []
        if integrator not in self.INTEGRATORS:
            raise ValueError(f"unknown integrator {integrator!r}")
        self.integrator = self.INTEGRATORS[integrator]()
        self.time = 0.0
        self.history: list[Snapshot] = []

    def add(self, *things: Body | Force | Rod) -> World:
        homes = {Body: self.bodies, Force: self.forces, Rod: self.constraints}
        for thing in things:
            for kind, home in homes.items():
                if isinstance(thing, kind):
                    home.append(thing)
                    break
            else:
                raise ValueError(f"can not add a {type(thing).__name__} to a world")
        return self

    def __getitem__(self, name: str) -> Body:
        return next(body for body in self.bodies if body.name == name)

    @property
    def state(self) -> np.ndarray:
        """Positions and velocities of all bodies; shape (2, n, dimension)."""
        return np.array([[b.position for b in self.bodies], [b.velocity for b in self.bodies]])

    @state.setter
    def state(self, value: np.ndarray) -> None:
        for body, position, velocity in zip(self.bodies, *value):
            body.position = position.copy()
            body.velocity = velocity.copy()

    @property
    def kinetic_energy(self) -> float:
        return sum(b.kinetic_energy for b in self.bodies)

    @property
    def momentum(self) -> np.ndarray:
        return sum((b.momentum for b in self.bodies), start=np.zeros(2))

    def accelerations(self, time: float) -> list[np.ndarray]:
        for body in self.bodies:
            body.force[:] = 0.0
        for force in filter(lambda f: f.enabled, self.forces):
            force.apply(self.bodies, time)
        return [b.force * b.inverse_mass for b in self.bodies]

    def derivative(self, time: float) -> np.ndarray:
        velocities = [b.velocity for b in self.bodies]
        return np.stack([np.stack(velocities), np.stack(self.accelerations(time))])

    def step(self, dt: float, sweeps: int = 2) -> None:
        self.integrator.step(self, dt)
        for _ in range(sweeps):
            for constraint in self.constraints:
                constraint.project()
        self.time += dt

    def snapshot(self) -> Snapshot:
        potential = sum(f.potential(self.bodies) for f in self.forces)
        return Snapshot(self.time, self.kinetic_energy, potential, {b.name: b.position.copy() for b in self.bodies})

    def run(self, steps: int, dt: float = 0.02) -> Iterator[Snapshot]:
        """Advance the world, yielding and logging a snapshot after each step."""
        if steps < 0 or dt <= 0:
            raise ValueError(f"bad run: steps={steps}, dt={dt}")
        for _ in range(steps):
            self.step(dt)
            self.history.append(self.snapshot())
            yield self.history[-1]


def throw(velocity: np.ndarray, stiffness: float, drag: float) -> World:
    """A dumbbell thrown from above the ground, tied to a post by a spring."""
    head = Body([0.0, 0.8], velocity, mass=0.6, name="head")
    tail = Body([-0.3, 0.8], velocity, mass=0.3, name="tail")
    post = Body.anchor(0.0, 1.2, name="post")
    world = World([head, tail, post])
    world.add(Gravity(), GroundContact(), Rod(head, tail))
    world.add(Drag(drag, 0.02, wind=lambda t: np.array([-0.5 * math.cos(t), 0.0])))
    world.add(Spring(post, tail, stiffness, damping=0.1))
    return world


def landing_error(velocity: np.ndarray, stiffness: float, drag: float) -> float:
    """How badly a throw misses its target, with a small price on wasted energy."""
    target = np.array([2.0, 0.05])
    world = throw(velocity, stiffness, drag)
    energies = [snap.total_energy for snap in world.run(steps=50, dt=0.02)]
    miss = world["head"].position - target
    lost = max(energies) - energies[-1]
    return float(np.sum(miss**2) + 0.01 * lost)


ARGUMENTS = (np.array([2.5, 1.5]), 4.0, 0.15)
FUNCTION = landing_error

if __name__ == "__main__":
    print(f"{FUNCTION.__name__} = {FUNCTION(*ARGUMENTS):.10f}")
    h = 1e-6
    for i, name in enumerate(("velocity", "stiffness", "drag")):
        for index in np.ndindex(np.shape(ARGUMENTS[i])):
            change = np.zeros(np.shape(ARGUMENTS[i]))
            change[index] = h
            above, below = (FUNCTION(*ARGUMENTS[:i], ARGUMENTS[i] + c, *ARGUMENTS[i + 1 :]) for c in (change, -change))
            print(f"  d/d {name}{list(index) or ''} = {(above - below) / (2 * h):.8f}")
