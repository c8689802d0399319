"""U9: which form a certificate has."""

from __future__ import annotations

from typing import Any

from boundcalc.certificate.verifier import frontier_cubic
from boundcalc.certificate.verifier.claims import Claim
from boundcalc.certificate.verifier.model import Model
from boundcalc.certificate.verifier.reading import Refuted, fields

CUBIC = {"lambda", "nu", "h_3", "h_2", "at"}
CUBIC_OPTIONAL = {"share_3", "share_2", "moved_3", "moved_2", "price"}
FIELDS = CUBIC | CUBIC_OPTIONAL


def frontier(model: Model, parameters: dict[str, Any], claim: Claim) -> list[str]:
    """m = 3."""
    if model.m != 3:
        raise Refuted("frontier: needs m = 3")
    fields(parameters, "upper.parameters", CUBIC, CUBIC_OPTIONAL)
    return frontier_cubic.frontier(model, parameters, claim)
