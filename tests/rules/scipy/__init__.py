"""Cases of SciPy, by module."""

from tests.rules.makers import Case
from tests.rules.scipy import linalg, more, ndimage, rest, signal, special, stats

CASES: dict[str, list[Case]] = {
    **special.SPECIAL,
    **stats.STATS,
    **linalg.LINALG,
    **signal.SIGNAL,
    **signal.FFT,
    **signal.INTEGRATE,
    **signal.DISTANCE,
    **ndimage.NDIMAGE,
    **more.INTERPOLATE,
    **more.STATISTICS,
    **more.MORE,
    **more.SPECIAL,
    **rest.SPECIAL,
    **rest.LINALG,
}
