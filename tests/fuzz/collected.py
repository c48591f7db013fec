"""Lists that are changed in their midst, dicts by keys that are not known, what is chosen by data, classes inside."""

from __future__ import annotations

from collections.abc import Callable

from .expressions import condition, literal, scalar
from .state import State, Var

Body = Callable[[State, int], None]  # writes so many statements


def list_changed(st: State, body: Body) -> bool:
    """A list that grows in a loop, in whose midst items are put, replaced and deleted."""
    vectors = [v for v in st.arrays() if len(v.shape) == 1]
    if not vectors:
        return False
    name, item, v = st.fresh("xs"), st.fresh("e"), st.rng.choice(vectors)
    st.emit(f"{name} = []", "list")
    st.emit(f"for {item} in {v.name}:", "for item", v.relation)
    made = st.rng.choice([f"np.sin({item})", f"{item} * {scalar(st, 0)}", item])
    put = st.rng.choice(
        [f"{name}.append({made})", f"{name}.insert(0, {made})", f"{name}.insert(len({name}) // 2, {made})"]
    )
    if st.chance(0.4):
        st.emit(f"    if {item} > {literal(st)}:")
        st.emit(f"        {put}", "list insert")
    else:
        st.emit(f"    {put}", "list insert")
    for _ in range(st.rng.randint(1, 3)):
        st.emit(
            st.rng.choice(
                [
                    f"{name}.insert(1, {scalar(st, 1)})",
                    f"{name}[1:2] = [{scalar(st, 0)}, {literal(st)}]",
                    f"{name}[:0] = [{scalar(st, 1)}]",
                    f"del {name}[1:3]",
                    f"if len({name}) > 0: del {name}[0]",
                    f"if len({name}) > 1: {name}.append({name}.pop(0) * {name}.pop())",
                    f"{name}.reverse()",
                ]
            ),
            "list change",
        )
    total = st.fresh("t")
    st.emit(f"{total} = sum(e * (i + 1) for i, e in enumerate({name}))", "sum")
    st.add(Var(total, "scalar"))
    return True


def dict_by_data(st: State, body: Body) -> bool:
    """A dict of numbers of which the data decide which is read, written or added to."""
    vectors = [v for v in st.arrays() if len(v.shape) == 1]
    if not vectors:
        return False
    name, at, v = st.fresh("d"), st.fresh("j"), st.rng.choice(vectors)
    st.emit(f"{name} = {{0: {scalar(st, 1)}, 1: {literal(st)}, 3: {scalar(st, 0)}}}", "dict")
    st.emit(f"for {at} in range(len({v.name})):", "for range")
    with st.block("for"):
        st.emit(
            st.rng.choice(
                [
                    f"{name}[{at} % 2] += {v.name}[{at}] * {scalar(st, 0)}",
                    f"{name}[{at} % 2] = {name}[0] * 0.5 + {v.name}[{at}]",
                    f"{name}[3 if {condition(st)} else 0] = {v.name}[{at}] + {name}[1]",
                    f"{name}[1] += {name}.get({at}, {literal(st)}) * {v.name}[{at}]",
                ]
            ),
            "dict by data",
        )
        body(st, 1)
    total = st.fresh("t")
    st.emit(f"{total} = {name}[0] * 0.5 + {name}[1] + np.sin({name}[3])", "scalar")
    st.add(Var(total, "scalar"))
    return True


def chosen(st: State, body: Body) -> bool:
    """A function or a name that a conditional expression chooses."""
    name, total = st.fresh("f"), st.fresh("t")
    if st.chance(0.5):
        two = st.rng.sample(["np.sin", "np.cos", f"(lambda v: v * {scalar(st, 0)})", "(lambda v: v * v)"], 2)
        st.emit(f"{name} = {two[0]} if {condition(st)} else {two[1]}", "chosen function")
        body(st, 1)
        st.emit(f"{total} = {name}({scalar(st, 1)})", "call")
    else:
        st.emit(f"{name} = 'a' if {condition(st)} else 'b'", "chosen name")
        body(st, 1)
        st.emit(f"{total} = {scalar(st, 1)} if {name} == 'a' else {scalar(st, 0)}", "scalar")
    st.add(Var(total, "scalar"))
    return True


def machine(st: State, body: Body) -> bool:
    """A loop over words in which a name goes from state to state."""
    state, word, total = st.fresh("state"), st.fresh("word"), st.fresh("t")
    words = [st.rng.choice(["'go'", "'stop'"]) for _ in range(3)]
    st.emit(f"{state}, {total} = 'off', {scalar(st, 1)}", "scalar")
    st.emit(f"for {word} in [{', '.join(words)}]:", "for word")
    st.emit(f"    if {state} == 'off':")
    st.emit(f"        {total} = {total} * 0.5 + {scalar(st, 0)}", "scalar rebind")
    st.emit(f"        {state} = 'on' if {word} == 'go' else 'off'", "name rebind")
    st.emit("    else:")
    st.emit(f"        {total} = np.sin({total})", "scalar rebind")
    st.emit(f"        {state} = 'off'", "name rebind")
    st.add(Var(total, "scalar"))
    return True


def class_inside(st: State, body: Body) -> bool:
    """A class whose methods read the variables of the function, one of which changes between two calls."""
    scalars = st.of_kind("scalar")
    if not scalars:
        return False
    cls, made, total, read = st.fresh("Local"), st.fresh("o"), st.fresh("t"), st.rng.choice(scalars).name
    st.emit(f"class {cls}:", "class")
    st.emit("    def __init__(self, a):")
    st.emit("        self.a = a")
    st.emit("    def __call__(self, b):")
    st.emit(f"        return self.a * b + np.cos({read})")
    st.emit(f"{made} = {cls}({scalar(st, 1)})", "object")
    body(st, 1)
    if st.chance(0.5):
        st.emit(f"{read} = 0.7 * {read} + {literal(st)}", "scalar rebind")
    if st.chance(0.5):
        st.emit(f"{made}.a = {made}.a * {scalar(st, 0)}", "attribute")
    st.emit(f"{total} = {made}({scalar(st, 0)})", "call")
    st.add(Var(total, "scalar"))
    return True
