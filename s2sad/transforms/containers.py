"""The adjoint of items, fields, displays and lists.

y = x[i]             x_bar = update(x_bar, i, + y_bar)
y = xs[i]            xs_bar[i] = xs_bar[i] + y_bar          (the list of cotangents is changed in place)
y = base.key         base_bar.key += y_bar
y = (a, b)           a_bar += y_bar[0]; b_bar += y_bar[1]
xs.append(e)         e_bar += xs_bar.pop()
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from s2sad.errors import Problem, UnsupportedError
from s2sad.ir.nodes import Assign, Const, Effect, Expr, Op, Stmt, Store, Var
from s2sad.ir.types import Array, ListOf, Recursive, Scalar, Static, Structure, Type, differentiable, dtype_of
from s2sad.rules.builder import cast_like, index_expr, number, same_shape
from s2sad.rules.core import TABLE
from s2sad.rules.infer import index_parts, is_basic, is_ellipsis, is_fancy, is_newaxis, is_path, item_of
from s2sad.transforms.contributions import apply_rule
from s2sad.transforms.cotangents import (
    Bar,
    as_list,
    cotangent_type,
    embed,
    key_of,
    keys_of,
    leaf_type,
    leaf_types,
    optional_steps,
    update,
    zeros_list,
)

if TYPE_CHECKING:
    from s2sad.transforms.adjoint import Adjoint

Path = tuple[Any, ...]  # the keys that lead to a leaf of a structure
Handler = Callable[["Adjoint", Assign, Var, Op], None]
Place = tuple[int, ...]  # where it stands in an array that was made of the structure


def reverse_getitem(adjoint: Adjoint, stmt: Assign, y: Var, value: Op) -> None:
    """`y = x[i]`: x_bar[i] += y_bar."""
    base, index = value.args
    assert isinstance(base, Var)
    if isinstance(base.type, Structure):
        return
    if isinstance(base.type, ListOf):
        if not adjoint.is_shadowed(base):
            reverse_list_item(adjoint, stmt, y, base, index)
        return
    if adjoint.is_shadowed(y) and isinstance(y.type, Array) and is_basic(index):
        return
    bar = adjoint.take(y, stmt)
    if bar is None or not adjoint.activity.active(base):
        return
    bar = adjoint.unmasked(bar)
    added = new_axes(base.type, index)
    if added is not None and not adjoint.is_shadowed(base):
        g = adjoint.sym(adjoint.full(bar, y, stmt).expr)
        adjoint.accumulate(base, Bar(g.op("squeeze", axis=added).expr if added else g.expr), stmt)
        return
    place, how, b = adjoint.need(index, stmt), add_kind(adjoint, index), adjoint.builder
    if adjoint.is_shadowed(base):
        b.block.append(Store(adjoint.shadow(base, stmt), place, bar.expr, how, b.origin))
        return
    name = f"{base.name}_bar"
    if (base, ()) in adjoint.env:
        made = b.bind(update(adjoint.own(base, stmt), place, bar.expr, how), name)
    else:
        like = adjoint.residuals.need(base, stmt, shape_only=True)
        made = b.bind(embed(like, place, bar.expr, "set" if how == "add" else how), name)
    adjoint.env[base, ()] = Bar(made)


def new_axes(type_: Type, index: Expr) -> tuple[int, ...] | None:
    """Return the axes that `x[:, None]` adds, if the index does nothing else."""
    parts = index_parts(index)
    whole = [part for part in parts if is_full_slice(part)]
    if not isinstance(type_, Array) or not all(is_newaxis(p) or is_ellipsis(p) or is_full_slice(p) for p in parts):
        return None
    left = type_.ndim - len(whole)
    found, at = [], 0
    for part in parts:
        if is_newaxis(part):
            found.append(at)
        at += left if is_ellipsis(part) else 1
    return tuple(found)


def is_full_slice(part: Expr) -> bool:
    """Return whether a part of an index is `:`."""
    if not isinstance(part, Op) or part.name != "slice":
        return False
    return all(isinstance(bound, Const) and bound.value is None for bound in part.args)


def add_kind(adjoint: Adjoint, index: Expr) -> str:
    """Return how to accumulate at an index: integer arrays may name a place twice."""
    return "add" if is_basic(index) or distinct(adjoint, index) else "add_at"


def distinct(adjoint: Adjoint, index: Expr) -> bool:
    """Return whether an advanced index provably names no place twice."""
    fancy = [part for part in index_parts(index) if is_fancy(part)]
    if any(isinstance(part.type, Array) and part.type.dtype == "bool" for part in fancy):
        return True
    if are_places(adjoint, fancy):
        return True
    single = any(isinstance(part, Var) and counts_up(adjoint, part) for part in fancy)
    return single and all(isinstance(part.type, Array) and part.type.ndim == 1 for part in fancy)


def definition(adjoint: Adjoint, index: Expr) -> Op | None:
    """Return how an index array was made, if nothing was written into it since."""
    made = adjoint.definitions.get(index) if isinstance(index, Var) else None
    if made is None or not isinstance(made.value, Op) or adjoint.aliases.written(made.target):
        return None
    return made.value


def are_places(adjoint: Adjoint, fancy: list[Expr]) -> bool:
    """Return whether index arrays are all those of one `np.nonzero` or its like, in order: each place is one row."""
    if len(fancy) == 1 and is_place(definition(adjoint, fancy[0])):
        return True
    fields = [made for part in fancy if (made := definition(adjoint, part)) is not None and made.name == "field"]
    whole = fields[0].args[0] if fields else None
    if whole is None or len(fields) < len(fancy) or any(made.args[0] is not whole for made in fields):
        return False
    keys = tuple(key_of(made) for made in fields)
    return is_place(definition(adjoint, whole)) and isinstance(whole.type, Structure) and keys == whole.type.keys


def is_place(made: Op | None) -> bool:
    """Return whether an operation gives the indices of places, each once."""
    return made is not None and made.name in PLACES


PLACES = ("nonzero", "tril_indices", "triu_indices")


def counts_up(adjoint: Adjoint, index: Var) -> bool:
    """Return whether an index array holds different numbers, none of them negative: -1 is a second name of a place."""
    made = definition(adjoint, index)
    if made is None:
        return False
    if made.name == "arange":
        start = made.args[0] if len(made.args) > 1 else number(0)
        return isinstance(start, Const) and start.value >= 0
    if made.name == "argsort":
        return isinstance(made.args[0].type, Array) and made.args[0].type.ndim == 1
    if made.name == "draw":
        return made.form.endswith("permutation") and isinstance(made.args[-1].type, Scalar)
    return made.name == "flatnonzero"


def reverse_list_item(adjoint: Adjoint, stmt: Assign, y: Var, base: Var, index: Expr) -> None:
    """`y = xs[i]`: the cotangent goes into the list of cotangents."""
    if not adjoint.activity.active(base):
        adjoint.take(y, stmt)
        return
    b = adjoint.builder
    keys = [(y, path) for path, _ in leaf_types(y.type.item)] if isinstance(y.type, ListOf) else []
    if any(key in adjoint.env for key in keys if key[1]):  # a list for each leaf: as a list of structures again
        whole = zipped(adjoint, y, stmt)
        for key in keys:
            adjoint.env.pop(key, None)
        adjoint.env[y, ()] = Bar(whole, owned=True)
    for path, _ in leaf_types(y.type):
        bar = adjoint.env.pop((y, path), None)
        if bar is None:
            continue
        bar = adjoint.full(bar, y, stmt) if not path else adjoint.unmasked(bar)
        place = adjoint.need(index, stmt)
        target = own_list(adjoint, base, path, stmt)
        item = b.op("getitem", target, place)
        lacking = is_optional_item(base.type, index) if is_path(index) else optional_steps(base.type, path)
        if isinstance(item.type, ListOf | Recursive) or lacking:
            total: Expr = Op("add_lists", (item, bar.expr), item.type)
        elif isinstance(item.type, Scalar):
            b.block.append(Store(target, place, bar.expr, "add", b.origin))
            continue
        else:
            total = b.op("add", item, bar.expr)
        b.block.append(Store(target, place, total, "set", b.origin))


def is_optional_item(type_: Type, index: Expr) -> bool:
    """Return whether an item of a list in a list may be None."""
    return is_path(index) and isinstance(type_, ListOf) and isinstance(type_.item, ListOf) and type_.item.optional


def row_of(adjoint: Adjoint, bars: Expr, value: Op, stmt: Stmt) -> Expr:
    """Return the cotangents of the list that `append` or `pop` changes: it may be an item of a list."""
    if "of" not in value.attrs:
        return bars
    return adjoint.builder.op("getitem", bars, adjoint.need(value.attrs["of"], stmt))


def own_list(adjoint: Adjoint, base: Var, path: tuple[Any, ...], stmt: Stmt) -> Expr:
    """Return the list of cotangents of a list (one for each leaf of its items), to be changed in place."""
    key = (base, path)
    bar = adjoint.env.get(key)
    assert isinstance(base.type, ListOf)
    if bar is None:
        like = adjoint.like(base, stmt)
        item = dict(leaf_types(base.type.item))[path]
        name = "_".join([base.name, *map(str, path), "bar"])
        zeros = adjoint.if_bound(base, stmt, like, zeros_list(like, path, item))
        bar = Bar(adjoint.builder.bind(zeros, name), owned=True)
    elif not bar.owned:
        copy = adjoint.if_bound(base, stmt, bar.expr, Op("copy", (bar.expr,), as_list(bar.expr.type)))
        bar = Bar(adjoint.builder.bind(copy, f"{base.name}_bar"), owned=True)
    adjoint.env[key] = bar
    return bar.expr


def zipped(adjoint: Adjoint, base: Var, stmt: Stmt) -> Expr:
    """Return the cotangent of a list of structures as a list of structures: it is kept as a list for each leaf."""
    assert isinstance(base.type, ListOf)
    leaves = [(path, type_) for path, type_ in leaf_types(base.type.item) if differentiable(type_)]
    lists = tuple(own_list(adjoint, base, path, stmt) for path, _ in leaves)
    if leaves == [((), base.type.item)]:
        return lists[0]
    attrs: dict[str, Expr] = {"item": Const(base.type.item), "paths": Const(tuple(path for path, _ in leaves))}
    return adjoint.if_bound(base, stmt, lists[0], Op("zip_list", lists, cotangent_type(base.type), attrs))


def unzip(adjoint: Adjoint, target: Var, bar: Bar, stmt: Stmt) -> None:
    """Add a list of structures to the cotangent of a list, leaf by leaf."""
    assert isinstance(target.type, ListOf)
    for path, type_ in leaf_types(target.type.item):
        if differentiable(type_):
            steps = optional_steps(target.type, path)
            attrs: dict[str, Expr] = {"path": Const(path), **({"optional": Const(steps)} if steps else {})}
            items = Op("pick_items", (bar.expr,), ListOf(type_, None, bool(steps)), attrs)
            picked = adjoint.if_bound(target, stmt, bar.expr, items)
            part = Bar(adjoint.builder.bind(picked, "_".join([target.name, *map(str, path), "bar"])), owned=True)
            have = adjoint.env.get((target, path))
            adjoint.env[target, path] = part if have is None else adjoint.sum(have, part, "t")


def reverse_field(adjoint: Adjoint, stmt: Assign, y: Var, value: Op) -> None:
    """`y = base.key`: the cotangent of one field of a structure."""
    base = value.args[0]
    assert isinstance(base, Var)
    key = key_of(value)
    if holds_structures(y.type) and any(v is y for v, _ in adjoint.env):
        whole = adjoint.builder.bind(zipped(adjoint, y, stmt), f"{y.name}_bar")
        for path in [p for (v, p) in list(adjoint.env) if v is y]:
            del adjoint.env[y, path]
        accumulate_at(adjoint, base, (key,), Bar(whole, owned=True))
        return
    for path in [p for (v, p) in list(adjoint.env) if v is y]:
        bar = adjoint.env.pop((y, path))
        bar = adjoint.full(bar, y, stmt)
        accumulate_at(adjoint, base, (key, *path), bar)
    if adjoint.is_shadowed(y) and isinstance(y.type, Array):
        adjoint.env[base, (key,)] = Bar(adjoint.shadow(y, stmt))


def holds_structures(type_: Type) -> bool:
    """Return whether a type is that of a list of structures."""
    return isinstance(type_, ListOf) and isinstance(type_.item, Structure)


def accumulate_at(adjoint: Adjoint, base: Var, path: tuple[Any, ...], bar: Bar) -> None:
    """Add to the cotangent of a leaf of a structure."""
    have = adjoint.env.get((base, path))
    bar = adjoint.real_where_real(bar, leaf_type((base, path)))
    if have is None:
        adjoint.env[base, path] = bar
    else:
        none = base in adjoint.residuals.optional or bool(optional_steps(base.type, path))
        lacking = none and isinstance(leaf_type((base, path)), Array)  # of a number it is zero where there is none
        adjoint.env[base, path] = adjoint.sum(have, bar, "t", lacking=lacking)


def reverse_build(adjoint: Adjoint, stmt: Assign, y: Var, value: Op) -> None:
    """A structure is built: its leaves' cotangents go to its parts."""
    for (var, path), bar in [(k, b) for k, b in adjoint.env.items() if k[0] is y]:
        del adjoint.env[var, path]
        route(adjoint, value, path, bar, stmt)


