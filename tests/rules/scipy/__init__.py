"""Cases of SciPy, by module."""

from tests.rules.makers import Case
from tests.rules.scipy import linalg, special, stats

CASES: dict[str, list[Case]] = {**special.SPECIAL, **stats.STATS, **linalg.LINALG}
