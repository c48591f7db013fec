"""Cases of scipy.ndimage."""

from __future__ import annotations

from tests.rules.makers import Case, between, case, normal, number

NDIMAGE: dict[str, list[Case]] = {
    "ndimage.correlate": [
        case("ndimage.correlate(x, y)", x=normal(5, 4), y=normal(3, 2)),
        case("ndimage.correlate(x, y, mode='constant', cval=0.5)", x=normal(5), y=normal(4)),
        case("ndimage.correlate(x, y, mode='wrap')", x=normal(5), y=normal(3)),
        case("ndimage.correlate(x, y, mode='nearest')", x=normal(5), y=normal(3)),
    ],
    "ndimage.convolve": [
        case("ndimage.convolve(x, y)", x=normal(5, 4), y=normal(3, 2)),
        case("ndimage.convolve(x, y, mode='constant')", x=normal(5), y=normal(4)),
        case("ndimage.convolve(x, y, mode='mirror')", x=normal(5), y=normal(3)),
    ],
    "ndimage.gaussian_filter": [
        case("ndimage.gaussian_filter(x, 0.6)", x=normal(4, 5)),
        case("ndimage.gaussian_filter(x, 0.7)", x=normal(6, 7)),
        case("ndimage.gaussian_filter(x, s, mode='constant')", x=normal(4, 5), s=number(0.7, 0.72)),
        case("ndimage.gaussian_filter(x, (0.5, 0.8), truncate=2.0)", x=normal(4, 5)),
    ],
    "ndimage.gaussian_filter1d": [
        case("ndimage.gaussian_filter1d(x, 0.6, axis=0)", x=normal(4, 5)),
        case("ndimage.gaussian_filter1d(x, 0.6, mode='nearest')", x=normal(5)),
    ],
    "ndimage.map_coordinates": [
        case("ndimage.map_coordinates(x, p, order=1)", x=normal(4, 5), p=between(-0.5, 3.5, 2, 6)),
        case("ndimage.map_coordinates(x, p)", x=normal(4, 5), p=between(-0.5, 3.5, 2, 6), single=False),
        case(
            "ndimage.map_coordinates(x, p, order=2, mode='mirror')",
            x=normal(5),
            p=between(-1.0, 5.0, 1, 4),
            single=False,
        ),
        case("ndimage.map_coordinates(x, p, order=0, cval=q)", x=normal(4), p=between(-1.0, 4.0, 1, 5), q=number()),
        case("ndimage.map_coordinates(x, p, order=1, mode='nearest')", x=normal(4), p=between(-1.0, 4.0, 1, 2, 3)),
    ],
    "ndimage.spline_filter1d": [
        case("ndimage.spline_filter1d(x, 3)", x=normal(3, 5), single=False),
        case("ndimage.spline_filter1d(x, 2, axis=0)", x=normal(4, 2), single=False),
    ],
    "ndimage.shift": [
        case("ndimage.shift(x, s)", x=normal(5), s=number(0.2, 0.8), single=False),
        case("ndimage.shift(x, s, order=2, mode='mirror')", x=normal(4, 5), s=between(0.2, 0.4, 2), single=False),
        case("ndimage.shift(x, 1.2, order=0, cval=q)", x=normal(4, 5), q=number()),
        case("ndimage.shift(x, s, order=1)", x=normal(5), s=number(0.2, 0.8)),
        case("ndimage.shift(x, s, order=1, mode='nearest')", x=normal(4, 5), s=between(0.2, 0.8, 2)),
    ],
}
