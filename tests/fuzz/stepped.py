"""Iterators that are stepped, lists that are taken apart in `try` or read while they grow, methods as values, text."""

from __future__ import annotations

from .control import Body
from .expressions import literal
from .state import State, Var


def _parts(st: State) -> tuple[Var, str] | None:
    """A vector, and the name of a number."""
    vectors, scalars = [v for v in st.arrays() if len(v.shape) == 1], st.of_kind("scalar")
    return (st.rng.choice(vectors), st.rng.choice(scalars).name) if vectors and scalars else None


def stepping(st: State, body: Body) -> bool:
    """`next`, `islice`, `zip(it, it)`, and loops that go on where another was left."""
    found = _parts(st)
    if found is None:
        return False
    (v, c), it, total, item = found, st.fresh("it"), st.fresh("t"), st.fresh("e")
    over = st.rng.choice([v.name, f"[{c} * u for u in {v.name}]", f"[u for u in {v.name} if u > {literal(st)}]"])
    st.emit(f"{it} = iter({over})", "iterator", v.relation)
    st.emit(f"{total} = {literal(st)} * next({it}, {c})", "next")
    how = st.rng.randrange(5)
    if how == 0:
        st.emit(f"{item} = next({it}, None)", "next")
        st.emit(f"while {item} is not None:", "while")
        with st.block("while"):
            st.emit(f"{total} = 0.5 * {total} + np.sin({item})", "scalar rebind")
            st.emit(f"{item} = next({it}, None)", "next")
    elif how == 1:
        st.emit("import itertools", "import")
        st.emit(f"while {item} := list(itertools.islice({it}, 2)):", "while")
        with st.block("while"):
            st.emit(f"{total} += 0.3 * np.sin(sum({item})) * {item}[0]", "scalar aug")
    elif how == 2:
        st.emit(f"for {item}, u in zip({it}, {it}):", "for zip")
        with st.block("for zip"):
            st.emit(f"{total} += 0.3 * np.sin({item} - u)", "scalar aug")
    elif how == 3:
        for sign in "+-":
            st.emit(f"for {item} in {it}:", "for iterator")
            with st.block("for iterator"):
                st.emit(f"{total} {sign}= 0.3 * np.cos({item} * {c})", "scalar aug")
                st.emit(f"if {item} > {literal(st)}:", "if")
                st.emit("    break", "break")
    else:
        st.emit(f"{total} += 0.2 * np.sin(sum({it}))", "scalar aug")
    st.add(Var(total, "scalar"))
    return True


def taken_apart(st: State, body: Body) -> bool:
    """A list that is taken apart until it raises."""
    found = _parts(st)
    if found is None:
        return False
    (v, c), name, total, item = found, st.fresh("left"), st.fresh("t"), st.fresh("e")
    st.emit(f"{name} = [{c} * u for u in {v.name} if u > {literal(st)}]", "list")
    st.emit(f"{total} = {literal(st)}", "scalar")
    st.emit("while True:", "while")
    with st.block("while"):
        st.emit("try:", "try")
        st.emit(f"    {item} = {name}.pop({st.rng.choice(['', '0'])})", "pop")
        st.emit("except IndexError:", "except")
        st.emit("    break", "break")
        st.emit(f"{total} = 0.5 * {total} + np.sin({item})", "scalar rebind")
        if st.chance(0.4):
            st.emit(f"if {item} > 0.9:", "if")
            st.emit(f"    {name}.append(0.4 * {item})", "append")
    st.add(Var(total, "scalar"))
    return True


def read_so_far(st: State, body: Body) -> bool:
    """A list of which each item is made of those before it; it may be filled by its own method under another name."""
    found = _parts(st)
    if found is None:
        return False
    (v, c), name, total, item = found, st.fresh("made"), st.fresh("t"), st.fresh("e")
    add = f"{name}.append"
    st.emit(f"{name} = []", "list")
    if st.chance(0.5):
        add = st.fresh("add")
        st.emit(f"{add} = {name}.append", "method")
    st.emit(f"for {item} in {v.name}:", "for array", v.relation)
    with st.block("for array"):
        before = st.rng.choice(
            [f"sum(0.3 * u for u in {name})", f"max([abs(u) for u in {name}], default=0.2)", f"0.1 * len({name})"]
        )
        st.emit(f"{add}(np.sin({item}) * {c} - 0.2 * {before})", "append")
    st.emit(f"{total} = 0.4 * sum(np.cos(u) for u in {name})", "scalar")
    st.add(Var(total, "scalar"))
    return True


def keyed_by_text(st: State, body: Body) -> bool:
    """A dict whose keys are text that is put together when the program runs."""
    found = _parts(st)
    if found is None:
        return False
    (v, c), name, total, i = found, st.fresh("named"), st.fresh("t"), st.fresh("i")
    key = st.rng.choice([f'"k" + str({i} % 2)', f'f"k{{{i} % 2}}"', f'"k%d" % ({i} % 2)', f'"k{{}}".format({i} % 2)'])
    st.emit(f"{name} = {{}}", "dict")
    st.emit(f"for {i}, u in enumerate({v.name}):", "for enumerate", v.relation)
    with st.block("for enumerate"):
        st.emit(f"{name}[{key}] = {name}.get({key}, {c}) * 0.5 + np.sin(u)", "dict item")
    st.emit(f'{total} = 0.6 * {name}["k0"] - 0.3 * {name}["k1"]', "scalar")
    st.add(Var(total, "scalar"))
    return True
