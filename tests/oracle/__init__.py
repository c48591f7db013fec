"""An independent answer to "what is the derivative of this program?".

The user's function runs unaltered, with `np`, `math` and a few builtins bound to stand-ins whose
arrays carry a tangent beside each value and share memory exactly as NumPy's arrays do. Nothing
here is shared with the compiler under test, so that a mistake would have to be made twice.

- `jvp(function, args, tangents) -> (value, tangent)`
- `evaluate(function, args, tangents) -> Outcome`, which also tells what became of the arguments
- `gradient(function, args, wrt) -> tuple`, one run per entry: for small inputs
- `random_tangents(rng, args, wrt)`, a random direction over the float leaves
- `OracleUnsupported` where the program leaves what the oracle knows
"""

from .differences import directional
from .duals import DualArray, DualScalar, OracleUnsupported
from .run import Outcome, evaluate, gradient, jvp
from .trees import random_tangents

__all__ = [
    "DualArray",
    "DualScalar",
    "OracleUnsupported",
    "Outcome",
    "directional",
    "evaluate",
    "gradient",
    "jvp",
    "random_tangents",
]
