"""Mutation testing of the checker: every false variant of every step of the catalog must be refuted, or be shown to be true.

``python -m tools.mutants`` prints the report as a table of Markdown.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from flint import fmpq

from boundcalc.check.exact.case_grid import STANDARD, CaseGrid, depends, matrix
from boundcalc.check.exact.enumeration import check_by_enumeration
from boundcalc.check.exact.matrix_geometry import Matrix
from boundcalc.check.steps import statements
from boundcalc.check.verdict import Engine, Outcome, Verdict
from boundcalc.language.grammar import StatementError
from boundcalc.language.names import resolve
from boundcalc.language.nodes import Relation
from boundcalc.language.statement import Statement
from boundcalc.language.text import write
from boundcalc.model.named.quantity import Dependence
from boundcalc.numbers.parsing import parse_rational
from tools.signs import sides_of
from tools.variants import HYPOTHESIS, KINDS, Mutant, mutants, single_relations, without_hypotheses

HALF = fmpq(1, 2)
WIDE: tuple[Matrix, ...] = (
    matrix("1 0 0 1 1 1 1 1 2 1; 0 1 0 1 -1 0 0 1 1 -2; 0 0 1 0 0 1 -1 1 -1 1"),
    matrix("1 0 1 1 2 1; 0 1 1 -1 1 -2"),
    matrix("29 0 20 21; 0 29 21 -20"),
    matrix("1 1 1 0; 0 0 0 6/5"),
    matrix("1 1 1 106/125; 0 0 0 106/125"),
)
"""10 features in space, 6 in the plane, 4 nearly half-way between each other, 3 that balance a longer one at 90 or 45 degrees."""
NEARLY = 1 - 1e-6
REFUTED, UNDEFINED, PROVEN, SURVIVED = "refuted", "without a value", "proven true", "survived"
EVALUATIONS = 1500
"""Of the search, for a mutant that enumeration does not refute."""


@dataclass(frozen=True)
class Judged:
    """What became of a mutant.

    Attributes
    ----------
    outcome : str
        ``refuted``; ``without a value``: a division by zero that the dropped hypothesis excluded, which the checker reports as an
        error; ``proven true`` by the symbolic engine; or ``survived``.
    engine : Engine
    tightest : float, optional
        The largest ratio of the sides that was met; below 1 the variant has slack.
    """

    mutant: Mutant
    outcome: str
    engine: Engine
    tightest: float | None = None
    weaker: bool = False
    """Whether the step implies the variant: proven, or in every case of the grid where the outcome is ``survived``."""

    @property
    def killed(self) -> bool:
        """Whether the checker does not accept it."""
        return self.outcome in (REFUTED, UNDEFINED)


@dataclass(frozen=True)
class Report:
    """All mutants of some steps."""

    judged: tuple[Judged, ...]

    @property
    def share(self) -> float:
        """Share of the variants that the checker rejects, of those that are not proven true."""
        false = [each for each in self.judged if each.outcome != PROVEN]
        return sum(each.killed for each in false) / len(false)

    @property
    def survivors(self) -> tuple[Judged, ...]:
        """Those that were not."""
        return tuple(each for each in self.judged if not each.killed)


def judge(mutant: Mutant, near: CaseGrid | None = None, evaluations: int = EVALUATIONS) -> Judged:
    """Enumeration, then search; then the symbolic engine is asked whether the variant is true.

    Parameters
    ----------
    near : CaseGrid, optional
        Enumerated beside the standard grid; see :func:`neighbourhood`.
    """
    from boundcalc.check.falsify.counterexample_search import Budget, search

    statement = mutant.statement
    verdicts: list[Verdict] = []
    try:
        for grid in (STANDARD, near):
            if grid is not None:
                verdicts.append(check_by_enumeration(statement, grid))
                if verdicts[-1].outcome is Outcome.REFUTED:
                    return Judged(mutant, REFUTED, Engine.ENUMERATION)
        verdicts.append(search(statement, Budget(evaluations)))
    except StatementError:
        return Judged(mutant, UNDEFINED, Engine.ENUMERATION)
    if verdicts[-1].outcome is Outcome.REFUTED:
        return Judged(mutant, REFUTED, Engine.SEARCH)
    tightest = max((verdict.tightest for verdict in verdicts if verdict.tightest is not None), default=None)
    weaker = _weaker(mutant)
    if _is_proven(statement) or (weaker is not None and _is_proven(weaker)):
        return Judged(mutant, PROVEN, Engine.SYMBOLIC, tightest)
    implied = weaker is not None and _holds(weaker)
    return Judged(mutant, SURVIVED, Engine.NONE, tightest, implied)


def _weaker(mutant: Mutant) -> Statement | None:
    """That the smaller side is at most the step's, and the larger one at least; ``None`` for equalities and hypotheses."""
    old, new = mutant.original, mutant.statement.relations[0]
    if old is None or old.sign == "=":
        return None
    small, large = sides_of(old)
    relations = [
        Relation("<=", first, second)
        for first, second in (
            (getattr(new, small), getattr(old, small)),
            (getattr(old, large), getattr(new, large)),
        )
        if first != second
    ]
    return replace(mutant.statement, relations=tuple(relations))


def _is_proven(statement: Statement) -> bool:
    from boundcalc.check.algebra.symbolic import check_symbolically

    verdict = check_symbolically(statement)
    return verdict is not None and verdict.outcome is Outcome.PROVEN


def _holds(statement: Statement) -> bool:
    try:
        return check_by_enumeration(statement).outcome is Outcome.HOLDS
    except StatementError:
        return False


