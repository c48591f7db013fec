"""Short stretches of statements that belong together: single statements drawn at random seldom meet in this order.

Each is a way in which programs depend on what an analysis must not forget: an array that is written between where it
is made and where it is read, memory that is shared only from the second iteration on, a cotangent that several
iterations read, a recurrence that moves names around.
"""

from __future__ import annotations

from .expressions import array, element, group, index, literal, scalar
from .state import State, Var


def scratch(st: State) -> bool:
    """An array of its own in each iteration, written before it is read."""
    totals = st.of_kind("scalar")
    if not totals:
        return False
    size = st.rng.choice([3, 4, 5])
    name, total = st.fresh("w"), st.rng.choice(totals).name
    st.emit(f"{name} = 0.9 * ({array(st, (size,), 1)})", "array")
    st.emit(f"{name}[{index(st, size)}] = {scalar(st, 1)}", "element")
    st.emit(f"{total} += 0.2 * np.sum(np.sin({name}))", "scalar aug")
    return True


def recurrence(st: State) -> bool:
    """Two numbers that change places; often with a new one in the place of the older."""
    found = st.of_kind("scalar")
    if len(found) < 2:
        return False
    a, b = (v.name for v in st.rng.sample(found, 2))
    new = st.rng.choice([a, f"0.5 * ({a} + {b})", f"np.sin({a}) * np.cos({b})"])
    st.emit(f"{a}, {b} = {b}, {new}", "swap", "scalar")
    return True


def gathered_sum(st: State) -> bool:
    """An array that grows by another, which is also looked at by itself, in each iteration."""
    totals, found = st.of_kind("scalar"), [v for v in st.arrays(owned=True) if v.relation == "own"]
    if not totals or not found or st.depth() > 2:
        return False
    v, name, i = st.rng.choice(found), st.fresh("w"), st.fresh("i")
    total = st.rng.choice(totals).name
    st.emit(f"for {i} in range({st.rng.choice(['2', '3', 'len(' + v.name + ')'])}):", "for range", v.relation)
    with st.block("for"):
        st.scope.integers.append((i, 0, max(2, v.shape[0] - 1)))
        st.emit(f"{name} = 0.4 * np.tanh({array(st, v.shape, 1)})", "array")
        st.emit(f"{total} += 0.1 * np.sum(np.cos({name}))", "scalar aug")
        st.emit(st.rng.choice([f"{v.name} += {name}", f"{v.name} = {v.name} + {name}"]), "whole aug", v.relation)
    return True


def lagged(st: State) -> bool:
    """A name that means, from the second iteration on, the array that is written."""
    vectors, totals = [v for v in st.arrays(owned=True) if len(v.shape) == 1], st.of_kind("scalar")
    pairs = [(v, w) for v in vectors for w in vectors if v is not w and v.shape == w.shape]
    if not pairs or st.depth() > 2:
        return False
    (v, w), i = st.rng.choice(pairs), st.fresh("i")
    st.emit(f"for {i} in range({st.rng.choice(['2', '3'])}):", "for range", v.relation)
    with st.block("for"):
        st.emit(f"{v.name}[1:] *= np.cos({w.name}[:-1])", "slice aug", v.relation)
        if totals:
            st.emit(f"{st.rng.choice(totals).name} += 0.1 * np.sum(np.sin({w.name}))", "scalar aug")
        st.emit(f"{w.name} = {v.name}", "rebind alias", v.relation)
    v.relation = w.relation = "alias"
    return True


def weighed_twice(st: State) -> bool:
    """One product before and after a write through another name.

    The array is one that nothing later binds to a name: its shadow is not bound along the control flow.
    """
    totals, found = st.of_kind("scalar"), st.arrays()
    if not totals or not found:
        return False
    w, a, v = st.rng.choice(found), st.fresh("w"), st.fresh("v")
    total = st.rng.choice(totals).name
    st.emit(f"{a} = 0.9 * np.cos({array(st, w.shape, 1)})", "array")
    st.emit(f"{v} = {st.rng.choice([a, a + '[:]'])}", "alias")
    st.emit(f"{total} += 0.2 * np.sum({a} * {w.name})", "scalar aug")
    st.emit(f"{v}[...] = np.sin({group(array(st, w.shape, 1))})", "fill", "alias")
    st.emit(f"{total} -= 0.1 * np.sum({a} * {w.name})", "scalar aug")
    return True


