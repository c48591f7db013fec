"""What a piece of NumPy code does, counted: the same numbers on every run and every machine.

The text of a module is compiled with each operator, call and subscript replaced by a function that
does the same and keeps count when NumPy is involved. Both sides of a comparison go through it. What
NumPy does inside one of its own functions is not counted.
"""

import ast
import copy
import gc
import inspect
import operator
import sys
import tracemalloc
from dataclasses import asdict, dataclass

import numpy as np

OPERATORS = {
    "Add": operator.add,
    "Sub": operator.sub,
    "Mult": operator.mul,
    "Div": operator.truediv,
    "FloorDiv": operator.floordiv,
    "Mod": operator.mod,
    "Pow": operator.pow,
    "MatMult": operator.matmul,
    "LShift": operator.lshift,
    "RShift": operator.rshift,
    "BitOr": operator.or_,
    "BitXor": operator.xor,
    "BitAnd": operator.and_,
    "USub": operator.neg,
    "UAdd": operator.pos,
    "Invert": operator.invert,
    "Eq": operator.eq,
    "NotEq": operator.ne,
    "Lt": operator.lt,
    "LtE": operator.le,
    "Gt": operator.gt,
    "GtE": operator.ge,
}
VIEWS = ("T", "mT", "real", "imag", "flat")
UNTOUCHED = ("super", "locals", "globals", "vars", "eval", "exec")


@dataclass
class Counts:
    """Operations in which NumPy takes part."""

    calls: int = 0  # functions, methods, operators
    subscripts: int = 0  # a[i] read or written, and a.T
    bytes: int = 0  # of all new arrays

    def as_dict(self):
        return asdict(self)


class Counted:
    """A function of a module, run so that what it does is counted."""

    def __init__(self, text, name):
        tree = ast.fix_missing_locations(Instrument().visit(ast.parse(text)))
        self.counts = Counts()
        # Registered while it is executed: dataclasses look their module up.
        module = type(sys)("counted_program")
        module.__dict__.update(
            _count_operator=self._operator,
            _count_call=self._call,
            _count_subscript=self._subscript,
            _count_attribute=self._attribute,
            _count_stored=self._stored,
            _count_augmented=self._augmented,
        )
        sys.modules[module.__name__] = module
        try:
            exec(compile(tree, f"<counted {name}>", "exec"), module.__dict__)
        finally:
            del sys.modules[module.__name__]
        self.function = getattr(module, name)

    def __call__(self, *args):
        """Run it: the counts of this run, and what it returned."""
        self.counts.__init__()
        result = self.function(*args)
        return copy.copy(self.counts), result

    def _operator(self, name, *operands):
        result = OPERATORS[name](*operands)
        if any(is_numpy(x) for x in operands):
            self.counts.calls += 1
            self._allocated(result, operands)
        return result

    def _call(self, function, /, *args, **keywords):
        result = function(*args, **keywords)
        if is_numpy_function(function):
            self.counts.calls += 1
            self._allocated(result, (getattr(function, "__self__", None), *args, *keywords.values()))
        return result

    def _subscript(self, base, index):
        result = base[index]
        if is_numpy(base):
            self.counts.subscripts += 1
            self._allocated(result, (base,))
        return result

    def _attribute(self, base, name):
        if is_numpy(base):
            self.counts.subscripts += 1
        return getattr(base, name)

    def _stored(self, value, base):
        if is_numpy(base):
            self.counts.subscripts += 1
        return value

    def _augmented(self, value, target, base=None):
        if is_numpy(target) or is_numpy(value):
            self.counts.calls += 1
        if is_numpy(base):
            self.counts.subscripts += 2
        return value

    def _allocated(self, result, operands):
        if isinstance(result, tuple | list):
            for item in result:
                self._allocated(item, operands)
        elif isinstance(result, np.ndarray):
            memory = root(result)
            if not any(isinstance(x, np.ndarray) and root(x) is memory for x in operands):
                self.counts.bytes += memory.nbytes if isinstance(memory, np.ndarray) else 0


