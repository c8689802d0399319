"""Enumerates every instance of a step in every case of a grid, compared exactly."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from typing import Any

from flint import fmpq

from boundcalc.check.exact.case_grid import (
    OF_EXPONENT,
    OF_LAW,
    OF_WEIGHTS,
    STANDARD,
    CaseGrid,
    depends,
    enumerate_cases,
    named,
)
from boundcalc.check.exact.cases import Case
from boundcalc.check.exact.compiler import RelationCode, compile_node, compile_relation, integer_range, links, truth
from boundcalc.check.exact.counterexample import counterexample
from boundcalc.check.exact.pointwise import Code
from boundcalc.check.exact.radicals import Undecided
from boundcalc.check.exact.roots import Exact, approximate
from boundcalc.check.exact.tally import Tally
from boundcalc.check.exact.unequal_case import COMMON
from boundcalc.check.verdict import Engine, Outcome, Verdict
from boundcalc.language import grammar as language
from boundcalc.language.grammar import StatementError
from boundcalc.language.names import resolve
from boundcalc.language.resolved import Resolved, ResolvedFree, variables
from boundcalc.language.statement import Statement
from boundcalc.model.named.index import BY_NAME
from boundcalc.model.named.quantity import Dependence

MAX_ASSIGNMENTS = 20_000
"""Most values of the free variables in one case."""
MAX_POINTS = 700
"""Most points of the free real variables together: with five of them or more, fewer points each."""


@dataclass(frozen=True)
class FreeCode:
    """A free variable with its compiled range."""

    source: ResolvedFree
    first: Code
    last: Code
    step: Code
    needs: frozenset[str]


@dataclass(frozen=True)
class Compiled:
    """A statement ready to be evaluated in cases."""

    resolved: Resolved
    relations: tuple[RelationCode, ...]
    global_conditions: tuple[RelationCode, ...]
    """Those of the case alone."""
    free_conditions: tuple[RelationCode, ...]
    """Those that name free variables."""
    state_conditions: tuple[RelationCode, ...]
    """Those that name random quantities: they choose states."""
    index_conditions: tuple[RelationCode, ...]
    """Those that choose feature indices, such as i != j."""
    free: tuple[FreeCode, ...]

    @property
    def statement(self) -> Statement:
        """The statement."""
        return self.resolved.statement


def compile_statement(statement: Statement | Resolved) -> Compiled:
    """Resolves the names and compiles both sides of everything.

    Raises
    ------
    StatementError
    """
    resolved = statement if isinstance(statement, Resolved) else resolve(statement)
    _refuse_both_models(resolved)
    restricting, random, other = (tuple(map(compile_relation, some)) for some in resolved.conditions_by_kind())
    free = []
    for each in resolved.free:
        ends = [compile_node(part, frozenset()) for part in (each.first, each.last, each.step)]
        needs = frozenset().union(*(variables(part) for part in (each.first, each.last, each.step)))
        free.append(FreeCode(each, ends[0], ends[1], ends[2], needs))
    return Compiled(
        resolved,
        tuple(compile_relation(relation) for relation in resolved.relations),
        tuple(code for code in other if not code.relation.variables),
        tuple(code for code in other if code.relation.variables),
        random,
        restricting,
        tuple(free),
    )


def _refuse_both_models(resolved: Resolved) -> None:
    """Refuses a claim about features that differ which names what only equal features have in common."""
    if Dependence.FEATURES not in depends(resolved):
        return
    for quantity in named(resolved):
        if COMMON.get(quantity.name) == len(quantity.indices):
            own = next((form.form for form in BY_NAME[quantity.name].values() if Dependence.FEATURES in form.of), "")
            hint = f"; did you mean {own}?" if own else ""
            raise StatementError(f"{quantity.form} is of equal features, and the claim is about features that differ{hint}", 0)


def check_case(
    compiled: Compiled, case: Case, tally: Tally, *, free: Mapping[str, int | fmpq] | None = None, reals: int = 5, stop: bool = True
) -> None:
    """Compares all instances of a statement in one case.

    Parameters
    ----------
    compiled : Compiled
    case : Case
    tally : Tally
        Takes the comparisons; its ``failure`` is the first instance that is false.
    free : mapping, optional
        Values of free variables, instead of all that their ranges give; nothing is compared for one outside of its range.
    reals : int
        SupportPoints of a real range.
    stop : bool
        Whether to end at the first false instance.

    Raises
    ------
    StatementError
        Where an expression has no value, such as a division by zero that no condition excludes.
    """
    case.scratch.clear()
    try:
        if not all(_holds_everywhere(code, case, {}) for code in compiled.global_conditions):
            return
        tally.enter(case)
        for relation in compiled.relations:
            with language.within(relation.relation.source):
                _check_relation(compiled, relation, case, tally, dict(free or {}), reals)
            if stop and tally.failure is not None:
                return
    except Undecided:
        tally.undecided += 1
    finally:
        case.scratch.clear()


def _check_relation(compiled: Compiled, code: RelationCode, case: Case, tally: Tally, fixed: dict[str, Any], reals: int) -> None:
    relation = code.relation
    needed = set(relation.variables)
    for condition in (*compiled.free_conditions, *compiled.state_conditions):
        needed |= condition.relation.variables
    linked = _links(code)
    filters = [each for each in compiled.index_conditions if set(each.relation.indices) <= set(relation.indices)]
    for values in _assignments(compiled, needed, case, fixed, reals):
        if not all(_holds_everywhere(each, case, values) for each in compiled.free_conditions):
            continue
        mask = _states(compiled, case, values)
        if mask is not None and not any(mask):
            continue
        for place, _ in case.tuples(relation.indices, linked, values):
            at = {**values, **dict(zip(relation.indices, place, strict=True))}
            if all(truth(each).run(case, at) for each in filters):
                try:
                    tally.compare(code, case, at, mask)
                except Undecided:
                    tally.undecided += 1


def _holds_everywhere(code: RelationCode, case: Case, values: dict[str, Any]) -> bool:
    """Whether a condition holds for all of its feature indices."""
    run = truth(code).run
    with language.within(code.relation.source):
        return all(
            run(case, {**values, **dict(zip(code.relation.indices, place, strict=True))})
            for place, _ in case.tuples(code.relation.indices, _links(code), values)
        )


def _links(code: RelationCode) -> tuple[frozenset[str], ...]:
    """Of the free indices of a relation: two always stand as a pair, three where the relation pairs them."""
    names = code.relation.indices
    if len(names) <= 2:
        return tuple(frozenset(names[:place]) for place in range(len(names)))
    return links(names, code.relation.left, code.relation.right)


def _states(compiled: Compiled, case: Case, values: dict[str, Any]) -> list[bool] | None:
    """Which states the conditions admit; ``None`` if there are none of that kind."""
    mask: list[bool] | None = None
    for code in compiled.state_conditions:
        run = truth(code).run
        with language.within(code.relation.source):
            for place in product(range(case.n), repeat=len(code.relation.indices)):
                holds = run(case, {**values, **dict(zip(code.relation.indices, place, strict=True))})
                mask = holds if mask is None else [old and new for old, new in zip(mask, holds, strict=True)]
    return mask


def _assignments(compiled: Compiled, needed: set[str], case: Case, fixed: dict[str, Any], reals: int) -> Iterator[dict[str, Any]]:
    """The values of the free variables that matter."""
    for each in reversed(compiled.free):
        if each.source.name in needed:
            needed = needed | each.needs
    dimensions = sum(1 for each in compiled.free if each.source.real and each.source.name in needed)
    while reals > 2 and reals**dimensions > MAX_POINTS:
        reals -= 1
    found: list[dict[str, Any]] = [{}]
    for each in compiled.free:
        name = each.source.name
        if name not in needed:
            continue
        if name in fixed:
            given = fmpq(fixed[name]) if each.source.real else int(fixed[name])
            found = [{**values, name: given} for values in found if given == fixed[name] and _is_inside(each, case, values, given)]
        else:
            with language.within(each.source.source):
                found = [{**values, name: value} for values in found for value in _range(each, case, values, reals)]
                if len(found) > MAX_ASSIGNMENTS:
                    raise StatementError(f"more than {MAX_ASSIGNMENTS} values of the free variables in one case", 0)
    return iter(found)


def _range(each: FreeCode, case: Case, values: dict[str, Any], reals: int) -> Iterable[int | fmpq]:
    first, last = each.first.run(case, values), each.last.run(case, values)
    if not each.source.real:
        return integer_range(first, last, each.step.run(case, values), each.source.source.domain.at)
    if first > last:
        return ()
    low, high = _rational(first, last, up=True), _rational(last, first, up=False)
    points = [low + (high - low) * share for share in (fmpq(0), fmpq(1), fmpq(1, 2), fmpq(1, 7), fmpq(9, 10))[:reals]]
    return dict.fromkeys(point for point in points if first <= point <= last)


def _is_inside(each: FreeCode, case: Case, values: dict[str, Any], given: int | fmpq) -> bool:
    """Whether a value is one of the range's."""
    if each.source.real:
        return bool(each.first.run(case, values) <= given <= each.last.run(case, values))
    return given in _range(each, case, values, 0)


