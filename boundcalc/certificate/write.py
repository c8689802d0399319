"""Writes what proves the best upper and the best lower bound of a report into a certificate (docs/certificate.md)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from flint import fmpq

from boundcalc.bounds.evaluate import Report
from boundcalc.bounds.outcome import LowerOutcome, UpperOutcome
from boundcalc.certificate.write_features import feature_parameters, feature_witness
from boundcalc.frames.catalog import FRAMES
from boundcalc.frames.orbits import Symmetry
from boundcalc.model.features import FeatureProblem
from boundcalc.model.problem import Problem
from boundcalc.numbers.errors import ParameterError
from boundcalc.numbers.files import check_target, write_whole
from boundcalc.numbers.parsing import parse_rational

MAX_WRITTEN = 400
"""Frames of more lines are named with their squared inner products, not written out."""
MAX_FORMS = 600
"""More unbiased bases are named, not given by their forms: the verifier tries all pairs."""

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
        if problem.equal is not None:
            return certificate(_of_equal(report, *problem.equal))
        groups = [{**group.as_json(), "count": str(group.count)} for group in problem.features.groups]
        fields = {"n": str(problem.n), "features": groups}
    return {
        "format": FORMAT,
        "version": "1",
        "problem": {**fields, "d": str(problem.d), "m": str(problem.m)},
        "upper": _upper(report.best_upper, report.digits),
        "lower": _lower(report.best_lower, report.digits),
    }


def _of_equal(report: Report, equal: Problem, factor: fmpq) -> Report:
    """The report of the equal features that features of one kind are."""
    if factor != 1:
        allowed = f"is written for importance 1 and scale 1, or for several kinds; here I* is {factor} times that of a Problem"
        raise ParameterError("certificate", "features of one kind", allowed)
    upper = tuple(replace(outcome, problem=equal) for outcome in report.upper)
    lower = tuple(replace(outcome, problem=equal) for outcome in report.lower)
    return replace(report, problem=equal, upper=upper, lower=lower)


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
    check_target(path, "certificate", marks=(FORMAT.encode(),), force=force)
    write_whole(path, json.dumps(certificate(report), indent=1, ensure_ascii=False) + "\n", "certificate")


def _claim(outcome: UpperOutcome | LowerOutcome, digits: int, least: fmpq | None = None) -> dict[str, str]:
    """The enclosure, its lower end not above ``least``."""
    assert outcome.value is not None
    lower, upper = outcome.value.enclosure.decimals(digits)
    low = parse_rational(lower, parameter="lower")
    return {"lower": str(low if least is None else min(low, least)), "upper": str(parse_rational(upper, parameter="upper"))}


def _upper(outcome: UpperOutcome, digits: int) -> dict[str, Any]:
    if isinstance(outcome.problem, FeatureProblem):
        return {"key": outcome.bound.key, "parameters": feature_parameters(outcome), "improvement": _claim(outcome, digits)}
    key, parameters = outcome.bound.key, outcome.bound.certificate
    if parameters is None:
        raise ParameterError("certificate", key, "is an upper bound without a certificate form")
    found, least = parameters(outcome.problem, outcome.choice, digits)
    return {"key": key, "parameters": found, "improvement": _claim(outcome, digits, least)}


def _lower(outcome: LowerOutcome, digits: int) -> dict[str, Any]:
    features = isinstance(outcome.problem, FeatureProblem)
    witness = feature_witness(outcome) if features else _witness(outcome.choice.shown, outcome.problem.m)
    return {"key": outcome.bound.key, "witness": witness, "improvement": _claim(outcome, digits)}


def _witness(shown: Mapping[str, Any], m: int) -> dict[str, Any]:
    if "blocks" in shown:
        return {
            "kind": "blocks",
            "blocks": [{"count": str(block["count"]), "witness": _witness(block, m)} for block in shown["blocks"]],
        }
    if shown.get("matrix") is not None:
        return {"kind": "vectors", **vectors_of_matrix(shown["matrix"])}
    if "witness" in shown or "orbits" in shown:
        from boundcalc.bounds.lower.selector import witness_of

        entry = witness_of(shown, m)
        if entry.symmetry is None:
            return {"kind": "vectors", **vectors_of_matrix(entry.rows())}
        return orbits(entry.symmetry, entry.generators.T.tolist())
    construction, frame = shown.get("construction"), str(shown.get("frame"))
    if construction is not None:
        return {"kind": str(construction), "n": str(shown["n"]), "d": str(shown["d"])}
    if frame == "orthonormal" or frame.startswith("plane_lines"):
        return {"kind": "orthonormal" if frame == "orthonormal" else "plane_lines", "n": str(shown["n"])}
    if frame.startswith("simplex_"):
        return {"kind": "simplex", "n": str(shown["n"])}
    if frame.startswith("unbiased_bases_"):
        return _bases(frame, int(shown["n"]), int(shown["d"]))
    known = next((entry for entry in FRAMES if entry.key == frame), None)
    if known is None:
        raise ParameterError("certificate", str(dict(shown))[:60], "is a witness without a certificate form")
    if known.n <= MAX_WRITTEN:
        return {"kind": "vectors", "frame": known.key, **vectors_of_frame(known.key)}
    squares = [[str(u), str(count)] for u, count in known.squares]
    return {"kind": "cited_frame", "frame": known.key, "n": str(known.n), "d": str(known.d), "squares": squares}


def orbits(symmetry: Symmetry, generators: list[list[int]]) -> dict[str, Any]:
    """Orbits by their group and one vector of each."""
    numbers = {name: str(getattr(symmetry, name)) for name in ("size", "sign", "copies", "zero_sum", "fixed")}
    return {
        "kind": "orbits",
        **numbers,
        "turn": "yes" if symmetry.turn else "no",
        "units": [str(t) for t in symmetry.units],
        "generators": [[str(x) for x in vector] for vector in generators],
    }


def _bases(frame: str, n: int, d: int) -> dict[str, Any]:
    """Unbiased bases by their alternating forms, the entries of each as the binary digits of one number."""
    from boundcalc.frames.unbiased_bases import kerdock_set

    if n // d > MAX_FORMS or d > MAX_FORMS**2:
        squares = [["0", str(d - 1)], [f"1/{d}", str(n - d)]]
        return {"kind": "cited_frame", "frame": frame, "n": str(n), "d": str(d), "squares": squares}
    forms = kerdock_set((d.bit_length() - 1) // 2)[: n // d - 1]
    return {"kind": "unbiased_bases", "d": str(d), "forms": [str(int("".join(map(str, form)), 2)) for form in forms]}


def vectors_of_frame(key: str) -> dict[str, Any]:
    """Exact coordinates of a frame, unit vectors after normalisation."""
    from boundcalc.frames.coordinates import Coordinates
    from boundcalc.frames.library import construct

    columns = construct(key)
    assert isinstance(columns, Coordinates)

    def number(a: Any, b: Any) -> Any:
        return [str(int(a)), str(int(b))] if b else str(int(a))

    pairs = zip(columns.rational.T, columns.surd.T, strict=True)
    return {
        "radicand": str(columns.radicand),
        "basis": [number(a, b) for a, b in columns.basis],
        "unit": "yes",
        "vectors": [[number(a, b) for a, b in zip(one, other, strict=True)] for one, other in pairs],
    }


def vectors_of_matrix(matrix: list[list[fmpq]]) -> dict[str, Any]:
    """A rational d × n matrix as its columns."""
    columns = [[str(row[j]) for row in matrix] for j in range(len(matrix[0]))]
    return {"radicand": "1", "basis": ["1"] * len(matrix), "unit": "no", "vectors": columns}
