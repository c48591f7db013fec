"""Faults to plant in the compiler: each is a change of one line, made in the function that carries the decision.

`@fault(owner, attribute, ...)` stands above a function that is given what the attribute is (`right`) and a call that
notes that the fault has acted (`acted`), and returns what the attribute becomes. The attribute must exist: a fault
whose place is gone fails its test. `needs` names traits of programs (`tests.fuzz.judge.traits`) without which the
fault cannot act, or seldom acts: they save time.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

from s2sad.analysis import activity, alias
from s2sad.analysis.places import Places
from s2sad.frontend import statements
from s2sad.frontend.expressions import Expressions
from s2sad.frontend.lower import Lowerer
from s2sad.ir.nodes import Assign, Effect, Move, Op, Stmt, Store, Var, walk
from s2sad.ir.rewrite import clone
from s2sad.ir.types import Array, ListOf, Scalar, numeric_kind
from s2sad.passes import cse, dce, live, slices, substitute
from s2sad.passes.gather import Gather
from s2sad.passes.reuse import _Reuse
from s2sad.transforms import assemble, calls, containers, contributions, loops, residuals, stores
from s2sad.transforms.adjoint import Adjoint
from s2sad.transforms.assemble import Assembler
from s2sad.transforms.cotangents import Bar
from s2sad.transforms.keep import Keeper
from s2sad.transforms.residuals import Residuals
from s2sad.transforms.shadows import _Mirror
from s2sad.transforms.stores import Slot
from s2sad.transforms.tangent import Tangent

Acted = Callable[[], None]
Make = Callable[[Any, Acted], Any]


@dataclasses.dataclass(frozen=True)
class Fault:
    """A change of one attribute of the compiler's source, and what it breaks."""

    owner: Any
    attribute: str
    breaks: str
    make: Make
    needs: frozenset[str]

    @property
    def name(self) -> str:
        """The name of the function that makes the change."""
        return self.make.__name__


FAULTS: list[Fault] = []


def fault(owner: Any, attribute: str, breaks: str, *needs: str) -> Callable[[Make], Make]:
    """Note a fault."""

    def register(make: Make) -> Make:
        FAULTS.append(Fault(owner, attribute, breaks, make, frozenset(needs)))
        return make

    return register


# --- the adjoint of writes -----------------------------------------------------------------------------------------
@fault(Slot, "write", "the cotangent of a place is not zeroed where the place was set")
def no_zero_after_set(right: Any, acted: Acted) -> Any:
    def write(self: Slot, value: Any, how: str) -> None:
        return acted() if how == "set" else right(self, value, how)

    return write


@fault(Slot, "write", "the cotangent of a place is not scaled where the place was multiplied")
def no_scale_after_multiply(right: Any, acted: Acted) -> Any:
    def write(self: Slot, value: Any, how: str) -> None:
        return acted() if how == "multiply" else right(self, value, how)

    return write


@fault(Slot, "take", "the cotangent that moves to the value is a view of what is zeroed next")
def view_of_what_is_zeroed(right: Any, acted: Acted) -> Any:
    def take(self: Slot) -> Any:
        acted()
        return self.read()

    return take


@fault(stores, "winners", "of two writes to one place by an integer array, both get the cotangent", "scatter")
def no_winner_mask(right: Any, acted: Acted) -> Any:
    def winners(adjoint: Adjoint, g: Any, stmt: Store, slot: Slot) -> Any:
        if right(adjoint, g, stmt, slot) is not g:
            acted()
        return g

    return winners


@fault(stores, "old_value", "the factor of `u[i] *= e` is read after the write")
def factor_after_the_write(right: Any, acted: Acted) -> Any:
    def old_value(adjoint: Adjoint, slot: Slot, stmt: Store) -> Any:
        acted()
        after = slot.base
        return adjoint.sym(after if slot.index is None else adjoint.builder.op("getitem", after, slot.index))

    return old_value


