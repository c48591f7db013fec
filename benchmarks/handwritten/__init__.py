"""Adjoints written by hand, which the generated ones are measured against.

Each file holds `<name>_value_and_grad(*args)` for the program of that name in `tests/corpus`. It
returns the value and the gradients in the order of the program's `WRT`, alone if there is one.

The rules of the comparison:
- They were written from the programs alone, without a look at anything generated.
- The primal is the user's computation, operation for operation, helpers inlined where that helps;
  the adjoint is as fast as care and NumPy make it. Nothing is computed twice, nothing is stored
  that need not be, buffers of the function's own are reused, sums of products over a loop are
  gathered in one product after it.
- What may be used is what the statements of the program show, and the algebra that follows from
  them (softmax minus one-hot). Facts about the problem behind the program (this matrix is symmetric
  in exact arithmetic, that product equals an earlier one) are not used, nor is another algorithm.
- Arguments are left as they are, and every gradient is an array of its own.
"""

import importlib

NAMES = (
    "mlp_loss",
    "burgers",
    "gauss_seidel",
    "lstm",
    "self_attention",
    "gaussian_mixture",
    "kalman",
    "rk4_lorenz",
)


def handwritten(name):
    """The adjoint of a program, by the program's name."""
    module = importlib.import_module(f"{__name__}.{name}")
    return getattr(module, f"{name}_value_and_grad")