def neighbourhood(statement: Statement, verdict: Verdict) -> CaseGrid:
    """Cases near the tightest one of a step: its weights halved, doubled, twice side by side, with a smaller p; and wide weights.

    A variant with other powers is false at another scale, one without the factor r for two blocks.
    """
    found = verdict.tightest_case
    matrices = [STANDARD.matrices[-1], STANDARD.matrices[2]]
    probabilities, laws = STANDARD.probabilities[:1], STANDARD.symmetric[:1]
    if found:
        weights = tuple(tuple(parse_rational(entry, parameter="W") for entry in row) for row in found["W"])
        matrices.append(weights)
        if len(weights[0]) <= 2:
            matrices.append(_twice(weights))
        p = parse_rational(found["p"], parameter="p")
        probabilities = tuple(dict.fromkeys((p, p / 1000)))
        laws = tuple(law for law in STANDARD.symmetric if law[0] == found["law"]) or laws
    scaled = [_times(factor, rows) for rows in matrices for factor in (HALF, fmpq(1), fmpq(2))]
    if Dependence.STATE not in depends(resolve(statement)):
        scaled += [*map(_twice, matrices), *WIDE]
    return CaseGrid(tuple(scaled), probabilities, laws)


def _times(factor: fmpq, weights: Matrix) -> Matrix:
    return tuple(tuple(entry * factor for entry in row) for row in weights)


def _twice(weights: Matrix) -> Matrix:
    """Two copies side by side, in dimensions of their own."""
    zeros = (fmpq(0),) * len(weights[0])
    return (*((*row, *zeros) for row in weights), *((*zeros, *row) for row in weights))


def generated(keys: Sequence[str] | None = None) -> Iterator[tuple[Mutant, CaseGrid]]:
    """The mutants of the claims of these bounds, lemmas or steps (of all if ``keys`` is ``None``), each with its neighbourhood."""
    for statement in statements(keys):
        for single in single_relations(statement):
            verdict = check_by_enumeration(single)
            near = neighbourhood(single, verdict)
            yield from ((mutant, near) for mutant in mutants(single, verdict.tightest))
        yield from ((mutant, near) for mutant in without_hypotheses(statement))


def mutation_report(
    keys: Sequence[str] | None = None, *, evaluations: int = EVALUATIONS, report_to: Callable[[Judged], None] | None = None
) -> Report:
    """Generates and judges.

    Parameters
    ----------
    keys : sequence of str, optional
        As :func:`boundcalc.check.steps.names_of`.
    evaluations : int
        Of the search, for each mutant that enumeration leaves.
    report_to : callable, optional
        Called with each result.
    """
    judged = []
    for mutant, near in generated(keys):
        judged.append(judge(mutant, near, evaluations))
        if report_to is not None:
            report_to(judged[-1])
    return Report(tuple(judged))


def table(report: Report) -> str:
    """The counts by kind and the survivors, as Markdown."""
    columns = (REFUTED, UNDEFINED, PROVEN, SURVIVED)
    lines = [
        "| kind | mutants | by enumeration | by search | without a value | proven true | survived |",
        "|---|---|---|---|---|---|---|",
    ]
    for kind in (*KINDS, "all"):
        chosen = [each for each in report.judged if kind in (each.mutant.kind, "all")]
        counts = Counter(each.outcome for each in chosen)
        searched = sum(each.outcome == REFUTED and each.engine is Engine.SEARCH for each in chosen)
        cells = [len(chosen), counts[REFUTED] - searched, searched, *(counts[name] for name in columns[1:])]
        lines.append(f"| {kind} | {' | '.join(map(str, cells))} |")
    plain = sum(each.mutant.plain for each in report.judged)
    counts = Counter(each.outcome for each in report.judged)
    lines += [
        "",
        f"Of {len(report.judged)} variants {counts[REFUTED]} were refuted by a counterexample, {counts[UNDEFINED]} have no value, "
        f"which is an error, {counts[PROVEN]} are true and proven so, and {counts[SURVIVED]} were not refuted. Rejected were "
        f"{100 * report.share:.1f}% of those that are not proven true. {plain} are variants of the step as it stands, the others "
        "of a step with slack times its tightest ratio known.",
        "",
        "| step | variant | why it was not refuted |",
        "|---|---|---|",
    ]
    for each in report.survivors:
        statement = each.mutant.statement
        shown = f", in {_code(write(statement.relations[0]))}" if each.mutant.kind != HYPOTHESIS else ""
        lines.append(f"| `{statement.owner}.{statement.key}` | {_code(each.mutant.change)}{shown} | {_reason(each)} |")
    return "\n".join(lines)


def _code(text: str) -> str:
    return f"`{text if len(text) <= 160 else text[:157] + '...'}`"


def _reason(judged: Judged) -> str:
    if judged.outcome == PROVEN:
        return "true: proven by the symbolic engine"
    if judged.weaker:
        return "weaker than the step in every case of the grid"
    if judged.tightest is None or judged.tightest == 0:
        return "no counterexample found"
    if judged.tightest > NEARLY:
        return "no counterexample found; its sides agree in some case"
    return f"slack: the largest ratio of its sides that was found is {judged.tightest:.6g}"


if __name__ == "__main__":

    def progress(judged: Judged) -> None:
        statement = judged.mutant.statement
        print(f"{statement.owner}.{statement.key}: {judged.mutant.change}: {judged.outcome}", file=sys.stderr)

    print(table(mutation_report(sys.argv[1:] or None, report_to=progress)))