def overwritten_test(st: State) -> bool:
    """A branch on a number that it overwrites."""
    found = st.arrays(owned=True)
    if not found:
        return False
    v = st.rng.choice(found)
    place = element(st, v)
    st.emit(f"if {place} > {st.rng.choice(['0.0', literal(st)])}:", "if", v.relation)
    with st.block("if"):
        st.emit(f"{place} *= {st.rng.choice(['-0.8', '-1.0'])} * np.cos({scalar(st, 0)})", "element aug", v.relation)
    st.emit("else:", "else")
    with st.block("else"):
        st.emit(f"{place} = {scalar(st, 1)}", "element", v.relation)
    return True


def grown(st: State) -> bool:
    """A list that grows by what is made of its last item."""
    totals, i = st.of_kind("scalar"), st.fresh("i")
    if not totals or st.depth() > 2:
        return False
    name, total = st.fresh("items"), st.rng.choice(totals).name
    size = st.rng.choice([3, 5])
    st.emit(f"{name} = [0.9 * ({array(st, (size,), 1)})]", "list")
    st.emit(f"for {i} in range({st.rng.randint(2, 3)}):", "for range")
    with st.block("for"):
        st.emit(f"{name}.append(np.sin({name}[-1] * {scalar(st, 0)}))", "append")
    st.emit(f"{total} += 0.2 * np.sum(np.cos({name}[-1]))", "scalar aug")
    return True


def flat_write(st: State) -> bool:
    """A write through a reshape that may be a view or a copy, and a read of both.

    Only backwards: the tangent of an array may lie otherwise in memory, and be copied where the array is viewed.
    """
    found = [v for v in st.arrays(owned=True) if len(v.shape) == 2]
    if not found:
        return False
    v, name, total = st.rng.choice(found), st.fresh("v"), st.fresh("t")
    size = v.shape[0] * v.shape[1]
    how = st.rng.choice([".T.ravel()", ".reshape(-1)", f".T.reshape({size})", "[::-1].ravel()", ".ravel()"])
    st.emit(f"{name} = {v.name}{how}", "flat write", v.relation)
    st.emit(f"{name}[{index(st, size)}] *= {scalar(st, 1)}", "element aug", "reshape")
    st.emit(f"{total} = 0.2 * np.sum(np.sin({name})) + 0.1 * np.sum(np.cos({v.name}))", "scalar")
    st.add(Var(total, "scalar"))
    return True


def flux(st: State) -> bool:
    """A product of which only neighbouring parts are read."""
    found = [v for v in st.arrays() if len(v.shape) == 1 and v.shape[0] > 2]
    if not found:
        return False
    v, name, total = st.rng.choice(found), st.fresh("w"), st.fresh("t")
    w = st.rng.choice(st.arrays(v.shape))
    st.emit(f"{name} = {v.name} * {w.name}", "array")
    parts = st.rng.choice([f"{name}[1:] - {name}[:-1]", f"{name}[1:]", f"0.5 * {name}[:2]"])
    st.emit(f"{total} = {literal(st)} * np.sum(np.sin({parts}))", "scalar")
    st.add(Var(total, "scalar"))
    return True


def constants(st: State) -> bool:
    """An array that depends on nothing; what is written into it later may."""
    shape = st.rng.choice([(5,), (4,), (3,), (3, 4)])
    name = st.fresh("a")
    made = st.rng.choice([f"np.ones({shape})", f"np.zeros({shape})", f"np.full({shape}, {literal(st)})"])
    st.emit(f"{name} = {made}", "constants")
    st.add(Var(name, "array", shape))
    return True


def complex_numbers(st: State) -> bool:
    """An array of complex numbers: made of two real ones, written, read by its parts; some real number comes of it."""
    totals, found = st.of_kind("scalar"), [v for v in st.arrays() if len(v.shape) == 1 and v.shape[0] > 2]
    if not totals or not found or st.depth() > 2:
        return False
    shape, name, part = st.rng.choice(found).shape, st.fresh("z"), st.fresh("r")
    st.emit(f"{name} = ({array(st, shape, 1)}) + 1j * ({array(st, shape, 1)})", "complex")
    steps = [
        f"{name} *= np.exp(1j * {scalar(st, 0)})",
        f"{name}[{index(st, shape[0])}] = complex({scalar(st, 0)}, {scalar(st, 0)})",
        f"{name}[1:] += {literal(st)} * {name}[:-1].conj()",
        f"{name} = 0.5 * {name} * {name}.conj() + 0.3j * {name}",
        f"{name} = np.where(np.abs({name}) > 0.7, {name}, 0.9 * {name} * {name})",
        f"{name} = {name} * ({group(array(st, shape, 0))})",
        f"{name} /= 2.0 + np.abs({name})",
        f"{part} = {name}.{st.rng.choice(['real', 'imag'])}\n{part} *= {scalar(st, 0)}",
        f"{part} = {name}[::-1].imag\n{part}[1:] += {literal(st)} * np.sin({part}[:-1])",
    ]
    for step in st.rng.sample(steps, st.rng.randint(1, 3)):
        for line in step.split("\n"):
            st.emit(line, "complex aug", "alias" if part in line else "own")
    read = [
        f"np.sum(np.abs({name}) ** 2)",
        f"np.sum({name} * {name}).real",
        f"np.vdot({name}, {name}[::-1] * 1j).imag",
        f"np.sum(np.sin({name}).imag)",
        f"abs(np.sum({name} * np.arange({shape[0]})))",
        f"np.linalg.norm({name})",
        f"np.sum({name}.real * {name}.imag[::-1])",
    ]
    total = st.rng.choice(totals).name
    st.emit(f"{total} += 0.1 * {st.rng.choice(read)}", "scalar aug", "complex")
    return True


