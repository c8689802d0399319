"""The verification of a whole certificate, item by item."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from boundcalc.certificate.verifier import closed_forms, frontier, rows
from boundcalc.certificate.verifier.claims import Claim, check_inside, read_claim
from boundcalc.certificate.verifier.model import Model, read_problem
from boundcalc.certificate.verifier.reading import CertificateError, Refuted, fields
from boundcalc.certificate.verifier.witnesses import WITNESS, read_witness


@dataclass
class Verification:
    """The steps that were re-proved, in order, and the item that failed, if any."""

    steps: list[str] = field(default_factory=list)
    failure: str | None = None

    @property
    def accepted(self) -> bool:
        """Whether every item was re-proved."""
        return self.failure is None


@dataclass(frozen=True)
class Upper:
    """The parameters of an upper bound, and what proves its claim, step by step."""

    required: set[str]
    optional: set[str]
    prove: Callable[[Model, dict[str, Any], Claim], list[str]]


UPPER: dict[str, Upper] = {
    "trivial": Upper(set(), set(), closed_forms.trivial),
    "rank": Upper(set(), set(), closed_forms.rank),
    "tensor_power": Upper(set(), set(), closed_forms.tensor_power),
    "very_sparse": Upper({"h"}, set(), closed_forms.two_events),
    "equiangular": Upper({"h"}, set(), closed_forms.two_events),
    "universal": Upper({"h"}, set(), closed_forms.two_events),
    "linear_program": Upper({"h"}, set(), closed_forms.two_events),
    "sparsity_power": Upper(set(), set(), closed_forms.sparsity_power),
    "uniform": Upper(set(), set(), closed_forms.uniform),
    "gaussian_support": Upper(set(), set(), closed_forms.gaussian_support),
    "capacity": Upper({"form", "at"}, {"slope", "splits"}, rows.capacity),
    "capacity_welch": Upper({"theta", "lambda", "at"}, {"h", "slope"}, rows.capacity_welch),
    "frontier": Upper(set(), frontier.FIELDS, frontier.frontier),
    "dense": Upper(set(), set(closed_forms.MULTIPLIERS), closed_forms.dense),
}
"""Every upper bound that has a certificate form."""


def verify(data: dict[str, Any]) -> Verification:
    """Re-proves a certificate.

    Raises
    ------
    CertificateError
        If the object does not have the format's fields and types.
    """
    given = fields(data, "certificate", {"format", "version", "problem", "upper", "lower"})
    if given["format"] != "boundcalc certificate":
        raise CertificateError("format: must be 'boundcalc certificate'")
    if given["version"] != "1":
        raise CertificateError(f"version = {str(given['version'])[:20]}: this verifier reads version 1")
    model = read_problem(given["problem"])
    done = Verification()
    done.steps.append("problem: parameters in their domain, moments of the law exact")
    try:
        _verify_upper(model, given, done)
        _verify_lower(model, given, done)
    except Refuted as refuted:
        done.failure = str(refuted)
    return done


def _verify_upper(model: Model, given: dict[str, Any], done: Verification) -> None:
    upper = fields(given["upper"], "upper", {"key", "parameters", "improvement"})
    key = upper["key"]
    if not isinstance(key, str) or key not in UPPER:
        raise CertificateError(f"upper.key = {str(key)[:60]}: is unknown")
    kind = UPPER[key]
    parameters = fields(upper["parameters"], "upper.parameters", kind.required, kind.optional)
    claim = read_claim(upper["improvement"], "upper.improvement")
    done.steps += [f"upper: {step}" for step in kind.prove(model, parameters, claim)]
    done.steps.append(f"upper: the value of {key} lies in the claimed enclosure, so I* <= {upper['improvement']['upper'][:40]}")


def _verify_lower(model: Model, given: dict[str, Any], done: Verification) -> None:
    lower = fields(given["lower"], "lower", {"key", "witness", "improvement"})
    if not isinstance(lower["key"], str):
        raise CertificateError("lower.key: must be text")
    witness = read_witness(model, lower["witness"], "lower.witness", WITNESS)
    claim = read_claim(lower["improvement"], "lower.improvement")
    if not model.fits(witness.n, witness.d):
        size = f"{str(witness.n)[:40]} features in {str(witness.d)[:40]} dimensions"
        raise Refuted(f"lower.witness: {size} do not fit the problem")
    done.steps.append(f"lower: witness of kind {lower['witness']['kind']} ({witness.said})")
    check_inside(witness.value, claim, f"lower {lower['witness']['kind']}")
    done.steps.append(f"lower: C^2/D of the witness lies in the claimed enclosure, so I* >= {lower['improvement']['lower'][:40]}")
