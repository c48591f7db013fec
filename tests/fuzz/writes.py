"""Statements that write: elements, slices, masks, integer arrays, whole arrays, containers."""

from __future__ import annotations

from .expressions import array, element, group, index, literal, part, scalar, stored
from .state import Shape, State, Var

# Augmented assignments that cannot grow a value by more than a little.
_AUGMENTED = (
    "{} += 0.3 * np.sin({})",
    "{} -= 0.3 * np.tanh({})",
    "{} *= np.cos({})",
    "{} /= 1.2 + np.abs({})",
    "{} *= np.tanh({})",
)


def _target(st: State) -> Var | None:
    found = st.arrays(owned=True)
    return st.rng.choice(found) if found else None


def write_element(st: State) -> bool:
    v = _target(st)
    if v is None:
        return False
    place = element(st, v)
    if st.chance(0.5):
        st.emit(f"{place} = {scalar(st, 2)}", "element", v.relation)
    else:
        st.emit(st.rng.choice(_AUGMENTED).format(place, scalar(st, 1)), "element aug", v.relation)
    return True


def _section(st: State, v: Var) -> tuple[str, Shape]:
    """A basic index of an array that keeps at least one axis."""
    if len(v.shape) == 1:
        wanted = st.rng.randint(1, v.shape[0])
        text = part(st, v.shape[0], wanted)
        return (f"{v.name}[{text}]", (wanted,)) if text else (f"{v.name}[:]", v.shape)
    rows, columns = v.shape
    if st.chance(0.5):
        return f"{v.name}[{index(st, rows)}]", (columns,)
    if st.chance(0.5):
        return f"{v.name}[:, {index(st, columns)}]", (rows,)
    return f"{v.name}[1:, :-1]", (rows - 1, columns - 1)


def write_slice(st: State) -> bool:
    v = _target(st)
    if v is None:
        return False
    place, shape = _section(st, v)
    right = array(st, shape, 2) if st.chance(0.8) else scalar(st, 2)
    if len(v.shape) == 2:  # of a row written to a column that crosses it, NumPy 2.4 makes no copy first
        right = f"0.9 * ({right})"
    if st.chance(0.5):
        st.emit(f"{place} = {right}", "slice", v.relation)
    else:
        st.emit(st.rng.choice(_AUGMENTED).format(place, right), "slice aug", v.relation)
    return True


def write_overlap(st: State) -> bool:
    """`a[1:] = a[:-1]` and its relatives, plain and augmented."""
    found = [v for v in st.arrays(owned=True) if v.shape[0] >= 3]
    if not found:
        return False
    v = st.rng.choice(found)
    left, right = st.rng.choice([("1:", ":-1"), (":-1", "1:"), ("1:", "-2::-1"), (":2", "1:3"), ("::-1", ":")])
    form = st.rng.choice(["{0}[{1}] = {0}[{2}]", "{0}[{1}] += 0.4 * {0}[{2}]", "{0}[{1}] *= np.sin({0}[{2}])"])
    st.emit(form.format(v.name, left, right), "overlap", v.relation)
    return True


def write_whole(st: State) -> bool:
    v = _target(st)
    if v is None:
        return False
    right = array(st, v.shape, 2) if st.chance(0.7) else scalar(st, 1)
    if st.chance(0.2):
        st.emit(f"{v.name}[...] = {right}", "fill", v.relation)
    elif st.chance(0.15):
        right = array(st, v.shape, 1)
        st.emit(f"np.multiply({right}, 0.7, out={v.name})", "out", v.relation)
    else:
        st.emit(st.rng.choice(_AUGMENTED).format(v.name, right), "whole aug", v.relation)
    return True


def write_mask(st: State) -> bool:
    v = _target(st)
    if v is None:
        return False
    mask = f"{v.name} {st.rng.choice('<>')} {literal(st)}"
    if st.chance(0.4):
        name = st.fresh("mask")
        st.emit(f"{name} = {mask}", "mask", v.relation)
        mask = name
    form = st.rng.choice(["{0}[{1}] = {2}", "{0}[{1}] *= {3}", "{0}[{1}] = {4}[{1}]", "{0}[{1}] += 0.2 * {4}[{1}]"])
    same = st.rng.choice(st.arrays(v.shape)).name
    text = form.format(v.name, mask, scalar(st, 1), f"np.cos({scalar(st, 0)})", same)
    st.emit(text, "mask write", v.relation)
    return True


def write_scatter(st: State) -> bool:
    """A store through an integer array, duplicates included."""
    found = [v for v in st.arrays(owned=True) if len(v.shape) == 1]
    if not found:
        return False
    v = st.rng.choice(found)
    count = st.rng.randint(2, 4)
    places = [st.rng.randrange(v.shape[0]) for _ in range(count)]
    right = array(st, (count,), 1) if st.chance(0.8) else scalar(st, 1)
    form = st.rng.choice(
        [
            "{}[{}] = {}",
            "{}[{}] += 0.3 * {}",
            "{}[{}] *= np.cos({})",
            "np.add.at({}, {}, 0.3 * np.sin({}))",
        ]
    )
    text = form.format(v.name, f"np.array({places})", group(right))
    st.emit(text, "scatter", v.relation)
    return True


def write_container(st: State) -> bool:
    """A write to an array inside a list or dict, or of a new element."""
    found = [v for v in st.of_kind("list") + st.of_kind("dict") if v.owned]
    if not found:
        return False
    v = st.rng.choice(found)
    place = stored(st, v)
    if v.shape and st.chance(0.6):
        inner = Var(place, "array", v.shape)
        if st.chance(0.5):
            st.emit(f"{element(st, inner)} = {scalar(st, 1)}", f"{v.kind} element", v.relation)
        else:
            right = array(st, v.shape, 1)
            st.emit(st.rng.choice(_AUGMENTED).format(place, right), f"{v.kind} aug", v.relation)
        return True
    right = array(st, v.shape, 2) if v.shape else scalar(st, 2)
    if v.kind == "dict" and st.chance(0.5):
        place, right = f"{v.name}['q']", scalar(st, 2)
    st.emit(f"{place} = {_owned(right, v)}", f"{v.kind} store", v.relation)
    return True


def _owned(text: str, v: Var) -> str:
    """A bare name or slice may be an argument's memory: copy it where the target may be written."""
    return f"1.0 * {group(text)}" if v.shape else text


def append(st: State) -> bool:
    found = st.of_kind("list")
    if not found:
        return False
    v = st.rng.choice(found)
    same = st.arrays(v.shape, owned=True) if v.shape else []
    if st.chance(0.3):
        st.emit(f"{v.name}.append(0.9 * np.sin({v.name}[-1]))", "append", v.relation)
    elif same and st.chance(0.7):
        source = st.rng.choice(same)
        st.emit(f"{v.name}.append({source.name})", "append alias", source.relation)
        if st.chance(0.5):  # what the list holds is written through the name
            st.emit(f"{source.name}[...] = np.cos({scalar(st, 0)} * {source.name})", "fill", source.relation)
    else:
        item = _owned(array(st, v.shape, 2), v) if v.shape else scalar(st, 2)
        st.emit(f"{v.name}.append({item})", "append", v.relation)
    return True


def swap(st: State) -> bool:
    shapes = {v.shape for v in st.arrays(owned=True)}
    pairs = [group for s in sorted(shapes) if len(group := st.arrays(s, owned=True)) > 1]
    if not pairs:
        return False
    a, b = st.rng.sample(st.rng.choice(pairs), 2)
    st.emit(f"{a.name}, {b.name} = {b.name}, {a.name}", "swap", f"{a.relation}+{b.relation}")
    return True