def places(st: State) -> bool:
    """An index array: made, often changed, read, changed once more."""
    totals, found = st.of_kind("scalar"), [v for v in st.arrays(owned=True) if len(v.shape) == 1 and v.shape[0] > 2]
    if not totals or not found or st.depth() > 2:
        return False
    v, name, total = st.rng.choice(found), st.fresh("k"), st.rng.choice(totals).name
    n = v.shape[0]
    made = [
        f"np.arange({n})",
        f"np.arange({1 - n}, 2)",
        f"np.nonzero({v.name} > {literal(st)})[0]",
        f"np.flatnonzero({v.name} < {literal(st)})",
        f"np.argsort({v.name})",
        f"np.array([0, {n - 1}, 1, 0])",
    ]
    st.emit(f"{name} = {st.rng.choice(made)}", "places")
    change = [f"{name}[:1] = {st.rng.randint(0, n - 1)}", f"{name}[1:2] = {name}[:1]", f"{name} += 0"]
    if st.rng.random() < 0.6:
        st.emit(st.rng.choice(change), "places written")
    read = [
        f"{v.name}[{name}] *= np.sin({group(array(st, v.shape, 0))}[{name}])",
        f"{v.name}[{name}] = {scalar(st, 1)} * {name}",
        f"{total} += 0.2 * np.sum({v.name}[{name}] ** 2)",
        f"np.add.at({v.name}, {name}, {scalar(st, 0)} * np.cos({v.name}[{name}]))",
    ]
    for line in st.rng.sample(read, st.rng.randint(1, 2)):
        st.emit(line, "place aug", v.relation)
    if st.rng.random() < 0.5:
        st.emit(st.rng.choice(change), "places written")
    return True


def nested(st: State) -> bool:
    """A function inside the function: it returns in a loop, assigns a name of the other, is called by a second one."""
    totals, vectors = st.of_kind("scalar"), [v for v in st.arrays() if len(v.shape) == 1]
    if not totals or not vectors or st.depth() > 1:
        return False
    v, g, u, w = st.rng.choice(vectors), st.fresh("g"), st.fresh("u"), st.fresh("w")
    total, other = st.rng.choice(totals).name, st.rng.choice(totals).name
    st.emit(f"def {g}({u}):", "nested")
    with st.block("def"):
        if st.rng.random() < 0.6:
            st.emit(f"nonlocal {total}", "nonlocal")
            st.emit(f"{total} = 0.9 * {total} + 0.1 * np.sum(np.sin({u}))", "scalar")
        st.emit(f"for {w} in {u}:", "for array")
        with st.block("for"):
            st.emit(f"if {w} > {literal(st)}:", "if")
            with st.block("if"):
                st.emit(f"return {w} * {scalar(st, 0)}", "return")
        st.emit(f"return {scalar(st, 1)}", "return")
    called, k = g, st.fresh("i")
    if st.rng.random() < 0.5:
        called = st.fresh("h")
        st.emit(f"def {called}({u}):", "nested")
        with st.block("def"):
            st.emit(f"return sum([{g}({u} * 0.7 ** {k}) for {k} in range(2)])", "return")
    st.emit(f"{st.fresh('t')} = 0.1 * {called}({v.name})", "scalar")
    st.emit(f"{other} = {other} + 0.1 * {called}({v.name}[::-1])", "scalar", "nested")
    return True