@fault(containers, "add_kind", "repeated integer indices add once: `x_bar[i] += g` for `np.add.at`")
def repeated_index_adds_once(right: Any, acted: Acted) -> Any:
    def add_kind(adjoint: Adjoint, index: Any) -> str:
        if right(adjoint, index) != "add":
            acted()
        return "add"

    return add_kind


# --- contributions and joins ---------------------------------------------------------------------------------------
@fault(Adjoint, "unbroadcast", "a cotangent is not summed over the axes along which its argument was broadcast")
def no_unbroadcast(right: Any, acted: Acted) -> Any:
    def unbroadcast(self: Adjoint, g: Any, arg: Any, stmt: Stmt) -> Any:
        if right(self, g, arg, stmt) is not g:
            acted()
        return g

    return unbroadcast


@fault(contributions, "cast_like", "the cotangent of a float32 array becomes float64", "single")
def no_cast(right: Any, acted: Acted) -> Any:
    def kept(g: Any, like: Any) -> Any:
        if right(g, like) is not g:
            acted()
        return g

    return kept


@fault(Adjoint, "accumulate", "a second contribution replaces the first")
def second_contribution_replaces(right: Any, acted: Acted) -> Any:
    def accumulate(self: Adjoint, target: Any, bar: Bar, stmt: Stmt) -> None:
        if isinstance(target, Var) and self.env.pop((target, ()), None) is not None:
            acted()
        right(self, target, bar, stmt)

    return accumulate


@fault(Adjoint, "unmasked", "the arm of `where` that was not chosen gets a cotangent")
def no_mask_of_where(right: Any, acted: Acted) -> Any:
    def unmasked(self: Adjoint, bar: Bar) -> Bar:
        if bar.mask is None:
            return bar
        acted()
        return dataclasses.replace(bar, mask=None)

    return unmasked


@fault(Adjoint, "join_env", "no zero at a join: an arm that has no cotangent leaves the last one")
def no_zero_at_a_join(right: Any, acted: Acted) -> Any:
    def join_env(self: Adjoint, a: Any, b: Any, blocks: Any, stmt: Stmt) -> Any:
        result = right(self, a, b, blocks, stmt)
        for env, block in zip((a, b), blocks, strict=True):
            missing = {bar.expr for key, bar in result.items() if key not in env}
            for move in [s for s in block[-1:] if isinstance(s, Move) and missing & set(s.targets)]:
                pairs = [p for p in zip(move.targets, move.sources, strict=True) if p[0] not in missing]
                block[-1] = Move(tuple(t for t, _ in pairs), tuple(s for _, s in pairs), move.origin)
                acted()
        return result

    return join_env


@fault(Adjoint, "move", "the cotangents of a swap are given one after the other", "swap")
def moves_one_by_one(right: Any, acted: Acted) -> Any:
    def move(self: Adjoint, stmt: Move) -> None:
        if len(stmt.targets) > 1:
            acted()
        for target, source in zip(stmt.targets, stmt.sources, strict=True):
            right(self, Move((target,), (source,), stmt.origin))

    return move


@fault(Adjoint, "rest_then", "what follows a branch that may leave is reversed after the branch", "break")
def arm_before_the_rest(right: Any, acted: Acted) -> Any:
    def rest_then(self: Adjoint, stmts: Any, start: int, other: Any) -> Any:
        arm = self.block(other)
        rest = self.block(stmts, start) if start < len(stmts) else []
        acted()
        return [*arm, *rest]

    return rest_then


# --- loops ---------------------------------------------------------------------------------------------------------
@fault(loops, "reversed_range", "the iterations are reversed in the order in which they ran", "for range")
def loop_runs_forwards(right: Any, acted: Acted) -> Any:
    def reversed_range(start: Any, stop: Any, step: Any, b: Any) -> Any:
        acted()
        return start, stop, step

    return reversed_range


@fault(loops, "changed", "a cotangent that an iteration uses up does not go around as zero")
def used_up_cotangent_stays(right: Any, acted: Acted) -> Any:
    def changed(before: Any, after: Any, carried: Any) -> Any:
        found = right(before, after, carried)
        kept = {key: None for key in found if key in after}
        if kept != found:
            acted()
        return kept

    return changed