def route(adjoint: Adjoint, value: Expr, path: tuple[Any, ...], bar: Bar, stmt: Stmt) -> None:
    """Send the cotangent of a leaf to the expression that made it."""
    while path and isinstance(value, Op) and value.name == "build":
        value, path = value.args[keys_of(value).index(path[0])], path[1:]
    if not isinstance(value, Var) or not adjoint.activity.active(value):
        return
    if path:
        accumulate_at(adjoint, value, path, bar)
    else:
        adjoint.accumulate(value, bar, stmt)


def accumulate_parts(adjoint: Adjoint, target: Expr, bar: Bar, stmt: Stmt) -> None:
    """Add to the parts of a tuple or list display."""
    bar = adjoint.unmasked(bar)
    if isinstance(target, Var):
        structure_parts(adjoint, target, target.type, (), (), bar)
    if isinstance(target, Op) and target.name == "field" and isinstance(target.args[0], Var):
        accumulate_at(adjoint, target.args[0], (key_of(target),), bar)
    if isinstance(target, Op) and target.name in ("build", "tuple", "list"):
        for i, part in enumerate(target.args):
            if adjoint.wants(part):
                adjoint.accumulate(part, Bar(adjoint.builder.op("getitem", bar.expr, i)), stmt)


def structure_parts(
    adjoint: Adjoint, base: Var, type_: Type, path: tuple[Any, ...], at: tuple[int, ...], bar: Bar
) -> None:
    """Give the parts of an array to the leaves of the structure it was made of."""
    if isinstance(type_, Structure):
        for i, (key, item) in enumerate(zip(type_.keys, type_.items, strict=True)):
            structure_parts(adjoint, base, item, (*path, key), (*at, i), bar)
    elif differentiable(type_) and adjoint.activity.active(base):
        part = adjoint.sym(bar.expr)[at if len(at) > 1 else at[0]]
        accumulate_at(adjoint, base, path, as_items(adjoint, part.expr, type_))


