"""The proofs of the catalog put to the engines: a verdict for every step, from its claim, its procedure or its citation."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from boundcalc.check.catalog import EXPONENTS, distinct_steps, names_of, statement_of
from boundcalc.check.check import check_many
from boundcalc.check.grid import STANDARD, Grid
from boundcalc.check.verdict import Engine, Outcome, Verdict
from boundcalc.claims import Status, Step

if TYPE_CHECKING:
    from boundcalc.check.search import Budget


def check_proofs(
    keys: Sequence[str] | None = None,
    *,
    grid: Grid = STANDARD,
    search: Budget | None = None,
    exponents: Sequence[int] = EXPONENTS,
    workers: int = 1,
) -> Iterator[Verdict]:
    """The verdicts of the steps that bounds and lemmas rest on, in the order of the catalog, each step once.

    Parameters
    ----------
    keys : sequence of str, optional
        Bounds, lemmas or steps ``owner.step``; all if absent.
    grid, search, workers : as in :func:`boundcalc.check.check.check_many`
    exponents : sequence of int
        The m to be tried.

    Raises
    ------
    ParameterError
        For an unknown key.
    """
    steps = distinct_steps()
    names = names_of(keys)
    claimed = [name for name in names if steps[name].claim]
    found = check_many([statement_of(name, steps[name], exponents) for name in claimed], grid=grid, search=search, workers=workers)
    for name in names:
        yield _of_step(name, steps[name], next(found) if steps[name].claim else None)


def _of_step(name: str, step: Step, claimed: Verdict | None) -> Verdict:
    from boundcalc.check.procedures import PROCEDURES
    from boundcalc.check.procedures import verdict as run

    done = run(name) if name in PROCEDURES else None
    if claimed is not None and done is not None:
        return _together(claimed, done)
    if claimed is not None:
        cited = "a result of the literature, attacked here" if step.status is Status.CITED else ""
        return replace(claimed, note="; ".join(note for note in (claimed.note, cited) if note))
    if done is not None:
        return done
    outcome = Outcome.CITED if step.status is Status.CITED else Outcome.NO_CASE
    return Verdict(name.rpartition(".")[0], step.key, outcome, Engine.NONE, step.statement)


def _together(claimed: Verdict, done: Verdict) -> Verdict:
    """Of a step with a claim and a procedure: the worse outcome, the counts of both."""
    order = list(Outcome)
    worse = max((claimed, done), key=lambda each: order.index(each.outcome))
    return replace(
        worse,
        cases=claimed.cases + done.cases,
        comparisons=claimed.comparisons + done.comparisons,
        note="; ".join(note for note in (claimed.note, done.note) if note),
    )
