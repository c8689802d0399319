"""Proves facts of rational polynomials exactly: signs on an interval by Sturm's theorem, and minorants h of s u^k on the sphere."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

from flint import fmpq, fmpq_poly

from boundcalc.certificate.verifier.reading import Refuted, Work, number_bits, poly_bits

ENDS = (0, 1, 4, 16, 64, 256)
"""Where the crowdings w ≥ 0 are cut before Sturm's theorem is asked; the parts are halved at most DEPTH times or so."""
DEPTH = 12


def nonnegative(poly: fmpq_poly, low: fmpq, high: fmpq | None, work: Work) -> bool:
    """Whether poly ≥ 0 on [low, high], low ≤ high (``None``: on [low, ∞)), exactly, by Sturm's theorem."""
    if poly.degree() < 0 or (low == 0 and high is None and _has_no_sign_change(poly, work)):
        return True
    _charge(poly, low, high, work)
    if low == high:
        return bool(poly(low) >= 0)
    odd = fmpq_poly([poly.leading_coefficient()])
    for factor, multiplicity in poly.factor_squarefree()[1]:
        if multiplicity % 2:
            odd *= factor
    # ends that are roots change no sign inside
    for end in (low,) if high is None else (low, high):
        linear = fmpq_poly([-end, 1])
        while odd.degree() > 0 and odd(end) == 0:
            odd = odd // linear
    # the removed even factors are squares up to sign: the sign of poly itself at one point decides
    probe = low + 1 if high is None else (low + high) / 2
    while poly(probe) == 0:
        probe = (low + probe) / 2
    return bool(_roots_inside(odd, low, high) == 0 and poly(probe) > 0)


def positive(poly: fmpq_poly, low: fmpq, high: fmpq | None, work: Work) -> bool:
    """Whether poly > 0 on the closed interval [low, high], low ≤ high, or on [low, ∞) for ``None``."""
    if poly.degree() < 0:
        return False
    if low >= 0 and poly[0] > 0 and all(c >= 0 for c in poly.coeffs()):
        return True
    _charge(poly, low, high, work)
    if not poly(low) > 0:
        return False
    if low == high:
        return True
    return _roots_inside(poly // poly.gcd(poly.derivative()), low, high) == 0


def _has_no_sign_change(poly: fmpq_poly, work: Work) -> bool:
    """Whether poly ≥ 0 for w ≥ 0 by signs alone: no coefficient of its Bernstein form is negative on any of some intervals.

    With w = (a + b x)/(1 + x) these are, up to positive factors, the coefficients of (1 + x)^degree poly(w) in x ≥ 0.
    """
    degree, bits = poly.degree(), poly_bits(poly)
    if any(c < 0 for c in poly(fmpq_poly([ENDS[-1], 1])).coeffs()):
        return False
    pending = [(fmpq(a), fmpq(b)) for a, b in pairwise(ENDS)]
    while pending:
        a, b = pending.pop()
        work.whole(2 * degree**2, bits + degree * number_bits(a, b), "signs of a polynomial")
        inside = poly(fmpq_poly([a, b - a])).coeffs()
        turned = fmpq_poly([*[0] * (degree + 1 - len(inside)), *reversed(inside)])
        if all(c >= 0 for c in turned(fmpq_poly([1, 1])).coeffs()):
            continue
        if (b - a) * 2**DEPTH <= 1 + b:
            return False
        pending += [((a + b) / 2, b), (a, (a + b) / 2)]
    return True


def _charge(poly: fmpq_poly, low: fmpq, high: fmpq | None, work: Work) -> None:
    """A Sturm sequence has degree²/2 coefficients, minors of 2 degree rows; each member is evaluated at both ends."""
    degree, bits, ends = poly.degree(), poly_bits(poly), number_bits(low, high or fmpq(0))
    what = f"a polynomial of degree {degree} with coefficients of {bits} bits"
    work.fractions(degree**2 // 2 + 2, 2 * degree * bits + ends, what)
    work.fractions(2 * degree, 2 * degree * bits + degree * ends, what)


def _roots_inside(poly: fmpq_poly, low: fmpq, high: fmpq | None) -> int:
    """Distinct real roots in (low, high] of a square-free polynomial that is not 0 at low."""
    chain = [poly, poly.derivative()]
    while chain[-1].degree() >= 1:
        rest = -(chain[-2] % chain[-1])
        if rest.degree() < 0:
            break
        chain.append(rest / abs(rest.leading_coefficient()))

    def changes(value: Callable[[fmpq_poly], fmpq]) -> int:
        signs = [at > 0 for member in chain if (at := value(member)) != 0]
        return sum(one != other for one, other in pairwise(signs))

    at_end = changes(lambda member: member.leading_coefficient() if high is None else member(high))
    return changes(lambda member: member(low)) - at_end


def gegenbauer_coefficients(h: fmpq_poly, d: int, work: Work) -> list[fmpq]:
    """h(t²) in the polynomials P_{2k} of S^{d−1} with P(1) = 1, as a list over k; d ≥ 2.

    Horner's scheme in that basis: (2j + d − 2) t P_j = (j + d − 2) P_{j+1} + j P_{j−1}, and t P_0 = P_1.
    """

    def times_t(c: list[fmpq]) -> list[fmpq]:
        found = [fmpq(0)] * (len(c) + 1)
        for j, value in enumerate(c):
            if value == 0:
                continue
            work.fractions(2, number_bits(value, d) + 16, "the Gegenbauer coefficients of h")
            found[j + 1] += value * (fmpq(j + d - 2, 2 * j + d - 2) if j else 1)
            if j:
                found[j - 1] += value * fmpq(j, 2 * j + d - 2)
        return found

    found = [fmpq(0)]
    for coefficient in reversed(h.coeffs()):
        found = times_t(times_t(found))
        found[0] += coefficient
    return found[: 2 * max(h.degree(), 0) + 1 : 2]


def minorant(h: fmpq_poly, d: int, order: int, share: fmpq, where: str, work: Work) -> tuple[fmpq, fmpq]:
    """(s − h(1), h_0) of a polynomial with h(u) ≤ s u^k on [0, 1] and Gegenbauer coefficients h_1, h_2, … ≥ 0.

    For unit vectors and ω ≥ 0 then s Σ ω_i ω_j ⟨v_i, v_j⟩^{2k} ≥ (s − h(1)) Σ ω_i² + h_0 (Σ ω_i)².
    """
    at_one = h(fmpq(1))
    if d == 1:  # on the 0-sphere t² = 1 alone
        if at_one > share:
            raise Refuted(f"{where}: h(1) is above the share of u^{order}")
        return share - at_one, at_one
    coefficients = gegenbauer_coefficients(h, d, work)
    if not all(c >= 0 for c in coefficients[1:]):
        raise Refuted(f"{where}: a Gegenbauer coefficient beyond the constant one is negative")
    if not nonnegative(fmpq_poly([0] * order + [share]) - h, fmpq(0), fmpq(1), work):
        raise Refuted(f"{where}: h(u) <= {'' if share == 1 else 'share '}u^{order} fails on [0, 1]")
    return share - at_one, coefficients[0]


def welch_constant(h: fmpq_poly, d: int, m: int, n: int | None, where: str, work: Work) -> fmpq:
    """G with S² ≤ G T for n vectors, 1/G = h_0 + (1 − h(1))/n."""
    rest, constant = minorant(h, d, m, fmpq(1), where, work)
    inverse = constant + (rest / n if n is not None else 0)
    if inverse <= 0:
        raise Refuted(f"{where}: gives no finite constant")
    return 1 / inverse
