"""Verifies a whole certificate, item by item."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from flint import fmpq

from boundcalc.certificate.verifier import closed_forms, coupled_frontier, dense_rows, frontier, rows, uniform_in_n
from boundcalc.certificate.verifier.claims import Claim, check_inside, printed, read_claim
from boundcalc.certificate.verifier.feature_problem import FeatureModel, read_features
from boundcalc.certificate.verifier.feature_witness import feature_witness
from boundcalc.certificate.verifier.features import FEATURE_UPPER
from boundcalc.certificate.verifier.problem import Model, read_problem
from boundcalc.certificate.verifier.reading import CertificateError, Refuted, fields, shown, word
from boundcalc.certificate.verifier.relu import verify_relu
from boundcalc.certificate.verifier.witnesses import WITNESS, read_witness


@dataclass
class Verification:
    """The steps that were re-proved, in order, what is cited instead, and the item that failed, if any."""

    steps: list[str] = field(default_factory=list)
    cited: list[str] = field(default_factory=list)
    failure: str | None = None

    @property
    def accepted(self) -> bool:
        """Whether every item was re-proved, or is cited."""
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
    "uniform_support": Upper(set(), set(), closed_forms.uniform_support),
    "laplace_support": Upper(set(), set(), closed_forms.laplace_support),
    "gaussian_scalar_decoder": Upper(set(), set(), closed_forms.gaussian_scalar_decoder),
    "uniform_scalar_decoder": Upper(set(), set(), closed_forms.uniform_scalar_decoder),
    "capacity": Upper({"form", "at"}, {"slope", "splits", "least"}, rows.capacity),
    "capacity_welch": Upper({"theta", "lambda", "at"}, {"h", "slope"}, rows.capacity_welch),
    "frontier": Upper(set(), frontier.FIELDS, frontier.frontier),
    "uniform_in_n": Upper(uniform_in_n.FIELDS, uniform_in_n.OPTIONAL, uniform_in_n.uniform_in_n),
    "coupled_frontier": Upper(set(), coupled_frontier.FIELDS, coupled_frontier.coupled_frontier),
    "dense": Upper(set(), set(closed_forms.MULTIPLIERS), closed_forms.dense),
    "dense_rows": Upper(set(), dense_rows.FIELDS, dense_rows.dense_rows),
}
"""Every upper bound that has a certificate form."""
LOWER = (
    "orthonormal",
    "known_frame",
    "unbiased_bases",
    "orthogonal_array",
    "half_design",
    "random_directions",
    "random_walsh",
    "random_chirps",
    "direct_sum",
    "search",
)
"""The names a lower bound may have; what it says is proven by its witness alone."""
LAW_LENGTH = 1_000


def verify(data: dict[str, Any]) -> Verification:
    """Re-proves a certificate.

    Raises
    ------
    CertificateError
        If the object does not have the format's fields and types.
    """
    relu = isinstance(data.get("problem"), dict) and data["problem"].get("activation") == "relu"
    bounds = {"floor", "network"} if relu else {"upper", "lower"}
    given = fields(data, "certificate", {"format", "version", "problem"} | bounds)
    if given["format"] != "boundcalc certificate":
        raise CertificateError("format: must be 'boundcalc certificate'")
    if given["version"] != "1":
        raise CertificateError(f"version = {shown(given['version'])}: this verifier reads version 1")
    done = Verification()
    if relu:
        try:
            verify_relu(given, done.steps)
        except Refuted as refuted:
            done.failure = str(refuted)
        return done
    if isinstance(given["problem"], dict) and "features" in given["problem"]:
        _verify_features(given, done)
        return done
    try:
        model = read_problem(given["problem"])
        done.steps.append(f"problem: {_problem(model)}; a law with these moments exists, and they are exact")
        most = _verify_upper(model, given, done)
        least = _verify_lower(model, given, done)
        if least > most:
            raise Refuted("the certificate: its lower bound is above its upper bound, which no correct proofs give")
    except Refuted as refuted:
        done.failure = str(refuted)
    return done


def _verify_features(given: dict[str, Any], done: Verification) -> None:
    """The same for features that differ."""
    try:
        model = read_features(given["problem"])
        done.steps.append(
            f"problem: n = {model.n} features in {len(model.groups)} groups, d = {model.d}, m = {model.m}; their moments are exact"
        )
        if model.one_kind:
            most, least = _of_one_kind(model, given, done)
        else:
            most, least = _feature_upper(model, given, done), _feature_lower(model, given, done)
        if least > most:
            raise Refuted("the certificate: its lower bound is above its upper bound, which no correct proofs give")
    except Refuted as refuted:
        done.failure = str(refuted)


def _of_one_kind(model: FeatureModel, given: dict[str, Any], done: Verification) -> tuple[fmpq, fmpq]:
    """Features of one kind: ω c² times what is proven of as many equal features of importance 1 and scale 1."""
    first = model.groups[0]
    factor = first.importance * first.scale**2
    equal = Model(model.n, model.d, model.m, first.p, first.plain, first.law, model.work)
    said = printed(factor, up=True)
    done.steps.append(f"features of one kind: I* is {said} times that of {_problem(equal)}, which follows")
    divided = {}
    for side, name in (("upper", "parameters"), ("lower", "witness")):
        whole = fields(given[side], side, {"key", name, "improvement"})
        claim = read_claim(whole["improvement"], f"{side}.improvement")
        improvement = {"lower": str(claim.lower / factor), "upper": str(claim.upper / factor)}
        divided[side] = {**whole, "improvement": improvement}
    most, least = factor * _verify_upper(equal, divided, done), factor * _verify_lower(equal, divided, done)
    done.steps.append(f"times {said}: {printed(least, up=False)} <= I* <= {printed(most, up=True)}")
    return most, least


def _feature_upper(model: FeatureModel, given: dict[str, Any], done: Verification) -> fmpq:
    upper = fields(given["upper"], "upper", {"key", "parameters", "improvement"})
    key = word(upper["key"], "upper.key", FEATURE_UPPER)
    kind = FEATURE_UPPER[key]
    parameters = upper["parameters"] if kind.free else fields(upper["parameters"], "upper.parameters", set())
    if not isinstance(parameters, dict):
        raise CertificateError("upper.parameters: must be an object")
    value, steps = kind.prove(model, parameters)
    claim = read_claim(upper["improvement"], "upper.improvement")
    check_inside(value if callable(value) else lambda: value, claim, f"upper {key}", model.work, 10 * len(model.groups))
    done.steps += [f"upper: {step}" for step in steps]
    done.steps.append(f"upper: the value of {key} lies in the claimed enclosure, so I* <= {printed(claim.upper, up=True)}")
    return claim.upper


def _feature_lower(model: FeatureModel, given: dict[str, Any], done: Verification) -> fmpq:
    lower = fields(given["lower"], "lower", {"key", "witness", "improvement"})
    word(lower["key"], "lower.key", LOWER)
    attained, said, cited = feature_witness(model, lower["witness"])
    claim = read_claim(lower["improvement"], "lower.improvement")
    if cited:
        done.cited.append(f"lower: {cited}")
    check_inside(attained, claim, "lower", model.work)
    done.steps.append(f"lower: {said}; C^2/D lies in the claimed enclosure, so I* >= {printed(claim.lower, up=False)}")
    return claim.lower


def _problem(model: Model) -> str:
    """The problem in words; numbers whole, or rounded, and then that is said."""
    n = "inf" if model.n is None else printed(model.n, up=False)
    law = model.law if len(model.law) <= LAW_LENGTH else f"{shown(model.law)}"
    return f"n = {n}, d = {printed(model.d, up=False)}, m = {model.m}, p = {printed(model.p, up=False)}, law = {law}"


def _verify_upper(model: Model, given: dict[str, Any], done: Verification) -> fmpq:
    upper = fields(given["upper"], "upper", {"key", "parameters", "improvement"})
    key = word(upper["key"], "upper.key", UPPER)
    kind = UPPER[key]
    parameters = fields(upper["parameters"], "upper.parameters", kind.required, kind.optional)
    claim = read_claim(upper["improvement"], "upper.improvement")
    done.steps += [f"upper: {step}" for step in kind.prove(model, parameters, claim)]
    done.steps.append(f"upper: the value of {key} lies in the claimed enclosure, so I* <= {printed(claim.upper, up=True)}")
    return claim.upper


def _verify_lower(model: Model, given: dict[str, Any], done: Verification) -> fmpq:
    lower = fields(given["lower"], "lower", {"key", "witness", "improvement"})
    word(lower["key"], "lower.key", LOWER)
    witness = read_witness(model, lower["witness"], "lower.witness", WITNESS)
    claim = read_claim(lower["improvement"], "lower.improvement")
    if not model.fits(witness.n, witness.d):
        size = f"{shown(witness.n)} features in {shown(witness.d)} dimensions"
        raise Refuted(f"lower.witness: {size} do not fit the problem")
    done.steps.append(f"lower: witness of kind {lower['witness']['kind']} ({witness.said})")
    if witness.cited:
        done.cited.append(f"lower: {witness.cited}")
    check_inside(witness.value, claim, f"lower {lower['witness']['kind']}", model.work)
    done.steps.append(f"lower: C^2/D of the witness lies in the claimed enclosure, so I* >= {printed(claim.lower, up=False)}")
    return claim.lower
