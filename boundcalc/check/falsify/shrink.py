"""Makes a counterexample smaller: fewer features, dimensions and points, simpler numbers, each step exact."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from fractions import Fraction
from typing import Any

from flint import fmpq

from boundcalc.check.exact.case_states import OwnLaw, SupportPoints
from boundcalc.check.exact.counterexample import counterexample
from boundcalc.check.exact.tally import Instance
from boundcalc.check.falsify.confirm import Confirmer
from boundcalc.check.falsify.layout import RADEMACHER, Rational, simplest
from boundcalc.check.verdict import Verdict
from boundcalc.language.names import resolve
from boundcalc.language.statement import Statement
from boundcalc.model.laws import NAMES
from boundcalc.numbers.parsing import parse_rational

MAX_TRIALS = 2000
"""Most cases that are evaluated."""
SMALL = 500
"""n² d up to which a case gets all the trials; larger ones get fewer."""
WIDTHS = (Fraction(9, 10), Fraction(1, 2), Fraction(1, 5), Fraction(1, 20), Fraction(1, 200))
"""Relative distances within which a simpler number is looked for."""
PROBABILITIES = tuple(fmpq(1, k) for k in (1, 2, 3, 4, 5, 10, 20, 100, 1000, 10**6))


def shrink(confirmer: Confirmer, found: Rational, trials: int = MAX_TRIALS) -> tuple[Rational, Instance]:
    """A counterexample than which no single simplification leads to a smaller one, and where it fails.

    Parameters
    ----------
    confirmer : Confirmer
    found : Rational
        A counterexample.
    trials : int
        Most cases that are evaluated.
    """
    best, failure = found, confirmer.failure(found)
    if failure is None:
        raise ValueError("not a counterexample")
    tried = 0
    seen = {best}
    while True:
        for candidate in candidates(best, confirmer.resolved.statement.exponents):
            if candidate.size >= best.size or candidate in seen:
                continue
            seen.add(candidate)
            tried += 1
            smaller = confirmer.failure(candidate)
            if smaller is not None:
                best, failure = candidate, smaller
                break
            if tried >= trials:
                return best, failure
        else:
            return best, failure


def minimal(statement: Statement, verdict: Verdict) -> Verdict:
    """A verdict with its counterexample made minimal; one without, or one that cannot be read back, is returned as it is."""
    values = {} if verdict.counterexample is None else verdict.counterexample.values
    if verdict.counterexample is None or "W" not in values or values.get("law") in NAMES[1:]:
        return verdict  # a configuration is known by its name; the smallest was tried first
    confirmer = Confirmer(resolve(statement))
    case = read_back(verdict.counterexample.values)
    if confirmer.failure(case) is None:
        return verdict
    trials = max(MAX_TRIALS * SMALL // max(case.n * case.n * case.d, SMALL), 20)
    return replace(verdict, counterexample=counterexample(confirmer.resolved, shrink(confirmer, case, trials)[1]))


def read_back(values: Mapping[str, Any]) -> Rational:
    """The case of a counterexample's texts."""

    def number(text: object) -> fmpq:
        return parse_rational(str(text), parameter="counterexample")

    def support(text: str) -> SupportPoints:
        pairs = [point.split(":") for point in text.removeprefix("support:").split(",")]
        return RADEMACHER if text == "rademacher" else tuple((number(value), number(chance)) for value, chance in pairs)

    weights = tuple(tuple(number(entry) for entry in row) for row in values["W"])
    free = tuple((name, number(value)) for name, value in values.get("variables", {}).items())
    if "features" in values:
        own = (OwnLaw(number(each["importance"]), number(each["p"]), support(each["law"])) for each in values["features"])
        return Rational(weights, int(values["m"]), fmpq(0), (), free, tuple(own))
    return Rational(weights, int(values["m"]), number(values["p"]), support(str(values["law"])), free)


