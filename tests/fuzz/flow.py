"""Contexts, exceptions, generators and iterators, around blocks of other statements."""

from __future__ import annotations

from collections.abc import Callable

from .expressions import condition, literal, scalar
from .state import State, Var

Body = Callable[[State, int], None]  # writes so many statements


def context(st: State, body: Body) -> bool:
    """A mode of NumPy."""
    modes = ["np.errstate(over='ignore')", "np.printoptions(precision=3)"]
    st.emit(f"with {st.rng.choice(modes)}:", "with")
    with st.block("with"):
        body(st, st.rng.randint(1, 2))
    return True


def attempt(st: State, body: Body) -> bool:
    """A body that raises on some data before it has done anything; what it makes is read after it."""
    name, error = st.fresh("t"), st.rng.choice(["ValueError", "KeyError", "ZeroDivisionError"])
    st.emit("try:", "try")
    st.indent += 1
    st.emit(f"if {condition(st)}:")
    st.emit(f"    raise {error}('no')", "raise")
    if st.chance(0.3):
        st.emit(f"{name} = {scalar(st, 1)}")
    st.emit(f"{name} = {scalar(st, 2)}", "scalar")
    st.indent -= 1
    st.emit(
        st.rng.choice([f"except {error}:", f"except (TypeError, {error}):", "except Exception as error:"]), "except"
    )
    with st.block("except"):
        body(st, 1)
        st.emit(f"{name} = {scalar(st, 1)}", "scalar")
    if st.chance(0.4):
        st.emit("else:", "else of try")
        with st.block("else"):
            body(st, 1)
    st.add(Var(name, "scalar"))
    return True


def attempt_in_parts(st: State, body: Body) -> bool:
    """A body with branches and loops of its own, which may raise in each of them, or be left before its end."""
    name, item, error = st.fresh("t"), st.fresh("k"), st.rng.choice(["ValueError", "KeyError"])
    st.emit("try:", "try")
    st.indent += 1
    st.emit(f"{name} = {scalar(st, 1)}", "scalar")
    st.emit(f"for {item} in range({st.rng.randint(1, 4)}):", "for range")
    st.emit(
        f"    {name} = {st.rng.choice(['np.sin', 'np.cos'])}({name}) * {scalar(st, 0)} + 0.1 * {item}", "scalar rebind"
    )
    st.emit(f"    if {name} > {literal(st)}:")
    st.emit(f"        {st.rng.choice([f'raise {error}(0)', f'raise {error}(0)', 'break', 'continue'])}", "raise")
    if st.chance(0.5):
        st.emit(f"if {condition(st)}:")
        st.emit(f"    {name} = {name} * {name}", "scalar rebind")
        if st.chance(0.5):
            st.emit(f"    if {condition(st)}:")
            st.emit(f"        raise {error}(1)", "raise")
    if st.chance(0.4) and st.in_loop():
        st.emit(f"if {condition(st)}:")
        st.emit(f"    {st.rng.choice(['break', 'continue'])}", "break")
    st.indent -= 1
    st.emit(f"except {error}:", "except")
    with st.block("except"):
        if st.chance(0.3):
            body(st, 1)
        st.emit(f"{name} = {scalar(st, 1)}", "scalar")
    st.add(Var(name, "scalar"))
    return True


def at_the_end(st: State, body: Body) -> bool:
    """A `finally` that updates a number the body does not assign."""
    found = st.of_kind("scalar")
    if not found:
        return False
    st.emit("try:", "try")
    with st.block("try"):
        made = st.fresh("t")
        st.emit(f"{made} = {scalar(st, 2)}", "scalar")
        st.add(Var(made, "scalar"))
        body(st, 1)
    st.emit("finally:", "finally")
    name = st.fresh("t")
    st.emit(f"    {name} = {literal(st)} * np.cos({st.rng.choice(found).name})", "scalar")
    st.add(Var(name, "scalar"))
    return True


