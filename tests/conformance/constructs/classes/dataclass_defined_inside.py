"""A dataclass and a named tuple that are defined in the function."""

from collections import namedtuple
from dataclasses import dataclass


def program(x, k):
    @dataclass
    class Item:
        value: float
        weight: float = 2.0

    Pair = namedtuple("Pair", "first second")
    pair = Pair(Item(x[0, 0] * k), Item(x[0, 1], weight=k))
    return pair.first.value * pair.first.weight + pair.second.value * pair.second.weight
