r"""Verifies the rows of U7 for features that differ, m = 5: gain^2 t <= energy (theta t + tau) for all t in (0, 1] and y.

For a_i = 1, K_2 = kappa_2/t, V = K_2 - kappa_2, and c_l the largest kappa_4^{l-1}/(kappa_{2l} kappa_2^{l-2}) of the other features

    cumulants, none of them negative: K_4 = kappa_4 + y V^2, K_{2l} >= kappa_{2l} + y^{l-1} V^l/c_l for l = 3, 4, 5, and
              y from G_4 to the largest kappa_4/kappa_2^2 of the others;
    moments: E Z^2 = V, E Z^4 = y V^2, E Z^{2l} >= y^{l-1} V^l for l = 3, 4, 5, and y - 3 from G_4, or from the least
              kappa_4/kappa_2^2 of the others where that is negative, to the largest; y >= 1.

The gain is linear in y. On a piece of the range y^3 >= 2 s y^2 - s^2 y and y^4 >= 3 s^2 y^2 - 2 s^3 y leave a parabola.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from flint import fmpq, fmpq_poly

from boundcalc.certificate.verifier.feature_problem import FeatureModel, GroupModel
from boundcalc.certificate.verifier.polynomials import nonnegative
from boundcalc.certificate.verifier.reading import (
    CertificateError,
    Refuted,
    not_negative,
    number_bits,
    poly_bits,
    rational,
    sequence,
)

Z = fmpq_poly([0, 1])
ZERO, ONE = fmpq(0), fmpq(1)
MAX_PIECES, MAX_HALVINGS = 100, 40
Range = tuple[fmpq, fmpq]
Row = tuple[list[fmpq_poly], list[fmpq_poly]]


def prove_quintic_row(model: FeatureModel, k: int, item: dict[str, Any], fourth: fmpq, theta: fmpq, tau: fmpq) -> None:
    """That of group k.

    Raises
    ------
    Refuted
        If it exceeds θ t + τ, or the pieces do not cover the range of y.
    """
    where = f"parameters.groups[{k}]"
    group = model.groups[k]
    others = [other for j, other in enumerate(model.groups) if j != k or group.count > 1]
    model.work.fractions(8 * len(model.groups), 10 * max(number_bits(*other.kappa[1:3]) for other in model.groups), "the others")
    by_moments = item["form"] == "moments"
    (low, high), (gain, energy) = (_moments if by_moments else _cumulants)(model, group, others, fourth)
    cuts = [rational(value, f"{where}.cuts") for value in sequence(item["cuts"], f"{where}.cuts", MAX_PIECES + 1)]
    tangents = [not_negative(value, f"{where}.at") for value in sequence(item["at"], f"{where}.at", MAX_PIECES)]
    if len(cuts) != len(tangents) + 1 or not tangents:
        raise CertificateError(f"{where}.cuts: must have one more entry than at, which has one or more")
    if cuts[0] > low or cuts[-1] < high or any(a > b for a, b in pairwise(cuts)) or cuts[0] < 0:
        raise Refuted(f"{where}.cuts: must ascend from the least y, {low}, or less to the largest, {high}, or more")
    line = Z * theta + tau
    square = [gain[0] ** 2, 2 * gain[0] * gain[1], gain[1] ** 2]
    for start, end, s in zip(cuts[:-1], cuts[1:], tangents, strict=True):
        bits = 3 * max(map(poly_bits, energy)) + 3 * max(map(poly_bits, gain)) + 4 * number_bits(start, end, s, theta, tau)
        model.work.fractions(400, bits, "a row")
        linear = energy[1] - s**2 * energy[3] - 2 * s**3 * energy[4]
        parabola = [energy[0], linear, energy[2] + 2 * s * energy[3] + 3 * s**2 * energy[4]]
        f0, f1, f2 = (own * line - part * Z for own, part in zip(parabola, square, strict=True))
        ends = [f0 + f1 * y + f2 * y**2 for y in (start, end)]
        between = 2 * f0 + f1 * (start + end) + 2 * f2 * start * end
        if not all(nonnegative(own, ZERO, ONE, model.work) for own in ends):
            raise Refuted(f"upper: a row of group {k} exceeds theta t + tau")
        if not _covered(model, between, 4 * ends[0] * ends[1] - between**2):
            raise Refuted(f"upper: a row of group {k} exceeds theta t + tau")


def _covered(model: FeatureModel, between: fmpq_poly, under: fmpq_poly) -> bool:
    """Whether under ≥ 0 wherever between < 0 on [0, 1]: intervals are halved until one of the two has its sign."""
    left = [(ZERO, ONE, 0)]
    while left:
        low, high, depth = left.pop()
        if nonnegative(between, low, high, model.work) or nonnegative(under, low, high, model.work):
            continue
        if depth == MAX_HALVINGS:
            return False
        middle = (low + high) / 2
        left += [(low, middle, depth + 1), (middle, high, depth + 1)]
    return True


def _cumulants(model: FeatureModel, group: GroupModel, others: list[GroupModel], fourth: fmpq) -> tuple[Range, Row]:
    """The range of y, and ω times gain t² and energy t⁵ by powers of y."""
    if any(value < 0 for other in model.groups for value in other.kappa):
        raise Refuted("upper capacity: the form cumulants needs cumulants that are not negative")
    weight = group.importance
    _, k2, k4, k6, k8, k10 = group.kappa
    most = max((other.kappa[2] / other.kappa[1] ** 2 for other in others), default=ZERO)
    V = k2 * (1 - Z)  # times t
    K4 = [k4 * Z**2, V**2]
    more = []
    for order in (3, 4, 5):
        tops = [(other.kappa[2] ** (order - 1), other.kappa[order] * other.kappa[1] ** (order - 2)) for other in others]
        flat = any(above == 0 or below == 0 for above, below in tops)
        quotients = [] if flat else [above / below for above, below in tops]
        more.append(V**order / max(quotients) if quotients else fmpq_poly([0]))
    gain = [k6 * Z**2 + 10 * k4 * k2 * Z + 5 * k2 * K4[0] + 15 * k2**3, 5 * k2 * K4[1]]
    K6 = [k6 * Z**3, more[0]]  # of y^0 and y^2
    energy = [
        k10 * Z**5 + 45 * k2 * k8 * Z**4 + 210 * K6[0] * K4[0] + 630 * k2**2 * K6[0],
        210 * K6[0] * K4[1] + 3150 * k2 * K4[0] * K4[1] + 3150 * k2**3 * K4[1],
        210 * K6[1] * K4[0] + 630 * k2**2 * K6[1] + 1575 * k2 * K4[1] ** 2,
        210 * K6[1] * K4[1] + 45 * k2 * more[1],
        more[2],
    ]
    energy[0] += 1575 * k2 * K4[0] ** 2 + 3150 * k2**3 * K4[0] + 945 * k2**5
    return (min(fourth, most), most), ([weight * part for part in gain], [weight * part for part in energy])


def _moments(model: FeatureModel, group: GroupModel, others: list[GroupModel], fourth: fmpq) -> tuple[Range, Row]:
    """The same by moments."""
    weight = group.importance
    m2, m4, m6, m8, m10 = (group.moment(k) for k in range(1, 6))
    quotients = [other.kappa[2] / other.kappa[1] ** 2 for other in others]
    low = max(ONE, 3 + (fourth or min([ZERO, *quotients])))
    high = max([low, *(3 + value for value in quotients)])
    V = m2 * (1 - Z)
    gain = [m6 * Z**2 + 10 * m4 * V * Z, 5 * m2 * V**2]
    energy = [m10 * Z**5 + 45 * m8 * V * Z**4, 210 * m6 * V**2 * Z**3, 210 * m4 * V**3 * Z**2, 45 * m2 * V**4 * Z, V**5]
    return (low, high), ([weight * part for part in gain], [weight * part for part in energy])