# --- lists ----------------------------------------------------------------------------------------------------
def reverse_list(adjoint: Adjoint, stmt: Assign, y: Var, value: Op) -> None:
    """`xs = [a, b]`: what is left in the list of cotangents belongs to the first items."""
    if adjoint.is_shadowed(y):
        return
    for path in [p for (v, p) in list(adjoint.env) if v is y]:
        bar = adjoint.env.pop((y, path))
        for i, item in enumerate(value.args):
            if adjoint.wants(item):
                route(adjoint, item, path, Bar(adjoint.builder.op("getitem", bar.expr, i)), stmt)


def reverse_pop(adjoint: Adjoint, stmt: Assign, y: Var, value: Op) -> None:
    """`y = xs.pop()`: the list of cotangents grows by y's, at its end or at the place that is given."""
    base, *at = value.args
    assert isinstance(base, Var)
    if not adjoint.activity.active(base) or adjoint.is_shadowed(base):
        return
    for path, type_ in leaf_types(y.type):
        if differentiable(type_):
            bars = row_of(adjoint, own_list(adjoint, base, path, stmt), value, stmt)
            bar = adjoint.env.pop((y, path), None)
            part = adjoint.zeros_at((y, path), stmt) if bar is None else adjoint.full(bar, y, stmt).expr
            place = [adjoint.need(index, stmt) for index in at]
            made = Op("append", (bars, part, *place), Static(None))
            adjoint.builder.block.append(Effect(made, adjoint.builder.origin))