def candidates(case: Rational, exponents: tuple[int, ...]) -> Iterator[Rational]:
    """Simplifications of a case, the largest first."""
    rows = case.weights
    for i in range(case.n if case.n > 1 else 0):
        yield replace(case, weights=tuple(row[:i] + row[i + 1 :] for row in rows), own=case.own[:i] + case.own[i + 1 :])
    for k in range(case.d if case.d > 1 else 0):
        yield replace(case, weights=rows[:k] + rows[k + 1 :])
    for m in sorted(exponents):
        if m < case.m:
            yield replace(case, m=m)
    yield from _own_laws(case) if case.own else _laws(case)
    yield from (_rounded(case, 1), _rounded(case, 2))
    yield from (replace(case, p=p) for p in PROBABILITIES if not case.own)
    for i in range(case.n):
        for k in range(case.d):
            yield from (_entry(case, k, i, value) for value in simpler(rows[k][i]))
    yield from (replace(case, p=p) for p in simpler(case.p) if 0 < p <= 1 and not case.own)
    for name, value in case.free:
        yield from (case.with_free(name, other) for other in simpler(value))
    yield from _signs(case)


def simpler(value: fmpq) -> Iterator[fmpq]:
    """Simpler numbers, the simplest first: 0, 1, -1, then ever nearer ones."""
    yield from (fmpq(0), fmpq(1), fmpq(-1), fmpq(1, 2))
    exact = Fraction(int(value.p), int(value.q))
    for width in WIDTHS:
        near = simplest(exact - width * abs(exact), exact + width * abs(exact))
        yield fmpq(near.numerator, near.denominator)
    if exact.denominator == 1:
        yield value - 1 if value > 0 else value + 1


def _entry(case: Rational, k: int, i: int, value: fmpq) -> Rational:
    row = case.weights[k]
    return replace(case, weights=(*case.weights[:k], (*row[:i], value, *row[i + 1 :]), *case.weights[k + 1 :]))


def _rounded(case: Rational, levels: int) -> Rational:
    """All weights rounded to multiples of their largest, divided by it."""
    largest = max(abs(entry) for row in case.weights for entry in row)
    if largest == 0:
        return case
    multiples = ((fmpq((entry / largest * levels + fmpq(1, 2)).floor()) for entry in row) for row in case.weights)
    return replace(case, weights=tuple(map(tuple, multiples)))


def _laws(case: Rational) -> Iterator[Rational]:
    yield replace(case, points=RADEMACHER)
    points = case.points
    for value, _ in points:  # without a point, and its mirror image if there is one
        both = {value, -value} if dict(points).get(-value) is not None else {value}
        for gone in (both, {value}):
            kept = [point for point in points if point[0] not in gone]
            total = sum((chance for _, chance in kept), fmpq(0))
            if kept:
                yield replace(case, points=tuple((each, chance / total) for each, chance in kept))
    yield replace(case, points=tuple((value, fmpq(1, len(points))) for value, _ in points))
    for value, chance in points:
        for other in simpler(value):
            changed = {other if each == value else -other if each == -value else each: share for each, share in points}
            if len(changed) == len(points):
                yield replace(case, points=tuple(sorted(changed.items(), key=lambda point: point[0])))
        for other in simpler(chance):
            shares = {each: other if abs(each) == abs(value) else share for each, share in points}
            total = sum(shares.values(), fmpq(0))
            if other > 0:
                yield replace(case, points=tuple((each, share / total) for each, share in shares.items()))


def _own_laws(case: Rational) -> Iterator[Rational]:
    """Simpler importances, activities and laws: of all features alike, then of each."""
    for part, value in (("points", RADEMACHER), ("importance", fmpq(1)), *(("p", p) for p in PROBABILITIES)):
        yield replace(case, own=tuple(replace(law, **{part: value}) for law in case.own))  # type: ignore[arg-type]
    for i, law in enumerate(case.own):
        simplifications = [replace(law, points=RADEMACHER)]
        simplifications += [replace(law, importance=value) for value in simpler(law.importance) if value > 0]
        simplifications += [replace(law, p=p) for p in (*PROBABILITIES, *simpler(law.p)) if 0 < p <= 1]
        yield from (replace(case, own=(*case.own[:i], other, *case.own[i + 1 :])) for other in simplifications)


def _signs(case: Rational) -> Iterator[Rational]:
    for i in range(case.n):
        yield replace(case, weights=tuple((*row[:i], -row[i], *row[i + 1 :]) for row in case.weights))
    for k in range(case.d):
        row = tuple(-entry for entry in case.weights[k])
        yield replace(case, weights=(*case.weights[:k], row, *case.weights[k + 1 :]))
