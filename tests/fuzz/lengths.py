"""What differs between paths and iterations: lists that grow and shrink, items that are None or ints, sizes, names.

An adjoint that looks at the last list, the last size or the last item finds another than the one it reverses.
"""

from __future__ import annotations

from .expressions import array, literal, scalar
from .state import State, Var


def vector(st: State) -> Var | None:
    """Return a vector in scope."""
    found = [v for v in st.arrays() if len(v.shape) == 1]
    return st.rng.choice(found) if found else None


def material(st: State) -> tuple[Var, list[Var]] | None:
    """Return a vector to read and the numbers to add to; None where one is missing, or too deep inside of loops."""
    v, totals = vector(st), st.of_kind("scalar")
    return None if v is None or not totals or st.depth() > 1 else (v, totals)


def mixed_items(st: State) -> bool:
    """A list of pairs, of which the second is None or an int in some."""
    found = material(st)
    if found is None:
        return False
    v, totals = found
    total, items, i, x = st.rng.choice(totals).name, st.fresh("items"), st.fresh("i"), st.fresh("e")
    other = st.rng.choice(["None", "1", "2.0"])
    st.emit(f"{items} = []", "list")
    st.emit(f"for {i}, {x} in enumerate({v.name}):", "for enumerate", v.relation)
    with st.block("for"):
        st.emit(f"if {st.rng.choice([f'{i} % 2 == 1', f'{x} > {literal(st)}'])}:", "if")
        with st.block("if"):
            st.emit(f"{items}.append(({x} * {x}, {other}))", "append", "mixed")
        st.emit("else:", "else")
        with st.block("else"):
            st.emit(f"{items}.append(({x}, np.sin({scalar(st, 0)} + {x})))", "append", "mixed")
    a, b = st.fresh("p"), st.fresh("q")
    st.emit(f"for {a}, {b} in {items}:", "for list")
    with st.block("for"):
        if other == "None":
            st.emit(f"{total} += 0.1 * {a} if {b} is None else 0.2 * np.sin({a} * {b})", "scalar aug", "mixed")
        else:
            st.emit(f"{total} += 0.2 * np.sin({a} * {b})", "scalar aug", "mixed")
    return True


def nothing_yet(st: State) -> bool:
    """A name that is None until an iteration binds it, or stays so."""
    found = material(st)
    if found is None:
        return False
    v, totals = found
    total, best, x = st.rng.choice(totals).name, st.fresh("best"), st.fresh("e")
    st.emit(f"{best} = None", "none")
    st.emit(f"for {x} in {v.name}:", "for array", v.relation)
    with st.block("for"):
        test = st.rng.choice([f"{best} is None or {x} < {best}", f"{best} is None", f"{x} > {literal(st)}"])
        st.emit(f"if {test}:", "if", "none")
        with st.block("if"):
            st.emit(f"{best} = {x} * {st.rng.choice(['1.5', '0.5', x])}", "scalar rebind", "none")
    st.emit(f"if {best} is not None:", "if", "none")
    with st.block("if"):
        st.emit(f"{total} += 0.2 * np.sin({best})", "scalar aug", "none")
    return True


def work_list(st: State) -> bool:
    """A list that is worked off, and grows meanwhile."""
    found = material(st)
    if found is None:
        return False
    v, totals = found
    total, stack, i, w = st.rng.choice(totals).name, st.fresh("stack"), st.fresh("i"), st.fresh("t")
    weighted = st.chance(0.5)
    st.emit(f"{stack} = [{'(0, 1.0)' if weighted else '0'}]", "list")
    st.emit(f"while {st.rng.choice([stack, f'len({stack}) > 0'])}:", "while", "work list")
    with st.block("while"):
        st.emit(f"{i}{', ' + w if weighted else ''} = {stack}.pop()", "pop")
        st.emit(f"{total} += 0.1 * np.sin({v.name}[{i}]){' * ' + w if weighted else ''}", "scalar aug", "work list")
        step = st.rng.choice([1, 2])
        st.emit(f"if {i} + {step} < len({v.name}):", "if")
        with st.block("if"):
            pushed = f"({i} + {step}, {w} * np.cos({v.name}[{i}]))" if weighted else f"{i} + {step}"
            st.emit(f"{stack}.append({pushed})", "append", "work list")
    return True


def row_anew(st: State) -> bool:
    """A list that each iteration makes from the one before, longer or shorter."""
    totals = st.of_kind("scalar")
    if not totals or st.depth() > 1:
        return False
    total, row, new, x, i = st.rng.choice(totals).name, st.fresh("row"), st.fresh("new"), st.fresh("e"), st.fresh("i")
    longer = st.chance(0.6)
    st.emit(f"{row} = [{scalar(st, 0)}, {scalar(st, 1)}, {scalar(st, 0)}]", "list")
    st.emit(f"for {i} in range(2):", "for range")
    with st.block("for"):
        st.emit(f"{new} = []", "list")
        st.emit(f"for {x} in {row}:", "for list")
        with st.block("for"):
            st.emit(f"{new}.append(np.sin({x}) * {scalar(st, 0)})", "append", "row")
        st.emit(f"{new}.append({row}[0] * {literal(st)})" if longer else f"{new}.pop()", "append" if longer else "pop")
        st.emit(f"{row} = {new}", "rebind list")
    st.emit(f"{total} += 0.1 * {st.rng.choice([f'sum({row})', f'{row}[0] * {row}[-1]'])}", "scalar aug", "row")
    return True