def reverse_sum_list(adjoint: Adjoint, stmt: Assign, y: Var, value: Op) -> None:
    """`y = sum(xs)`: every item gets the cotangent."""
    bar = adjoint.take(y, stmt)
    base = value.args[0]
    if bar is None or not isinstance(base, Var) or not adjoint.activity.active(base):
        return
    bar, b = adjoint.full(adjoint.unmasked(bar), y, stmt), adjoint.builder
    if adjoint.is_shadowed(base):
        shadow = adjoint.residuals.need(adjoint.mirror.of[base], stmt)
        b.block.append(Effect(Op("add_to_each", (shadow, bar.expr), Static(None)), b.origin))
        return
    if (base, ()) in adjoint.env:
        target = own_list(adjoint, base, (), stmt)
        made = b.bind(Op("add_all", (target, bar.expr), target.type), f"{base.name}_bar")
    else:
        count = b.op("len", adjoint.residuals.need(base, stmt, shape_only=True))
        made = b.bind(Op("repeat_list", (bar.expr, count), base.type), f"{base.name}_bar")
    adjoint.env[base, ()] = Bar(made, owned=True)


def reverse_to_list(adjoint: Adjoint, stmt: Assign, y: Var, value: Op) -> None:
    """`xs = list(a)`: the cotangents of the items are the rows of that of the array."""
    bar = adjoint.env.pop((y, ()), None)
    if bar is not None and adjoint.wants(value.args[0]):
        accumulate_rows(adjoint, value.args[0], bar, stmt)


