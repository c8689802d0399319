"""Registers exact checks of the steps that the language cannot say, by name, and gives their verdicts.

Each yields comparisons (sign, left, right) of rationals. A procedure that works with polynomials in the quantities proves its
step for every case of the exponents it goes through.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from flint import fmpq

from boundcalc.check.steps import distinct_steps
from boundcalc.check.verdict import Engine, Outcome, Verdict
from boundcalc.language.grammar import COMPARE
from boundcalc.language.printed import stated

Comparison = tuple[str, fmpq, fmpq]
Procedure = Callable[[], Iterator[Comparison]]

PROCEDURES: dict[str, Procedure] = {}
"""By name ``owner.step``."""
ALGEBRAIC: set[str] = set()
"""Those that compare polynomials, and so prove their step for the exponents they go through."""

LAWS = ("rademacher", "support:-1:1/4,0:1/2,1:1/4", "support:-3:1/8,-1:3/8,1:3/8,3:1/8", "uniform")


def checks(*names: str, algebraic: bool = False) -> Callable[[Procedure], Procedure]:
    """Enters a procedure under the names ``owner.step`` of what it checks."""

    def register(procedure: Procedure) -> Procedure:
        for name in names:
            PROCEDURES[name] = procedure
        if algebraic:
            ALGEBRAIC.update(names)
        return procedure

    return register


def verdict(name: str) -> Verdict:
    """Runs the procedure of a step.

    Raises
    ------
    KeyError
        If the step has none.
    """
    step = distinct_steps()[name]
    comparisons, failed, tightest, attained = 0, "", None, False
    for sign, left, right in PROCEDURES[name]():
        comparisons += 1
        if not COMPARE[sign](left, right):
            failed = f"{left} {sign} {right} is false"
            break
        small, large = (left, right) if sign == "<=" else (right, left)
        if sign != "=" and large > 0:
            ratio = int((small / large).p) / int((small / large).q)
            tightest = ratio if tightest is None else max(tightest, ratio)
            attained = attained or small == large
    proven = name in ALGEBRAIC
    outcome = Outcome.REFUTED if failed else (Outcome.PROVEN if proven else Outcome.HOLDS)
    engine = Engine.SYMBOLIC if proven else Engine.ENUMERATION
    note = failed or ("polynomial identities" if proven else "exact computation")
    owner = name.rpartition(".")[0]
    return Verdict(
        owner,
        step.key,
        outcome,
        engine,
        stated(step),
        comparisons,
        comparisons,
        tightest,
        attained="attained" if attained else "",
        note=note,
    )


def together(claimed: Verdict, name: str) -> Verdict:
    """The verdict of a step that has a claim and a procedure: the worse outcome, the counts of both; without one, the claim's.

    A claim that holds in every case tried is proven where the procedure, on polynomials, proves the step.
    """
    if name not in PROCEDURES:
        return claimed
    done = verdict(name)
    if done.outcome is Outcome.PROVEN and claimed.outcome is Outcome.HOLDS:
        claimed = replace(claimed, outcome=Outcome.PROVEN, engine=Engine.SYMBOLIC)
    order = list(Outcome)
    worse = max((claimed, done), key=lambda each: order.index(each.outcome))
    return replace(
        worse,
        cases=claimed.cases + done.cases,
        comparisons=claimed.comparisons + done.comparisons,
        note="; ".join(note for note in (claimed.note, done.note) if note),
    )
