"""Exact proofs with rational polynomials: signs on an interval by Sturm's theorem, and minorants h of s u^k on the sphere."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

from flint import fmpq, fmpq_poly

from boundcalc.certificate.verifier.reading import Refuted

MAX_WORK = 1 << 29
"""Degree³ times the bits of the coefficients: what one Sturm sequence may cost."""


def nonnegative(poly: fmpq_poly, low: fmpq, high: fmpq | None) -> bool:
    """Whether poly ≥ 0 on [low, high], low ≤ high (``None``: on [low, ∞)), exactly, by Sturm's theorem."""
    if poly.degree() < 0:
        return True
    if low == high:
        return bool(poly(low) >= 0)
    _check_work(poly)
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


def positive(poly: fmpq_poly, low: fmpq, high: fmpq | None) -> bool:
    """Whether poly > 0 on the closed interval [low, high], low ≤ high, or on [low, ∞) for ``None``."""
    if poly.degree() < 0 or not poly(low) > 0:
        return False
    if low == high:
        return True
    _check_work(poly)
    return _roots_inside(poly // poly.gcd(poly.derivative()), low, high) == 0


def _check_work(poly: fmpq_poly) -> None:
    bits = poly.numer().height_bits()
    if poly.degree() ** 3 * bits > MAX_WORK:
        raise Refuted(f"a polynomial of degree {poly.degree()} with coefficients of {bits} bits is too large to check")


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


def gegenbauer_coefficients(h: fmpq_poly, d: int) -> list[fmpq]:
    """h(t²) in the polynomials P_{2k} of S^{d−1} with P(1) = 1, as a list over k; d ≥ 2."""
    basis = [fmpq_poly([1]), fmpq_poly([0, 1])]
    for k in range(1, max(2 * h.degree(), 1)):
        up = fmpq_poly([0, 1]) * basis[k] * (2 * k + d - 2) - basis[k - 1] * k
        basis.append(up / (k + d - 2) if k + d != 2 else up)
    rest = fmpq_poly([h[k // 2] if k % 2 == 0 else 0 for k in range(2 * h.degree() + 1)]) if h.degree() >= 0 else fmpq_poly([0])
    found = [fmpq(0)] * (max(h.degree(), 0) + 1)
    for k in range(max(h.degree(), 0), -1, -1):
        found[k] = rest[2 * k] / basis[2 * k][2 * k]
        rest -= basis[2 * k] * found[k]
    return found


def minorant(h: fmpq_poly, d: int, order: int, share: fmpq, where: str) -> tuple[fmpq, fmpq]:
    """(s − h(1), h_0) of a polynomial with h(u) ≤ s u^k on [0, 1] and Gegenbauer coefficients h_1, h_2, … ≥ 0.

    For unit vectors and ω ≥ 0 then s Σ ω_i ω_j ⟨v_i, v_j⟩^{2k} ≥ (s − h(1)) Σ ω_i² + h_0 (Σ ω_i)².
    """
    at_one = h(fmpq(1))
    if d == 1:  # on the 0-sphere t² = 1 alone
        if at_one > share:
            raise Refuted(f"{where}: h(1) <= {share} fails")
        return share - at_one, at_one
    coefficients = gegenbauer_coefficients(h, d)
    if not all(c >= 0 for c in coefficients[1:]):
        raise Refuted(f"{where}: a Gegenbauer coefficient beyond the constant one is negative")
    if not nonnegative(fmpq_poly([0] * order + [share]) - h, fmpq(0), fmpq(1)):
        factor = "" if share == 1 else f"{str(share)[:40]} "
        raise Refuted(f"{where}: h(u) <= {factor}u^{order} fails on [0, 1]")
    return share - at_one, coefficients[0]


def welch_constant(h: fmpq_poly, d: int, m: int, n: int | None, where: str) -> fmpq:
    """G with S² ≤ G T for n vectors, 1/G = h_0 + (1 − h(1))/n."""
    rest, constant = minorant(h, d, m, fmpq(1), where)
    inverse = constant + (rest / n if n is not None else 0)
    if inverse <= 0:
        raise Refuted(f"{where}: gives no finite constant")
    return 1 / inverse