def reverse_to_tuple(adjoint: Adjoint, stmt: Assign, y: Var, value: Op) -> None:
    """`t = tuple(xs)`: a copy that nothing changes."""
    of_list = isinstance(value.args[0].type, ListOf)
    (reverse_copy if of_list else reverse_to_list)(adjoint, stmt, y, value)


def accumulate_rows(adjoint: Adjoint, array: Expr, bar: Bar, stmt: Stmt) -> None:
    """Add a list of cotangents to an array's, row by row."""
    dtype = dtype_of(array.type)  # the zeros of items that were not reached are Python's
    attrs: dict[str, Expr] = {"dtype": Const(dtype)} if dtype not in (None, "float64") else {}
    rows: Expr = adjoint.builder.bind(Op("array", (bar.expr,), array.type, attrs))
    if isinstance(array, Var) and isinstance(array.type, Array) and array.type.ndim > 1:  # there may be no row
        shape = adjoint.builder.op("shape", adjoint.residuals.need(array, stmt, shape_only=True))
        rows = adjoint.builder.op("reshape", rows, shape=shape)
    adjoint.accumulate(array, Bar(rows), stmt)


def reverse_repeat(adjoint: Adjoint, stmt: Assign, y: Var, value: Op) -> None:
    """`xs = [a] * n`: a gets the sum."""
    bar = adjoint.env.pop((y, ()), None)
    if bar is not None and adjoint.wants(value.args[0]):
        adjoint.accumulate(value.args[0], Bar(adjoint.builder.op("sum_list", bar.expr)), stmt)


