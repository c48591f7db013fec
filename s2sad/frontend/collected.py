"""Classes of `collections` and `contextlib` in Python: they are followed as a user's own would be."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any


class Step:
    """A step of what is written here, by the name of the method of the lowering that does it."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __call__(self, *args: Any) -> Any:
        raise NotImplementedError(self.name)

    def _s2sad_call(self, lowerer: Any, args: list[Any], kwargs: dict[str, Any], node: Any) -> Any:
        return getattr(lowerer, self.name)(*args, node)


new_places = Step("new_places")
place_for = Step("place_for")
place_of = Step("place_of")
has_place = Step("has_place")
keys_of_places = Step("keys_of_places")
pairs_of_table = Step("pairs_of_table")
value_at = Step("value_at")
place_taken = Step("place_taken")
all_taken = Step("all_taken")
values_there = Step("values_there")
count_there = Step("count_there")


class dictionary:
    """`dict`, of keys that are not known when code is generated: the values in a list, and the place of each key.

    The value of a key that is taken out stays in the list: no other key has its place.
    """

    def __init__(self) -> None:
        self.places = new_places()
        self.held: list[Any] = []

    def __getitem__(self, key: Any) -> Any:
        return value_at(self.held, place_of(self.places, key))

    def __setitem__(self, key: Any, value: Any) -> None:
        at = place_for(self.places, key, len(self.held))
        if at == len(self.held):
            self.held.append(value)
        else:
            self.held[at] = value

    def __contains__(self, key: Any) -> bool:
        return has_place(self.places, key)

    def __len__(self) -> int:
        return count_there(self.places, self.held)

    def __iter__(self) -> Any:
        return keys_of_places(self.places)

    def keys(self) -> Any:
        return keys_of_places(self.places)

    def values(self) -> Any:
        return values_there(self.places, self.held)

    def items(self) -> Any:
        return pairs_of_table(self.places, values_there(self.places, self.held))

    def get(self, key: Any, default: Any = None) -> Any:
        return value_at(self.held, place_of(self.places, key)) if has_place(self.places, key) else default

    def setdefault(self, key: Any, default: Any = None) -> Any:
        if not has_place(self.places, key):
            self[key] = default
        return self[key]

    def update(self, other: Any) -> None:
        for key, value in other.items():
            self[key] = value

    def copy(self) -> Any:
        made: Any = {}
        made.update(self)
        return made

    def pop(self, key: Any, *default: Any) -> Any:
        if default and not has_place(self.places, key):
            return default[0]
        return value_at(self.held, place_taken(self.places, key))

    def popitem(self, last: bool = True) -> Any:
        if not len(self):
            raise KeyError("popitem(): dictionary is empty")
        keys = list(self.keys())
        key = keys[-1] if last else keys[0]
        return key, self.pop(key)

    def move_to_end(self, key: Any, last: bool = True) -> None:
        if not last:
            raise NotImplementedError("a key is moved to the front of a dict")
        self[key] = self.pop(key)

    def clear(self) -> None:
        all_taken(self.places)

    def __delitem__(self, key: Any) -> None:
        place_taken(self.places, key)


def picked(held: Any, places: Any) -> Any:
    """The values at some places."""
    return [held[at] for at in places]


class deque:
    """`collections.deque`: a list that is changed at both ends."""

    def __init__(self, iterable: Iterable[Any] | None = None, maxlen: int | None = None) -> None:
        self.items = [] if iterable is None else list(iterable)
        self.maxlen = maxlen
        if iterable is not None and maxlen is not None:
            while len(self.items) > maxlen:
                self.items.pop(0)

    def append(self, x: Any) -> None:
        self.items.append(x)
        if self.maxlen is not None and len(self.items) > self.maxlen:
            self.items.pop(0)

    def appendleft(self, x: Any) -> None:
        self.items.insert(0, x)
        if self.maxlen is not None and len(self.items) > self.maxlen:
            self.items.pop()

    def extend(self, iterable: Iterable[Any]) -> None:
        for x in iterable:
            self.append(x)

    def extendleft(self, iterable: Iterable[Any]) -> None:
        for x in iterable:
            self.appendleft(x)

    def pop(self) -> Any:
        return self.items.pop()

    def popleft(self) -> Any:
        return self.items.pop(0)

    def rotate(self, n: int = 1) -> None:
        for _ in range(n):
            self.items.insert(0, self.items.pop())
        for _ in range(-n):
            self.items.append(self.items.pop(0))

    def clear(self) -> None:
        self.items.clear()

    def reverse(self) -> None:
        self.items.reverse()

    def copy(self) -> Any:
        return deque(self.items, self.maxlen)

    def __len__(self) -> int:
        return len(self.items)

    def __iter__(self) -> Any:
        return iter(self.items)

    def __contains__(self, x: Any) -> bool:
        return x in self.items

    def __getitem__(self, i: int) -> Any:
        return self.items[i]

    def __setitem__(self, i: int, x: Any) -> None:
        self.items[i] = x


