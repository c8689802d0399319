"""Verifies certificates of bounds on the loss of x̂ = ReLU(WᵀW x + b): a floor for every W and b, and a network.

The problem has n equal features, uniform on [0, 1] while active, of importance 1.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flint import arb, fmpq

from boundcalc.certificate.verifier.claims import check_inside, printed, read_claim
from boundcalc.certificate.verifier.reading import (
    CertificateError,
    Refuted,
    TooLargeToVerify,
    Work,
    fields,
    integer,
    rational,
    word,
)
from boundcalc.certificate.verifier.relu_network import network_loss
from boundcalc.certificate.verifier.relu_one_active import zonal_ceiling
from boundcalc.certificate.verifier.relu_pairs import pair_floor
from boundcalc.certificate.verifier.relu_pentagon import ball, ceiling

MOST_FEATURES = 100_000
MOST_BITS = 10_000


@dataclass(frozen=True)
class ReluModel:
    """The problem of the file, and the work that its proof has taken."""

    n: int
    d: int
    p: fmpq
    biased: bool
    work: Work


Value = Callable[[], "arb | fmpq"]


def verify_relu(given: dict[str, Any], steps: list[str]) -> None:
    """Re-proves the floor and the network; adds what was proven to ``steps``."""
    given = fields(given, "certificate", {"format", "version", "problem", "floor", "network"})
    model = _problem(given["problem"])
    bias = "with" if model.biased else "without"
    steps.append(f"problem: n = {model.n}, d = {model.d}, p = {printed(model.p, up=False)}, uniform on [0, 1], ReLU {bias} bias")
    floor = fields(given["floor"], "floor", {"key", "parameters", "loss"})
    key = word(floor["key"], "floor.key", FLOORS)
    value, said = FLOORS[key](model, floor["parameters"])
    least = read_claim(floor["loss"], "floor.loss")
    check_inside(value, least, f"floor {key}", model.work, 200)
    steps += [f"floor: {text}" for text in said]
    steps.append(f"floor: the value of {key} lies in the claimed enclosure, so L >= {printed(least.lower, up=False)}")
    loss, what = network_loss(given["network"], model.n, model.d, model.p, model.biased, model.work)
    most = read_claim(given["network"]["loss"], "network.loss")
    check_inside(lambda: loss, most, "network", model.work)
    steps.append(f"network: {what}; its loss is at most {printed(most.upper, up=True)}")
    if least.lower > most.upper:
        raise Refuted("the certificate: its floor is above the loss of its network, which no correct proofs give")


def _problem(data: Any) -> ReluModel:
    given = fields(data, "problem", {"n", "d", "activation", "bias", "tied", "p", "law"})
    for name, allowed in (("activation", ("relu",)), ("bias", ("yes", "no")), ("tied", ("yes",)), ("law", ("uniform01",))):
        word(given[name], f"problem.{name}", allowed)
    n, d, p = integer(given["n"], "problem.n"), integer(given["d"], "problem.d"), rational(given["p"], "problem.p")
    if not 0 < p <= 1:
        raise CertificateError("problem.p: must be above 0 and at most 1")
    if n > MOST_FEATURES or p.height_bits() > MOST_BITS:
        raise TooLargeToVerify(f"too large to verify: n above {MOST_FEATURES}, or p of more than {MOST_BITS} bits")
    if n <= d:
        raise CertificateError("problem.n: must be above d, as n <= d features lose nothing")
    return ReluModel(n, d, p, given["bias"] == "yes", Work())


def _pairs(model: ReluModel, parameters: Any) -> tuple[Value, list[str]]:
    value, said = pair_floor(model.n, model.d, model.p, parameters, model.work)
    return (lambda: value), said


def _scalar(model: ReluModel, parameters: Any) -> tuple[Value, list[str]]:
    """κ p² (n − d), κ = 12/(2πe)²."""
    fields(parameters, "floor.parameters", set())

    def value() -> arb:
        return 12 / (2 * arb.pi() * arb(1).exp()) ** 2 * arb(model.p**2 * (model.n - model.d))

    return value, []


def _any(model: ReluModel, parameters: Any) -> tuple[Value, list[str]]:
    """E over N ~ Bin(n, p) of the larger of the entropy floor and that of Stein's kernel for N > d active features."""
    fields(parameters, "floor.parameters", set())
    n, d, p = model.n, model.d, model.p
    model.work.whole(300 * n, 256, "any_decoder")

    def value() -> arb:
        e, total = 2 * arb.pi() * arb(1).exp(), arb(0)
        for count in range(d + 1, n + 1):
            chance = arb(1) if p == 1 else arb(fmpq(0)) + _binomial(n, count, p)
            if p == 1 and count < n:
                continue
            rest = count - d
            entropy = rest / e * (12 / e) ** (arb(d) / rest)
            kernel = fmpq(count, 12) - (fmpq(d, 2) - fmpq(d * (d + 1) * (d + 2), 6 * (count + 1) * (count + 2))) / 4
            total += chance * entropy.max(arb(kernel))
        return total

    return value, []


def _binomial(n: int, count: int, p: fmpq) -> arb:
    return (
        (arb(n + 1).lgamma() - arb(count + 1).lgamma() - arb(n - count + 1).lgamma()).exp()
        * arb(p) ** count
        * arb(1 - p) ** (n - count)
    )


def _pentagon(model: ReluModel, parameters: Any) -> tuple[Value, list[str]]:
    """p (1 − p)^{n−1} (n − 1/c_0)/3."""
    given = fields(parameters, "floor.parameters", {"h"})
    if model.d != 2 or model.biased:
        raise Refuted("pentagon: needs d = 2 and no bias")
    least = ceiling(given["h"], model.work)
    n, p = model.n, model.p

    def value() -> arb:
        return arb(p) / 3 * arb(1 - p) ** (n - 1) * (n - 1 / ball(least))

    return value, ["h is at most the square of the positive part, with nonnegative coefficients and h(1) = 1"]


def _one_active(model: ReluModel, parameters: Any) -> tuple[Value, list[str]]:
    """p (1 − p)^{n−1} (n − G)/3, G = 1/(h_0 + (1 − h(1))/n)."""
    given = fields(parameters, "floor.parameters", {"h"})
    if model.d < 2 or model.biased:
        raise Refuted("one_active: needs d of at least 2 and no bias")
    least = zonal_ceiling(given["h"], model.n, model.d, model.work)
    n, p = model.n, model.p

    def value() -> arb:
        return arb(p) / 3 * arb(1 - p) ** (n - 1) * arb(n - 1 / least)

    return value, ["h is at most the square of the positive part, with nonnegative coefficients"]


FLOORS: dict[str, Callable[[ReluModel, Any], tuple[Value, list[str]]]] = {
    "pairs": _pairs,
    "scalar_decoder": _scalar,
    "any_decoder": _any,
    "pentagon": _pentagon,
    "one_active": _one_active,
}
"""Every floor that has a certificate form."""
