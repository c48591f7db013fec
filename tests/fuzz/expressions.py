"""Random expressions of a given shape, built so that values stay small.

Every operation is non-expansive up to a constant: |result| is at most about the largest operand,
so a few nested loops cannot blow a value up.
"""

from __future__ import annotations

from .state import Option, Shape, State, Var, pick

_UNARY = (
    "np.sin({})",
    "np.tanh({})",
    "np.cos({})",
    "0.5 * {}",
    "-{}",
    "np.negative({})",
    "np.exp(-np.abs({}))",
    "np.log(1.0 + {0} * {0})",
    "np.sqrt(1.0 + 0.5 * {0} ** 2)",
    "np.abs({})",
    "np.arctan({})",
)
_BINARY = (
    "0.5 * ({} + {})",
    "{} * np.sin({})",
    "0.6 * {} - 0.4 * {}",
    "np.tanh({} * {})",
    "{0} / (1.0 + {1} * {1})",
    "np.maximum({}, {})",
    "np.minimum({}, {})",
    "np.hypot(0.3 + 0.6 * {}, 0.6 * {})",
    "np.cos({} - {})",
)


def literal(st: State) -> str:
    return str(round(st.rng.uniform(-1.5, 1.5), 2) or 0.25)


def index(st: State, size: int) -> str:
    """A valid index into an axis: a literal, a loop counter, or a counter's neighbour."""
    found = [str(st.rng.randrange(size)), str(-st.rng.randint(1, size))]
    for name, low, high in st.scope.integers:
        if -size <= low and high < size:
            found += [name, name]
        if low >= 1 - size and high - 1 < size:
            found.append(f"{name} - 1")
        if high + 1 < size and low + 1 >= -size:
            found.append(f"{name} + 1")
        if low >= 0:
            found.append(f"{name} % {size}")
    return st.rng.choice(found)


def part(st: State, size: int, wanted: int) -> str | None:
    """A slice that takes `wanted` of `size` elements."""
    found: list[str] = []
    spare = size - wanted
    if spare == 0:
        found += [":", "::-1"]
    if spare > 0:
        start = st.rng.randint(0, spare)
        found += [f"{start or ''}:{start + wanted}", f"-{wanted}:", f":{-spare}"]
        found.append(f"{size - 1 - start}:{size - 1 - start - wanted}:-1".replace(":-1:", "::"))
    if (size + 1) // 2 == wanted and size > 1:
        found += ["::2", "::-2"]
    return st.rng.choice(found) if found else None


def slices_of(st: State, v: Var, wanted: int) -> list[str]:
    """Expressions for `wanted` numbers in a row, read from one array."""
    if len(v.shape) == 1:
        text = part(st, v.shape[0], wanted)
        return [f"{v.name}[{text}]"] if text else []
    rows, columns = v.shape
    found = []
    if columns == wanted:
        found.append(f"{v.name}[{index(st, rows)}]")
        found.append(f"{v.name}[{index(st, rows)}, :]")
    if rows == wanted:
        found.append(f"{v.name}[:, {index(st, columns)}]")
        found.append(f"{v.name}.T[{index(st, columns)}]")
    if columns > wanted:
        found.append(f"{v.name}[{index(st, rows)}, {part(st, columns, wanted)}]")
    return found


def element(st: State, v: Var) -> str:
    """One number of an array."""
    if len(v.shape) == 1:
        return f"{v.name}[{index(st, v.shape[0])}]"
    first, second = (index(st, size) for size in v.shape)
    return st.rng.choice([f"{v.name}[{first}, {second}]", f"{v.name}[{first}][{second}]"])


def stored(st: State, v: Var) -> str:
    """One element of a list, tuple or dict."""
    if v.kind == "list":
        return f"{v.name}[{st.rng.choice([-1, 0, v.length - 1, -v.length])}]"
    return f"{v.name}[{0 if v.kind == 'tuple' else repr('p')}]"


def leaf(st: State, shape: Shape) -> str:
    """An array of the shape that already exists, whole or in part."""
    found = [v.name for v in st.arrays(shape) for _ in range(2)]
    for kind in ("list", "tuple", "dict"):
        found += [stored(st, v) for v in st.of_kind(kind) if v.shape == shape and shape]
    if len(shape) == 1:
        for v in st.arrays():
            found += slices_of(st, v, shape[0])
    else:
        found += [f"{v.name}.T" for v in st.arrays(shape[::-1])]
        found += [f"{v.name}[::-1]" for v in st.arrays(shape)]
    return st.rng.choice(found) if found else constant(st, shape)


def constant(st: State, shape: Shape) -> str:
    if len(shape) == 1:
        return f"np.array([{', '.join(literal(st) for _ in range(shape[0]))}])"
    return f"np.full({shape}, {literal(st)})"


def gathered(st: State, shape: Shape) -> str | None:
    """A read through an integer array, with repetitions."""
    sources = [v for v in st.arrays() if len(v.shape) == 1]
    if len(shape) != 1 or not sources:
        return None
    v = st.rng.choice(sources)
    places = [st.rng.randrange(v.shape[0]) for _ in range(shape[0])]
    return f"{v.name}[np.array({places})]"


def contracted(st: State, shape: Shape) -> str | None:
    """A product of a matrix and a vector, or of two vectors to a matrix."""
    if len(shape) == 2:
        left, right = array(st, shape[:1], 0), array(st, shape[1:], 0)
        return st.rng.choice([f"np.outer(np.sin({left}), {right})", f"{left}[:, None] * np.cos({right})"])
    matrices = [v for v in st.arrays() if len(v.shape) == 2 and v.shape[0] == shape[0]]
    if not matrices:
        return None
    m = st.rng.choice(matrices)
    return f"0.25 * ({m.name} @ np.sin({array(st, m.shape[1:], 0)}))"