class Instrument(ast.NodeTransformer):
    """Replace what may be NumPy's by functions that keep count."""

    def visit_BinOp(self, node):
        self.generic_visit(node)
        name = ast.Constant(type(node.op).__name__)
        return call("_count_operator", name, node.left, node.right)

    def visit_UnaryOp(self, node):
        self.generic_visit(node)
        if isinstance(node.op, ast.Not) or isinstance(node.operand, ast.Constant):
            return node
        return call("_count_operator", ast.Constant(type(node.op).__name__), node.operand)

    def visit_Compare(self, node):
        self.generic_visit(node)
        name = type(node.ops[0]).__name__
        if len(node.ops) > 1 or name not in OPERATORS:
            return node
        return call("_count_operator", ast.Constant(name), node.left, node.comparators[0])

    def visit_Call(self, node):
        self.generic_visit(node)
        if isinstance(node.func, ast.Name) and node.func.id in UNTOUCHED:
            return node
        return ast.Call(ast.Name("_count_call", ast.Load()), [node.func, *node.args], node.keywords)

    def visit_Attribute(self, node):
        self.generic_visit(node)
        if not isinstance(node.ctx, ast.Load) or node.attr not in VIEWS:
            return node
        return call("_count_attribute", node.value, ast.Constant(node.attr))

    def visit_Subscript(self, node):
        self.generic_visit(node)
        if not isinstance(node.ctx, ast.Load):
            return node
        return call("_count_subscript", node.value, as_value(node.slice))

    def visit_Assign(self, node):
        bases = [copy.deepcopy(t.value) for t in node.targets if isinstance(t, ast.Subscript)]
        self.generic_visit(node)
        for base in bases:
            node.value = call("_count_stored", node.value, base)
        return node

    def visit_AugAssign(self, node):
        reads = [loaded(node.target)]
        if isinstance(node.target, ast.Subscript):
            reads.append(copy.deepcopy(node.target.value))
        self.generic_visit(node)
        node.value = call("_count_augmented", node.value, *reads)
        return node

    def visit_AnnAssign(self, node):
        if node.value is not None:
            node.value = self.visit(node.value)
        return node

    def visit_arg(self, node):
        return node


def call(name, *args):
    return ast.Call(ast.Name(name, ast.Load()), list(args), [])


def loaded(target):
    node = copy.deepcopy(target)
    node.ctx = ast.Load()
    return node


def as_value(index):
    """A subscript as an expression: `1:-1` is `slice(1, -1, None)`."""
    if isinstance(index, ast.Slice):
        parts = (index.lower, index.upper, index.step)
        return call("slice", *(ast.Constant(None) if p is None else p for p in parts))
    if isinstance(index, ast.Tuple):
        return ast.Tuple([as_value(item) for item in index.elts], ast.Load())
    return index


def is_numpy(value):
    return isinstance(value, np.ndarray | np.generic)


def is_numpy_function(function):
    if isinstance(function, np.ufunc):
        return True
    owner = getattr(function, "__self__", None)
    if isinstance(owner, np.ndarray | np.generic | np.ufunc):
        return True
    return (getattr(function, "__module__", None) or "").partition(".")[0] == "numpy"


def root(array):
    """The array that owns the memory."""
    while isinstance(array, np.ndarray) and array.base is not None:
        array = array.base
    return array


def count(text, name, args):
    """Counts of one call of the function `name` of a module, given as text."""
    return Counted(text, name)(*copy.deepcopy(args))[0]


def count_function(function, args):
    """Counts of one call of a function that stands in a file."""
    return count(inspect.getsource(inspect.getmodule(function)), function.__name__, args)


def peak_bytes(function, args):
    """The most memory that a call holds at one time, above what there was before."""
    function(*args)  # caches of NumPy's and of the function's own
    gc.collect()
    tracemalloc.start()
    try:
        before, _ = tracemalloc.get_traced_memory()
        tracemalloc.reset_peak()
        result = function(*args)
        _, peak = tracemalloc.get_traced_memory()
        del result
    finally:
        tracemalloc.stop()
    return peak - before
