"""U9: its form for m = 3 in one variable, and the form for m ≥ 5 in more."""

from __future__ import annotations

from typing import Any

from boundcalc.certificate.verifier import frontier_cubic, frontier_general
from boundcalc.certificate.verifier.claims import Claim
from boundcalc.certificate.verifier.model import Model
from boundcalc.certificate.verifier.reading import Refuted, fields

CUBIC = {"lambda", "nu", "h_3", "h_2", "at"}
CUBIC_OPTIONAL = {"share_3", "share_2", "moved_3", "moved_2", "price"}
GENERAL = {"terms", "price"}
GENERAL_OPTIONAL = {"excess"}
FIELDS = CUBIC | CUBIC_OPTIONAL | GENERAL | GENERAL_OPTIONAL


def frontier(model: Model, parameters: dict[str, Any], claim: Claim) -> list[str]:
    """The form for the problem's m."""
    if model.m == 1:
        raise Refuted("frontier: needs m >= 3")
    if model.m == 3:
        return frontier_cubic.frontier(model, fields(parameters, "upper.parameters", CUBIC, CUBIC_OPTIONAL), claim)
    return frontier_general.frontier(model, fields(parameters, "upper.parameters", GENERAL, GENERAL_OPTIONAL), claim)