def generator_loop(st: State, body: Body) -> bool:
    """A loop over a generator of the program's own, whose state goes on from item to item."""
    vectors = [v for v in st.arrays() if len(v.shape) == 1]
    if not vectors:
        return False
    made, item, v = st.fresh("items"), st.fresh("item"), st.rng.choice(vectors)
    st.emit(f"def {made}(u, c):", "generator")
    step = st.rng.choice(["c = 0.8 * c + 0.1 * np.sin(w)", "c = c * 0.9", "pass"])
    first, last = [f"    {step}", f"    yield {st.rng.choice(['w * c', 'np.tanh(w + c)', 'c'])}"], []
    if st.chance(0.3):
        first, last = first[1:], first[:1]
    if st.chance(0.3):
        first = [f"    if w > {literal(st)}:", "        return", *first]
    for line in ("for w in u:", *first, *last):
        st.emit(f"    {line}")
    header = st.rng.choice(
        [f"for {item} in {made}({v.name}, {scalar(st, 0)}):", f"for {item} in list({made}({v.name}, {scalar(st, 0)})):"]
    )
    st.emit(header, "for generator", v.relation)
    with st.block("for generator"):
        st.add(Var(item, "scalar"))
        body(st, st.rng.randint(1, 2))
    return True


def iterator_class(st: State, body: Body) -> bool:
    """A loop over an object with `__next__`, which computes before it says that it is at its end."""
    cls, item = st.fresh("Steps"), st.fresh("item")
    st.emit(f"class {cls}:", "class")
    for line in ("    def __init__(self, a):", "        self.a, self.n = a, 0"):
        st.emit(line)
    for line in ("    def __iter__(self):", "        return self", "    def __next__(self):"):
        st.emit(line)
    st.emit(f"        self.a = {st.rng.choice(['np.sin(self.a)', '0.6 * self.a', 'np.cos(self.a) * 0.9'])}")
    st.emit(f"        if self.n >= {st.rng.randint(1, 4)} or self.a > {literal(st)}:")
    st.emit("            raise StopIteration")
    st.emit("        self.n += 1")
    st.emit(f"        return {st.rng.choice(['self.a', 'self.a * self.a', '0.5 * self.a + self.n'])}")
    st.emit(f"for {item} in {cls}({scalar(st, 1)}):", "for iterator")
    with st.block("for iterator"):
        st.add(Var(item, "scalar"))
        body(st, st.rng.randint(1, 2))
    return True


def late_iterator(st: State, body: Body) -> bool:
    """An iterator that is made, and gone through after other statements."""
    vectors, scalars = [v for v in st.arrays() if len(v.shape) == 1], st.of_kind("scalar")
    if not vectors or not scalars:
        return False
    name, total = st.fresh("late"), st.fresh("t")
    v, c = st.rng.choice(vectors), st.rng.choice(scalars).name
    made = st.rng.choice(
        [
            f"(np.sin(u) * {c} for u in {v.name})",
            f"(u * {c} for u in {v.name} if u > {literal(st)})",
            f"map(lambda u: np.cos({c} * u), {v.name})",
            f"filter(lambda u: u > {literal(st)}, {v.name})",
        ]
    )
    st.emit(f"{name} = {made}", "iterator")
    if st.chance(0.4):
        st.emit(f"{c} = 0.7 * {c} + {literal(st)}", "scalar rebind")
    if st.chance(0.3) and v.owned:
        st.emit(f"{v.name}[0] = {scalar(st, 1)}", "element", v.relation)
    st.emit(f"{total} = {st.rng.choice(['', '0.5 * '])}sum({name})", "sum")
    st.add(Var(total, "scalar"))
    return True


def mapped_loop(st: State, body: Body) -> bool:
    """A loop over `map` or a generator expression, whose body changes what the next item is made of."""
    vectors, scalars = [v for v in st.arrays() if len(v.shape) == 1], st.of_kind("scalar")
    if not vectors or not scalars:
        return False
    item, v, c = st.fresh("e"), st.rng.choice(vectors), st.rng.choice(scalars).name
    made = st.rng.choice([f"map(lambda u: u * {c}, {v.name})", f"(np.sin(u + {c}) for u in {v.name})"])
    st.emit(f"for {item} in {made}:", "for iterator", v.relation)
    with st.block("for iterator"):
        st.add(Var(item, "scalar"))
        body(st, 1)
        if st.chance(0.6):
            st.emit(f"{c} = 0.8 * {c} + 0.1 * {item}", "scalar rebind")
    return True
