"""Quickstart: differentiate a plain NumPy classifier, read its gradient, train with it, check it.

Run it from anywhere:  python examples/quickstart.py
"""

import inspect
import shutil
import sys
import textwrap
import time
from itertools import zip_longest
from pathlib import Path

import numpy as np

import s2sad

HIDDEN, CLASSES = 64, 10
EPOCHS, BATCH, RATE, MOMENTUM = 60, 32, 0.1, 0.9


def mlp_loss(params, x, y):
    W1, b1, W2, b2 = params
    h = np.tanh(x @ W1 + b1)
    logits = h @ W2 + b2
    z = logits - logits.max(axis=1, keepdims=True)
    e = np.exp(z)
    s = e.sum(axis=1, keepdims=True)
    logp = z - np.log(s)
    n = len(y)
    rows = np.arange(n)
    loss = -logp[rows, y].mean()
    return loss


def main():
    rng = np.random.default_rng(0)
    x, y, x_test, y_test = load_digits(rng)
    params = initial_params(rng, x.shape[1])

    vg = s2sad.value_and_grad(mlp_loss)
    vg.lower(params, x, y)
    heading("Your function, and the gradient that s2sad wrote for it")
    print_beside(inspect.getsource(mlp_loss), vg.source)

    heading(f"Training: {len(x)} images of handwritten digits, {len(x_test)} kept for the test")
    started = time.perf_counter()
    params = train(vg, params, x, y, x_test, y_test, rng)
    seconds = time.perf_counter() - started
    test = accuracy(params, x_test, y_test)
    print(f"\ntest accuracy {test:.1%} after {EPOCHS} epochs in {seconds:.1f} s")

    heading("Is the gradient right?")
    s2sad.check_grads(mlp_loss, (params, x[:BATCH], y[:BATCH]), argnums=0)
    print("yes: check_grads compared it with numerical differences and found no disagreement")
    print()
    if test <= 0.95:
        sys.exit(f"the test accuracy is {test:.1%}, and more than 95% was expected")


def load_digits(rng):
    """Images scaled to [0, 1] and labels, shuffled: 3/4 to train on, the rest for the test."""
    with np.load(Path(__file__).parent / "data" / "digits.npz") as data:
        images, labels = data["images"], data["labels"]
    order = rng.permutation(len(labels))
    x = images.reshape(len(labels), -1)[order] / 16.0
    y = labels[order].astype(np.int64)
    cut = 3 * len(labels) // 4
    return x[:cut], y[:cut], x[cut:], y[cut:]


def initial_params(rng, features):
    W1 = rng.normal(size=(features, HIDDEN)) / np.sqrt(features)
    W2 = rng.normal(size=(HIDDEN, CLASSES)) / np.sqrt(HIDDEN)
    return W1, np.zeros(HIDDEN), W2, np.zeros(CLASSES)


def train(vg, params, x, y, x_test, y_test, rng):
    """Stochastic gradient descent with momentum, on small batches in a new order every epoch."""
    velocity = [np.zeros_like(p) for p in params]
    starts = range(0, len(x) - BATCH + 1, BATCH)
    first_loss = None
    for epoch in range(1, EPOCHS + 1):
        order = rng.permutation(len(x))
        rate = RATE * (1.0 - (epoch - 1) / EPOCHS)
        total = 0.0
        for step, start in enumerate(starts, 1):
            batch = order[start : start + BATCH]
            loss, gradient = vg(params, x[batch], y[batch])
            velocity = [MOMENTUM * v - rate * g for v, g in zip(velocity, gradient, strict=True)]
            params = tuple(p + v for p, v in zip(params, velocity, strict=True))
            total += loss
            done = (epoch - 1 + step / len(starts)) / EPOCHS
            progress(done, f"epoch {epoch:2d}  loss {loss:.4f}")
        mean_loss = total / len(starts)
        first_loss = first_loss or mean_loss
        if epoch in (1, 2, 5) or epoch % 10 == 0:
            bar = "█" * max(1, round(30 * mean_loss / first_loss))
            tested = accuracy(params, x_test, y_test)
            progress_done()
            print(f"epoch {epoch:2d}   loss {mean_loss:.4f}   test accuracy {tested:.1%}   {bar}")
    return params


def accuracy(params, x, y):
    W1, b1, W2, b2 = params
    return np.mean((np.tanh(x @ W1 + b1) @ W2 + b2).argmax(axis=1) == y)


# --- the terminal ---------------------------------------------------------------------------------

LIVE = sys.stdout.isatty()
WIDTH = shutil.get_terminal_size((160, 24)).columns


def progress(fraction, label):
    """Redraw one line; nothing where the output is not a terminal."""
    if LIVE:
        cells = max(5, min(40, WIDTH - len(label) - 10))
        full = int(cells * fraction)
        print(f"\r{'█' * full}{'░' * (cells - full)} {fraction:4.0%} {label}", end="", flush=True)


def progress_done():
    if LIVE:
        print("\r\033[K", end="")


def heading(text):
    print(f"\n\033[1m{text}\033[0m\n" if LIVE else f"\n{text}\n{'-' * len(text)}")


def print_beside(left, right):
    """Two texts in two columns, or one above the other where the terminal is too narrow."""
    left, right = textwrap.dedent(left).splitlines(), right.strip("\n").splitlines()
    wide_left, wide_right = (max(map(len, text)) for text in (left, right))
    if wide_left + wide_right + 3 > WIDTH:
        print("\n".join([*left, "", "─" * min(WIDTH, 100), "", *right]))
        return
    for a, b in zip_longest(left, right, fillvalue=""):
        print(f"{a:{wide_left}} │ {b}".rstrip())


if __name__ == "__main__":
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(errors="replace")  # for terminals that cannot draw the bars
    main()