@fault(assemble, "count_iterations", "the iteration that breaks is not counted", "break")
def broken_iteration_not_counted(right: Any, acted: Acted) -> Any:
    def count_iterations(forward: Any, reverses: Any) -> Any:
        made = right(forward, reverses)
        for stmt in walk(made):
            if stmt in reverses and reverses[stmt].counter is not None:
                stmt.body.append(stmt.body.pop(0))
                acted()
        return made

    return count_iterations


# --- what is kept --------------------------------------------------------------------------------------------------
@fault(Residuals, "first_with_contents", "what a write overwrites is saved after the write")
def saved_after_the_write(right: Any, acted: Acted) -> Any:
    def first_with_contents(self: Residuals, var: Var, stmt: Stmt) -> Stmt:
        place = self.aliases.places.of[stmt]
        if stmt not in self.aliases.written(var) or len(place.block) == place.index + 1:
            return right(self, var, stmt)
        acted()
        return place.block[place.index + 1]

    return first_with_contents


@fault(assemble, "insert_forward", "what holds at the start of an iteration is not put on its tape", "for range")
def nothing_saved_at_the_head(right: Any, acted: Acted) -> Any:
    def insert_forward(block: Any, kept: Any) -> Any:
        if kept.starts:
            acted()
        kept.starts.clear()
        return right(block, kept)

    return insert_forward


@fault(Keeper, "tape", "a tape holds the array itself, not what it held")
def tape_without_copy(right: Any, acted: Acted) -> Any:
    def tape(self: Keeper, residual: Any, block: Any, at: int, where: str, copy: bool = True) -> None:
        if copy and isinstance(residual.var.type, Array):
            acted()
        right(self, residual, block, at, where, copy=False)

    return tape


@fault(alias.Aliases, "overwritten_after", "an array that is overwritten later is read when it is needed")
def never_overwritten(right: Any, acted: Acted) -> Any:
    def overwritten_after(self: Any, var: Var, stmt: Stmt) -> bool:
        if right(self, var, stmt):
            acted()
        return False

    return overwritten_after


@fault(Residuals, "written_since_made", "an array made in a loop is kept where it is made, before it is written")
def kept_before_it_is_written(right: Any, acted: Acted) -> Any:
    def written_since_made(self: Residuals, var: Var, stmt: Stmt) -> bool:
        if right(self, var, stmt):
            acted()
        return False

    return written_since_made


@fault(Residuals, "first_with_contents", "the contents of an array are saved at the start of the block")
def saved_at_the_start(right: Any, acted: Acted) -> Any:
    def first_with_contents(self: Residuals, var: Var, stmt: Stmt) -> Stmt:
        first = self.aliases.places.of[stmt].block[0]
        if right(self, var, stmt) is not first:
            acted()
        return first

    return first_with_contents


@fault(Keeper, "list_changes", "an item of a list is read again after the list has grown", "append")
def grown_list_is_read_again(right: Any, acted: Acted) -> Any:
    def list_changes(self: Keeper, value: Op, stmt: Stmt) -> bool:
        if right(self, value, stmt):
            acted()
        return False

    return list_changes


@fault(Adjoint, "branch", "the test of a branch is computed anew from data that was overwritten", "if")
def test_computed_anew(right: Any, acted: Acted) -> Any:
    def anew(self: Adjoint, expr: Any, stmt: Stmt) -> Any:
        made = self.definitions.get(expr) if isinstance(expr, Var) else None
        if made is None or not isinstance(made.value, Op) or isinstance(expr.type, Array) or made.target.join:
            return self.need(expr, stmt)
        parts, place = [], self.aliases.places.of[made]
        for arg in made.value.args:
            if isinstance(arg, Var) and isinstance(arg.type, Array) and not (place.loops or place.branches):
                parts.append(arg)
                acted()
            else:
                parts.append(anew(self, arg, stmt) if isinstance(arg, Var) else self.need(arg, stmt))
        return self.builder.bind(Op(made.value.name, tuple(parts), made.value.type, made.value.attrs, made.value.form))

    def branch(self: Adjoint, stmt: Any, then: Any, orelse: Any) -> None:
        self.branch_on(anew(self, stmt.cond, stmt), stmt, then, orelse)

    return branch


