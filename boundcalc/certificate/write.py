"""Writes what proves the best upper and the best lower bound of a report into a certificate (docs/certificate.md)."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

from flint import fmpq

from boundcalc.bounds.evaluate import Report
from boundcalc.bounds.outcome import LowerOutcome, UpperOutcome, asked
from boundcalc.certificate.write_features import feature_parameters, feature_witness
from boundcalc.certificate.write_witness import witness_of_choice
from boundcalc.model.features import AnyProblem, FeatureProblem
from boundcalc.numbers.errors import ParameterError
from boundcalc.numbers.files import check_target, path_text, write_whole
from boundcalc.numbers.parsing import parse_rational

FORMAT = "boundcalc certificate"


def certificate(report: Report) -> dict[str, Any]:
    """The JSON object that proves the report's best upper and best lower bound.

    Raises
    ------
    ParameterError
        If one of the two has no certificate form.
    """
    problem = report.problem
    fields = problem.as_json()
    if isinstance(problem, FeatureProblem):
        if problem.equal is not None and problem.equal[1] == 1:
            return certificate(replace(report, problem=problem.equal[0]))
        groups = [{**group.as_json(), "count": str(group.count)} for group in problem.features.groups]
        fields = {"n": str(problem.n), "features": groups}
    return {
        "format": FORMAT,
        "version": "1",
        "problem": {**fields, "d": str(problem.d), "m": str(problem.m)},
        "upper": _upper(report.best_upper, problem, report.digits),
        "lower": _lower(report.best_lower, problem, report.digits),
    }


def write_certificate(report: Report, path: str | Path, *, force: bool = False) -> None:
    """Writes the certificate of a report: the file is there whole or not at all.

    Parameters
    ----------
    force : bool
        Whether to write over a file that is no certificate.

    Raises
    ------
    ParameterError
        If the path cannot be written, or a best bound has no certificate.

    >>> import tempfile
    >>> from boundcalc import report
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_certificate(report(6, 3, 3, "1/5", "rademacher"), f"{folder}/certificate.json")
    """
    if not isinstance(report, Report):
        raise ParameterError("report", report, "must be what report(...) gives")
    check_target(path_text(path, "certificate", "such as 'certificate.json'"), "certificate", marks=(FORMAT.encode(),), force=force)
    write_whole(path, json.dumps(certificate(report), indent=1, ensure_ascii=False) + "\n", "certificate")


def _claim(outcome: UpperOutcome | LowerOutcome, digits: int, least: fmpq | None = None) -> dict[str, str]:
    """The enclosure, its lower end not above ``least``."""
    assert outcome.value is not None
    lower, upper = outcome.value.enclosure.decimals(digits)
    low = parse_rational(lower, parameter="lower")
    return {"lower": str(low if least is None else min(low, least)), "upper": str(parse_rational(upper, parameter="upper"))}


def _upper(outcome: UpperOutcome, problem: AnyProblem, digits: int) -> dict[str, Any]:
    key, (plain, factor) = outcome.bound.key, asked(problem)
    if isinstance(plain, FeatureProblem):
        return {"key": key, "parameters": feature_parameters(outcome), "improvement": _claim(outcome, digits)}
    parameters = outcome.bound.certificate
    if parameters is None:
        raise ParameterError("certificate", key, "is an upper bound without a certificate form")
    found, least = parameters(plain, outcome.choice, digits)
    return {"key": key, "parameters": found, "improvement": _claim(outcome, digits, None if least is None else factor * least)}


def _lower(outcome: LowerOutcome, problem: AnyProblem, digits: int) -> dict[str, Any]:
    """Features of one kind have the witnesses of their plain problem."""
    features = isinstance(asked(problem)[0], FeatureProblem)
    witness = feature_witness(outcome) if features else witness_of_choice(outcome.choice.shown, problem.m)
    return {"key": outcome.bound.key, "witness": witness, "improvement": _claim(outcome, digits)}