def reverse_append(adjoint: Adjoint, stmt: Effect, value: Op) -> None:
    """`xs.append(e)`: the last of the list of cotangents is e's; of `xs.insert(i, e)` that at the place."""
    target, item, *at = value.args
    assert isinstance(target, Var)
    if not adjoint.activity.active(target) or adjoint.is_shadowed(target):
        return
    assert isinstance(target.type, ListOf)
    taken = item_of(target.type, "of" in value.attrs)
    for path, type_ in leaf_types(taken):  # this one may have None or an int there
        if differentiable(type_):
            bars = row_of(adjoint, own_list(adjoint, target, path, stmt), value, stmt)
            place = [adjoint.need(index, stmt) for index in at]
            popped = adjoint.builder.bind(Op("pop", (bars, *place), type_))
            route(adjoint, item, path, Bar(popped), stmt)


# --- arrays made of parts ---------------------------------------------------------------------------------------
def reverse_array(adjoint: Adjoint, stmt: Assign, y: Var, value: Op) -> None:
    """`np.array` of an array, or of a list of parts."""
    bar = adjoint.take(y, stmt)
    if bar is None:
        return
    bar = adjoint.full(bar, y, stmt)
    source = value.args[0]
    if isinstance(source, Op):
        array_parts(adjoint, source, (), bar, stmt)
    elif isinstance(source, Var) and isinstance(source.type, Structure):
        structure_parts(adjoint, source, source.type, (), (), bar)
    elif isinstance(source.type, ListOf):
        array_list(adjoint, source, bar, stmt)
    else:
        assert isinstance(source, Var)
        g = adjoint.sym(bar.expr)
        g = g.op("item") if isinstance(source.type, Scalar) else g
        adjoint.accumulate(source, Bar(cast_like(g, source).expr), stmt)


def array_parts(adjoint: Adjoint, source: Op, at: tuple[int, ...], bar: Bar, stmt: Stmt) -> None:
    """`np.array([a, b])`: each part has its place in the cotangent."""
    for i, part in enumerate(source.args):
        place = (*at, i)
        if isinstance(part, Op) and part.name in ("build", "tuple"):
            array_parts(adjoint, part, place, bar, stmt)
        elif adjoint.wants(part):
            item = adjoint.sym(bar.expr)[place if len(place) > 1 else i]
            route(adjoint, part, (), as_items(adjoint, cast_like(item, part).expr, part.type), stmt)


def array_list(adjoint: Adjoint, source: Expr, bar: Bar, stmt: Stmt) -> None:
    """`np.array(xs)`: the rows of the cotangent go into the lists of cotangents, one for each leaf of an item."""
    assert isinstance(source, Var) and isinstance(source.type, ListOf)
    if not adjoint.activity.active(source):
        return
    for path, at, type_ in places_of(source.type.item):
        if differentiable(type_):
            add_rows(adjoint, source, path, column(adjoint, bar, at), type_, stmt)


def places_of(type_: Type, path: Path = (), at: Place = ()) -> list[tuple[Path, Place, Type]]:
    """Return (path, place in an array made of it, type) of the leaves of a structure."""
    if not isinstance(type_, Structure):
        return [(path, at, type_)]
    items = enumerate(zip(type_.keys, type_.items, strict=True))
    return [leaf for i, (key, item) in items for leaf in places_of(item, (*path, key), (*at, i))]


