r"""Writes a bound, a proof, limits, a table or a report as LaTeX: what ``boundcalc latex`` prints and ``latex`` returns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from flint import fmpz

from boundcalc.bounds.catalog import find
from boundcalc.bounds.declaration import Bound
from boundcalc.bounds.evaluate import Report
from boundcalc.bounds.outcome import LowerOutcome, UpperOutcome, asked
from boundcalc.bounds.relu.proofs import FLOOR_PROOFS
from boundcalc.model.features import FeatureProblem
from boundcalc.model.problem import Whole
from boundcalc.numbers.errors import ParameterError
from boundcalc.render import document
from boundcalc.render.asymptotics import asymptotics
from boundcalc.render.bibliography import keys_of
from boundcalc.render.relu_floor import floor_latex
from boundcalc.render.renaming import parse_renaming
from boundcalc.render.report import report_document
from boundcalc.render.statement import numbers, statement
from boundcalc.render.table import table, table_over_p
from boundcalc.render.theorem import with_lemmas
from boundcalc.render.unequal import unequal_statement, unequal_theorem

OF_BOUNDS = ("bound", "proof", "limits")
OF_REPORTS = ("table", "report")


def latex(
    what: str | Bound | UpperOutcome | LowerOutcome | Report | Sequence[Report],
    kind: str | None = None,
    *,
    m: Whole | None = None,
    d: Whole | None = None,
    law: str | None = None,
    notation: str | None = None,
    standalone: bool = False,
    digits: int | None = None,
    unequal: bool = False,
) -> str:
    r"""A bound, a proof, limits, a table or a report as LaTeX, as an author would paste it.

    Parameters
    ----------
    what : str, outcome, Report or sequence of Reports
        A bound by its key or section; one outcome of a report, for its statement with numbers, that for features that differ where
        its features do; a report; reports that differ in p alone, for one table.
    kind : str, optional
        ``"bound"``, ``"proof"`` or ``"limits"`` of a bound; ``"table"`` or ``"report"`` (a whole document) of a report.
    m : int, optional
        The exponent for which formulas are written out; 3, or 5 for a bound that is for no other.
    d, law
        Filled into limits.
    notation : str, optional
        Your symbols for ours, such as ``r"n=N,p=\epsilon,d=d_{\mathrm{hidden}}"``.
    standalone : bool
        A whole document for pdflatex.
    digits : int
        Significant digits; by default those that a report shows itself with, and 10 of an outcome.
    unequal : bool
        What a bound, or its proof, says of features that differ.

    >>> latex("rank", m=3).splitlines()[2][-22:]
    '\\,\\min(n, N_{3}(d)) \\]'
    """
    renaming = parse_renaming(notation)
    if isinstance(what, str) and what == "best":
        raise ParameterError("what", "best", "depends on the numbers: give report(...).best_upper or report(...).best_lower")
    reports = None if isinstance(what, (str, Bound, UpperOutcome, LowerOutcome)) else _reports(what)
    kinds = OF_BOUNDS if reports is None else OF_REPORTS
    chosen = kinds[0] if kind is None else kind
    if chosen not in kinds:
        raise ParameterError("kind", kind, f"must be {', '.join(kinds)} of what was given")
    if reports is not None:
        reports = [replace(each, digits=min(each.digits, digits or each.table_digits or each.digits)) for each in reports]
        if chosen == "report":
            if len(reports) != 1:
                raise ParameterError("kind", kind, "is a document on one problem; a table takes several p")
            return report_document(reports[0], renaming)
        body = table(reports[0], renaming) if len(reports) == 1 else table_over_p(reports, renaming)
        return _whole(document.header("table", "amsmath, booktabs", renaming) + "\n" + body, standalone)
    floor = FLOOR_PROOFS.get(what) if isinstance(what, str) else None
    if floor is not None:
        return floor_latex(floor, chosen, standalone=standalone)
    outcome = what if isinstance(what, (UpperOutcome, LowerOutcome)) else None
    bound = outcome.bound if outcome else find(what) if isinstance(what, str) else what
    assert isinstance(bound, Bound)
    exponent = outcome.problem.m if outcome else bound.exponent(m)
    name = f"{bound.key} ({bound.section})"
    differ = outcome is not None and isinstance(asked(outcome.problem)[0], FeatureProblem)
    if (unequal or differ) and chosen != "limits":
        opening = document.header(f"{chosen} of {name}, features that differ", "amsmath, amsthm", renaming)
        form = unequal_theorem(bound, renaming) if chosen == "proof" else unequal_statement(bound, renaming)
        if outcome is not None and chosen == "bound":
            form += "\n" + numbers(outcome, digits or 10, renaming)
        return _whole(opening + "\n" + form, standalone)
    if chosen == "proof":
        needs = "amsmath, amsthm; environments theorem, lemma, remark; BibTeX from boundcalc cite"
        opening = document.header(f"proof of {name}", needs, renaming)
        return _whole(opening + "\n" + with_lemmas([bound], exponent, renaming), standalone, keys_of(bound))
    if chosen == "limits":
        text = asymptotics(bound, exponent, renaming, d=d if d is None or isinstance(d, str) else str(fmpz(d)), law=law)
        return _whole(document.header(f"limits of {name}", "amsmath", renaming) + "\n" + text, standalone)
    parts = [document.header(f"bound {name}", "amsmath", renaming), statement(bound, exponent, renaming)]
    if outcome is not None:
        parts.append(numbers(outcome, digits or 10, renaming))
    return _whole("\n".join(parts), standalone)


def _reports(what: object) -> list[Report]:
    """One report, or several."""
    reports = [what] if isinstance(what, Report) else list(what) if isinstance(what, (list, tuple)) else []
    if not reports or not all(isinstance(each, Report) for each in reports):
        allowed = "must be a bound by its key, an outcome such as report(...)['frontier'], a report, or reports that differ in p"
        raise ParameterError("what", what, f"{allowed}; in notebooks other results show themselves, _repr_latex_()")
    return reports


def _whole(body: str, standalone: bool, cited: Sequence[str] = ()) -> str:
    return document.standalone(body, cited) if standalone else f"{body}\n"