@fault(calls, "written_later", "a called function keeps arguments that its caller writes afterwards", "call value")
def residuals_of_a_call_not_copied(right: Any, acted: Acted) -> Any:
    def written_later(*args: Any) -> frozenset[int]:
        if right(*args):
            acted()
        return frozenset()

    return written_later


@fault(Assembler, "protect", "a pullback reads arrays that the caller has written since", "pulled_back")
def residuals_of_a_pullback_not_copied(right: Any, acted: Acted) -> Any:
    def protect(self: Assembler, forward: Any, reverse: Any, results: Any, *rest: Any) -> Any:
        acted()
        return forward, reverse, results

    return protect


@fault(assemble, "unassigned_at_returns", "a residual that is not bound at an early return is handed out")
def unbound_at_a_return(right: Any, acted: Acted) -> Any:
    def unassigned_at_returns(*args: Any) -> list[Var]:
        if right(*args):
            acted()
        return []

    return unassigned_at_returns


# --- shadows -------------------------------------------------------------------------------------------------------
@fault(Adjoint, "copied_view", "a reshape that may copy is taken for a view", "flat write")
def reshape_is_a_view(right: Any, acted: Acted) -> Any:
    return lambda *args: acted()


@fault(_Mirror, "statement", "the shadow of a name is not bound anew where the name is")
def shadow_not_moved(right: Any, acted: Acted) -> Any:
    def statement(self: _Mirror, stmt: Stmt) -> None:
        if isinstance(stmt, Move) and any(map(self.dynamic, stmt.targets)):
            for target in filter(self.dynamic, stmt.targets):
                self.shadow_of(target, stmt)
            return acted()
        return right(self, stmt)

    return statement


@fault(_Mirror, "statement", "the list of shadows does not grow with its list", "append")
def shadow_not_appended(right: Any, acted: Acted) -> Any:
    def statement(self: _Mirror, stmt: Stmt) -> None:
        grows = isinstance(stmt, Effect) and isinstance(stmt.value, Op) and stmt.value.name == "append"
        return acted() if grows and self.dynamic(stmt.value.args[0]) else right(self, stmt)

    return statement


@fault(
    assemble, "clear_shadows", "the second call of a pullback adds to what the first left in the shadows", "pulled_back"
)
def shadows_not_cleared(right: Any, acted: Acted) -> Any:
    return lambda *args: acted()


@fault(Assembler, "leaf", "a pullback returns its shadow itself, which its next call writes", "pulled_back")
def gradient_is_the_shadow(right: Any, acted: Acted) -> Any:
    def leaf(self: Assembler, adjoint: Adjoint, made: Any, param: Var, *rest: Any) -> Any:
        if adjoint.repeatable and param in adjoint.mirror.of:
            acted()
            return adjoint.mirror.of[param]
        return right(self, adjoint, made, param, *rest)

    return leaf


@fault(Assembler, "settle_buffer", "what a helper wrote over keeps its cotangent", "call writer")
def buffer_not_settled(right: Any, acted: Acted) -> Any:
    return lambda *args: acted()


# --- activity and aliases ------------------------------------------------------------------------------------------
@fault(activity, "_forward", "a store does not make its array active")
def store_is_not_active(right: Any, acted: Acted) -> Any:
    return lambda stmt, result: acted() if isinstance(stmt, Store) else right(stmt, result)


@fault(activity, "_spread", "a write through one name makes only that name active")
def write_is_not_spread(right: Any, acted: Acted) -> Any:
    def spread(result: Any, var: Var, found: set[Var]) -> None:
        if result.aliases.written(var):
            acted()
        found.add(var)

    return spread


