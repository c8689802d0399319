"""Decides what is printed of a step: what it says, and what was put to the test where that is narrower."""

from __future__ import annotations

from functools import lru_cache

from boundcalc.language.claims import Step
from boundcalc.language.latex import statement_latex
from boundcalc.language.statement import build


def stated(step: Step) -> str:
    """LaTeX of what the step says: of its claim, unless the declaration has a statement that no claim can say."""
    return step.statement or claim_latex(step)


def narrower(step: Step) -> str:
    """LaTeX of the claim that is put to the test where it is narrower than the statement, else empty."""
    return claim_latex(step) if step.statement and step.claim else ""


@lru_cache(maxsize=512)
def claim_latex(step: Step) -> str:
    """LaTeX of the claim with its ranges, conditions and definitions.

    Raises
    ------
    StatementError
        For a claim that cannot be read.
    """
    return statement_latex(build("", step.key, step.claim, given=step.given, free=step.free, define=step.define))
