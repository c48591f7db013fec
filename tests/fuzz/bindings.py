"""Statements that bind names: values, aliases, views, buffers, containers, calls of writers."""

from __future__ import annotations

from .expressions import array, called, index, part, scalar
from .state import Shape, State, Var

_SHAPES: tuple[Shape, ...] = ((5,), (4,), (3,), (3, 4), (4, 3), (3, 3))


def new_scalar(st: State) -> bool:
    text = scalar(st, 2)
    name = st.fresh("t")
    st.emit(f"{name} = {text}", "scalar")
    st.add(Var(name, "scalar"))
    return True


def update_scalar(st: State) -> bool:
    found = st.of_kind("scalar")
    if not found:
        return False
    v = st.rng.choice(found)
    if st.chance(0.6):
        sign = st.rng.choice(["+=", "-="])
        st.emit(f"{v.name} {sign} 0.2 * np.sin({scalar(st, 1)})", "scalar aug")
    elif st.chance(0.5):
        st.emit(f"{v.name} *= np.cos({scalar(st, 1)})", "scalar aug")
    else:
        st.emit(f"{v.name} = {scalar(st, 2)}", "scalar rebind")
    return True


def new_array(st: State) -> bool:
    shape = st.rng.choice(_SHAPES)
    text = array(st, shape, 2)
    # `1.0 *` where the expression may be a view or an alias: here we want memory of its own.
    name = st.fresh("a")
    st.emit(f"{name} = {st.rng.choice(('1.0 * ', '-', 'np.negative'))}({text})", "array")
    st.add(Var(name, "array", shape))
    return True


def rebind_array(st: State) -> bool:
    found = st.arrays()
    if not found:
        return False
    v = st.rng.choice(found)
    same = [w for w in st.arrays(v.shape, owned=v.owned) if w is not v]
    if same and st.chance(0.3):
        w = st.rng.choice(same)
        st.emit(f"{v.name} = {w.name}", "rebind alias", w.relation)
        v.relation = "alias"
        return True
    st.emit(f"{v.name} = 0.9 * ({array(st, v.shape, 2)})", "rebind array", v.relation)
    return True


def alias(st: State) -> bool:
    found = st.arrays()
    if not found:
        return False
    v = st.rng.choice(found)
    name = st.fresh("v")
    st.emit(f"{name} = {v.name}", "alias", v.relation)
    st.add(Var(name, "array", v.shape, v.owned, "alias"))
    return True


def view(st: State) -> bool:
    """A view, or a reshape that may copy, of an array or of a view."""
    found = st.arrays()
    if not found:
        return False
    v = st.rng.choice(found)
    text, shape, relation = _vector_view(st, v) if len(v.shape) == 1 else _matrix_view(st, v)
    if v.relation in ("view", "row", "transpose", "reshape"):
        relation = "view of view"
    name = st.fresh("v")
    st.emit(f"{name} = {text}", "view", relation)
    st.add(Var(name, "array", shape, v.owned, relation))
    return True


def _vector_view(st: State, v: Var) -> tuple[str, Shape, str]:
    size = v.shape[0]
    if size == 4 and st.chance(0.3):
        return f"{v.name}.reshape(2, 2)", (2, 2), "reshape"
    views = [f for f in st.calls("view") if f.shape == v.shape]
    if views and st.chance(0.5):
        return f"{st.rng.choice(views).name}({v.name})", (size - 1,), "view"
    wanted = st.rng.randint(max(2, size - 2), size) if size > 2 else size
    text = part(st, size, wanted)
    if text is None:
        return f"{v.name}[:]", v.shape, "view"
    return f"{v.name}[{text}]", (wanted,), "view"


def _matrix_view(st: State, v: Var) -> tuple[str, Shape, str]:
    rows, columns = v.shape
    options: list[tuple[str, Shape, str]] = [
        (f"{v.name}.T", (columns, rows), "transpose"),
        (f"{v.name}[{index(st, rows)}]", (columns,), "row"),
        (f"{v.name}[:, {index(st, columns)}]", (rows,), "row"),
        (f"{v.name}.reshape({columns}, {rows})", (columns, rows), "reshape"),
        (f"{v.name}[::-1]", v.shape, "view"),
    ]
    if rows > 2 and columns > 2:
        options.append((f"{v.name}[1:, 1:]", (rows - 1, columns - 1), "view"))
    if rows * columns <= 12:
        options.append((f"{v.name}.reshape(-1)", (rows * columns,), "reshape"))
        options.append((f"{v.name}.T.ravel()", (rows * columns,), "reshape"))
    return st.rng.choice(options)


