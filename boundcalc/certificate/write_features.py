"""Writes what proves the best bounds of features that differ: the numbers of each group, and the weights with their columns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flint import fmpq

from boundcalc.bounds.outcome import LowerOutcome, UpperOutcome
from boundcalc.bounds.unequal.capacity import row_forms
from boundcalc.bounds.unequal.crowd import Crowd, crowds, root_share
from boundcalc.bounds.unequal.direct_sum import Placed
from boundcalc.bounds.unequal.frontier import Joint, Shares
from boundcalc.bounds.unequal.kinds import FeatureKind, kinds
from boundcalc.bounds.unequal.matrix_member import MatrixMember
from boundcalc.bounds.unequal.one_active_matrices import OneActiveMatrices
from boundcalc.bounds.unequal.quintic_rows import FeatureRowQuintic
from boundcalc.certificate.write_witness import witness_of_choice
from boundcalc.certify.gegenbauer import from_gegenbauer
from boundcalc.lemmas.frontier import FrontierPolynomial
from boundcalc.model.features import FeatureProblem, same_kind
from boundcalc.numbers.errors import ParameterError

FORMULAS = ("trivial", "rank", "dense")
"""Upper bounds that their formula proves alone."""


def feature_parameters(outcome: UpperOutcome) -> dict[str, Any]:
    """What the certificate holds of the upper bound.

    Raises
    ------
    ParameterError
        If it has no certificate form for features that differ.
    """
    key, values, problem = outcome.bound.key, outcome.choice.values, outcome.problem
    assert isinstance(problem, FeatureProblem)
    if key in FORMULAS:
        return {}
    if key == "capacity" and "form" in values:
        return {"form": values["form"]}
    if key == "capacity":
        return {"theta": str(values["theta"]), "groups": _each_group(problem, values["tau"], _forms(problem, values))}
    if key == "frontier":
        found: Joint = values["parameters"]
        own = [{"f": str(shares.f), "c": str(shares.c)} for shares in map(Shares.of, kinds(problem))]
        shown = {
            "theta": str(found.theta),
            "nu": str(found.nu),
            "share_2": str(found.mixed.share),
            "h_2": _coefficients(found.mixed),
        }
        if found.matrix is not None:
            own = [{**item, "kind": str(k)} for k, item in enumerate(own)]
            shown |= {"share_3": str(found.matrix.share), **_matrices(found.matrix)}
        else:
            shown |= {"lambda": str(found.lambda_), "share_3": str(found.pure.share), "h_3": _coefficients(found.pure)}
        return {**shown, "groups": _each_group(problem, found.taus, own)}
    if key == "very_sparse" and "matrices" in values:
        every: OneActiveMatrices = values["matrices"]
        return {
            **_matrices(every.matrix),
            "groups": _of_each_group(problem, [{"f": str(f), "kind": str(k)} for k, f in enumerate(every.f)]),
        }
    if key == "very_sparse":
        return {"lambda": str(values["lambda"]), "h": _coefficients(values["member"])}
    raise ParameterError("certificate", key, "has no certificate form for features that differ")


def feature_witness(outcome: LowerOutcome) -> dict[str, Any]:
    """What the certificate holds of the lower bound.

    Raises
    ------
    ParameterError
        If it has no certificate form for features that differ.
    """
    shown = outcome.choice.shown
    if shown.get("frame") == "orthonormal":
        return {"kind": "orthonormal", "n": str(shown["n"])}
    if shown.get("matrix") is not None and "columns" in shown:
        vectors = [[str(row[k]) for row in shown["matrix"]] for k in range(len(shown["columns"]))]
        return {"kind": "vectors", "columns": [str(column) for column in shown["columns"]], "vectors": vectors}
    if "parts" in outcome.choice.values:
        problem = outcome.problem
        assert isinstance(problem, FeatureProblem)
        return {"kind": "blocks", "blocks": _blocks(problem, outcome.choice.values["parts"])}
    raise ParameterError("certificate", outcome.bound.key, "has no certificate form for features that differ")


def _blocks(problem: FeatureProblem, parts: Sequence[Placed]) -> list[dict[str, Any]]:
    """Each block with a group of its features' activity, law and scale and its first place among these; single ones together."""
    found: list[dict[str, Any]] = []
    last = None
    for part in parts:
        group = next(k for k, group in enumerate(problem.features.groups) if part.of.holds(group))
        if part.block.shown.get("frame") == "orthonormal" and last == (group, part.first):
            found[-1]["witness"]["n"] = str(int(found[-1]["witness"]["n"]) + part.block.n)
        else:
            witness = witness_of_choice(part.block.shown, problem.m)
            found.append({"group": str(group), "first": str(part.first), "witness": witness})
        last = (group, part.first + part.block.n) if part.block.shown.get("frame") == "orthonormal" else None
    return found


def _forms(problem: FeatureProblem, values: Any) -> list[dict[str, Any]]:
    """By which form each kind's row is proven."""
    found: list[dict[str, Any]] = []
    for rows, tau in zip(row_forms(problem), values["tau"], strict=True):
        row = next(row for row in rows if row.holds(values["theta"], tau))
        found.append({"form": "cumulants" if len(rows) > 1 and row is rows[0] else "moments"})
        if isinstance(row, FeatureRowQuintic):
            found[-1]["cuts"] = [str(piece.low) for piece in row.pieces] + [str(row.pieces[-1].high)]
            found[-1]["at"] = [str(piece.at) for piece in row.pieces]
    return found


def _each_group(problem: FeatureProblem, taus: tuple[fmpq, ...], more: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The numbers of its kind for each group, in the order of the columns."""
    parts = zip(kinds(problem), crowds(problem), taus, more, strict=True)
    return _of_each_group(problem, [{"tau": str(tau), **_crowd(kind, crowd), **extra} for kind, crowd, tau, extra in parts])


def _of_each_group(problem: FeatureProblem, entries: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The entry of its kind for each group."""
    numbers = {same_kind(kind.group): entry for kind, entry in zip(kinds(problem), entries, strict=True)}
    return [numbers[same_kind(group)] for group in problem.features.groups]


def _crowd(kind: FeatureKind, crowd: Crowd) -> dict[str, str]:
    root = root_share(kind)
    return {"fourth": str(crowd.fourth), "sixth": str(crowd.sixth), "root": str(fmpq(0) if root is None else root)}


def _matrices(member: MatrixMember) -> dict[str, Any]:
    """The lower triangles of the matrices, and x."""
    return {
        "matrices": [[[str(value) for value in row[: k + 1]] for k, row in enumerate(matrix)] for matrix in member.matrices],
        "x": [str(value) for value in member.x],
        "kinds": str(len(member.x)),
    }


def _coefficients(member: FrontierPolynomial) -> list[str]:
    """h in powers of u; for d = 1 the constant."""
    h = from_gegenbauer(member.coefficients, member.d)
    return [str(value) for value in h.coeffs()] or ["0"]