def column(adjoint: Adjoint, bar: Bar, at: Place) -> Expr:
    """Return the part of the cotangent of `np.array(xs)` that belongs to one leaf of all the items."""
    if not at:
        return bar.expr
    rows = Op("slice", (Const(None), Const(None), Const(None)), Static("slice"))
    index = index_expr((rows, *map(number, at)))
    return adjoint.builder.bind(adjoint.builder.op("getitem", bar.expr, index), "column")


def reverse_concatenate(adjoint: Adjoint, stmt: Assign, y: Var, value: Op) -> None:
    """`np.concatenate(xs)` of a list that grows: the cotangent is cut in pieces as long as the items."""
    bar, source = adjoint.take(y, stmt), value.args[0]
    assert isinstance(source, Var) and isinstance(source.type, ListOf)
    if bar is None or not adjoint.activity.active(source):
        return
    parts = adjoint.residuals.need(source, stmt, shape_only=True)
    pieces = Op("split_like", (adjoint.full(bar, y, stmt).expr, parts), ListOf(source.type.item))
    add_rows(adjoint, source, (), pieces, source.type.item, stmt)


def add_rows(adjoint: Adjoint, source: Var, path: Path, rows: Expr, type_: Type, stmt: Stmt) -> None:
    """Add the cotangents of one leaf, an array of them or a list, to the list of those that it has."""
    b = adjoint.builder
    if not isinstance(rows.type, ListOf):
        rows = adjoint.real_where_real(Bar(rows), type_).expr
    if adjoint.is_shadowed(source):
        if path:
            message = "an array is made of a list of tuples whose arrays are written in place"
            raise UnsupportedError([Problem(message, stmt.origin.span if stmt.origin else None)])
        shadow = adjoint.residuals.need(adjoint.mirror.of[source], stmt)
        b.block.append(Effect(Op("add_rows", (shadow, rows), Static(None)), b.origin))
        return
    if (source, path) in adjoint.env:
        target = own_list(adjoint, source, path, stmt)
        made: Expr = Op("add_each", (target, rows), target.type)
    else:
        made = rows if isinstance(rows.type, ListOf) else Op("to_list", (rows,), ListOf(type_))
    name = "_".join([source.name, *map(str, path), "bar"])
    adjoint.env[source, path] = Bar(b.bind(made, name), owned=True)


def add_to_shadows(adjoint: Adjoint, target: Var, bars: Expr, stmt: Stmt) -> None:
    """Add a list of cotangents to the shadows of the arrays in a list."""
    assert isinstance(target.type, ListOf)
    if target not in adjoint.mirror.of or not isinstance(target.type.item, Array):
        message = f"the arrays in the list {target.name!r} are written in place, and it is a result or an argument"
        hint = "copy them: [x.copy() for x in ...]"
        raise UnsupportedError([Problem(message, stmt.origin.span if stmt.origin else None, hint)])
    shadows = adjoint.residuals.need(adjoint.mirror.of[target], stmt)
    adjoint.builder.block.append(Effect(Op("add_rows", (shadows, bars), Static(None)), adjoint.builder.origin))


def as_items(adjoint: Adjoint, expr: Expr, type_: Type) -> Bar:
    """Return a cotangent that came as an array in the form of its primal: that of a list is a list."""
    if not isinstance(type_, ListOf):
        return Bar(expr)
    return Bar(adjoint.builder.bind(Op("to_list", (expr,), type_), "items_bar"), owned=True)