@fault(activity, "cancelled_shifts", "every maximum counts as a shift that cancels")
def every_maximum_cancels(right: Any, acted: Acted) -> Any:
    def cancelled_shifts(function: Any, aliases: Any) -> set[Var]:
        stmts = [s for s in walk(function.body) if isinstance(s, Assign) and isinstance(s.value, Op)]
        found = {s.target for s in stmts if s.value.name in ("max", "min")}
        if found:
            acted()
        return found

    return cancelled_shifts


@fault(Expressions, "lookup", "the derivative does not pass through what a closure captures", "lambda")
def captured_is_constant(right: Any, acted: Acted) -> Any:
    def lookup(self: Any, name: str, node: Any) -> Any:
        value = right(self, name, node)
        if name in self.frame.state.names or self.frame.outer is None or not isinstance(value, Var):
            return value
        if not isinstance(value.type, Scalar):
            return value
        acted()
        return self.builder.op("stop_gradient", value)

    return lookup


@fault(alias, "is_basic", "a slice is taken for an array of its own")
def slice_shares_nothing(right: Any, acted: Acted) -> Any:
    def basic(index: Any) -> bool:
        acted()
        return False

    return basic


@fault(alias.PairsFinder, "call", "a called function is taken to write nothing", "call writer")
def call_writes_nothing(right: Any, acted: Acted) -> Any:
    return lambda *args: acted()


@fault(alias.PairsFinder, "loop", "what shares memory after one iteration is forgotten in the next", "rebind alias")
def loop_looked_at_once(right: Any, acted: Acted) -> Any:
    def loop(self: Any, stmt: Any, pairs: Any) -> Any:
        acted()
        self.exits.append([])
        after = self.block([*getattr(stmt, "test", ()), *stmt.body], alias._copy(pairs))
        self.exits.pop()
        return alias._union(after, pairs)

    return loop


@fault(alias.PairsFinder, "move", "a name bound to another shares no memory with it")
def move_shares_nothing(right: Any, acted: Acted) -> Any:
    return lambda *args: acted()


@fault(Places, "may_follow", "what stands earlier in a loop is not thought to run later")
def no_next_iteration(right: Any, acted: Acted) -> Any:
    def may_follow(self: Places, first: Stmt, second: Stmt, scope: Any) -> bool:
        a, b = self.of[first], self.of[second]
        found = b.order > a.order and not self._exclusive(a, b)
        if found != right(self, first, second, scope):
            acted()
        return found

    return may_follow


# --- passes --------------------------------------------------------------------------------------------------------
@fault(cse, "_writes", "an expression is shared across a write to what it reads")
def shared_across_a_write(right: Any, acted: Acted) -> Any:
    def writes(stmt: Stmt) -> bool:
        if right(stmt):
            acted()
        return False

    return writes


@fault(dce, "_dead", "a store into an array that no later line names is removed")
def store_removed(right: Any, acted: Acted) -> Any:
    def dead(stmt: Stmt, counts: Any) -> bool:
        if isinstance(stmt, Store) and counts.get(stmt.base, 0) <= 1:
            acted()
            return True
        return right(stmt, counts)

    return dead


@fault(_Reuse, "alive", "a buffer is written that is still read")
def nothing_is_alive(right: Any, acted: Acted) -> Any:
    def alive(self: Any, var: Var, stmt: Stmt, except_: set[Var]) -> bool:
        if right(self, var, stmt, except_):
            acted()
        return False

    return alive


@fault(_Reuse, "owns", "the memory of another is written as a buffer")
def everything_is_owned(right: Any, acted: Acted) -> Any:
    def owns(self: Any, var: Var) -> bool:
        if not right(self, var):
            acted()
        return True

    return owns


@fault(live, "_exposed", "what the next iteration reads is not alive at the end of this one", "for range", "whole aug")
def nothing_goes_around(right: Any, acted: Acted) -> Any:
    def exposed(stmt: Any) -> set[Var]:
        if right(stmt):
            acted()
        return set()

    return exposed


@fault(substitute.Pending, "forget", "a value is computed after a write to what it reads")
def moved_past_a_write(right: Any, acted: Acted) -> Any:
    def forget(self: Any, stmt: Stmt) -> None:
        return acted() if isinstance(stmt, Store) else right(self, stmt)

    return forget


