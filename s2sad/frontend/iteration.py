"""Built-ins and functions of the standard library that take or make iterables, in Python.

What they give is a list here: they are accepted where it is gone over once, and where it ends. (`itertools.count` and
`cycle` do not, and are refused.) `GIVEN` says which of them is meant by how many arguments.
"""

from __future__ import annotations

import builtins
import copy
import functools
import heapq
import itertools
from collections.abc import Callable
from typing import Any

import numpy as np

from s2sad.frontend.prelude import operation, standing_for

order_of = operation("sort_order")
place_of_greatest = operation("place_of_greatest")
place_of_least = operation("place_of_least")


# --- map, filter, reduce ----------------------------------------------------------------------------------------------
def map_one(f: Callable[..., Any], xs: Any) -> Any:
    """`map(f, xs)`."""
    return [f(x) for x in xs]


def map_two(f: Callable[..., Any], xs: Any, ys: Any) -> Any:
    """`map(f, xs, ys)`."""
    return [f(x, y) for x, y in zip(xs, ys)]  # noqa: B905


def map_three(f: Callable[..., Any], xs: Any, ys: Any, zs: Any) -> Any:
    """`map(f, xs, ys, zs)`."""
    return [f(x, y, z) for x, y, z in zip(xs, ys, zs)]  # noqa: B905


def starmap(f: Callable[..., Any], xs: Any) -> Any:
    """`itertools.starmap(f, xs)`."""
    return [f(*x) for x in xs]


def filtered(f: Any, xs: Any) -> Any:
    """`filter(f, xs)`."""
    return [x for x in xs if (x if f is None else f(x))]


def reduce_all(f: Callable[..., Any], xs: Any) -> Any:
    """`functools.reduce(f, xs)`."""
    items = list(xs)
    total = items[0]
    for i in range(1, len(items)):
        total = f(total, items[i])
    return total


def reduce_from(f: Callable[..., Any], xs: Any, initial: Any) -> Any:
    """`functools.reduce(f, xs, initial)`."""
    total = initial
    for x in xs:
        total = f(total, x)
    return total


def any_of(xs: Any) -> bool:
    """`any(xs)`."""
    found = False
    for x in xs:
        if x:
            found = True
            break
    return found


def all_of(xs: Any) -> bool:
    """`all(xs)`."""
    found = True
    for x in xs:
        if not x:
            found = False
            break
    return found


# --- the same, item by item: where a loop changes what the next one is made of ----------------------------------------
def map_one_late(f: Callable[..., Any], xs: Any) -> Any:
    """`map(f, xs)`."""
    for x in xs:
        yield f(x)


def map_two_late(f: Callable[..., Any], xs: Any, ys: Any) -> Any:
    """`map(f, xs, ys)`."""
    for x, y in zip(xs, ys):  # noqa: B905
        yield f(x, y)


def starmap_late(f: Callable[..., Any], xs: Any) -> Any:
    """`itertools.starmap(f, xs)`."""
    for x in xs:
        yield f(*x)


def filtered_late(f: Any, xs: Any) -> Any:
    """`filter(f, xs)`."""
    for x in xs:
        if x if f is None else f(x):
            yield x


def groupby_late(iterable: Any, key: Any = None) -> Any:
    """`itertools.groupby(iterable, key)`."""
    group: list[Any] = []
    last: Any = None
    for x in iterable:
        name = x if key is None else key(x)
        if len(group) > 0 and name != last:
            yield last, group
            group = []
        group.append(x)
        last = name
    if len(group) > 0:
        yield last, group


def chain_late(*iterables: Any) -> Any:
    """`itertools.chain(...)`."""
    for xs in iterables:
        yield from xs


# --- by steps ---------------------------------------------------------------------------------------------------------
has_next = standing_for("has_next", lambda lowerer, args, kwargs, node: lowerer.has_next(args[0], node))
take = standing_for("take", lambda lowerer, args, kwargs, node: lowerer.take(args[0], node))


def by_next(it: Any) -> Any:
    """What a loop over an iterator goes through."""
    while has_next(it):
        yield take(it)


def first_of_iterator(it: Any, stop: Any) -> Any:
    """`itertools.islice(it, stop)` of an iterator, which moves on."""
    taken = 0
    while taken < stop and has_next(it):
        taken += 1
        yield take(it)


def pairs_of_iterator(it: Any) -> Any:
    """`zip(it, it)`."""
    while has_next(it):
        one = take(it)
        if not has_next(it):
            break
        yield one, take(it)


