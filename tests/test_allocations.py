"""What generated code does, counted: NumPy calls and bytes of new arrays, against adjoints written by hand.

Counts are the same on every machine. A limit is a little above what is reached now: it goes down with the code, and
a change that needs more has to say why.
"""

import pytest

import s2sad
from benchmarks.allocations import count_function
from benchmarks.hand import generated_counts
from benchmarks.handwritten import NAMES, handwritten
from benchmarks.programs import argnums, arguments, program

# (calls, bytes), as multiples of those of the hand-written adjoint. A scalar is an array of 8 bytes here: in the
# loops over elements (gauss_seidel, rk4_lorenz) they are what is counted.
LIMITS = {
    "mlp_loss": (1.05, 1.02),
    "burgers": (1.05, 1.06),
    "gauss_seidel": (1.1, 1.21),
    "lstm": (1.2, 1.3),
    "self_attention": (1.05, 1.26),
    "gaussian_mixture": (1.1, 1.37),
    "kalman": (1.15, 1.22),
    "rk4_lorenz": (2.35, 0.6),
}


@pytest.fixture(scope="module", params=NAMES)
def counted(request):
    name = request.param
    function, wrt = program(name)
    ours = s2sad.value_and_grad(function, argnums=argnums(wrt))
    args = arguments(name)
    return name, generated_counts(ours, name, args), count_function(handwritten(name), args)


def test_calls(counted):
    name, ours, by_hand = counted
    assert ours.calls <= LIMITS[name][0] * by_hand.calls


def test_bytes(counted):
    name, ours, by_hand = counted
    assert ours.bytes <= LIMITS[name][1] * by_hand.bytes


def test_counts_repeat():
    function, wrt = program("mlp_loss")
    ours = s2sad.value_and_grad(function, argnums=argnums(wrt))
    first, second = (generated_counts(ours, "mlp_loss", arguments("mlp_loss")) for _ in range(2))
    assert first == second


def test_every_program_has_a_limit():
    assert set(LIMITS) == set(NAMES)