def made_anew(st: State) -> bool:
    """A dict of an array and a number that each iteration, or one path, makes anew from the one before."""
    totals, vectors = st.of_kind("scalar"), [v for v in st.arrays() if len(v.shape) == 1]
    if not totals or not vectors or st.depth() > 2:
        return False
    v, p, i = st.rng.choice(vectors), st.fresh("p"), st.fresh("i")
    total = st.rng.choice(totals).name
    st.emit(f"{p} = {{'w': {v.name} * {scalar(st, 0)}, 'b': {scalar(st, 1)}}}", "dict anew")
    step = st.rng.choice(
        [
            f"{{'w': 0.9 * {p}['w'] + 0.1 * np.sin({v.name}) * {p}['b'], 'b': 0.5 * {p}['b'] + {scalar(st, 0)}}}",
            f"{{'w': {p}['w'] * np.cos({p}['b']), 'b': {p}['b']}}",
            f"{{'w': {p}['w'][::-1] * 0.7, 'b': 0.2 * np.sum({p}['w'])}}",
        ]
    )
    if st.rng.random() < 0.7:
        st.emit(f"for {i} in range({st.rng.randint(0, 3)}):", "for range")
        with st.block("for"):
            if st.rng.random() < 0.4:
                st.emit(f"{p}['w'] *= {scalar(st, 0)}", "dict aug")
            st.emit(f"{p} = {step}", "dict anew")
    else:
        st.emit(f"if {scalar(st, 0)} > {literal(st)}:", "if")
        with st.block("if"):
            st.emit(f"{p} = {step}", "dict anew")
    st.emit(f"{total} += 0.1 * np.sum({p}['w'] ** 2) * {p}['b']", "scalar aug")
    return True


def work_list(st: State) -> bool:
    """A list that is looked at, or taken from, before anything was put into it."""
    totals, vectors = st.of_kind("scalar"), [v for v in st.arrays() if len(v.shape) == 1]
    if not totals or not vectors or st.depth() > 1:
        return False
    v, xs, u, w = st.rng.choice(vectors), st.fresh("xs"), st.fresh("u"), st.fresh("w")
    total = st.rng.choice(totals).name
    st.emit(f"{xs} = []", "list")
    st.emit(f"for {u} in {v.name}:", "for array")
    with st.block("for"):
        kind = st.rng.randrange(4)
        if kind == 0:
            st.emit(f"for {w} in {xs}:", "for list")
            with st.block("for"):
                st.emit(f"{total} += 0.05 * np.sin({w}) * {u}", "scalar aug")
        elif kind == 1:
            st.emit(f"if {xs}:", "if")
            with st.block("if"):
                st.emit(f"{total} = {total} + 0.1 * {xs}.pop() * {u}", "pop")
        elif kind == 2:
            st.emit(f"while {xs} and {xs}[-1] < {u}:", "while")
            with st.block("while"):
                st.emit(f"{total} = 0.9 * {total} + 0.1 * {xs}.pop()", "pop")
        else:
            st.emit(f"{total} = {total} + 0.1 * sum({xs}) * {u}", "scalar")
        st.emit(f"{xs}.append({u} * {scalar(st, 0)})", "append")
    st.emit(f"{total} += 0.1 * sum({xs})", "scalar aug")
    return True


def left_by_a_loop(st: State) -> bool:
    """An array that some iteration makes, read after the loop."""
    totals, vectors = st.of_kind("scalar"), [v for v in st.arrays() if len(v.shape) == 1 and v.shape[0] > 2]
    if not totals or not vectors or st.depth() > 1:
        return False
    v, k, i = st.rng.choice(vectors), st.fresh("k"), st.fresh("i")
    total = st.rng.choice(totals).name
    n = v.shape[0]
    st.emit(f"{k} = {v.name} * 0.5" if st.rng.random() < 0.4 else f"{k} = np.zeros({n})", "array")
    test = st.rng.choice([f"{i} == 1", f"{v.name}[{i}] > {literal(st)}", f"{i} % 2 == 0"])
    st.emit(f"for {i} in range({n}):", "for range")
    with st.block("for"):
        st.emit(f"if {test}:", "if")
        with st.block("if"):
            st.emit(f"{k} = {v.name} * {v.name}[{i}] * {scalar(st, 0)}", "array")
    st.emit(f"{total} += 0.1 * np.sum({k} * {v.name})", "scalar aug")
    return True


def tuple_index(st: State) -> bool:
    """An array that is read and written at a tuple of index arrays."""
    totals, found = st.of_kind("scalar"), [v for v in st.arrays(owned=True) if v.shape and st.depth() < 3]
    if not totals or not found:
        return False
    v, name, total = st.rng.choice(found), st.fresh("at"), st.rng.choice(totals).name
    st.emit(f"{name} = np.nonzero({v.name} > {literal(st)})", "tuple index")
    read = [
        f"{v.name}[{name}] *= np.sin({v.name}[{name}]) + {scalar(st, 0)}",
        f"{v.name}[{name}] = {scalar(st, 1)}",
        f"{total} += 0.2 * np.sum({v.name}[{name}] ** 2)",
    ]
    for line in st.rng.sample(read, st.rng.randint(1, 3)):
        st.emit(line, "tuple index aug", v.relation)
    return True
