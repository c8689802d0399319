"""Varies one number along a line of cases; the zeros of the difference of the sides, a rational function, are found exactly.

A strict inequality can fail at a single p, scale or weight of the law, and any relation in a narrow window: between the
zeros of the difference its sign is one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flint import fmpq, fmpq_poly

from boundcalc.check.exact.cases import Case
from boundcalc.check.exact.enumeration import Compiled
from boundcalc.check.wide import case_laws as laws
from boundcalc.check.wide.case import ClassCase
from boundcalc.check.wide.case_laws import CaseLaw
from boundcalc.check.wide.configuration import Configuration, UnknownByClasses
from boundcalc.check.wide.ratio import Ratio, places_between_roots
from boundcalc.language.grammar import StatementError

if TYPE_CHECKING:
    from boundcalc.check.wide.attack import Attack

VARIABLE = Ratio(fmpq_poly([0, 1]))
MOST_FEATURES = 40
"""Largest n of a line in p, whose powers (1 − p)^n may be asked for."""
LARGEST_SCALE = fmpq(1000)


@dataclass(frozen=True)
class Line:
    """What varies (``p``, ``scale``, ``best``: p with I at its best scale, ``law`` or a real variable), and what is fixed."""

    varies: str
    p: fmpq
    law: CaseLaw

    def cases(self, attack: Attack, configuration: Configuration, m: int) -> Iterator[tuple[Case, dict[str, Any] | None]]:
        """Cases at the zeros and between them, with the free variable if it varies."""
        if configuration.n > MOST_FEATURES and self.varies == "p" and "isolation" in attack.names:
            return
        scales: list[Any] = [None]
        if self.varies in ("p", "law"):
            scales = [None, fmpq(1, 2)]
        for scale in scales:
            for place in self.places(attack, configuration, m, scale):
                if self.varies in ("p", "best"):
                    if not 0 < place <= 1:
                        continue
                    case = attack.case(configuration, m, place, self.law, scale)
                    if self.varies == "best":
                        yield from ((each, None) for each in attack.scaled(case, (fmpq(1),)))
                    else:
                        yield case, None
                elif self.varies == "scale":
                    if place >= 0:
                        yield attack.case(configuration, m, self.p, self.law, place), None
                elif self.varies == "law":
                    if 0 < place <= 1 and isinstance(place, (int, fmpq)):
                        yield attack.case(configuration, m, self.p, sparse(fmpq(place)), scale), None
                elif isinstance(place, (int, fmpq)):
                    yield attack.case(configuration, m, self.p, self.law, scale), {self.varies: fmpq(place)}

    def places(self, attack: Attack, configuration: Configuration, m: int, scale: Any) -> list[Any]:
        """Zeros of the differences of all relations and conditions, and places between them."""
        law = CaseLaw("", sparse_points(VARIABLE)) if self.varies == "law" else self.law
        case = ClassCase(
            configuration,
            m,
            VARIABLE if self.varies in ("p", "best") else self.p,
            law.points,
            law.name or "line",
            scale=VARIABLE if self.varies == "scale" else scale,
            moments=law.moments,
            even=attack.even,
            ideal=self.varies == "best",
        )
        fixed = {self.varies: VARIABLE} if self.varies not in ("p", "best", "scale", "law") else {}
        low, high = (fmpq(0), LARGEST_SCALE) if self.varies == "scale" else (fmpq(0), fmpq(1))
        found: dict[str, Any] = {}
        for difference, ends in differences(attack.compiled, case, fixed):
            bounds = ends if fixed and ends is not None else (low, high)
            for place in places_between_roots(difference, *bounds):
                found.setdefault(str(place), place)
        return list(found.values())


def differences(compiled: Compiled, case: ClassCase, fixed: dict[str, Any]) -> Iterator[tuple[Ratio, tuple[fmpq, fmpq] | None]]:
    """Left minus right of the relations and of the conditions, at every index, as functions of what varies."""
    ends = None
    values: dict[str, Any] = {}
    for each in compiled.free:
        name = each.source.name
        try:
            first, last = each.first.run(case, values), each.last.run(case, values)
        except (UnknownByClasses, StatementError, ArithmeticError, TypeError):
            return
        if name in fixed:
            if not isinstance(first, (int, fmpq)) or not isinstance(last, (int, fmpq)):
                return
            values[name], ends = fixed[name], (fmpq(first), fmpq(last))
        else:
            values[name] = first if not each.source.real else first + (last - first) * fmpq(1, 3)
    for code in (*compiled.relations, *compiled.global_conditions, *compiled.free_conditions):
        names = code.relation.indices
        links = tuple(frozenset(names[:place]) for place in range(len(names)))
        case.scratch.clear()
        try:
            for place, _ in case.tuples(names, links, {}):
                at = {**values, **dict(zip(names, place, strict=True))}
                difference = Ratio.of(code.left.run(case, at) - code.right.run(case, at))
                if difference.above.degree() >= 1 or difference.below.degree() >= 1:
                    yield difference, ends
        except (UnknownByClasses, StatementError, ArithmeticError, TypeError, AttributeError):
            continue


def sparse_points(weight: Any) -> tuple[tuple[fmpq, Any], ...]:
    """±1 with this probability together, else 0."""
    half = weight * fmpq(1, 2)
    return (fmpq(-1), half), (fmpq(0), 1 - weight), (fmpq(1), half)


def sparse(weight: fmpq) -> CaseLaw:
    """The law of these points."""
    points = tuple((value, fmpq(share)) for value, share in sparse_points(weight) if share != 0)
    return CaseLaw("support:" + ",".join(f"{value}:{share}" for value, share in points), points)


def lines(compiled: Compiled, by_p: bool, by_law: bool, by_scale: bool) -> list[Line]:
    """The lines that a step is looked at along."""
    third, tenth = fmpq(1, 3), fmpq(1, 10)
    found = []
    if by_p:
        found += [Line("p", third, law) for law in laws.SHIPPED]
        if by_scale:
            found += [Line("best", third, law) for law in laws.SHIPPED]
    if by_scale:
        found += [Line("scale", p, laws.RADEMACHER) for p in ((fmpq(1), third, tenth) if by_p else (third,))]
        found += [Line("scale", third, laws.SHIPPED[1])] if by_law else []
    if by_law:
        found += [Line("law", p, laws.RADEMACHER) for p in ((fmpq(1), third) if by_p else (third,))]
    for each in compiled.free:
        if each.source.real:
            found += [Line(each.source.name, p, laws.RADEMACHER) for p in ((fmpq(1), third) if by_p else (third,))]
    return found