def _rational(end: Exact, other: Exact, *, up: bool) -> fmpq:
    """An end of a real range; where it is irrational, a rational number inside and near it."""
    if isinstance(end, (int, fmpq)):
        return fmpq(end)
    near = fmpq(round(approximate(end) * (1 << 40)), 1 << 40)
    step = fmpq(1, 1 << 38)
    return near + step if up else near - step


def check_by_enumeration(
    statement: Statement | Compiled, grid: CaseGrid = STANDARD, *, stop: bool = True, limit: int | None = None
) -> Verdict:
    """Checks a statement in every case of a grid.

    Parameters
    ----------
    statement : Statement or Compiled
    grid : CaseGrid
    stop : bool
        Whether to end with the first counterexample.
    limit : int, optional
        Most comparisons.

    Raises
    ------
    StatementError
    """
    compiled = statement if isinstance(statement, Compiled) else compile_statement(statement)
    tally = Tally()
    for case in enumerate_cases(compiled.resolved, grid):
        check_case(compiled, case, tally, reals=grid.reals, stop=stop)
        if (stop and tally.failure is not None) or (limit is not None and tally.comparisons >= limit):
            break
    return verdict(compiled, tally)


def _tried(compiled: Compiled, tally: Tally) -> dict[str, Any]:
    """What the cases were, without what the step does not depend on."""
    if not tally.comparisons:
        return {}
    summary = tally.tried.summary()
    needed = depends(compiled.resolved)
    for key, without in (("p", OF_LAW), ("laws", OF_EXPONENT), ("m", OF_WEIGHTS)):
        if needed.within(without):
            summary[key] = []
    return summary


def verdict(compiled: Compiled, tally: Tally, engine: Engine = Engine.ENUMERATION) -> Verdict:
    """What a tally amounts to."""
    statement, found = compiled.statement, None
    if tally.failure is not None:
        outcome, found = Outcome.REFUTED, counterexample(compiled.resolved, tally.failure)
    elif tally.comparisons == 0 and tally.undecided == 0:
        outcome = Outcome.NO_CASE
    else:
        outcome = Outcome.UNDECIDED if tally.undecided else Outcome.HOLDS
    note = ""
    if tally.undecided:
        note = f"{tally.undecided} comparisons of roots of sums of roots agree to more than 2000 digits and were not decided"
    return Verdict(
        statement.owner,
        statement.key,
        outcome,
        engine,
        statement.latex,
        cases=tally.cases,
        comparisons=tally.comparisons,
        tightest=tally.tightest,
        tightest_case=dict(tally.tightest_case.describe()) if tally.tightest_case is not None else {},
        attained="attained" if tally.attained else "",
        slack=tuple(tally.slack) if any(tally.slack) else (),
        note=note,
        tried=_tried(compiled, tally),
        counterexample=found,
    )
