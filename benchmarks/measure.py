"""Timing two things against each other, so that what the machine does meanwhile hits both.

A round is A B B A, the next one B A A B, in one process: a drift that is linear within a round
cancels. A round gives one ratio; the result is their median with a bootstrap interval.
"""

import ctypes
import gc
import time
from dataclasses import asdict, dataclass

import numpy as np

BLOCK_SECONDS = 0.004
CONFIDENCE = 0.95


def keep_memory():
    """Let the C library keep freed memory, as it does in a process that has run for a while.

    Otherwise it may or may not return large arrays to the system at the end of each call: which of
    the two depends on where the last small object happens to lie, and doubles the time of programs
    that allocate. What is allocated is counted apart. Returns whether that could be set.
    """
    trim_threshold, mmap_threshold, size = -1, -3, 1 << 30
    try:
        library = ctypes.CDLL(None)
        return bool(library.mallopt(trim_threshold, size) and library.mallopt(mmap_threshold, size))
    except (AttributeError, OSError, TypeError):
        return False


def pace(repeats=9):
    """How many times longer than 25 ms this machine takes at the moment to add up a million numbers in a loop.

    Goals in seconds are for a machine that takes 25 ms; what it does meanwhile may slow it down by a factor of three.
    """
    return float(np.median([additions() for _ in range(repeats)])) / 0.025


def additions():
    started = time.perf_counter()
    total = 0
    for i in range(1_000_000):
        total += i
    return time.perf_counter() - started


@dataclass(frozen=True)
class Comparison:
    """How long A takes in units of B: `ratio` below 1 means that A is faster."""

    a_seconds: float
    b_seconds: float
    ratio: float
    low: float
    high: float
    difference: float  # seconds, A less B, paired by rounds
    difference_low: float
    difference_high: float
    rounds: int

    def as_dict(self):
        return asdict(self)


def compare(a, b, rounds=41, block_seconds=BLOCK_SECONDS):
    """Time two functions without arguments against each other."""
    calls_a, calls_b = (calls_for(f, block_seconds) for f in (a, b))
    times = np.empty((rounds, 2))
    collecting = gc.isenabled()
    try:
        for k in range(rounds):
            gc.collect()
            gc.disable()
            order = "abba" if k % 2 == 0 else "baab"
            spent = {"a": 0.0, "b": 0.0}
            for side in order:
                spent[side] += block(a, calls_a) if side == "a" else block(b, calls_b)
            times[k] = spent["a"] / (2 * calls_a), spent["b"] / (2 * calls_b)
            gc.enable()
    finally:
        if collecting:
            gc.enable()
        else:
            gc.disable()
    ratio, low, high = median_interval(times[:, 0] / times[:, 1])
    difference, difference_low, difference_high = median_interval(times[:, 0] - times[:, 1])
    a_seconds, b_seconds = np.median(times, axis=0).tolist()
    return Comparison(
        a_seconds,
        b_seconds,
        ratio,
        low,
        high,
        difference,
        difference_low,
        difference_high,
        rounds,
    )


def block(function, calls):
    """Seconds for that many calls."""
    started = time.perf_counter()
    for _ in range(calls):
        function()
    return time.perf_counter() - started


def calls_for(function, seconds):
    """How many calls make a block long enough to be timed; also warms the function up."""
    function()
    calls = 1
    while (spent := block(function, calls)) < seconds / 4:
        calls *= 2
    return max(1, round(calls * seconds / spent))


def median_interval(values, resamples=4000):
    """The median, and the interval in which it lies when the rounds are drawn again."""
    rng = np.random.default_rng(0)
    values = np.asarray(values)
    medians = np.median(values[rng.integers(0, len(values), (resamples, len(values)))], axis=1)
    tail = (1.0 - CONFIDENCE) / 2.0
    low, high = np.quantile(medians, (tail, 1.0 - tail)).tolist()
    return float(np.median(values)), low, high
