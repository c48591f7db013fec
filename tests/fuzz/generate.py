"""`program(seed)` writes a random NumPy program; the same seed gives the same text.

The entry is `f(x, y, s, n)` with x of shape (5,), y of shape (3, 4), a float s and n == 3; it
returns a number that depends on everything that is left in scope. About one program in five
writes into its arguments, the others copy first.
"""

from __future__ import annotations

from collections.abc import Callable

from . import bindings, collected, control, flow, functions, idioms, lengths, stepped, writes
from .expressions import literal
from .state import State, Var

Statement = Callable[[State], bool]
Compound = Callable[[State, control.Body], bool]

# A statement that is not possible (no list to append to) is drawn again, so the great weights
# are those that need something rare in scope.
SIMPLE: tuple[tuple[float, Statement], ...] = (
    (1.5, bindings.new_scalar),
    (2.0, bindings.update_scalar),
    (1.5, bindings.new_array),
    (1.5, bindings.rebind_array),
    (1.0, bindings.alias),
    (2.5, bindings.view),
    (0.8, bindings.buffer),
    (1.8, bindings.container),
    (3.0, bindings.unpack),
    (8.0, bindings.call_writer),
    (6.0, bindings.call_updater),
    (1.5, bindings.call_value),
    (1.5, bindings.call_then_write),
    (2.5, writes.write_element),
    (2.5, writes.write_slice),
    (1.2, writes.write_overlap),
    (1.5, writes.write_whole),
    (1.0, writes.write_mask),
    (1.0, writes.write_scatter),
    (6.0, writes.write_container),
    (5.0, writes.append),
    (2.0, writes.swap),
    (0.6, idioms.scratch),
    (0.6, idioms.made_anew),
    (0.6, idioms.work_list),
    (0.5, idioms.left_by_a_loop),
    (0.5, idioms.tuple_index),
    (0.8, idioms.recurrence),
    (0.5, idioms.gathered_sum),
    (0.8, idioms.lagged),
    (0.5, idioms.weighed_twice),
    (0.5, idioms.overwritten_test),
    (0.4, idioms.grown),
    (0.7, idioms.flat_write),
    (0.5, idioms.flux),
    (0.6, idioms.constants),
    (0.6, idioms.complex_numbers),
    (0.6, idioms.places),
    (0.7, idioms.nested),
    (0.7, lengths.mixed_items),
    (0.7, lengths.nothing_yet),
    (0.7, lengths.work_list),
    (0.7, lengths.row_anew),
    (0.7, lengths.tails),
    (0.7, lengths.table),
    (0.5, lengths.groups),
    (0.6, lengths.pyramid),
    (1.6, lengths.network),
)
COMPOUND: tuple[tuple[float, Compound], ...] = (
    (2.0, control.branch),
    (2.0, control.counted_loop),
    (1.2, control.walk_loop),
    (3.0, control.list_loop),
    (1.0, control.while_loop),
)
# Of the programs whose seed is that great.
FLOW_FROM = 1_000_000
FLOW: tuple[tuple[float, Compound], ...] = (
    (1.5, flow.context),
    (3.0, flow.attempt),
    (3.0, flow.attempt_in_parts),
    (1.5, flow.at_the_end),
    (3.0, flow.generator_loop),
    (1.5, flow.iterator_class),
    (2.0, flow.late_iterator),
    (2.0, flow.mapped_loop),
    (2.0, collected.list_changed),
    (2.0, collected.dict_by_data),
    (2.0, collected.chosen),
    (1.0, collected.machine),
    (1.5, collected.class_inside),
    (3.0, stepped.stepping),
    (2.0, stepped.taken_apart),
    (2.0, stepped.read_so_far),
    (1.5, stepped.keyed_by_text),
)
# Statements that belong to the body of `f` itself.
OUTER: tuple[tuple[float, Compound], ...] = ((1.0, control.early_return), (1.5, functions.closure))


def statement(st: State) -> None:
    """One statement, compound ones ever less often as the nesting grows."""
    while True:
        if st.chance((0.35, 0.3, 0.15)[st.depth()] if st.depth() < 3 else 0.0):
            table = COMPOUND + OUTER if st.depth() == 0 else COMPOUND
            table += FLOW if st.seed >= FLOW_FROM else ()
            chosen = st.rng.choices([c for _, c in table], [w for w, _ in table])[0]
            done = chosen(st, body)
        else:
            simple = st.rng.choices([s for _, s in SIMPLE], [w for w, _ in SIMPLE])[0]
            done = simple(st)
        if done:
            return


def body(st: State, count: int) -> None:
    for _ in range(count):
        statement(st)


def _start(st: State) -> None:
    """The arguments, and the copies through which most programs write."""
    writes_arguments = st.chance(0.2)
    for name, shape in (("x", (5,)), ("y", (3, 4))):
        argument = st.add(Var(name, "array", shape, writes_arguments, "arg"))
        if writes_arguments:
            continue
        if st.chance(0.3):
            st.emit(f"{name} = {name}.copy()", "copy", "arg")
            argument.owned, argument.relation = True, "own"
        elif st.chance(0.8):
            copy = st.fresh("a")
            made = st.rng.choice(["{}.copy()", "0.8 * {}", "np.array({})", "np.sin({})"])
            st.emit(f"{copy} = {made.format(name)}", "copy", "arg")
            st.add(Var(copy, "array", shape))
    st.add(Var("s", "scalar"))
    st.scope.integers.append(("n", 3, 3))


def _finish(st: State) -> None:
    """A number that depends on every name left in scope."""
    total = st.fresh("total")
    st.emit(f"{total} = {literal(st)} * s")
    for v in st.scope.variables:
        if v.kind == "scalar":
            st.emit(f"{total} += {literal(st)} * np.sin({v.name})")
        elif v.kind == "array":
            st.emit(f"{total} += {literal(st)} * np.sum(np.sin({v.name} + {literal(st)}))")
        elif v.kind == "list":
            item = st.fresh("item")
            st.emit(f"for {item} in {v.name}:", "for list", v.relation)
            st.emit(f"    {total} += {literal(st)} * np.sum(np.cos({item}))")
        elif v.kind == "tuple":
            st.emit(f"{total} += {literal(st)} * np.sum(np.cos({v.name}[0])) * np.sin({v.name}[1])")
        elif v.kind == "dict":
            st.emit(f"{total} += np.sum(np.tanh({v.name}['p'])) * np.cos({v.name}['q'])")
    st.emit(f"return {total}", "return")


def _generate(seed: int) -> State:
    st = State(seed)
    st.emit("import numpy as np")
    for _ in range(st.rng.choices([0, 1, 2], [3, 4, 2])[0]):
        st.emit("\n")
        made = st.rng.choice(functions.HELPERS)(st, body)
        st.scope.functions.append(made)
    st.emit("\n")
    st.emit("def f(x, y, s, n):")
    st.indent = 1
    _start(st)
    body(st, st.rng.randint(4, 10))
    _finish(st)
    return st


def program(seed: int) -> str:
    return "\n".join(_generate(seed).lines) + "\n"


def features(seed: int) -> set[str]:
    """Triples "statement kind | alias relation | control context" that the program contains."""
    return set(_generate(seed).features)
