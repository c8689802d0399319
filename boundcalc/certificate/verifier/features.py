r"""Verifies certificates of features that differ: groups of (count, omega, p, law, scale).

With t_i = kappa_2^(i) a_i^2/K_2(i), whose sum is r at most, I <= b + r theta + sum tau where every row, best scale taken, adds
at most theta t + tau. For m = 3, a_i = 1 and w = 1/t - 1 the energy of a row is at least

    kappa_6 + 15 kappa_4 kappa_2/t + 15 kappa_2^3/t^3 + kappa_2^3 (G_6 w^3 + 15 G_4 w^2/t),

G_4 sum_{j != i} kappa_2^2/k_j <= 1 and G_6 (sum_{j != i} sqrt(kappa_2^3/kappa_6))^2 <= 1 with the positive numbers
k_j = kappa_4 + min(kappa_6, 0)/(15 kappa_2).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import comb, isqrt
from typing import Any

from flint import arb, fmpq, fmpq_poly, fmpz

from boundcalc.certificate.verifier.feature_problem import FeatureModel, GroupModel, top
from boundcalc.certificate.verifier.feature_rows_quintic import prove_quintic_row
from boundcalc.certificate.verifier.one_active import very_sparse
from boundcalc.certificate.verifier.pair_matrices import Bounded, bounded, read_kinds, read_matrices
from boundcalc.certificate.verifier.polynomials import minorant, nonnegative
from boundcalc.certificate.verifier.reading import (
    CertificateError,
    Refuted,
    fields,
    not_negative,
    number_bits,
    poly_bits,
    polynomial,
    rational,
    sequence,
    word,
)

ROOT_BITS = 256
Z = fmpq_poly([0, 1])
ZERO, ONE = fmpq(0), fmpq(1)


def trivial(model: FeatureModel, parameters: dict[str, Any]) -> tuple[fmpq, list[str]]:
    """Σ ω E x²."""
    total = sum((group.count * group.importance * group.moment(1) for group in model.groups), ZERO)
    return total, ["the loss is not negative"]


def rank(model: FeatureModel, parameters: dict[str, Any]) -> tuple[fmpq, list[str]]:
    """The sum of the N largest ω E x², N = min(n, binom(d + m − 1, m))."""
    size = model.n if model.d >= model.n else min(model.n, comb(model.d + model.m - 1, model.m))
    value = top([(group.count, group.importance * group.moment(1)) for group in model.groups], size)
    return value, ["the reconstruction lies in a space of dimension N"]


def dense(model: FeatureModel, parameters: dict[str, Any]) -> tuple[fmpq, list[str]]:
    """p μ_2 top_r(ω) for one law and activity with κ_4 ≤ 0."""
    _cubic(model)
    first = model.groups[0]
    if any(group.even != first.even or group.p != first.p for group in model.groups):
        raise Refuted("upper dense: needs one activity, law and scale")
    if first.kappa[2] > 0:
        raise Refuted("upper dense: needs kappa_4 <= 0")
    value = top([(group.count, group.importance * group.moment(1)) for group in model.groups], model.r)
    return value, ["one activity and law, kappa_4 <= 0: Bessel's inequality and an oblique projection"]


def capacity(model: FeatureModel, parameters: dict[str, Any]) -> tuple[fmpq, list[str]]:
    """Water-filling of the signal fractions, or one dimension."""
    if model.m not in (3, 5):
        raise Refuted("upper capacity: needs m = 3 or m = 5")
    if set(parameters) == {"form"}:
        _cubic(model)
        word(parameters["form"], "parameters.form", ("one_dimension",))
        return _one_dimension(model)
    given = fields(parameters, "upper.parameters", {"theta", "groups"})
    theta = not_negative(given["theta"], "parameters.theta")
    crowd = Crowds(model, given["groups"], {"tau", "form"} | ({"cuts", "at"} if model.m == 5 else set()))
    total = model.r * theta
    for k, group in enumerate(model.groups):
        tau = not_negative(crowd.items[k]["tau"], f"parameters.groups[{k}].tau")
        form = word(crowd.items[k]["form"], f"parameters.groups[{k}].form", ("cumulants", "moments"))
        total += group.count * tau
        if model.m == 5:
            prove_quintic_row(model, k, crowd.items[k], crowd.fourth[k], theta, tau)
            continue
        gain, energies = _moment_row(group) if form == "moments" else _cumulant_row(group, crowd, k)
        for energy in energies:
            _prove(model, f"group {k}", energy, Z, gain, theta, tau, [(ZERO, ONE)])
    return total, ["the signal fractions sum to r at most", "no row exceeds theta t + tau for any 0 < t <= 1 (Sturm)"]


def frontier(model: FeatureModel, parameters: dict[str, Any]) -> tuple[fmpq, list[str]]:
    """The same with two sums bounded through members of the frontier; z = √t."""
    _cubic(model)
    by_matrices = "matrices" in parameters
    names = {"theta", "nu", "share_3", "share_2", "h_2", "groups"}
    given = fields(parameters, "upper.parameters", names | ({"matrices", "x", "kinds"} if by_matrices else {"lambda", "h_3"}))
    theta, nu = (not_negative(given[name], f"parameters.{name}") for name in ("theta", "nu"))
    lam = ZERO if by_matrices else not_negative(given["lambda"], "parameters.lambda")
    crowd = Crowds(model, given["groups"], {"tau", "f", "c"} | ({"kind"} if by_matrices else set()))
    total, ends, left = model.r * theta, {}, {}
    shares = {order: rational(given[f"share_{order}"], f"parameters.share_{order}") for order in (3, 2)}
    if not all(0 <= share <= 1 for share in shares.values()):
        raise Refuted("parameters.share_3 and share_2: must be numbers from 0 to 1")
    matrices = _matrices(model, given, crowd, shares[3]) if by_matrices else None
    if matrices is not None:
        total += matrices[0].offset
        left[3] = 1 - shares[3]
    for order, multiplier in ((3, lam), (2, nu)) if matrices is None else ((2, nu),):
        share = shares[order]
        where = f"parameters.h_{order}"
        x, y = minorant(polynomial(given[f"h_{order}"], where), model.d, order, share, where, model.work)
        if y < 0 or (multiplier > 0 and y == 0):
            raise Refuted(f"{where}: h_0 must not be negative, and positive beside a multiplier")
        ends[order], left[order] = share - x, 1 - share
        total += multiplier**2 / y if multiplier else 0
    for k, group in enumerate(model.groups):
        where = f"parameters.groups[{k}]"
        tau, f, c = (not_negative(crowd.items[k][name], f"{where}.{name}") for name in ("tau", "f", "c"))
        _, k2, k4, k6 = group.kappa
        weight, paid, pure = group.importance, group.paid, max(k6, ZERO)
        model.work.fractions(60, 8 * number_bits(weight, k2, k4, k6, f, c, tau, theta, lam, nu), "a row")
        if k4 < 0 or paid < 0:
            raise Refuted(f"{where}: needs kappa_4 >= 0 and 15 kappa_4 kappa_2 + kappa_6 >= 0")
        if f * f > weight * pure or c * c > 15 * weight * paid * k2:
            raise Refuted(f"{where}: f and c must not exceed the roots of omega kappa_6 and 15 omega kappa_4 kappa_2")
        own, end = (lam, ends.get(3, ZERO)) if matrices is None else matrices[0].of(matrices[1][k])
        gain = fmpq_poly([3 * weight * k2**2, -nu * c, weight * k4 - own * f])
        sixth, fourth = weight * pure - f * f * end, 15 * weight * paid * k2 - c * c * ends[2]
        rest = 1 - Z**2
        energy = fmpq_poly([15 * weight * k2**3, 0, 0, 0, fourth, 0, sixth])
        energy += weight * k2**3 * (left[3] * crowd.sixth[k] * rest**3 + 15 * left[2] * crowd.fourth[k] * rest**2)
        _prove(model, f"group {k}", energy, Z**2, gain, theta, tau, _where_positive(gain))
        total += group.count * tau
    first = (
        "h_3 and h_2 have Gegenbauer coefficients h_k >= 0 (k >= 1) and stay below their shares of u^3 and u^2 on [0, 1]"
        if matrices is None
        else "the matrices are positive semidefinite and below the pairs' weights times u^3 on [0, 1]; h_2 is below its share"
    )
    return total, [
        first,
        "f_i f_j and c_i c_j are at most the symmetrised weights of both sums",
        "no row exceeds theta t + tau for any 0 < t <= 1 (Sturm)",
    ]


def _matrices(model: FeatureModel, given: dict[str, Any], crowd: Crowds, share: fmpq) -> tuple[Bounded, list[int]]:
    """What the matrices prove, and the kind of each group."""
    every = read_kinds(model, given, crowd.items, lambda group: group.kappa[3])
    matrices, x = read_matrices(given, len(every.groups))
    return bounded(matrices, x, every.weights, every.counts, share, model.d, 3, model.work), every.of


class Crowds:
    """What the other features add at least, G_4 and G_6 of each group, as the certificate claims them, proven."""

    def __init__(self, model: FeatureModel, data: Any, names: set[str]) -> None:
        entries = sequence(data, "parameters.groups", len(model.groups))
        if len(entries) < len(model.groups):
            raise CertificateError("parameters.groups: must have an entry for each group")
        required = names | {"fourth", "sixth", "root"}
        self.items = [fields(entry, f"parameters.groups[{k}]", required) for k, entry in enumerate(entries)]
        self.fourth = [not_negative(item["fourth"], f"parameters.groups[{k}].fourth") for k, item in enumerate(self.items)]
        self.sixth = [not_negative(item["sixth"], f"parameters.groups[{k}].sixth") for k, item in enumerate(self.items)]
        roots = [not_negative(item["root"], f"parameters.groups[{k}].root") for k, item in enumerate(self.items)]
        self.model = model
        self._check(roots)

    def _check(self, roots: list[fmpq]) -> None:
        groups, model = self.model.groups, self.model
        quotients: list[fmpq] = []
        for k, (group, root) in enumerate(zip(groups, roots, strict=True)):
            _, k2, _, k6 = group.kappa[:4]
            model.work.fractions(8, 6 * number_bits(root, k2, k6, group.paid), "what the features add at least")
            if k6 > 0 and root * root * k6 < k2**3:
                raise Refuted(f"parameters.groups[{k}].root: must be at least the root of kappa_2^3/kappa_6")
            quotients.append(k2**2 / group.paid if group.paid > 0 else ZERO)
        bits = sum(number_bits(value) for value in quotients) + sum(number_bits(root) for root in roots)
        model.work.fractions(4 * len(groups), bits, "what the features add at least")
        whole_fourth = sum((group.count * value for group, value in zip(groups, quotients, strict=True)), ZERO)
        whole_root = sum((group.count * root for group, root in zip(groups, roots, strict=True)), ZERO)
        owing = sum(group.count for group in groups if group.paid <= 0)
        not_positive = sum(group.count for group in groups if group.kappa[3] <= 0)
        for k, group in enumerate(groups):
            others_owing, others_flat = owing - (group.paid <= 0), not_positive - (group.kappa[3] <= 0)
            fourth, root = whole_fourth - quotients[k], whole_root - roots[k]
            if self.fourth[k] > 0 and (others_owing or self.fourth[k] * fourth > 1):
                raise Refuted(f"parameters.groups[{k}].fourth: is more than the other features add")
            if self.sixth[k] > 0 and (others_owing or others_flat or self.sixth[k] * root**2 > 1):
                raise Refuted(f"parameters.groups[{k}].sixth: is more than the other features add")

    def deficits(self, k: int) -> list[tuple[fmpq, fmpq]]:
        """(min(κ_6, 0)/κ_2³, 15 κ_4/κ_2²) of the others whose κ_4 does not pay for κ_6."""
        found = []
        for j, group in enumerate(self.model.groups):
            if group.paid < 0 and (j != k or group.count > 1):
                found.append((min(group.kappa[3], ZERO) / group.kappa[1] ** 3, 15 * group.kappa[2] / group.kappa[1] ** 2))
        return list(dict.fromkeys(found))


Row = tuple[fmpq_poly, list[fmpq_poly]]


def _cumulant_row(group: GroupModel, crowd: Crowds, k: int) -> Row:
    """ω times gain and energies, times t³, in z = t."""
    _, k2, k4, k6 = group.kappa
    rest = 1 - Z
    own = k6 * Z**3 + 15 * k4 * k2 * Z**2 + 15 * k2**3 + k2**3 * (crowd.sixth[k] * rest**3 + 15 * crowd.fourth[k] * rest**2)
    least = [own, *(own + k2**3 * rest**2 * (c * rest + e) for c, e in crowd.deficits(k))]
    gain = group.importance * (k4 * Z + 3 * k2**2)
    return gain, [group.importance * energy for energy in least]


def _moment_row(group: GroupModel) -> Row:
    """y = x + Z with E Z² = v: E Z⁴ ≥ v², E Z⁶ ≥ v³; times t³."""
    second, fourth, sixth = (group.moment(k) for k in (1, 2, 3))
    v = second * (1 - Z)
    energy = sixth * Z**3 + 15 * fourth * Z**2 * v + 15 * second * Z * v**2 + v**3
    return group.importance * (fourth * Z + 3 * second * v), [group.importance * energy]


def _prove(
    model: FeatureModel,
    what: str,
    energy: fmpq_poly,
    t: fmpq_poly,
    gain: fmpq_poly,
    theta: fmpq,
    tau: fmpq,
    where: list[tuple[fmpq, fmpq]],
) -> None:
    """gain_+² t ≤ energy (θ t + τ) and energy ≥ 0 on [0, 1]."""
    model.work.fractions(80, 2 * poly_bits(gain) + poly_bits(energy) + number_bits(theta, tau), "a row")
    if not nonnegative(energy, ZERO, ONE, model.work):
        raise Refuted(f"upper: the energy of {what} is negative somewhere")
    slack = energy * (theta * t + tau) - gain**2 * t
    if not all(nonnegative(slack, low, high, model.work) for low, high in where):
        raise Refuted(f"upper: a row of {what} exceeds theta t + tau")


def _where_positive(gain: fmpq_poly) -> list[tuple[fmpq, fmpq]]:
    """Intervals that cover {a z² − b z + c > 0} in [0, 1], b ≥ 0 < c: with z below the root of b² − 4ac, 2c/(b + z) is no less

    than the first positive root, and (b + z)/(2a) no more than the second.
    """
    c, b, a = gain[0], -gain[1], gain[2]
    square = b**2 - 4 * a * c
    if square <= 0 or (b == 0 and a >= 0):
        return [(ZERO, ONE)]
    root = fmpq(isqrt(int((square * fmpz(4) ** (ROOT_BITS + _size(square))).floor())), 1 << (ROOT_BITS + _size(square)))
    first = 2 * c / (b + root)
    if first >= 1:
        return [(ZERO, ONE)]
    last = (b + root) / (2 * a) if a > 0 else None
    return [(ZERO, first)] if last is None or last >= 1 else [(ZERO, first), (last, ONE)]


def _size(value: fmpq) -> int:
    """Bits by which a positive number is small."""
    return max(0, int(value.q.bit_length()) - int(value.p.bit_length()))


def _one_dimension(model: FeatureModel) -> tuple[fmpq, list[str]]:
    """d = 1: max ω p g where the coefficients of Σ (E x_i y³)²/(p_i g_i) are at most those of E y⁶."""
    if model.d != 1:
        raise Refuted("upper capacity: the form one_dimension needs d = 1")
    inverse = [group.even[1] * group.even[3] / group.even[2] ** 2 for group in model.groups]
    pairs = [(group.count, value) for group, value in zip(model.groups, inverse, strict=True)]
    if model.n >= 3 and top(pairs, 3) > 5:
        raise Refuted("upper capacity: three features of d = 1 do not meet the condition on triples")
    for k, group in enumerate(model.groups):
        others = [v for j, v in enumerate(inverse) if j != k or group.count > 1]
        quartic = group.even[2] / group.even[1] ** 2
        if others and 6 * inverse[k] + 9 * group.p * max(others) / quartic > 15:
            raise Refuted("upper capacity: two features of d = 1 do not meet the condition on pairs")
    return max(group.alone for group in model.groups), ["one dimension holds one feature: the conditions on pairs and triples"]


def _cubic(model: FeatureModel) -> None:
    if model.m != 3:
        raise Refuted("upper: this bound needs m = 3")


@dataclass(frozen=True)
class FeatureUpper:
    """What proves an upper bound, as a number or in balls; ``free`` is whether its parameters are read by the proof itself."""

    prove: Callable[[FeatureModel, dict[str, Any]], tuple[fmpq | Callable[[], arb], list[str]]]
    free: bool = False


FEATURE_UPPER = {
    "trivial": FeatureUpper(trivial),
    "rank": FeatureUpper(rank),
    "dense": FeatureUpper(dense),
    "very_sparse": FeatureUpper(very_sparse, free=True),
    "capacity": FeatureUpper(capacity, free=True),
    "frontier": FeatureUpper(frontier, free=True),
}
"""The upper bounds for features that differ that have a certificate form."""
