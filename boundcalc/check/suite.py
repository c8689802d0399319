"""Puts many steps to the engines: those of the catalog, with the procedures where the language cannot say them, or a claim file."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from typing import Any

from boundcalc.check import procedures
from boundcalc.check.claim_place import ClaimFile
from boundcalc.check.engines import check
from boundcalc.check.falsify.counterexample_search import Budget
from boundcalc.check.falsify.shrink import minimal
from boundcalc.check.steps import every_step, names_of, statement_of
from boundcalc.check.verdict import Engine, Outcome, Verdict
from boundcalc.check.wide.case_laws import Effort
from boundcalc.language.claims import Status, plain
from boundcalc.language.grammar import StatementError
from boundcalc.language.printed import narrower, stated
from boundcalc.language.statement import Statement
from boundcalc.language.text import claim_texts
from boundcalc.numbers.errors import ParameterError
from boundcalc.search.shield import shielded, terminate

NOT_CHECKED = "nothing checks it: no claim, and no procedure in boundcalc/check/procedures"
QUICK = 100
"""Evaluations of the search for each step, unless a time is given."""


@dataclass(frozen=True)
class Task:
    """One step: a statement, or the name of a step of the catalog that has none."""

    owner: str
    key: str
    statement: Statement | None = None
    of_catalog: bool = False

    @property
    def name(self) -> str:
        """``owner.key``."""
        return f"{self.owner}.{self.key}"


def catalog_tasks(keys: Sequence[str] | None = None) -> list[Task]:
    """The steps of bounds and lemmas; all of the catalog by default.

    Raises
    ------
    ParameterError
        For a key that is neither a bound, a lemma nor a step, and for a claim that is no statement.
    """
    steps = every_step()
    tasks = []
    for name in names_of(keys):
        owner, _, key = name.rpartition(".")
        try:
            statement = statement_of(name, steps[name]) if steps[name].claim else None
        except StatementError as error:
            raise of_step(name, error) from None
        tasks.append(Task(owner, key, statement, of_catalog=True))
    return tasks


def of_step(name: str, error: StatementError) -> ParameterError:
    """What is wrong in a claim of the catalog, with the step that makes it."""
    return ParameterError("step", name, str(error))


def claim_tasks(claims: ClaimFile) -> list[Task]:
    """The steps of a claim file."""
    return [Task(statement.owner, statement.key, statement) for statement in claims.statements]


def run_one(task: Task, budget: Budget | None, large: Effort | None = None) -> Verdict:
    """The verdict of one step; a counterexample in it is minimal. Large cases are for claims of the user, unless asked for.

    Raises
    ------
    StatementError
        For a statement without a value in an admissible case.
    """
    found = _run(task, budget, large)
    claim = {} if task.statement is None else claim_texts(task.statement)
    if not task.of_catalog:
        return replace(found, claim=claim)
    step = every_step()[task.name]
    return replace(
        found,
        statement=stated(step),
        claim=claim,
        tested=narrower(step),
        status=step.status.value,
        standing=plain(step.standing),
    )


def _run(task: Task, budget: Budget | None, large: Effort | None) -> Verdict:
    if task.statement is not None:
        found = minimal(task.statement, check(task.statement, large=large, search=budget))
        return procedures.together(found, task.name) if task.of_catalog else found
    if task.name in procedures.PROCEDURES:
        return procedures.verdict(task.name)
    step = every_step()[task.name]
    outcome = Outcome.CITED if step.status is Status.CITED else Outcome.UNDECIDED
    note = "a result of the literature" if outcome is Outcome.CITED else NOT_CHECKED
    return Verdict(task.owner, task.key, outcome, Engine.NONE, stated(step), note=note)


def run(
    tasks: Sequence[Task],
    *,
    seed: int = 0,
    deep: float | None = None,
    evaluations: int = QUICK,
    workers: int = 1,
    progress: Callable[[int, int, str], None] | None = None,
    failed: Callable[[int, StatementError], Exception] | None = None,
) -> list[Verdict]:
    """The verdicts of all steps, in their order.

    Parameters
    ----------
    tasks : sequence of Task
    seed : int
        Of the searches.
    deep : float, optional
        Seconds for the searches of all steps together; without it each search has ``evaluations``, and the result depends
        on the seed alone.
    evaluations : int
        Of the search for each step.
    workers : int
        Processes.
    progress : callable, optional
        Receives the number of steps done, their total and the name of the last.
    failed : callable, optional
        Turns the error of a step, by its place in ``tasks``, into the exception that is raised.

    Raises
    ------
    StatementError
        Or what ``failed`` makes of it; of a step of the catalog it is a ParameterError that names the step.
    """
    tell = progress or (lambda done, total, name: None)
    wrap = failed or (lambda place, error: of_step(tasks[place].name, error) if tasks[place].of_catalog else error)
    if deep is None:
        return list(
            _passes(tasks, [Budget(evaluations=evaluations, seed=seed)] * len(tasks), Effort(seed=seed), workers, tell, wrap)
        )
    started = time.monotonic()
    verdicts = list(_passes(tasks, [None] * len(tasks), Effort(seed=seed), workers, tell, wrap))
    undecided = (Outcome.HOLDS, Outcome.UNDECIDED, Outcome.NO_CASE)
    again = [place for place, task in enumerate(tasks) if task.statement is not None and verdicts[place].outcome in undecided]
    left = max(deep - (time.monotonic() - started), 0.0)
    share = left * max(workers, 1) / max(len(again), 1)
    chosen = [tasks[place] for place in again]
    budgets = [Budget(evaluations=None, seconds=share / 2, seed=seed)] * len(again)
    found = _passes(chosen, budgets, Effort(share / 2, seed), workers, tell, lambda place, error: wrap(again[place], error))
    for place, verdict in zip(again, found, strict=True):
        verdicts[place] = verdict
    return verdicts


def _passes(
    tasks: Sequence[Task],
    budgets: Sequence[Budget | None],
    large: Effort,
    workers: int,
    tell: Callable[[int, int, str], None],
    wrap: Callable[[int, StatementError], Exception],
) -> Iterator[Verdict]:
    def outcome(place: int, found: Callable[[], Verdict]) -> Verdict:
        try:
            verdict = found()
        except StatementError as error:
            raise wrap(place, error) from None
        tell(place + 1, len(tasks), tasks[place].name)
        return verdict

    jobs = [
        partial(run_one, task, budget, None if task.of_catalog and not large.seconds else large)
        for task, budget in zip(tasks, budgets, strict=True)
    ]
    if workers <= 1 or len(tasks) <= 1:
        for place, job in enumerate(jobs):
            yield outcome(place, job)
        return
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_context

    with shielded():  # an interrupt is for this process, which ends the others
        pool = ProcessPoolExecutor(min(workers, len(tasks)), get_context("spawn"))
        futures = [pool.submit(job) for job in jobs]
    with pool:
        try:
            for place, future in enumerate(futures):
                yield outcome(place, future.result)
        except BaseException:
            terminate(pool)
            raise
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def verdict_json(verdict: Verdict) -> dict[str, Any]:
    """A verdict as the JSON of ``check --json``."""
    found = verdict.counterexample
    empty = ("status", "standing", "claim", "tested", "tightest_case", "attained", "tried", "unreached")
    return {
        **{name: (value or None) if name in empty else value for name, value in asdict(verdict).items()},
        "outcome": verdict.outcome.name.lower(),
        "failed": verdict.outcome.failed,
        "engine": verdict.engine.value,
        "slack": list(verdict.slack),
        "counterexample": None
        if found is None
        else {
            "case": found.values,
            "relation": found.relation,
            "left": found.left,
            "right": found.right,
            "numpy": found.snippet,
        },
    }
