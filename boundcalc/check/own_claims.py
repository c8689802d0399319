"""Puts claims of the user to the test: those of a file, or a single inequality."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from boundcalc.check.claim_file import parse_claims, read_claims
from boundcalc.check.claim_place import ClaimFile
from boundcalc.check.suite import QUICK, claim_tasks, run, verdict_json
from boundcalc.check.verdict import Verdict
from boundcalc.language.grammar import StatementError
from boundcalc.model.problem import Whole, read_exponent
from boundcalc.numbers.display import Displayed
from boundcalc.numbers.files import path_text

MOST_EVALUATIONS, ALL_EVALUATIONS = 2000, 12_000
"""Of the search: for one step, and for all together."""
Progress = Callable[[int, int, str], None]


@dataclass(frozen=True, eq=False, repr=False)
class CheckedClaims(Displayed):
    """The verdicts on claims; ``str()`` is what ``boundcalc check --claim`` prints, ``bool()`` whether none failed."""

    title: str
    verdicts: tuple[Verdict, ...]

    def __repr__(self) -> str:
        return f"<CheckedClaims {', '.join(f'{verdict.key}: {verdict.outcome.value}' for verdict in self.verdicts)}>"[:120]

    def __bool__(self) -> bool:
        return not any(verdict.outcome.failed for verdict in self.verdicts)

    def to_dict(self) -> dict[str, Any]:
        """The JSON of ``check --claim --json``."""
        failed = sum(verdict.outcome.failed for verdict in self.verdicts)
        return {"title": self.title, "steps": [verdict_json(verdict) for verdict in self.verdicts], "failed": failed}


def check_claim(
    claim: str | os.PathLike[str],
    *,
    m: Whole = 3,
    where: Sequence[str] = (),
    deep: float | None = None,
    seed: int = 0,
    workers: int = 1,
    progress: Progress | None = None,
) -> CheckedClaims:
    """Puts a claim, or the steps of a claim file, to exact algebra, enumeration, large cases and a search for a counterexample.

    Parameters
    ----------
    claim : str or path
        A statement such as ``"I <= p*mu[2]*d"``, or the path of a .toml file.
    m, where
        Of a statement: the exponent, and conditions such as ``"d >= 4"``; a file has its own.
    deep : float, optional
        Seconds for the search.
    workers : int
        Processes; with more than one, a script needs the usual ``if __name__ == "__main__"`` guard.

    Raises
    ------
    ClaimError
        With the place, for what is no statement.

    >>> check_claim("T >= sum(i: a[i]^6)")
    <CheckedClaims claim: proven>
    """
    if isinstance(claim, str) and not claim.strip().endswith(".toml"):
        conditions = f"where = {json.dumps(list(where))}\n" if where else ""
        step = f'[[steps]]\nkey = "claim"\nclaim = {json.dumps(claim)}\n{conditions}'
        claims = parse_claims(f'title = "claim"\n[hypotheses]\nm = {read_exponent(m)}\n{step}', "claim")
    else:
        claims = read_claims(Path(path_text(claim, "claim", "a claim is text too, such as 'T >= sum(i: a[i]^6)'")))
    verdicts = check_claims(claims, deep=deep, seed=seed, workers=workers, progress=progress)
    return CheckedClaims(claims.title, tuple(verdicts))


def check_claims(
    claims: ClaimFile, *, deep: float | None = None, seed: int = 0, workers: int = 1, progress: Progress | None = None
) -> list[Verdict]:
    """The verdicts on the steps of a claim file; refuses one with a step whose conditions nothing meets."""
    tasks = claim_tasks(claims)
    evaluations = max(QUICK, min(MOST_EVALUATIONS, ALL_EVALUATIONS // len(tasks)))
    verdicts = run(tasks, seed=seed, deep=deep, evaluations=evaluations, workers=workers, progress=progress, failed=claims.error)
    if not any(verdict.counterexample for verdict in verdicts):
        _refuse_empty(claims, verdicts)
    return verdicts


def _refuse_empty(claims: ClaimFile, verdicts: list[Verdict]) -> None:
    """Refuses a file with a step whose conditions nothing meets."""
    for place, (statement, verdict) in enumerate(zip(claims.statements, verdicts, strict=True)):
        if verdict.outcome.name == "NO_CASE":
            allowed = "whole n, d >= 1, 0 <= p <= 1, a real d x n matrix W and a law that meet all of them must exist"
            part = (*statement.conditions, *statement.relations)[0]
            raise claims.error(place, StatementError(f"no admissible case was found for step {verdict.key}: {allowed}", 0, part))