class _Mapping:
    """A dict in an object."""

    def __init__(self) -> None:
        self.found: dict[Any, Any] = {}

    def __len__(self) -> int:
        return len(self.found)

    def __iter__(self) -> Any:
        return iter(self.found)

    def __contains__(self, key: Any) -> bool:
        return key in self.found

    def __setitem__(self, key: Any, value: Any) -> None:
        self.found[key] = value

    def __delitem__(self, key: Any) -> None:
        del self.found[key]

    def keys(self) -> Any:
        return self.found.keys()

    def values(self) -> Any:
        return self.found.values()

    def items(self) -> Any:
        return self.found.items()

    def get(self, key: Any, default: Any = None) -> Any:
        return self.found.get(key, default)

    def pop(self, key: Any) -> Any:
        return self.found.pop(key)

    def setdefault(self, key: Any, default: Any = None) -> Any:
        return self.found.setdefault(key, default)


class defaultdict(_Mapping):
    """`collections.defaultdict`: what is not there is made when it is asked for."""

    def __init__(self, default_factory: Callable[[], Any] | None = None, other: Any = None) -> None:
        self.default_factory = default_factory
        self.found = {} if other is None else dict(other)

    def __getitem__(self, key: Any) -> Any:
        if key not in self.found:
            if self.default_factory is None:
                raise KeyError(key)
            self.found[key] = self.default_factory()
        return self.found[key]

    def update(self, other: Any) -> None:
        self.found.update(other)


class Counter(_Mapping):
    """`collections.Counter`: how often something is there."""

    def __init__(self, iterable: Any = None) -> None:
        self.found = {}
        if iterable is not None:
            self.update(iterable)

    def __getitem__(self, key: Any) -> Any:
        return self.found[key] if key in self.found else 0  # noqa: SIM401

    def update(self, iterable: Any) -> None:
        if isinstance(iterable, dict):
            for key, count in iterable.items():
                self.found[key] = self[key] + count
        else:
            for key in iterable:
                self.found[key] = self[key] + 1

    def total(self) -> Any:
        return sum(self.found.values())

    def most_common(self, n: Any = None) -> Any:
        pairs = sorted(self.found.items(), key=lambda pair: pair[1], reverse=True)
        return pairs if n is None else pairs[:n]

    def elements(self) -> Any:
        return [key for key, count in self.found.items() for _ in range(count)]

    def subtract(self, iterable: Any) -> None:
        if isinstance(iterable, dict):
            for key, count in iterable.items():
                self.found[key] = self[key] - count
        else:
            for key in iterable:
                self.found[key] = self[key] - 1


class ChainMap:
    """`collections.ChainMap`: looked up in one mapping after the other, written in the first."""

    def __init__(self, *maps: Any) -> None:
        self.maps = list(maps) if maps else [{}]

    def __contains__(self, key: Any) -> bool:
        return len([mapping for mapping in self.maps if key in mapping]) > 0

    def __getitem__(self, key: Any) -> Any:
        found = [mapping for mapping in self.maps if key in mapping]
        if not found:
            raise KeyError(key)
        return found[0][key]

    def __setitem__(self, key: Any, value: Any) -> None:
        self.maps[0][key] = value

    def get(self, key: Any, default: Any = None) -> Any:
        return self[key] if key in self else default  # noqa: SIM401

    def new_child(self, m: Any = None) -> Any:
        return type(self)({} if m is None else m, *self.maps)


class ExitStack:
    """`contextlib.ExitStack`: the managers that were entered are left in the reverse order."""

    def __init__(self) -> None:
        self.entered: list[Any] = []

    def enter_context(self, cm: Any) -> Any:
        value = cm.__enter__()
        self.entered.append(cm)
        return value

    def push(self, exit: Any) -> Any:
        self.entered.append(exit)
        return exit

    def callback(self, callback: Any, /, *args: Any, **kwds: Any) -> Any:
        self.entered.append(Callback(callback, args, kwds))
        return callback

    def __enter__(self) -> Any:
        return self

    def close(self) -> None:
        self.__exit__(None, None, None)

    def __exit__(self, *exc: Any) -> None:
        entered, self.entered = self.entered[::-1], []
        for cm in entered:
            cm.__exit__(None, None, None)


class Callback:
    """What `ExitStack.callback` notes: a call."""

    def __init__(self, function: Any, args: Any, kwargs: Any) -> None:
        self.function, self.args, self.kwargs = function, args, kwargs

    def __exit__(self, *exc: Any) -> None:
        self.function(*self.args, **self.kwargs)


OF_COLLECTIONS = (ChainMap, Counter, defaultdict, deque)
