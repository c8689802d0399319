"""Writes what proves the best upper and the best lower bound of a report into a certificate (docs/certificate.md)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from flint import fmpq

from boundcalc.bounds.evaluate import LowerOutcome, Report, UpperOutcome
from boundcalc.frames.catalog import FRAMES
from boundcalc.numbers.errors import ParameterError
from boundcalc.numbers.files import write_whole
from boundcalc.numbers.parsing import parse_rational

MAX_WRITTEN = 400
"""Frames of more lines are named with their squared inner products, not written out."""

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
    return {
        "format": FORMAT,
        "version": "1",
        "problem": {**fields, "d": str(problem.d), "m": str(problem.m)},
        "upper": _upper(report.best_upper, report.digits),
        "lower": _lower(report.best_lower, report.digits),
    }


def write(report: Report, path: str | Path) -> None:
    """Writes the certificate in one step: the file is there whole or not at all.

    Raises
    ------
    ParameterError
        If the path cannot be written.
    """
    write_whole(path, json.dumps(certificate(report), indent=1, ensure_ascii=False) + "\n", "certificate")


def _claim(outcome: UpperOutcome | LowerOutcome, digits: int, least: fmpq | None = None) -> dict[str, str]:
    """The enclosure, its lower end not above ``least``."""
    assert outcome.value is not None
    lower, upper = outcome.value.enclosure.decimals(digits)
    low = parse_rational(lower, parameter="lower")
    return {"lower": str(low if least is None else min(low, least)), "upper": str(parse_rational(upper, parameter="upper"))}


def _upper(outcome: UpperOutcome, digits: int) -> dict[str, Any]:
    key, parameters = outcome.bound.key, outcome.bound.certificate
    if parameters is None:
        raise ParameterError("certificate", key, "is an upper bound without a certificate form")
    found, least = parameters(outcome.problem, outcome.choice, digits)
    return {"key": key, "parameters": found, "improvement": _claim(outcome, digits, least)}


def _lower(outcome: LowerOutcome, digits: int) -> dict[str, Any]:
    witness = _witness(outcome.choice.shown)
    return {"key": outcome.bound.key, "witness": witness, "improvement": _claim(outcome, digits)}


def _witness(shown: Mapping[str, Any]) -> dict[str, Any]:
    if "blocks" in shown:
        return {
            "kind": "blocks",
            "blocks": [{"count": str(block["count"]), "witness": _witness(block)} for block in shown["blocks"]],
        }
    if shown.get("matrix") is not None:
        return {"kind": "vectors", **vectors_of_matrix(shown["matrix"])}
    if "witness" in shown:
        from boundcalc.bounds.lower.witness_table import find

        return {"kind": "vectors", **vectors_of_matrix(find(shown["witness"]).rows())}
    construction, frame = shown.get("construction"), str(shown.get("frame"))
    if construction is not None:
        return {"kind": str(construction), "n": str(shown["n"]), "d": str(shown["d"])}
    if frame == "orthonormal" or frame.startswith("plane_lines"):
        return {"kind": "orthonormal" if frame == "orthonormal" else "plane_lines", "n": str(shown["n"])}
    if frame.startswith("simplex_"):
        return {"kind": "simplex", "n": str(shown["n"])}
    known = next((entry for entry in FRAMES if entry.key == frame), None)
    if known is None:
        raise ParameterError("certificate", str(dict(shown))[:60], "is a witness without a certificate form")
    if known.n <= MAX_WRITTEN:
        return {"kind": "vectors", "frame": known.key, **vectors_of_frame(known.key)}
    squares = [[str(u), str(count)] for u, count in known.squares]
    return {"kind": "cited_frame", "frame": known.key, "n": str(known.n), "d": str(known.d), "squares": squares}


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