def tails(st: State) -> bool:
    """Parts of another size in each iteration; what is made of them depends on the size."""
    found = material(st)
    if found is None:
        return False
    v, totals = found
    total, i, part = st.rng.choice(totals).name, st.fresh("i"), st.fresh("w")
    st.emit(f"for {i} in range({min(3, v.shape[0])}):", "for range", v.relation)
    with st.block("for"):
        st.emit(f"{part} = {v.name}[{i}:] * {scalar(st, 0)}", "array")
        what = st.rng.choice([f"np.mean({part} ** 2)", f"np.sum({part}) / len({part})", f"{part}[0] * {part}[-1]"])
        st.emit(f"{total} += 0.1 * {what}", "scalar aug", "tail")
    return True


def network(st: State) -> bool:
    """A recurrence through a matrix, whose gradient is a sum of outer products."""
    vectors = [v for v in st.arrays() if v.shape == (3,)]
    totals = st.of_kind("scalar")
    if not vectors or not totals or st.depth() > 1:
        return False
    w, h, i, total = st.fresh("w"), st.fresh("a"), st.fresh("i"), st.rng.choice(totals).name
    x = st.rng.choice(vectors).name
    st.emit(f"{w} = 0.4 * ({array(st, (3, 3), 1)})", "array")
    st.emit(f"{h} = 0.5 * ({array(st, (3,), 1)})", "array")
    st.emit(f"for {i} in range({st.rng.choice(['2', '3', f'len({x})'])}):", "for range", "network")
    with st.block("for"):
        steps = [f"np.tanh({w} @ {h} + {x})", f"{h} + np.tanh({w} @ {h})", f"np.sin({w} @ ({h} * {x}) + {h})"]
        new = st.rng.choice([*steps, f"np.tanh({w} @ {h} + {h})", f"np.tanh({w} @ {h} + 0.5 * {h})"])
        st.emit(f"{h} = {new}", "rebind array", "network")
        st.emit(f"{total} {st.rng.choice(['+=', '-='])} 0.1 * np.sum({h} * {x})", "scalar aug", "network")
    return True


def table(st: State) -> bool:
    """An array made of a list of records."""
    found = material(st)
    if found is None:
        return False
    v, totals = found
    total, rows, made, x = st.rng.choice(totals).name, st.fresh("rows"), st.fresh("table"), st.fresh("e")
    records = [f"({x}, {x} * {scalar(st, 0)})", f"[np.sin({x}), {scalar(st, 0)}]", f"({x}, {literal(st)})"]
    st.emit(f"{rows} = []", "list")
    st.emit(f"for {x} in {v.name}:", "for array", v.relation)
    with st.block("for"):
        st.emit(f"{rows}.append({st.rng.choice(records)})", "append", "table")
    st.emit(f"{made} = np.{st.rng.choice(['array', 'asarray', 'stack'])}({rows})", "array", "table")
    if st.chance(0.3):
        st.emit(f"{total} += 0.1 * {rows}[0][1] * {rows}.pop()[0]", "pop", "table")
    what = [f"{made}[:, 0] * {made}[:, 1]", f"{made}[0] * {made}[-1]", f"np.sin({made})", f"np.array({rows}) * 0.5"]
    st.emit(f"{total} += 0.1 * np.sum({st.rng.choice(what)})", "scalar aug", "table")
    return True


def groups(st: State) -> bool:
    """A list that is begun anew, while it or another name of it is kept."""
    found = material(st)
    if found is None:
        return False
    v, totals = found
    total, kept, group, x = st.rng.choice(totals).name, st.fresh("kept"), st.fresh("group"), st.fresh("e")
    nested = st.chance(0.8)
    st.emit(f"{group} = []", "list")
    st.emit(f"{kept} = {'[]' if nested else group}", "list", "groups")
    st.emit(f"for {x} in {v.name}:", "for array", v.relation)
    with st.block("for"):
        st.emit(f"{group}.append({x} * {scalar(st, 0)})", "append", "groups")
        st.emit(f"if {x} > {literal(st)}:", "if")
        with st.block("if"):
            st.emit(f"{kept}.append({group})" if nested else f"{kept} = {group}", "append", "groups")
            st.emit(f"{group} = []", "rebind list", "groups")
    whole = f"sum(sum({x}) ** 2 for {x} in {kept})" if nested else f"sum({kept})"
    st.emit(f"{total} += 0.1 * {whole} + 0.1 * sum({group})", "scalar aug", "groups")
    return True


def pyramid(st: State) -> bool:
    """A list of arrays, each made of the last and shorter."""
    given = material(st)
    if given is None or given[0].shape[0] < 3:
        return False
    v, totals = given
    total, found, last, i = st.rng.choice(totals).name, st.fresh("levels"), st.fresh("last"), st.fresh("i")
    st.emit(f"{found} = [{v.name} * 1.0]", "list")
    st.emit(f"for {i} in range(2):", "for range")
    with st.block("for"):
        st.emit(f"{last} = {found}[-1]", "getitem", "pyramid")
        step = st.rng.choice([f"({last}[:-1] + {last}[1:]) * {literal(st)}", f"np.sin({last}[1:] * {literal(st)})"])
        st.emit(f"{found}.append({step})", "append", "pyramid")
    whole = st.rng.choice([f"np.sum({found}[-1] ** 2)", f"np.mean({found}[1]) * {found}[2][0]"])
    st.emit(f"{total} += 0.1 * {whole}", "scalar aug", "pyramid")
    return True