@fault(Gather, "touches", "contributions are gathered across a read of what they add to", "fill", "alias")
def gathered_across_a_read(right: Any, acted: Acted) -> Any:
    def touches(self: Gather, stmt: Stmt, root: Var) -> bool:
        if right(self, stmt, root):
            acted()
        return False

    return touches


@fault(slices, "added", "the parts of a sparse cotangent replace what is there")
def parts_replace(right: Any, acted: Acted) -> Any:
    def added(part: Any) -> str:
        acted()
        return "set"

    return added


# --- the tangent ---------------------------------------------------------------------------------------------------
@fault(Tangent, "store", "the tangent of `u[i] *= e` is computed after the write", "forward")
def tangent_after_the_write(right: Any, acted: Acted) -> Any:
    def store(self: Tangent, stmt: Store) -> None:
        self.emit(clone(stmt))
        if self.varied(stmt.base):
            acted()
            self.store_dot(stmt, self.dots[stmt.base])

    return store


@fault(Tangent, "store_dot", "the tangent of a place stays where a constant was written", "forward")
def tangent_not_zeroed(right: Any, acted: Acted) -> Any:
    def store_dot(self: Tangent, stmt: Store, dot: Var) -> None:
        constant = not self.activity.is_varied(stmt.value)
        return acted() if stmt.how == "set" and constant else right(self, stmt, dot)

    return store_dot


@fault(Tangent, "protect", "the tangents of the caller are written", "forward")
def tangent_of_the_caller_written(right: Any, acted: Acted) -> Any:
    return lambda *args: acted()


# --- what differs between paths and iterations -----------------------------------------------------------------------
@fault(residuals, "may_vary", "the length of a list is read off the last list of its name")
def last_length(right: Any, acted: Acted) -> Any:
    def may_vary(var: Var) -> bool:
        if isinstance(var.type, ListOf) and right(var):
            acted()
            return False
        return right(var)

    return may_vary


@fault(containers, "places_of", "an array of records: a field is given the column of the one before")
def last_column(right: Any, acted: Acted) -> Any:
    def places_of(type_: Any, *given: Any) -> Any:
        found = right(type_, *given)
        if len(found) == 2 and not given:
            acted()
            return [(path, found[0][1], leaf) for path, _, leaf in found]
        return found

    return places_of


@fault(statements, "same_type", "what was read from a list in a loop keeps the sizes of the first items")
def first_sizes(right: Any, acted: Acted) -> Any:
    def same_type(a: Any, b: Any) -> bool:
        if not right(a, b):
            acted()
        return True

    return same_type


# --- complex numbers, places, names of other functions ----------------------------------------------------------------
@fault(contributions, "conjugated", "the transpose is taken for the adjoint of complex numbers", "complex")
def not_conjugated(right: Any, acted: Acted) -> Any:
    def conjugated(rule: Any, value: Any) -> Any:
        if right(rule, value) is not value:
            acted()
        return value

    return conjugated


@fault(stores, "old_value", "what complex numbers were multiplied with is not conjugated", "complex aug")
def factor_not_conjugated(right: Any, acted: Acted) -> Any:
    def old_value(*given: Any) -> Any:
        found = right(*given)
        if numeric_kind(found.type) != "complex":
            return found
        acted()
        return found.op("conj")

    return old_value


@fault(containers, "definition", "np.arange is taken to count up, be it that it was written", "places written")
def places_not_asked(right: Any, acted: Acted) -> Any:
    def definition(adjoint: Adjoint, index: Any) -> Any:
        made = adjoint.definitions.get(index) if isinstance(index, Var) else None
        if made is not None and isinstance(made.value, Op) and right(adjoint, index) is None:
            acted()
            return made.value
        return right(adjoint, index)

    return definition


@fault(Lowerer, "open_cells", "a nonlocal name is a copy in the function that assigns it", "nonlocal")
def no_cells(right: Any, acted: Acted) -> Any:
    return lambda *given: acted()