def buffer(st: State) -> bool:
    """np.zeros or np.empty, filled by a recurrence before anything else reads it."""
    size = st.rng.choice([3, 4, 5])
    name, i = st.fresh("b"), st.fresh("i")
    make = st.rng.choice(["np.zeros({})", "np.empty({})", "np.zeros(({},))"])
    st.emit(f"{name} = {make.format(size)}", "buffer")
    st.emit(f"{name}[0] = {scalar(st, 1)}", "buffer element")
    st.emit(f"for {i} in range(1, {size}):")
    with st.block("for"):
        st.scope.integers.append((i, 1, size - 1))
        right = scalar(st, 1)
        previous = f"{name}[{i} - 1]"
        form = st.rng.choice(["0.5 * ({} + {})", "np.sin({}) + 0.3 * ({})", "{} * np.cos({})"])
        st.emit(f"{name}[{i}] = {form.format(previous, right)}", "buffer element")
    st.add(Var(name, "array", (size,)))
    return True


def container(st: State) -> bool:
    kind = st.rng.choice(["list", "list", "tuple", "dict"])
    shape: Shape = st.rng.choice([(5,), (3,), (4,)])
    if kind == "list" and st.chance(0.35):
        shape = ()
    item, owned, relation = _item(st, shape)
    name = st.fresh({"list": "items", "tuple": "pair", "dict": "table"}[kind])
    length = 0
    if kind == "tuple":
        st.emit(f"{name} = ({item}, {scalar(st, 1)})", "tuple", relation)
    elif kind == "dict":
        st.emit(f"{name} = {{'p': {item}, 'q': {scalar(st, 1)}}}", "dict", relation)
    else:
        extra = [_item(st, shape) for _ in range(st.rng.randint(0, 1))]
        owned = owned and all(e[1] for e in extra)
        length = 1 + len(extra)
        st.emit(f"{name} = [{', '.join([item, *(e[0] for e in extra)])}]", "list", relation)
    st.add(Var(name, kind, shape, owned, relation, length))
    return True


def _item(st: State, shape: Shape) -> tuple[str, bool, str]:
    """What goes into a container: an alias of an array, or a new value."""
    if not shape:
        return scalar(st, 1), True, "own"
    same = st.arrays(shape)
    if same and st.chance(0.5):
        v = st.rng.choice(same)
        return v.name, v.owned, f"holds {v.relation}"
    return f"1.0 * ({array(st, shape, 1)})", True, "own"


def unpack(st: State) -> bool:
    found = st.of_kind("tuple")
    if not found:
        return False
    v = st.rng.choice(found)
    first, second = st.fresh("v"), st.fresh("t")
    st.emit(f"{first}, {second} = {v.name}", "unpack", v.relation)
    st.add(Var(first, "array", v.shape, v.owned, "alias"))
    st.add(Var(second, "scalar"))
    return True


def call_writer(st: State) -> bool:
    """A helper that writes its argument; the argument may be a view."""
    pairs = [(f, v) for f in st.calls("writer") for v in st.arrays(owned=True) if v.shape == f.shape]
    if not pairs:
        return False
    f, v = st.rng.choice(pairs)
    if st.chance(0.2):
        v = st.add(Var(st.fresh("a"), "array", f.shape))
        st.emit(f"{v.name} = np.ones({f.shape})", "constants")
    st.emit(f"{f.name}({v.name}, {scalar(st, 1)})", "call writer", v.relation)
    return True


def call_updater(st: State) -> bool:
    """A closure that rebinds or writes what it captured."""
    found = st.calls("updater")
    if not found:
        return False
    st.emit(f"{st.rng.choice(found).name}({scalar(st, 1)})", "call updater")
    return True


def call_then_write(st: State) -> bool:
    """The argument of a call is written after the call."""
    pairs = [(f, v) for f in st.calls("pure") for v in st.arrays(f.shape, owned=True)]
    if not pairs:
        return False
    (f, v), name = st.rng.choice(pairs), st.fresh("a")
    st.emit(f"{name} = 1.0 * {f.name}({v.name}, {scalar(st, 0)})", "call value", v.relation)
    st.add(Var(name, "array", f.shape))
    st.emit(f"{v.name}[...] = np.sin({scalar(st, 1)} * {v.name})", "fill", v.relation)
    return True


def call_value(st: State) -> bool:
    shape = st.rng.choice(_SHAPES)
    text = called(st, shape, 1)
    if text is None:
        return False
    name = st.fresh("a")
    st.emit(f"{name} = 1.0 * {text}", "call value")
    st.add(Var(name, "array", shape))
    return True
