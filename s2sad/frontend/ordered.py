"""Functions of `heapq`, `bisect` and `statistics` in Python, as the standard library has them."""

from __future__ import annotations

import bisect
import heapq
import math
import statistics
from collections.abc import Callable
from typing import Any


# --- heaps ------------------------------------------------------------------------------------------------------------
def sift_down(heap: Any, start: int, pos: int) -> None:
    """Move an item up to where its parent is not greater."""
    item = heap[pos]
    while pos > start:
        parent = heap[(pos - 1) // 2]
        if not item < parent:
            break
        heap[pos] = parent
        pos = (pos - 1) // 2
    heap[pos] = item


def sift_up(heap: Any, pos: int) -> None:
    """Move the smaller children up until a leaf is reached, and the item from there to its place."""
    start, end = pos, len(heap)
    item = heap[pos]
    child = 2 * pos + 1
    while child < end:
        if child + 1 < end and not heap[child] < heap[child + 1]:
            child = child + 1
        heap[pos] = heap[child]
        pos = child
        child = 2 * pos + 1
    heap[pos] = item
    sift_down(heap, start, pos)


def heappush(heap: Any, item: Any) -> None:
    """`heapq.heappush(heap, item)`."""
    heap.append(item)
    sift_down(heap, 0, len(heap) - 1)


def heappop(heap: Any) -> Any:
    """`heapq.heappop(heap)`."""
    item = heap.pop()
    if len(heap) > 0:
        last = item
        item = heap[0]
        heap[0] = last
        sift_up(heap, 0)
    return item


def heapreplace(heap: Any, item: Any) -> Any:
    """`heapq.heapreplace(heap, item)`."""
    first = heap[0]
    heap[0] = item
    sift_up(heap, 0)
    return first


def heappushpop(heap: Any, item: Any) -> Any:
    """`heapq.heappushpop(heap, item)`."""
    if len(heap) > 0 and heap[0] < item:
        first = heap[0]
        heap[0] = item
        item = first
        sift_up(heap, 0)
    return item


def heapify(x: Any) -> None:
    """`heapq.heapify(x)`."""
    for i in range(len(x) // 2 - 1, -1, -1):
        sift_up(x, i)


def nsmallest(n: int, iterable: Any, key: Any = None) -> Any:
    """`heapq.nsmallest(n, iterable, key)`."""
    return sorted(iterable, key=key)[:n]


def nlargest(n: int, iterable: Any, key: Any = None) -> Any:
    """`heapq.nlargest(n, iterable, key)`."""
    return sorted(iterable, key=key, reverse=True)[:n]


# --- sorted lists -----------------------------------------------------------------------------------------------------
def bisect_left(a: Any, x: Any, lo: int = 0, hi: Any = None, *, key: Any = None) -> int:
    """`bisect.bisect_left(a, x)`: where x would come before all that are equal."""
    end = len(a) if hi is None else hi
    while lo < end:
        mid = (lo + end) // 2
        if (a[mid] if key is None else key(a[mid])) < x:
            lo = mid + 1
        else:
            end = mid
    return lo


def bisect_right(a: Any, x: Any, lo: int = 0, hi: Any = None, *, key: Any = None) -> int:
    """`bisect.bisect_right(a, x)`: where x would come behind all that are equal."""
    end = len(a) if hi is None else hi
    while lo < end:
        mid = (lo + end) // 2
        if x < (a[mid] if key is None else key(a[mid])):
            end = mid
        else:
            lo = mid + 1
    return lo


def insort_left(a: Any, x: Any, lo: int = 0, hi: Any = None, *, key: Any = None) -> None:
    """`bisect.insort_left(a, x)`."""
    a.insert(bisect_left(a, x if key is None else key(x), lo, hi, key=key), x)


def insort_right(a: Any, x: Any, lo: int = 0, hi: Any = None, *, key: Any = None) -> None:
    """`bisect.insort_right(a, x)`."""
    a.insert(bisect_right(a, x if key is None else key(x), lo, hi, key=key), x)


# --- statistics -------------------------------------------------------------------------------------------------------
def mean(data: Any) -> Any:
    """`statistics.mean(data)`."""
    items = list(data)
    if len(items) < 1:
        raise statistics.StatisticsError("mean requires at least one data point")
    return sum(items) / len(items)


def fmean(data: Any, weights: Any = None) -> Any:
    """`statistics.fmean(data, weights)`."""
    if weights is None:
        return mean(data)
    items, factors = list(data), list(weights)
    if len(items) != len(factors):
        raise statistics.StatisticsError("data and weights must be the same length")
    return sum(items[i] * factors[i] for i in range(len(items))) / sum(factors)


def harmonic_mean(data: Any) -> Any:
    """`statistics.harmonic_mean(data)`."""
    items = list(data)
    return len(items) / sum(1.0 / v for v in items)


def geometric_mean(data: Any) -> Any:
    """`statistics.geometric_mean(data)`."""
    return math.exp(mean([math.log(v) for v in data]))


def median(data: Any) -> Any:
    """`statistics.median(data)`."""
    items = sorted(data)
    n = len(items)
    if n == 0:
        raise statistics.StatisticsError("no median for empty data")
    return items[n // 2] if n % 2 == 1 else (items[n // 2 - 1] + items[n // 2]) / 2


def median_low(data: Any) -> Any:
    """`statistics.median_low(data)`."""
    items = sorted(data)
    return items[(len(items) - 1) // 2]


def median_high(data: Any) -> Any:
    """`statistics.median_high(data)`."""
    items = sorted(data)
    return items[len(items) // 2]


def pvariance(data: Any, mu: Any = None) -> Any:
    """`statistics.pvariance(data, mu)`."""
    items = list(data)
    middle = mean(items) if mu is None else mu
    return sum((v - middle) ** 2 for v in items) / len(items)


def variance(data: Any, xbar: Any = None) -> Any:
    """`statistics.variance(data, xbar)`."""
    items = list(data)
    if len(items) < 2:
        raise statistics.StatisticsError("variance requires at least two data points")
    middle = mean(items) if xbar is None else xbar
    return sum((v - middle) ** 2 for v in items) / (len(items) - 1)


def pstdev(data: Any, mu: Any = None) -> Any:
    """`statistics.pstdev(data, mu)`."""
    return math.sqrt(pvariance(data, mu))


def stdev(data: Any, xbar: Any = None) -> Any:
    """`statistics.stdev(data, xbar)`."""
    return math.sqrt(variance(data, xbar))


_STATISTICS: list[Callable[..., Any]] = [
    mean,
    fmean,
    harmonic_mean,
    geometric_mean,
    median,
    median_low,
    median_high,
    pvariance,
    variance,
    pstdev,
    stdev,
]
_WRITTEN: list[tuple[Any, list[Callable[..., Any]]]] = [
    (heapq, [heappush, heappop, heapreplace, heappushpop, heapify, nsmallest, nlargest]),
    (bisect, [bisect_left, bisect_right, insort_left, insort_right]),
    (statistics, _STATISTICS),
]
ORDERED = {id(getattr(module, f.__name__)): f for module, functions in _WRITTEN for f in functions}  # by the original
