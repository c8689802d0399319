"""Tries large cases: a step on known configurations, witnesses and larger matrices, compared exactly."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import product
from math import frexp, inf, isfinite
from typing import Any

from flint import fmpq

from boundcalc.check.exact.case_grid import OF_EXPONENT, OF_LAW, OF_WEIGHTS, depends, named
from boundcalc.check.exact.cases import Case
from boundcalc.check.exact.enumeration import Compiled, check_case, verdict
from boundcalc.check.exact.radicals import Undecided
from boundcalc.check.exact.roots import approximate
from boundcalc.check.exact.tally import Instance, Tally
from boundcalc.check.verdict import Engine, Verdict
from boundcalc.check.wide import case_laws as laws
from boundcalc.check.wide.case import ClassCase
from boundcalc.check.wide.case_laws import CaseLaw, Effort
from boundcalc.check.wide.case_lines import lines
from boundcalc.check.wide.configuration import Configuration, UnknownByClasses
from boundcalc.check.wide.known import fitted
from boundcalc.check.wide.matrices import matrices, state_matrices
from boundcalc.check.wide.parity import only_even
from boundcalc.check.wide.sizes import ISOLATED, allowed_sizes, bare, candidates
from boundcalc.check.wide.witness_cases import TableCase, entries
from boundcalc.language.grammar import StatementError
from boundcalc.language.nodes import Sum
from boundcalc.language.resolved import walk
from boundcalc.model.named.quantity import Dependence

OF_SIZES = Dependence.SIZES | Dependence.EXPONENT | Dependence.PROBABILITY | Dependence.LAW
Trial = tuple[Case, dict[str, Any] | None]
"""A case, and the values of free variables that are fixed in it."""
COARSE_SCALES = (fmpq(1), fmpq(1, 2), fmpq(2))
FINE_SCALES = tuple(fmpq(*each) for each in ((1, 2), (4, 5), (5, 4), (2, 1)))
"""Factors of the best scale."""
SUMMED = 2000
"""Largest n of a step with sums over numbers: they are not shortened by classes."""
FINEST = 8
"""Configurations, the tightest first, that are looked at more closely."""
LINES = 8
"""Configurations in which roots along lines are looked for."""
SIZES = 600
"""Sizes that a step about sizes alone is tried at with several p and laws."""


def check_large(compiled: Compiled, effort: Effort) -> Verdict:
    """What large cases say of a step: refuted, no case, or holds in all of them, with what was tried and what was not reached."""
    attack = Attack(compiled, effort)
    attack.run()
    tally = attack.tally
    if tally.failure is not None:
        tally.failure = simplified(attack, tally.failure)
    found = verdict(compiled, tally, Engine.LARGE)
    if tally.failure is not None:
        return found
    note = found.note
    if attack.valueless:
        many = "cases have" if attack.valueless > 1 else "case has"
        note = "; ".join(each for each in (note, f"{attack.valueless} large {many} no value, such as a division by zero") if each)
    return replace(found, note=note, unreached=attack.unreached())


class Attack:
    """A step on large cases; :meth:`run` once, then ``tally`` holds what was found."""

    def __init__(self, compiled: Compiled, effort: Effort) -> None:
        self.compiled, self.effort = compiled, effort
        self.tally, self.started = Tally(), time.monotonic()
        self.valueless = 0
        """Cases without a value, such as a division by zero."""
        resolved = compiled.resolved
        quantities, depending = named(resolved), depends(resolved)
        self.names = {each.name for each in quantities}
        self.of_loss = any(Dependence.LOSS in each.of for each in quantities)
        self.of_sizes = depending.within(OF_SIZES) and not any(each.slow for each in quantities)
        self.by_scale, self.random = Dependence.SCALE in depending, Dependence.STATE in depending
        self.even = only_even(resolved)
        self.by_p, self.by_law = not depending.within(OF_LAW), not depending.within(OF_EXPONENT)
        exponents = compiled.statement.exponents
        self.exponents = exponents[:1] if depending.within(OF_WEIGHTS) else exponents
        conditions = (*resolved.relations, *resolved.conditions)
        nodes = [part for each in conditions for side in (each.left, each.right) for part in walk(side)]
        nodes += [part for each in resolved.definitions for part in walk(each.value)]
        numbered = any(isinstance(node, Sum) and node.domain is not None for node in nodes)
        numbered = numbered or any(not each.source.real for each in compiled.free)
        self.largest = SUMMED if numbered else ISOLATED if "isolation" in self.names else inf
        self.sizes = {m: allowed_sizes(compiled, m) for m in exponents}
        self.ranked: list[tuple[float, int, Configuration, int]] = []

    def run(self) -> None:
        """Tries everything, until something refutes the step."""
        later = (self.sizes_alone, self.table, self.matrices, self.fine, self.along_lines)
        if not self.random and self.coarse():
            return
        for stage in (self.states,) if self.random else later:
            if any(self.compare(case, self.tally, free) for case, free in stage()):
                return

    def unreached(self) -> str:
        """What the hypotheses allow and no case had."""
        tried = self.tally.tried.sizes
        if not tried:
            return "every size beyond the small cases of the enumeration"
        n, d = max(size[0] for size in tried), max(size[1] for size in tried)
        beyond = [size for sizes in self.sizes.values() for size in sizes or () if size[0] > n or size[1] > d]
        limited = all(sizes is not None for sizes in self.sizes.values())
        if limited and not beyond:
            return ""
        return f"n above {n}, d above {d}" + (", and sizes between those tried" if not limited else "")

    # ---- one case

    def spent(self) -> bool:
        """Whether the time is over, where there is one."""
        return self.effort.seconds is not None and time.monotonic() - self.started > self.effort.seconds

    def compare(self, case: Case, tally: Tally, free: dict[str, Any] | None = None) -> bool:
        """Whether a case refutes the step; one that cannot be evaluated does not."""
        try:
            check_case(self.compiled, case, tally, free=free)
        except UnknownByClasses:
            return False
        except (StatementError, ArithmeticError, Undecided):
            self.valueless += 1
            return False
        return tally.failure is not None

    def scaled(self, case: ClassCase | TableCase, factors: Iterable[fmpq]) -> Iterator[ClassCase | TableCase]:
        """The case as it is, and at multiples of its best scale."""
        yield case
        if not self.by_scale:
            return
        best = fmpq(1)
        if self.of_loss:
            found = best_scale(case)
            if found is None:
                return
            best = found
        for factor in factors:
            if best * factor != case.scale:
                yield case.rescaled(best * factor)

    def case(self, configuration: Configuration, m: int, p: Any, law: CaseLaw, scale: Any = None) -> ClassCase:
        """A configuration as a case."""
        return ClassCase(configuration, m, p, law.points, law.name, scale=scale, moments=law.moments, even=self.even)

    def laws(self, chosen: tuple[CaseLaw, ...]) -> tuple[CaseLaw, ...]:
        """Those of the step: one if it does not depend on them."""
        if not self.by_law:
            return chosen[:1]
        return chosen if self.compiled.statement.symmetric else (*chosen, *laws.SKEWED_LAWS)

    def probabilities(self, chosen: tuple[fmpq, ...]) -> tuple[fmpq, ...]:
        """Those of the step: one if it does not depend on p."""
        return chosen if self.by_p else (fmpq(1, 3),)

    # ---- the stages

    def coarse(self) -> bool:
        """Whether a configuration refutes the step, at few p and laws; the tightest are kept."""
        factors = (fmpq(1),) if self.of_loss else COARSE_SCALES
        for m in self.exponents:
            for order, configuration in enumerate(fitted(m, self.sizes[m])):
                if configuration.n > self.largest:
                    continue
                tally = Tally()
                cases = self.over(configuration, m, laws.COARSE, laws.COARSE_PROBABILITIES, factors)
                refuted = any(self.compare(case, tally) for case in cases)
                self.tally.absorb(tally)
                if refuted:
                    return True
                self.ranked.append((-1.0 if tally.tightest is None else tally.tightest, -order, configuration, m))
        self.ranked.sort(key=lambda each: each[:2], reverse=True)
        return False

    def over(
        self,
        configuration: Configuration,
        m: int,
        chosen: tuple[CaseLaw, ...],
        probabilities: tuple[fmpq, ...],
        factors: tuple[fmpq, ...],
    ) -> Iterator[Case]:
        """A configuration with all of these laws, p and scales, while there is time."""
        for law, p in product(self.laws(chosen), self.probabilities(probabilities)):
            for case in self.scaled(self.case(configuration, m, p, law), factors):
                yield case
                if self.spent():
                    return

    def fine(self) -> Iterator[Trial]:
        """The tightest configurations, and some small ones, at every p, law and scale."""
        for _, _, configuration, m in self.ranked if self.effort.thorough else self.ranked[:FINEST]:
            for case in self.over(configuration, m, laws.SYMMETRIC_LAWS, laws.PROBABILITIES, (fmpq(1), *FINE_SCALES)):
                yield case, None
            if self.spent():
                return

    def table(self) -> Iterator[Trial]:
        """The table of witnesses, for steps about C, D and I."""
        for m in self.exponents if self.of_loss else ():
            sizes = self.sizes[m]
            allowed = None if sizes is None else set(sizes)
            for entry in entries(m, every=allowed is not None):
                if entry.n > self.largest or (allowed is not None and (entry.n, entry.d) not in allowed):
                    continue
                for law, p in product(self.laws(laws.SHIPPED), self.probabilities(laws.COARSE_PROBABILITIES)):
                    best = best_scale(TableCase(entry, p, law))
                    if best is not None:
                        yield TableCase(entry, p, law, best), None

    def matrices(self) -> Iterator[Trial]:
        """Random and structured rational matrices."""
        for m in self.exponents:
            for weights in matrices(self.sizes[m], self.effort.seed, 4 if self.effort.thorough else 1):
                for law, p in product(self.laws(laws.COARSE), self.probabilities((fmpq(1, 3), fmpq(1, 1000)))):
                    yield Case(weights, m, p, law.points, law.name, law.moments), None

    def states(self) -> Iterator[Trial]:
        """Matrices with few enough features that all their states are listed."""
        for m in self.exponents:
            for weights, p in product(state_matrices(self.sizes[m], self.effort.seed), (fmpq(1), fmpq(1, 3))):
                yield Case(weights, m, p, laws.RADEMACHER.points, laws.RADEMACHER.name), None

    def sizes_alone(self) -> Iterator[Trial]:
        """A step about sizes alone, at many of them."""
        for m in self.exponents if self.of_sizes else ():
            found: Iterable[tuple[int, int]] = self.sizes[m] if self.sizes[m] is not None else candidates()  # type: ignore[assignment]
            found = [size for size in found if size[0] <= self.largest]
            step = max(1, len(found) // SIZES) if self.by_law else 1
            for (n, d), law in product(found[::step], self.laws(laws.COARSE)):
                configuration = bare(n, d, m).configuration
                for p in self.probabilities(laws.COARSE_PROBABILITIES):
                    yield self.case(configuration, m, p, law), None

    def along_lines(self) -> Iterator[Trial]:
        """Roots of the difference in p, the scale, a weight of the law and each real variable, and the places between them."""
        small = sorted(self.ranked, key=lambda each: -each[1])[:LINES]
        # by identity: a configuration with surds has no hash
        chosen = {(id(configuration), m): configuration for _, _, configuration, m in (*small, *self.ranked[:3])}
        for (_, m), configuration in chosen.items():
            for line in lines(self.compiled, self.by_p, self.by_law, self.by_scale):
                yield from line.cases(self, configuration, m)


def best_scale(case: ClassCase | TableCase) -> fmpq | None:
    """A rational near the scale of A that makes I largest, (C/D)^(1/m) times the case's own."""
    try:
        c, d = approximate(case("C")), approximate(case("D"))
    except (UnknownByClasses, ArithmeticError, ValueError):
        return None
    if not (c > 0 and d > 0 and isfinite(c) and isfinite(d)):
        return None
    value = (c / d) ** (1 / case.m)
    mantissa, exponent = frexp(value)
    if not -200 < exponent < 200:
        return None
    return fmpq(round(mantissa * (1 << 24)), 1 << 24) * fmpq(2) ** exponent * case.scale


def simplified(attack: Attack, found: Instance) -> Instance:
    """The same step refuted by the same configuration with a simpler p, law or scale, where there is one."""
    case = found.case
    if not isinstance(case, ClassCase):
        return found
    for law in dict.fromkeys((laws.RADEMACHER, *laws.SHIPPED)):
        for p in (fmpq(1), fmpq(1, 2), fmpq(1, 3), fmpq(1, 10), fmpq(1, 100), fmpq(1, 1000), fmpq(1, 10**6)):
            for scale in (fmpq(1), fmpq(1, 2), fmpq(2), case.scale):
                tally = Tally()
                tried = attack.case(case.configuration, case.m, p, law, scale)
                if attack.compare(tried, tally) and tally.failure is not None:
                    return tally.failure
    return found