def called(st: State, shape: Shape, depth: int) -> str | None:
    """A call of a helper, closure or lambda that returns an array of the shape."""
    found = st.calls("elementwise") + [f for f in st.calls("pure") if f.shape == shape]
    if not found:
        return None
    f = st.rng.choice(found)
    argument = array(st, shape, depth - 1)
    if f.kind == "elementwise":
        return f"{f.name}({argument})"
    return f"{f.name}({argument}, {scalar(st, 0)})"


def array(st: State, shape: Shape, depth: int) -> str:
    if depth <= 0:
        return leaf(st, shape)

    def unary() -> str:
        return st.rng.choice(_UNARY).format(group(array(st, shape, depth - 1)))

    def binary() -> str:
        parts = [group(array(st, shape, depth - 1)), group(array(st, shape, depth - 1))]
        if st.chance(0.35):
            parts[st.rng.randrange(2)] = group(broadcast(st, shape))
        return st.rng.choice(_BINARY).format(*parts)

    def selected() -> str | None:
        test = f"{group(array(st, shape, 0))} > {literal(st)}"
        arms = f"{array(st, shape, depth - 1)}, {array(st, shape, 0)}"
        # An item of a list in an arm would get the cotangent of the other arm too.
        return None if "items" in arms else f"np.where({test}, {arms})"

    return pick(
        st.rng,
        [
            (3, unary),
            (4, binary),
            (1, selected),
            (1, lambda: gathered(st, shape)),
            (1, lambda: contracted(st, shape)),
            (1.5, lambda: called(st, shape, depth)),
            (1, lambda: leaf(st, shape)),
        ],
    )


def broadcast(st: State, shape: Shape) -> str:
    """Something that broadcasts to the shape without having it."""
    if len(shape) == 2 and st.chance(0.5):
        return array(st, shape[1:], 0)
    return scalar(st, 0)


def group(text: str) -> str:
    """Parentheses unless the text binds tightly already."""
    return text if text.replace("_", "").isalnum() else f"({text})" if _loose(text) else text


def _loose(text: str) -> bool:
    level = 0
    for position, letter in enumerate(text):
        level += letter in "([{"
        level -= letter in ")]}"
        if level == 0 and (letter == " " or (letter == "-" and position == 0)):
            return True
    return False


def scalar(st: State, depth: int) -> str:
    names = [v.name for v in st.of_kind("scalar")]
    arrays = st.arrays()

    def name() -> str | None:
        return st.rng.choice(names) if names else None

    def read() -> str | None:
        return element(st, st.rng.choice(arrays)) if arrays else None

    def integer() -> str | None:
        found = st.scope.integers
        return f"0.2 * {st.rng.choice(found)[0]}" if found else None

    def from_container() -> str | None:
        found = [v for v in st.of_kind("list") if v.shape == ()]
        texts = [stored(st, v) for v in found]
        texts += [f"{v.name}[1]" for v in st.of_kind("tuple")]
        texts += [f"{v.name}['q']" for v in st.of_kind("dict")]
        return st.rng.choice(texts) if texts else None

    simple: list[Option] = [
        (4, name),
        (3, read),
        (1, integer),
        (1.5, from_container),
        (0.5, lambda: literal(st)),
    ]
    if depth <= 0:
        return pick(st.rng, simple)
    return pick(st.rng, [(2, lambda: pick(st.rng, simple)), *_compound(st, depth)])


def _compound(st: State, depth: int) -> list[Option]:
    def inner() -> str:
        return group(scalar(st, depth - 1))

    def reduced() -> str | None:
        if not st.arrays():
            return None
        shape = st.rng.choice(st.arrays()).shape
        text = array(st, shape, depth - 1)
        factor = 0.2 if len(shape) == 1 else 0.08
        form = st.rng.choice(["F * np.sum({})", "np.mean({})", "np.max({})", "np.min({})"])
        form = form.replace("F", str(factor))
        return form.format(text)

    def inner_product() -> str | None:
        vectors = [v for v in st.arrays() if len(v.shape) == 1]
        if not vectors:
            return None
        v = st.rng.choice(vectors)
        other = f"np.tanh({array(st, v.shape, depth - 1)})"
        return st.rng.choice([f"0.2 * ({v.name} @ {other})", f"0.2 * np.dot({v.name}, {other})"])

    def ternary() -> str:
        return f"({inner()} if {condition(st)} else {inner()})"

    def call() -> str | None:
        found = st.calls("recursive", "reader")
        if not found:
            return None
        f = st.rng.choice(found)
        count = f", {st.rng.randint(1, 3)}" if f.kind == "recursive" else ""
        return f"{f.name}({array(st, f.shape, 0)}{count})"

    return [
        (3, lambda: st.rng.choice(_UNARY).format(inner())),
        (3, lambda: st.rng.choice(_BINARY).format(inner(), inner())),
        (0.7, lambda: f"{st.rng.choice(['min', 'max'])}({inner()}, {inner()})"),
        (2, reduced),
        (1, inner_product),
        (1, ternary),
        (2, call),
    ]


def condition(st: State) -> str:
    """A test on data, now and then on a counter."""
    counters = [name for name, low, high in st.scope.integers if low < high]
    if counters and st.chance(0.2):
        return f"{st.rng.choice(counters)} % 2 == {st.rng.randrange(2)}"
    test = f"{scalar(st, 1)} {st.rng.choice(['>', '<'])} {literal(st)}"
    if st.chance(0.15):
        joint = st.rng.choice(["and", "or"])
        return f"{test} {joint} {scalar(st, 0)} > {scalar(st, 0)}"
    return test
