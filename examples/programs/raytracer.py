"""A tiny recursive ray tracer: spheres and planes, Phong shading, shadows, mirrors."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import reduce
from typing import NamedTuple

EPSILON = 1e-6


class Vec3:
    """A vector in space; also used for colours."""

    __slots__ = ("x", "y", "z")

    def __init__(self, x: float = 0.0, y: float = 0.0, z: float = 0.0):
        self.x = x
        self.y = y
        self.z = z

    @classmethod
    def full(cls, value: float) -> Vec3:
        """All three components the same (a grey, for instance)."""
        return cls(value, value, value)

    def __add__(self, other: Vec3) -> Vec3:
        if not isinstance(other, Vec3):
            return NotImplemented
        return Vec3(self.x + other.x, self.y + other.y, self.z + other.z)

    def __sub__(self, other: Vec3) -> Vec3:
        if not isinstance(other, Vec3):
            return NotImplemented
        return Vec3(self.x - other.x, self.y - other.y, self.z - other.z)

    def __mul__(self, other: Vec3 | float) -> Vec3:
        """Scale by a number, or multiply component by component."""
        if isinstance(other, Vec3):
            return Vec3(self.x * other.x, self.y * other.y, self.z * other.z)
        return Vec3(self.x * other, self.y * other, self.z * other)

    __rmul__ = __mul__

    def __truediv__(self, scalar: float) -> Vec3:
        return Vec3(self.x / scalar, self.y / scalar, self.z / scalar)

    def __neg__(self) -> Vec3:
        return Vec3(-self.x, -self.y, -self.z)

    def __iter__(self) -> Iterator[float]:
        yield self.x
        yield self.y
        yield self.z

    def __eq__(self, other) -> bool:
        return isinstance(other, Vec3) and tuple(self) == tuple(other)

    def __hash__(self) -> int:
        return hash(tuple(self))

    def __repr__(self) -> str:
        return f"Vec3({self.x:.4g}, {self.y:.4g}, {self.z:.4g})"

    def dot(self, other: Vec3) -> float:
        return self.x * other.x + self.y * other.y + self.z * other.z

    def cross(self, other: Vec3) -> Vec3:
        return Vec3(
            self.y * other.z - self.z * other.y,
            self.z * other.x - self.x * other.z,
            self.x * other.y - self.y * other.x,
        )

    def norm(self) -> float:
        return math.sqrt(self.dot(self))

    def normalized(self) -> Vec3:
        length = self.norm()
        if length == 0:
            raise ValueError("the zero vector has no direction")
        return self / length

    def reflect(self, normal: Vec3) -> Vec3:
        """Mirror this direction at a surface with the given unit normal."""
        return self - 2.0 * self.dot(normal) * normal


BLACK = Vec3()
WHITE = Vec3.full(1.0)
UP = Vec3(0.0, 1.0, 0.0)


class Ray:
    def __init__(self, origin: Vec3, direction: Vec3):
        self.origin = origin
        self.direction = direction.normalized()

    def at(self, t: float) -> Vec3:
        return self.origin + t * self.direction

    @staticmethod
    def between(start: Vec3, end: Vec3) -> Ray:
        return Ray(start, end - start)

    def __repr__(self) -> str:
        return f"Ray({self.origin} -> {self.direction})"


@dataclass
class Material:
    colour: Vec3 = field(default_factory=lambda: Vec3(0.8, 0.8, 0.8))
    albedo: float = 0.9
    specular: float = 0.0
    shininess: float = 16.0
    reflectivity: float = 0.0
    other: Vec3 = field(default_factory=lambda: Vec3(0.1, 0.1, 0.1))
    squares: float = 0.0

    def __post_init__(self):
        if not 0 <= self.reflectivity <= 1:
            raise ValueError(f"reflectivity {self.reflectivity} is not in [0, 1]")

    def mirrored(self, reflectivity: float) -> Material:
        return replace(self, reflectivity=reflectivity)

    def colour_at(self, point: Vec3) -> Vec3:
        """The colour, or one of two on squares of the x-z plane."""
        if self.squares <= 0:
            return self.colour
        square = math.floor(point.x / self.squares) + math.floor(point.z / self.squares)
        return self.colour if square % 2 == 0 else self.other


class Hit(NamedTuple):
    t: float
    point: Vec3
    normal: Vec3
    material: Material


class Shape(ABC):
    def __init__(self, material: Material | None = None):
        self.material = material or Material()

    @abstractmethod
    def intersect(self, ray: Ray) -> Hit | None:
        """The nearest hit in front of the ray's origin, or None."""


