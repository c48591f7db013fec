"""How many functions of NumPy and SciPy have a derivative: here, in HIPS autograd, in JAX (where it is installed).

A function counts if s2sad or HIPS autograd knows its derivative; of those that only JAX has, the ones that have none
there either (it raises, or gives zeros) are listed with the reason. The goal: nothing that another has is missing here.
"""

import importlib
import inspect

import numpy as np
from autograd.core import primitive_vjps

from s2sad.frontend import prelude
from s2sad.frontend.builtins import SPECIAL_OBJECTS
from s2sad.frontend.calls import TAKE_FUNCTIONS
from s2sad.frontend.library import lowered
from s2sad.frontend.models import model_of
from s2sad.rules.core import TABLE

from .table import print_table

MODULES = (
    "numpy",
    "numpy.linalg",
    "numpy.fft",
    "scipy.special",
    "scipy.linalg",
    "scipy.fft",
    "scipy.signal",
    "scipy.ndimage",
    "scipy.integrate",
    "scipy.interpolate",
    "scipy.spatial.distance",
)
DISTRIBUTIONS = "scipy.stats"
METHODS = ("pdf", "logpdf", "pmf", "logpmf", "cdf", "logcdf", "sf", "logsf", "ppf", "isf")
# In JAX, too, these are constants, of ints, of text, or without a derivative.
NONE_THERE = {
    "numpy": """
        apply_over_axes array_equiv array_repr array_str bartlett bitwise_count bitwise_left_shift bitwise_right_shift
        bitwise_xor blackman can_cast diag_indices diag_indices_from dtype einsum_path from_dlpack frombuffer fromfile
        fromiter frompyfunc fromstring gcd get_printoptions hamming hanning histogram_bin_edges indices iscomplexobj
        isdtype isin isrealobj isscalar issubdtype iterable lcm left_shift lexsort load mask_indices nanargmax nanargmin
        ndarray packbits printoptions promote_types ravel_multi_index right_shift save savez set_printoptions tri
        tril_indices_from triu_indices_from ufunc unique_all unique_counts unique_inverse unpackbits unravel_index
    """,
    "scipy.linalg": """
        dft fiedler_companion hadamard helmert hilbert invhilbert invpascal pascal
        funm hessenberg rsf2csf schur qr_multiply
    """,
    "scipy.special": "bernoulli",
}


def known_here(function):
    """Whether s2sad has a derivative of a function."""
    found = TABLE.lookup(function)
    if found is not None:
        return found[0] not in TABLE.rules or not TABLE.rules[found[0]].constant
    try:
        written = lowered(function) is not None or function in SPECIAL_OBJECTS or model_of(function) is not None
    except (TypeError, ValueError):  # what cannot be compared
        return False
    return written or id(function) in prelude.WRITTEN or function in TAKE_FUNCTIONS or function is np.vectorize


def known_to_hips(module, name):
    """Whether HIPS autograd has one."""
    theirs = imported(f"autograd.{module}")
    function = getattr(theirs, name, None)
    return callable(function) and getattr(function, "__hash__", None) is not None and function in primitive_vjps


def known_to_jax(module, name):
    """Whether JAX has the function; None without JAX."""
    theirs = imported("jax." + module)
    return callable(getattr(theirs, name, None)) if imported("jax") else None


def imported(name):
    try:
        return importlib.import_module(name)
    except ImportError:
        return None


def functions(module):
    """The names and functions of a module."""
    ours = importlib.import_module(module)
    for name in sorted(dir(ours)):
        function = getattr(ours, name)
        plain = not name.startswith("_") and callable(function) and not inspect.ismodule(function)
        if plain and not (inspect.isclass(function) and issubclass(function, Exception | np.generic)):
            yield name, function


def methods(module):
    """The names and methods of distributions."""
    ours = importlib.import_module(module)
    for name in sorted(dir(ours)):
        for method in METHODS:
            function = getattr(getattr(ours, name), method, None)
            if callable(function) and not inspect.isclass(getattr(ours, name)):
                yield f"{name}.{method}", function


def of_module(module):
    """For each function that has a derivative somewhere: who has it."""
    TABLE.extended()
    found, skipped = {}, NONE_THERE.get(module, "").split()
    for name, function in methods(module) if module == DISTRIBUTIONS else functions(module):
        inner, _, last = name.rpartition(".")
        holder = f"{module}.{inner}" if inner else module
        hips, jax = known_to_hips(holder, last), known_to_jax(holder, last)
        constant = TABLE.lookup(function) is not None and not known_here(function)
        here = known_here(function)
        if here or ((hips or (jax and name not in skipped)) and not constant):
            found[name] = {"s2sad": here, "hips": hips, "jax": jax}
    return found


def run(only=(), rounds=0):
    results = {}
    for module in (*MODULES, DISTRIBUTIONS):
        found = of_module(module)
        missing = sorted(name for name, who in found.items() if not who["s2sad"])
        counts = {who: sum(bool(row[who]) for row in found.values()) for who in ("s2sad", "hips", "jax")}
        results[module] = {**counts, "missing": missing, "holds": not missing}
    rows = [[module, r["s2sad"], r["hips"], r["jax"], ", ".join(r["missing"]) or "-"] for module, r in results.items()]
    totals = [sum(row[k] for row in rows) for k in (1, 2, 3)]
    print_table(
        "functions with a derivative",
        ["module", "s2sad", "HIPS autograd", "JAX", "missing"],
        [*rows, ["all", *totals, ""]],
    )
    return results