def triples_of_iterator(it: Any) -> Any:
    """`zip(it, it, it)`."""
    while has_next(it):
        one = take(it)
        if not has_next(it):
            break
        other = take(it)
        if not has_next(it):
            break
        yield one, other, take(it)


def called_until(f: Any, end: Any) -> Any:
    """`iter(f, end)`."""
    while True:
        item = f()
        if item == end:
            break
        yield item


def first_or(iterable: Any, default: Any) -> Any:
    """`next(iterable, default)`."""
    found = default
    for item in iterable:
        found = item
        break
    return found


# --- by order ---------------------------------------------------------------------------------------------------------
def sorted_by(xs: Any, key: Any = None, reverse: bool = False) -> Any:
    """`sorted(xs, key=key, reverse=reverse)`: of equal ones the first stays first."""
    items = list(xs)
    order = order_of(items if key is None else [key(x) for x in items], reverse)
    return [items[i] for i in order]


def order_by_less(xs: Any, reverse: bool) -> Any:
    """The places of objects in the order of their own `<`: of equal ones the first stays first."""
    order: list[int] = []
    for i in range(len(xs)):
        at = len(order)
        while at > 0 and (xs[order[at - 1]] < xs[i] if reverse else xs[i] < xs[order[at - 1]]):
            at -= 1
        order.insert(at, i)
    return order


def greatest_by_greater(xs: Any) -> int:
    """The place of the first of the greatest objects."""
    best = 0
    for i in range(1, len(xs)):
        if xs[i] > xs[best]:
            best = i
    return best


def least_by_less(xs: Any) -> int:
    """The place of the first of the least objects."""
    best = 0
    for i in range(1, len(xs)):
        if xs[i] < xs[best]:
            best = i
    return best


def rows_as_tuples(rows: Any) -> Any:
    """What lists are compared by."""
    return [tuple(row) for row in rows]


def order_of_numbers(keys: Any, reverse: bool) -> Any:
    """The places of numbers in their order."""
    keys = np.array(keys, dtype=float)
    return np.argsort(-keys if reverse else keys, kind="stable")


def sort_in_place(xs: Any, key: Any, reverse: bool) -> None:
    """`xs.sort(key=key, reverse=reverse)`."""
    made = sorted_by(xs, key, reverse)
    for i in range(len(made)):
        xs[i] = made[i]