class Sphere(Shape):
    def __init__(self, center: Vec3, radius: float, material: Material | None = None):
        super().__init__(material)
        if radius <= 0:
            raise ValueError(f"radius must be positive, got {radius}")
        self.center = center
        self.radius = radius

    def intersect(self, ray):
        to_origin = ray.origin - self.center
        half_b = to_origin.dot(ray.direction)
        c = to_origin.dot(to_origin) - self.radius**2
        discriminant = half_b**2 - c
        if discriminant < 0:
            return None
        root = math.sqrt(discriminant)
        for t in (-half_b - root, -half_b + root):
            if t > EPSILON:
                point = ray.at(t)
                return Hit(t, point, (point - self.center) / self.radius, self.material)
        return None


class Plane(Shape):
    def __init__(self, point: Vec3, normal: Vec3 = UP, material: Material | None = None):
        super().__init__(material)
        self.point = point
        self.normal = normal.normalized()

    def intersect(self, ray):
        slope = ray.direction.dot(self.normal)
        if abs(slope) < EPSILON:
            return None
        t = (self.point - ray.origin).dot(self.normal) / slope
        if t <= EPSILON:
            return None
        facing = self.normal if slope < 0 else -self.normal
        return Hit(t=t, point=ray.at(t), normal=facing, material=self.material)


@dataclass(frozen=True)
class Light:
    position: Vec3
    intensity: float = 1.0
    colour: Vec3 = WHITE

    def falloff(self, distance: float) -> float:
        return self.intensity / (1.0 + 0.02 * distance**2)


class Scene:
    def __init__(self, *shapes: Shape, lights: list[Light] | None = None, ambient: float = 0.08, max_depth: int = 2):
        self.shapes = list(shapes)
        self.lights = lights if lights is not None else []
        self.ambient = ambient
        self.max_depth = max_depth

    def nearest(self, ray: Ray) -> Hit | None:
        best = None
        for shape in self.shapes:
            hit = shape.intersect(ray)
            if hit is not None and (best is None or hit.t < best.t):
                best = hit
        return best

    def in_shadow(self, point: Vec3, light: Light) -> bool:
        ray = Ray.between(point, light.position)
        distance = (light.position - point).norm()
        return any((hit := shape.intersect(ray)) is not None and hit.t < distance for shape in self.shapes)

    @staticmethod
    def sky(direction: Vec3) -> Vec3:
        blend = 0.5 * (direction.y + 1.0)
        return (1.0 - blend) * WHITE + blend * Vec3(0.4, 0.6, 1.0)

    def light_contributions(self, hit: Hit, view: Vec3) -> Iterator[Vec3]:
        """One colour for each light that reaches the hit point."""
        material = hit.material
        surface = hit.point + 1e-4 * hit.normal
        for light in self.lights:
            offset = light.position - surface
            towards = offset.normalized()
            cosine = hit.normal.dot(towards)
            if cosine <= 0 or self.in_shadow(surface, light):
                continue
            power = light.falloff(offset.norm())
            diffuse = material.albedo * cosine * material.colour_at(hit.point)
            yield power * diffuse * light.colour
            if material.specular:
                glint = max(0.0, (-towards).reflect(hit.normal).dot(view))
                if glint > 0.0:
                    yield power * material.specular * glint**material.shininess * light.colour

    def trace(self, ray: Ray, depth: int = 0) -> Vec3:
        hit = self.nearest(ray)
        if hit is None:
            return self.sky(ray.direction)
        base = self.ambient * hit.material.colour_at(hit.point)
        colour = sum(self.light_contributions(hit, -ray.direction), start=base)
        mirror = hit.material.reflectivity
        if mirror > 0 and depth < self.max_depth:
            bounced = Ray(hit.point + 1e-4 * hit.normal, ray.direction.reflect(hit.normal))
            colour = (1 - mirror) * colour + mirror * self.trace(bounced, depth + 1)
        return colour