def reverse_diag(adjoint: Adjoint, stmt: Assign, y: Var, value: Op) -> None:
    """`y = np.diag(A)`: the diagonal of A_bar; A need not be square."""
    base, type_ = value.args[0], value.args[0].type
    if not isinstance(base, Var) or not isinstance(type_, Array) or type_.ndim == 1 or type_.shape[0] == type_.shape[1]:
        bar = adjoint.take(y, stmt)
        if bar is not None and not adjoint.is_shadowed(y):
            apply_rule(adjoint, stmt, TABLE.rules["diag"], adjoint.full(bar, y, stmt), value)
        return
    if adjoint.is_shadowed(y):
        return
    bar = adjoint.take(y, stmt)
    if bar is None:
        return
    b = adjoint.builder
    rows = b.op("arange", b.op("len", adjoint.residuals.need(y, stmt, shape_only=True)), hint="rows")
    like = adjoint.residuals.need(base, stmt, shape_only=True)
    made = b.bind(embed(like, index_expr((rows, rows)), adjoint.full(bar, y, stmt).expr, "set"))
    adjoint.accumulate(base, Bar(made), stmt)


def reverse_where(adjoint: Adjoint, stmt: Assign, y: Var, value: Op) -> None:
    """`y = np.where(c, a, b)`: each arm has the cotangent where it was chosen."""
    bar = adjoint.take(y, stmt)
    if bar is None:
        return
    bar = adjoint.full(bar, y, stmt)
    rule = TABLE.rules["where"]
    numbers = not any(isinstance(e.type, Array) and e.type.ndim for e in (y, *value.args))
    if not numbers and any(adjoint.wants(arm) and not same_shape(arm.type, y.type) for arm in value.args[1:]):
        apply_rule(adjoint, stmt, rule, bar, value)
        return
    mask = adjoint.need(value.args[0], stmt)
    for arm, side in zip(value.args[1:], (True, False), strict=True):
        if adjoint.wants(arm):
            g = cast_like(adjoint.sym(bar.expr), arm)
            adjoint.accumulate(arm, Bar(g.expr, mask=(mask, side)), stmt)


def reverse_copy(adjoint: Adjoint, stmt: Assign, y: Var, value: Op) -> None:
    """A copy passes its cotangent on; that of a list is a list of its own."""
    if adjoint.is_shadowed(y) and isinstance(y.type, ListOf):
        return
    bar = adjoint.take(y, stmt)
    base = value.args[0]
    if bar is not None:
        adjoint.accumulate(base, bar, stmt)
    for path in [path for var, path in list(adjoint.env) if var is y]:  # of a list of structures, one for each leaf
        bar = adjoint.env.pop((y, path))
        if isinstance(base, Var) and adjoint.activity.active(base):
            accumulate_at(adjoint, base, path, bar)


def reverse_add_lists(adjoint: Adjoint, stmt: Assign, y: Var, value: Op) -> None:
    """The sum of two lists, item by item: both get its cotangents."""
    for path in [p for (v, p) in list(adjoint.env) if v is y]:
        bar = Bar(adjoint.env.pop((y, path)).expr)
        for arg in value.args:
            if isinstance(arg, Var) and isinstance(arg.type, Array) and adjoint.activity.active(arg):
                accumulate_rows(adjoint, arg, bar, stmt)
            elif isinstance(arg, Var) and adjoint.activity.active(arg):
                accumulate_at(adjoint, arg, path, bar)


HANDLERS: dict[str, Handler] = {
    "getitem": reverse_getitem,
    "field": reverse_field,
    "build": reverse_build,
    "list": reverse_list,
    "pop": reverse_pop,
    "sum_list": reverse_sum_list,
    "to_list": reverse_to_list,
    "repeat_list": reverse_repeat,
    "add_lists": reverse_add_lists,
    "array": reverse_array,
    "to_tuple": reverse_to_tuple,
    "copy": reverse_copy,
    "diag": reverse_diag,
    "where": reverse_where,
}


def handler_of(value: Op) -> Handler | None:
    """Return what reverses an operation on containers; None for one that has a rule."""
    if value.name == "concatenate" and isinstance(value.args[0].type, ListOf):
        return reverse_concatenate
    return HANDLERS.get(value.name)
