"""s2sad: derivatives of ordinary Python and NumPy functions, as Python source."""

from s2sad.api import grad, jvp, show, source, stop_gradient, value_and_grad, vjp
from s2sad.cache import VERSION as __version__
from s2sad.errors import (
    ArgumentError,
    CacheError,
    InternalError,
    S2sadError,
    ShapeError,
    SourceError,
    UnsupportedError,
)
from s2sad.extend import register
from s2sad.testing import check_grads

__all__ = [
    "ArgumentError",
    "CacheError",
    "InternalError",
    "S2sadError",
    "ShapeError",
    "SourceError",
    "UnsupportedError",
    "__version__",
    "check_grads",
    "grad",
    "jvp",
    "register",
    "show",
    "source",
    "stop_gradient",
    "value_and_grad",
    "vjp",
]