class Camera:
    def __init__(self, eye: Vec3, target: Vec3, *, width: int = 4, height: int = 4, fov: float = 40.0):
        if width < 1 or height < 1:
            raise ValueError(f"can not render {width}x{height} pixels")
        self.eye = eye
        self.width, self.height = width, height
        self.forward = (target - eye).normalized()
        self.right = self.forward.cross(UP).normalized()
        self.up = self.right.cross(self.forward)
        self.scale = math.tan(math.radians(fov) / 2)

    @property
    def aspect(self) -> float:
        return self.width / self.height

    def ray_through(self, column: float, row: float) -> Ray:
        u = (2 * (column + 0.5) / self.width - 1) * self.aspect * self.scale
        v = (1 - 2 * (row + 0.5) / self.height) * self.scale
        return Ray(self.eye, self.forward + u * self.right + v * self.up)

    def render(self, scene: Scene) -> list[list[Vec3]]:
        return [
            [scene.trace(self.ray_through(column, row)) for column in range(self.width)] for row in range(self.height)
        ]


def luminance(colour: Vec3) -> float:
    return sum(weight * c for weight, c in zip((0.2126, 0.7152, 0.0722), colour))


def tone_map(colour: Vec3, gamma: float = 2.2) -> Vec3:
    """Compress to the range 0..1 (Reinhard), then apply gamma."""
    return Vec3(*((c / (1.0 + c)) ** (1.0 / gamma) for c in colour))


def build_scene(radius: float, light_x: float, shininess: float, albedo: float) -> Scene:
    glossy = Material(Vec3(0.9, 0.3, 0.25), albedo=albedo, specular=0.6, shininess=shininess, reflectivity=0.25)
    bluish = Material(colour=Vec3(0.2, 0.4, 0.9), albedo=albedo, shininess=40.0, specular=0.3).mirrored(0.1)
    floor = Material(Vec3(0.9, 0.9, 0.8), albedo=0.8, reflectivity=0.05, squares=1.3)
    return Scene(
        Sphere(Vec3(-0.4, radius, 0.0), radius, glossy),
        Sphere(Vec3(1.1, 0.6, 0.3), 0.6, bluish),
        Plane(Vec3(), material=floor),
        lights=[
            Light(Vec3(light_x, 4.0, 3.0), 1.1),
            Light(Vec3(-3.0, 3.0, 2.0), intensity=0.4, colour=Vec3(1.0, 0.9, 0.7)),
        ],
    )


TARGET = [
    [0.70, 0.70, 0.65, 0.70],
    [0.60, 0.70, 0.45, 0.70],
    [0.45, 0.60, 0.60, 0.55],
    [0.60, 0.40, 0.45, 0.60],
]


def image_loss(radius: float, light_x: float, shininess: float, albedo: float) -> float:
    """Sum of squared differences between the rendered brightness and TARGET."""
    camera = Camera(eye=Vec3(0.2, 1.5, 4.0), target=Vec3(0.2, 0.8, 0.0))
    image = camera.render(build_scene(radius, light_x, shininess, albedo))
    errors = [
        (luminance(tone_map(pixel)) - wanted) ** 2
        for pixels, targets in zip(image, TARGET)
        for pixel, wanted in zip(pixels, targets)
    ]
    return reduce(lambda total, error: total + error, errors, 0.0)


ARGUMENTS = (0.9, 0.5, 10.0, 0.85)
FUNCTION = image_loss

if __name__ == "__main__":
    print(f"{FUNCTION.__name__} = {FUNCTION(*ARGUMENTS):.10f}")
    for i, name in enumerate(("radius", "light_x", "shininess", "albedo")):
        h = 1e-6 * max(1.0, abs(ARGUMENTS[i]))
        above, below = (FUNCTION(*(a + s * h if j == i else a for j, a in enumerate(ARGUMENTS))) for s in (1, -1))
        print(f"  d/d {name} = {(above - below) / (2 * h):.8f}")