def reverse_in_place(xs: Any) -> None:
    """`xs.reverse()`."""
    n = len(xs)
    for i in range(n // 2):
        last = xs[n - 1 - i]
        xs[n - 1 - i] = xs[i]
        xs[i] = last


def backwards_from(xs: Any, at: int) -> Any:
    """What is left of `reversed(xs)` before a place."""
    for i in range(at - 1, -1, -1):
        yield xs[i]


def live_items(xs: Any) -> Any:
    """What a loop over a list goes through that grows or shrinks meanwhile."""
    i = 0
    while i < len(xs):
        i += 1
        yield xs[i - 1]


def next_by_next(iterator: Any) -> Any:
    """What a loop over an object with `__next__` goes through."""
    while True:
        try:
            item = iterator.__next__()
        except StopIteration:
            return
        yield item


def place_in(at: int, n: int) -> int:
    """Return where a slice of n items that is bounded by `at` ends, counted from the front."""
    return max(at + n, 0) if at < 0 else min(at, n)


def item_in(at: int, n: int) -> int:
    """Return which of n items it is, counted from the front."""
    return at + n if at < 0 else at


def replace_slice(xs: Any, start: Any, stop: Any, new: Any) -> None:
    """`xs[start:stop] = new`."""
    first = place_in(start, len(xs))
    made = list(new)
    for _ in range(place_in(stop, len(xs)) - first):
        xs.pop(first)
    for i in range(len(made)):
        xs.insert(first + i, made[i])


def delete_slice(xs: Any, start: Any, stop: Any) -> None:
    """`del xs[start:stop]`."""
    first = place_in(start, len(xs))
    for _ in range(place_in(stop, len(xs)) - first):
        xs.pop(first)


def index_of(xs: Any, x: Any) -> int:
    """`xs.index(x)`."""
    place = -1
    for i in range(len(xs)):
        if place < 0 and xs[i] == x:
            place = i
    if place < 0:
        raise ValueError("the value is not in the list")
    return place


def count_of(xs: Any, x: Any) -> int:
    """`xs.count(x)`."""
    count = 0
    for item in xs:
        if item == x:
            count += 1
    return count


def contains(xs: Any, x: Any) -> bool:
    """`x in xs`."""
    found = False
    for item in xs:
        if item == x:
            found = True
            break
    return found


def are_equal(xs: Any, ys: Any) -> bool:
    """`xs == ys`, of two lists."""
    equal = len(xs) == len(ys)
    if equal:
        for i in range(len(xs)):
            if xs[i] != ys[i]:
                equal = False
                break
    return equal


def remove(xs: Any, x: Any) -> None:
    """`xs.remove(x)`."""
    xs.pop(index_of(xs, x))


def times(xs: Any, n: int) -> Any:
    """`xs * n`."""
    return [x for _ in range(n) for x in xs]


def times_in_place(xs: Any, n: int) -> None:
    """`xs *= n`."""
    items = list(xs)
    if n < 1:
        xs.clear()
    for _ in range(n - 1):
        xs.extend(items)


def stepped(xs: Any, start: Any, stop: Any, step: int) -> Any:
    """`xs[start:stop:step]`."""
    n = len(xs)
    if step > 0:
        first = 0 if start is None else place_in(start, n)
        last = n if stop is None else place_in(stop, n)
    else:
        first = n - 1 if start is None else place_before(start, n)
        last = -1 if stop is None else place_before(stop, n)
    return [xs[i] for i in range(first, last, step)]


def place_before(at: int, n: int) -> int:
    """Return where a slice of n items that goes backwards begins or ends, counted from the front."""
    return max(at + n, -1) if at < 0 else min(at, n - 1)


def transposed(rows: Any) -> Any:
    """`list(zip(*rows))`."""
    n = len(rows[0]) if len(rows) > 0 else 0
    for row in rows:
        n = min(n, len(row))
    return [tuple([row[i] for row in rows]) for i in range(n)]


def column(rows: Any, i: int) -> Any:
    """One of the items of `zip(*rows)`."""
    return tuple([row[i] for row in rows])


def deep_copies(xs: Any) -> Any:
    """`copy.deepcopy(xs)` of a list whose items are all different things."""
    return [copy.deepcopy(x) for x in xs]


def deep_copies_of_places(xs: Any) -> Any:
    """`copy.deepcopy(xs)` of a list in which one thing may be twice."""
    made: list[Any] = []
    for i in range(len(xs)):
        earlier = -1
        for j in range(i):
            if xs[j] is xs[i]:
                earlier = j
                break
        if earlier < 0:
            made.append(copy.deepcopy(xs[i]))
        else:
            made.append(made[earlier])
    return made


def clear(xs: Any) -> None:
    """`xs.clear()`."""
    for _ in range(len(xs)):
        xs.pop()


def max_by(xs: Any, key: Callable[..., Any]) -> Any:
    """`max(xs, key=key)`: the first of the greatest."""
    items = list(xs)
    return items[place_of_greatest([key(x) for x in items])]


def greatest(xs: Any) -> Any:
    """`max(xs)` of what is no number: the first of the greatest."""
    items = list(xs)
    return items[place_of_greatest(items)]


def least(xs: Any) -> Any:
    """`min(xs)` of what is no number."""
    items = list(xs)
    return items[place_of_least(items)]


def greatest_number(keys: Any) -> Any:
    """The place of the first of the greatest numbers."""
    return np.argmax(np.array(keys))


def least_number(keys: Any) -> Any:
    """The place of the first of the least numbers."""
    return np.argmin(np.array(keys))


def list_of_rows(x: Any, number: Any) -> Any:
    """`x.tolist()` of a matrix of such numbers."""
    return [[number(u) for u in row] for row in x]


def list_of_items(x: Any, number: Any) -> Any:
    """`x.tolist()` of a vector."""
    return [number(u) for u in x]


def max_of_objects(xs: Any) -> Any:
    """`max(xs)` by their own `>`: the first of the greatest."""
    best = xs[0]
    for x in xs[1:]:
        best = x if x > best else best
    return best


def min_of_objects(xs: Any) -> Any:
    """`min(xs)` by their own `<`."""
    best = xs[0]
    for x in xs[1:]:
        best = x if x < best else best
    return best


def min_by(xs: Any, key: Callable[..., Any]) -> Any:
    """`min(xs, key=key)`."""
    items = list(xs)
    return items[place_of_least([key(x) for x in items])]


# --- itertools --------------------------------------------------------------------------------------------------------
def chain(*iterables: Any) -> Any:
    """`itertools.chain(...)`."""
    made = []
    for xs in iterables:
        for x in xs:
            made.append(x)
    return made


def accumulate(xs: Any, func: Any = None, *, initial: Any = None) -> Any:
    """`itertools.accumulate(xs, func)`."""
    items = list(xs)
    made = [items[0] if initial is None else initial]
    for i in range(1 if initial is None else 0, len(items)):
        made.append(made[-1] + items[i] if func is None else func(made[-1], items[i]))
    return made


def pairwise(xs: Any) -> Any:
    """`itertools.pairwise(xs)`."""
    items = list(xs)
    return [(items[i], items[i + 1]) for i in range(len(items) - 1)]


def islice_to(xs: Any, stop: Any) -> Any:
    """`itertools.islice(xs, stop)`."""
    items = list(xs)
    return [items[i] for i in range(len(items) if stop is None else min(stop, len(items)))]


def islice_from(xs: Any, start: Any, stop: Any, step: int = 1) -> Any:
    """`itertools.islice(xs, start, stop, step)`."""
    items = list(xs)
    return [items[i] for i in range(start, len(items) if stop is None else min(stop, len(items)), step)]


def takewhile(f: Callable[..., Any], xs: Any) -> Any:
    """`itertools.takewhile(f, xs)`."""
    made = []
    for x in xs:
        if not f(x):
            break
        made.append(x)
    return made


def dropwhile(f: Callable[..., Any], xs: Any) -> Any:
    """`itertools.dropwhile(f, xs)`."""
    made = []
    dropping = True
    for x in xs:
        dropping = dropping and bool(f(x))
        if not dropping:
            made.append(x)
    return made


def flattened(xss: Any) -> Any:
    """`itertools.chain.from_iterable(xss)`."""
    return [x for xs in xss for x in xs]


def compressed(xs: Any, selectors: Any) -> Any:
    """`itertools.compress(xs, selectors)`."""
    return [x for x, chosen in zip(xs, selectors, strict=False) if chosen]


def filtered_out(f: Any, xs: Any) -> Any:
    """`itertools.filterfalse(f, xs)`."""
    return [x for x in xs if not (x if f is None else f(x))]


def repeated(x: Any, times: Any) -> Any:
    """`itertools.repeat(x, times)`."""
    return [x for _ in range(times)]


def zip_longest(xs: Any, ys: Any, fillvalue: Any = None) -> Any:
    """`itertools.zip_longest(xs, ys, fillvalue=...)`."""
    one, other = list(xs), list(ys)
    return [
        (one[i] if i < len(one) else fillvalue, other[i] if i < len(other) else fillvalue)
        for i in range(max(len(one), len(other)))
    ]


def product_of_one(xs: Any, repeat: int = 1) -> Any:
    """`itertools.product(xs, repeat=...)`."""
    made = [(x,) for x in xs] if repeat == 1 else product_of_two(xs, xs) if repeat == 2 else None
    if made is None:
        made = product_of_three(xs, xs, xs)
    return made


def product_of_two(xs: Any, ys: Any) -> Any:
    """`itertools.product(xs, ys)`."""
    return [(x, y) for x in xs for y in ys]


def product_of_three(xs: Any, ys: Any, zs: Any) -> Any:
    """`itertools.product(xs, ys, zs)`."""
    return [(x, y, z) for x in xs for y in ys for z in zs]


def pairs_of(xs: Any) -> Any:
    """`itertools.combinations(xs, 2)`."""
    items = list(xs)
    n = len(items)
    return [(items[i], items[j]) for i in range(n) for j in range(i + 1, n)]


def triples_of(xs: Any) -> Any:
    """`itertools.combinations(xs, 3)`."""
    items = list(xs)
    n = len(items)
    return [(items[i], items[j], items[k]) for i in range(n) for j in range(i + 1, n) for k in range(j + 1, n)]


def pairs_with_equal(xs: Any) -> Any:
    """`itertools.combinations_with_replacement(xs, 2)`."""
    items = list(xs)
    n = len(items)
    return [(items[i], items[j]) for i in range(n) for j in range(i, n)]


def ordered_pairs(xs: Any) -> Any:
    """`itertools.permutations(xs, 2)`."""
    items = list(xs)
    n = len(items)
    return [(items[i], items[j]) for i in range(n) for j in range(n) if i != j]


def ordered_triples(xs: Any) -> Any:
    """`itertools.permutations(xs, 3)`."""
    items = list(xs)
    n = len(items)
    return [(items[i], items[j], items[k]) for i in range(n) for j in range(n) for k in range(n) if len({i, j, k}) == 3]


def groupby(iterable: Any, key: Any = None) -> Any:
    """`itertools.groupby(iterable, key)`: each group is a list."""
    names: list[Any] = []
    groups: list[Any] = []
    for x in iterable:
        name = x if key is None else key(x)
        if len(names) == 0 or names[-1] != name:
            names.append(name)
            groups.append([])
        groups[-1].append(x)
    return [(names[i], groups[i]) for i in range(len(names))]


def merged(*iterables: Any, key: Any = None, reverse: bool = False) -> Any:
    """`heapq.merge(*iterables)`: of equal ones the first stays first."""
    return sorted_by([x for xs in iterables for x in xs], key, reverse)


# --- over the elements of arrays --------------------------------------------------------------------------------------
def ndindex_of_one(n: Any) -> Any:
    """`np.ndindex(n)`."""
    return [(i,) for i in range(n)]


def ndindex_of_two(m: Any, n: Any) -> Any:
    """`np.ndindex(m, n)`."""
    return [(i, j) for i in range(m) for j in range(n)]


def ndindex_of_three(m: Any, n: Any, p: Any) -> Any:
    """`np.ndindex(m, n, p)`."""
    return [(i, j, k) for i in range(m) for j in range(n) for k in range(p)]


def ndenumerate(arr: Any) -> Any:
    """`np.ndenumerate(arr)`."""
    if arr.ndim == 1:
        return [((i,), arr[i]) for i in range(arr.shape[0])]
    if arr.ndim == 2:
        return [((i, j), arr[i, j]) for i in range(arr.shape[0]) for j in range(arr.shape[1])]
    raise NotImplementedError("np.ndenumerate is accepted for vectors and matrices")


def item_of(key: Any, xs: Any) -> Any:
    """`operator.itemgetter(key)(xs)`."""
    return xs[key]


def items_of(*given: Any) -> Any:
    """`operator.itemgetter(*keys)(xs)`."""
    return tuple([given[-1][key] for key in given[:-1]])


def attribute_of(name: str, owner: Any) -> Any:
    """`operator.attrgetter(name)(owner)`."""
    return getattr(owner, name)


def has_attribute(owner: Any, name: str) -> bool:
    """`hasattr(owner, name)`."""
    try:
        getattr(owner, name)
    except AttributeError:
        return False
    return True


def attribute_or(owner: Any, name: str, default: Any) -> Any:
    """`getattr(owner, name, default)`."""
    try:
        return getattr(owner, name)
    except AttributeError:
        return default


def nothing(self: Any) -> None:
    """`object.__init__`."""


def initialise_error(self: Any, *args: Any) -> None:
    """`BaseException.__init__`."""
    self.args = args


def same(f: Any) -> Any:
    """What `functools.wraps(...)` makes of a function, as far as it is called."""
    return f


# --- which is which ---------------------------------------------------------------------------------------------------
GIVEN: dict[Any, dict[int, Any]] = {
    builtins.map: {2: map_one, 3: map_two, 4: map_three},
    builtins.filter: {2: filtered},
    functools.reduce: {2: reduce_all, 3: reduce_from},
    itertools.starmap: {2: starmap},
    itertools.accumulate: {1: accumulate, 2: accumulate},
    itertools.pairwise: {1: pairwise},
    itertools.islice: {2: islice_to, 3: islice_from, 4: islice_from},
    itertools.takewhile: {2: takewhile},
    itertools.dropwhile: {2: dropwhile},
    itertools.compress: {2: compressed},
    itertools.groupby: {1: groupby, 2: groupby},
    heapq.merge: dict.fromkeys(range(1, 6), merged),
    itertools.filterfalse: {2: filtered_out},
    itertools.repeat: {2: repeated},
    itertools.zip_longest: {2: zip_longest},
    itertools.product: {1: product_of_one, 2: product_of_two, 3: product_of_three},
    np.ndindex: {1: ndindex_of_one, 2: ndindex_of_two, 3: ndindex_of_three},
    np.ndenumerate: {1: ndenumerate},
}
LATE: dict[Any, dict[int, Any]] = {
    builtins.map: {2: map_one_late, 3: map_two_late},
    builtins.filter: {2: filtered_late},
    itertools.starmap: {2: starmap_late},
    itertools.groupby: {1: groupby_late, 2: groupby_late},
    itertools.chain: dict.fromkeys(range(1, 6), chain_late),
}
SOME = {
    (itertools.combinations, 2): pairs_of,
    (itertools.combinations, 3): triples_of,
    (itertools.combinations_with_replacement, 2): pairs_with_equal,
    (itertools.permutations, 2): ordered_pairs,
    (itertools.permutations, 3): ordered_triples,
}
OF_SOME = (itertools.combinations, itertools.combinations_with_replacement, itertools.permutations)
BY_ID = {id(function): (function, by_count) for function, by_count in GIVEN.items()}
