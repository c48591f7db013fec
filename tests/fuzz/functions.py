"""Helpers at the top of the module, and closures inside `f`."""

from __future__ import annotations

from collections.abc import Callable

from .expressions import array, condition, literal, scalar
from .state import Function, State, Var

Body = Callable[[State, int], None]


def _parameters(shape: tuple[int, ...]) -> list[Var]:
    return [Var("u", "array", shape, True, "parameter"), Var("c", "scalar")]


def writer(st: State, body: Body) -> Function:
    """Writes its argument, returns None, sometimes early."""
    f = Function(st.fresh("write"), "writer", st.rng.choice([(5,), (4,), (3,)]))
    st.emit(f"def {f.name}(u, c):")
    with st.function(_parameters(f.shape), "helper"):
        body(st, 1)
        if st.chance(0.6):
            st.emit(f"if {condition(st)}:")
            with st.block("if"):
                st.emit("return", "early return")
        st.emit(f"u[1:] *= np.cos({array(st, (f.shape[0] - 1,), 1)})", "slice aug", "parameter")
        body(st, 1)
    return f


def pure(st: State, body: Body) -> Function:
    """Returns a new array, early on some data."""
    f = Function(st.fresh("value"), "pure", st.rng.choice([(5,), (4,), (3,)]))
    st.emit(f"def {f.name}(u, c):")
    parameters = _parameters(f.shape)
    parameters[0].owned = False
    with st.function(parameters, "helper"):
        if st.chance(0.5):
            body(st, 1)
        if st.chance(0.6):
            st.emit(f"if {condition(st)}:", "early return")
            with st.block("if"):
                st.emit(f"return 0.8 * ({array(st, f.shape, 1)})", "return")
        st.emit(f"return 0.5 * ({array(st, f.shape, 2)})", "return")
    return f


def iterated(st: State, body: Body) -> Function:
    """Returns what a loop makes of its argument."""
    f = Function(st.fresh("iterate"), "pure", st.rng.choice([(5,), (4,), (3,)]))
    i = st.fresh("i")
    st.emit(f"def {f.name}(u, c):")
    parameters = _parameters(f.shape)
    parameters[0].owned = False
    with st.function(parameters, "helper"):
        st.emit(f"w = 0.8 * ({array(st, f.shape, 1)})", "array")
        st.add(Var("w", "array", f.shape))
        st.emit(f"for {i} in range({st.rng.randint(2, 3)}):", "for range")
        with st.block("for"):
            st.emit(f"w = np.sin({array(st, f.shape, 1)}) + 0.2 * w", "rebind array")
            if st.chance(0.7):
                st.emit(f"if {condition(st)}:", "if")
                with st.block("if"):
                    st.emit(*st.rng.choice([("break", "break"), ("return 0.7 * w", "early return")]))
        st.emit("return w", "return")
    return f


def recursive(st: State, body: Body) -> Function:
    f = Function(st.fresh("recur"), "recursive", st.rng.choice([(5,), (4,), (3,)]))
    st.emit(f"def {f.name}(u, k):")
    parameters = _parameters(f.shape)[:1]
    parameters[0].owned = False
    with st.function(parameters, "recursion"):
        st.emit("if k == 0:", "if")
        with st.block("if"):
            st.emit(f"return {scalar(st, 2)}", "return")
        st.emit(f"w = 0.8 * ({array(st, f.shape, 1)})", "array")
        st.add(Var("w", "array", f.shape))
        if st.chance(0.5):
            st.emit(f"w[0] = {scalar(st, 1)}", "element")
        st.emit(f"return 0.6 * {f.name}(w, k - 1) + 0.3 * ({scalar(st, 1)})", "recursive call")
    return f


def view_helper(st: State, body: Body) -> Function:
    """Returns a view of its argument."""
    f = Function(st.fresh("window"), "view", st.rng.choice([(5,), (4,), (3,)]))
    st.emit(f"def {f.name}(u):")
    with st.function(_parameters(f.shape)[:1], "helper"):
        st.emit(f"return u[{st.rng.choice(['1:', ':-1', '-2::-1'])}]", "return view", "parameter")
    return f


HELPERS = (writer, pure, iterated, recursive, view_helper)


def closure(st: State, body: Body) -> bool:
    """A nested function or lambda that captures a number or an array of `f`."""
    scalars = st.of_kind("scalar")
    if not scalars:
        return False
    captured = st.rng.choice(scalars).name
    choice = st.rng.random()
    if choice < 0.35:
        name = st.fresh("wave")
        st.emit(f"{name} = lambda u: np.sin({captured} * u)", "lambda")
        st.scope.functions.append(Function(name, "elementwise"))
    elif choice < 0.7:
        _nested(st, captured)
    else:
        _updater(st, captured)
    return True


def _nested(st: State, captured: str) -> None:
    name = st.fresh("inner")
    st.emit(f"def {name}(u):", "closure")
    with st.block("closure"):
        if st.chance(0.5):
            st.emit(f"if {captured} > {literal(st)}:", "early return")
            with st.block("if"):
                st.emit(f"return 0.5 * u * {captured} / (1.0 + {captured} * {captured})", "return")
        st.emit(f"return np.tanh(u + {captured})", "return")
    st.scope.functions.append(Function(name, "elementwise"))


def _updater(st: State, captured: str) -> None:
    """Rebinds the captured number, or writes a captured array."""
    name = st.fresh("update")
    arrays = st.arrays(owned=True)
    st.emit(f"def {name}(d):", "closure")
    with st.block("closure"):
        if arrays and st.chance(0.5):
            v = st.rng.choice(arrays)
            st.emit(f"{v.name}[0] = 0.5 * np.sin({v.name}[-1] * d)", "element", "captured")
        else:
            st.emit(f"nonlocal {captured}")
            st.emit(f"{captured} = 0.7 * {captured} + 0.3 * np.cos(d)", "nonlocal", "captured")
    st.scope.functions.append(Function(name, "updater"))
