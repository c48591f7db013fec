"""Loops, branches and exits, around blocks of other statements."""

from __future__ import annotations

from collections.abc import Callable

from .expressions import condition, literal, scalar
from .state import State, Var

Body = Callable[[State, int], None]  # writes so many statements


def branch(st: State, body: Body) -> bool:
    st.emit(f"if {condition(st)}:", "if")
    with st.block("if"):
        body(st, st.rng.randint(1, 2))
    if st.chance(0.2):
        st.emit(f"elif {condition(st)}:", "elif")
        with st.block("if"):
            body(st, 1)
    if st.chance(0.5):
        st.emit("else:", "else")
        with st.block("else"):
            body(st, st.rng.randint(1, 2))
    return True


def counted_loop(st: State, body: Body) -> bool:
    name = st.fresh("i")
    low, high, text = st.rng.choice(
        [
            (0, 2, "range(n)"),
            (0, 2, "range(3)"),
            (1, 3, "range(1, 4)"),
            (0, 2, "range(n - 1, -1, -1)"),
            (0, 2, "reversed(range(n))"),
            (0, 4, "range(0, 5, 2)"),
            (1, 3, "range(1, len(x) - 1)"),
        ]
    )
    if "(x)" in text and not any(v.name == "x" and v.shape == (5,) for v in st.arrays()):
        low, high, text = 0, 3, "range(4)"
    if "n" in text.replace("range", "").replace("len", "") and not _has_n(st):
        low, high, text = 0, 2, "range(3)"
    st.emit(f"for {name} in {text}:", "for range")
    with st.block("for"):
        st.scope.integers.append((name, low, high))
        _iteration(st, body)
    if st.chance(0.2):
        st.scope.integers.append((name, low, high))  # read after the loop
    return True


def _has_n(st: State) -> bool:
    return any(name == "n" for name, _, _ in st.scope.integers)


def _iteration(st: State, body: Body) -> None:
    body(st, st.rng.randint(1, 2))
    if st.chance(0.35):
        leave(st, body)
        body(st, 1)


def leave(st: State, body: Body) -> None:
    """A guarded break or continue, sometimes after a write of its own; sometimes the other arm does something."""
    st.emit(f"if {condition(st)}:")
    word = st.rng.choice(["break", "continue"])
    with st.block("if"):
        scalars = st.of_kind("scalar")
        if scalars and st.chance(0.5):
            name = st.rng.choice(scalars).name
            st.emit(f"{name} = 0.5 * {name} + {literal(st)}", "scalar before exit")
        st.emit(word, word)
    if st.chance(0.35):
        st.emit("else:", "else")
        with st.block("else"):
            body(st, 1)


def walk_loop(st: State, body: Body) -> bool:
    """A loop over the elements of an array or over the rows of a matrix (views, writable)."""
    found = st.arrays()
    if not found:
        return False
    v = st.rng.choice(found)
    inner = (
        Var(st.fresh("row"), "array", v.shape[1:], v.owned, "row")
        if len(v.shape) == 2
        else Var(st.fresh("e"), "scalar")
    )
    counter = st.fresh("i")
    header, has_counter, partner = _walk_header(st, v, inner, counter)
    st.emit(header, "for array", v.relation)
    with st.block("for"):
        st.add(inner)
        if partner is not None:
            st.add(partner)
        if has_counter:
            st.scope.integers.append((counter, 0, v.shape[0] - 1))
        _iteration(st, body)
    return True


def _walk_header(st: State, v: Var, inner: Var, counter: str) -> tuple[str, bool, Var | None]:
    vectors = [w for w in st.arrays() if len(w.shape) == 1]
    choice = st.rng.random()
    if choice < 0.3:
        return f"for {counter}, {inner.name} in enumerate({v.name}):", True, None
    if choice < 0.55 and vectors:
        partner = Var(st.fresh("w"), "scalar")
        other = st.rng.choice(vectors)
        return f"for {inner.name}, {partner.name} in zip({v.name}, {other.name}):", False, partner
    return f"for {inner.name} in {v.name}:", False, None


def list_loop(st: State, body: Body) -> bool:
    found = st.of_kind("list")
    if not found:
        return False
    v = st.rng.choice(found)
    name = st.fresh("item")
    # A copy of the list: the body may append to the list itself.
    st.emit(f"for {name} in list({v.name}):" if st.chance(0.5) else f"for {name} in {v.name}[:2]:")
    with st.block("for"):
        if v.shape:
            st.add(Var(name, "array", v.shape, v.owned, "list element"))
        else:
            st.add(Var(name, "scalar"))
        _iteration(st, body)
    return True


def while_loop(st: State, body: Body) -> bool:
    """A loop on data with a counter that bounds it."""
    count, name = st.fresh("k"), st.fresh("t")
    st.emit(f"{count} = 0")
    st.emit(f"{name} = {scalar(st, 1)}", "scalar")
    st.add(Var(name, "scalar"))
    test = f"{name} {st.rng.choice('<>')} {literal(st)}"
    if st.chance(0.3):
        st.emit("while True:", "while true")
    else:
        st.emit(f"while {count} < {st.rng.randint(2, 4)} and {test}:", "while")
        test = ""
    with st.block("while"):
        st.emit(f"{count} += 1")
        if test:
            st.emit(f"if {test} or {count} >= {st.rng.randint(2, 4)}:")
            with st.block("if"):
                st.emit("break", "break")
        st.emit(f"{name} = 0.6 * {name} + 0.5 * np.sin({scalar(st, 1)})", "scalar rebind")
        _iteration(st, body)
    return True


def early_return(st: State, body: Body) -> bool:
    st.emit(f"if {condition(st)}:", "early return")
    with st.block("if"):
        found = st.arrays()
        tail = f" + 0.3 * np.sum(np.sin({st.rng.choice(found).name}))" if found else ""
        st.emit(f"return {scalar(st, 2)}{tail}", "return")
    return True
