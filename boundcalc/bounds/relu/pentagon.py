"""Proves that the regular pentagon is optimal: networks ReLU(WᵀW x) without bias, d = 2, any n ≥ 5, one active feature.

With one feature active, at unit u, the improvement over answering zero is 2 Σ a_i − Σ_ij (A_ij)_+² times μ_2 p(1 − p)^{n−1}, at
best (Σ a_i)²/Σ_ij a_i a_j (t_ij)_+², t_ij the cosines. A function h(t) = Σ c_k T_k(t) ≤ (t)_+² on [−1, 1] with h(1) = 1 and all
c_k ≥ 0 gives Σ_ij a_i a_j (t_ij)_+² ≥ c_0 (Σ a_i)², since every cos k(φ_i − φ_j) is a positive semidefinite kernel: the
improvement is at most G = 1/c_0. The h below touches (t)_+² at the cosines of the pentagon, t_1 = (√5 − 1)/4 and t_2 = −(√5 +
1)/4, and at 1, so that the pentagon attains it: G = (35 + 5√5)/11 = 4.198…, for every n. All of it is decided in Q(√5), by
division with remainder and Sturm's theorem.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from flint import arb, fmpq

from boundcalc.numbers.errors import CertificationError


@dataclass(frozen=True)
class Surd:
    """a + b √5 with rational a and b."""

    a: fmpq
    b: fmpq = fmpq(0)  # noqa: RUF009 (rationals are immutable)

    def __add__(self, other: Surd) -> Surd:
        return Surd(self.a + other.a, self.b + other.b)

    def __sub__(self, other: Surd) -> Surd:
        return Surd(self.a - other.a, self.b - other.b)

    def __mul__(self, other: Surd) -> Surd:
        return Surd(self.a * other.a + 5 * self.b * other.b, self.a * other.b + self.b * other.a)

    def __truediv__(self, other: Surd) -> Surd:
        norm = other.a**2 - 5 * other.b**2  # not 0 for other ≠ 0, as √5 is irrational
        return self * Surd(other.a / norm, -other.b / norm)

    @property
    def sign(self) -> int:
        """−1, 0 or 1."""
        if self.a * self.b >= 0:
            value = self.a + self.b
        else:
            larger = self.a**2 > 5 * self.b**2
            value = self.a if larger else self.b
        return int(value > 0) - int(value < 0)

    def ball(self) -> arb:
        """At the working precision."""
        return arb(self.a) + arb(self.b) * arb(5).sqrt()

    def __str__(self) -> str:
        return f"{self.a} + {self.b} sqrt(5)"


Polynomial = list[Surd]
"""Coefficients from the constant on, the last not 0."""
ZERO, ONE = Surd(fmpq(0)), Surd(fmpq(1))
CHEBYSHEV = (
    Surd(fmpq(7, 20), fmpq(-1, 20)),
    Surd(fmpq(3, 20), fmpq(3, 25)),
    Surd(fmpq(9, 25), fmpq(-1, 20)),
    Surd(fmpq(17, 200)),
    Surd(fmpq(9, 200), fmpq(-1, 50)),
    ZERO,
    Surd(fmpq(1, 200)),
    Surd(fmpq(1, 200)),
)
"""c_0, …, c_7 of h."""
FIRST, SECOND = Surd(fmpq(-1, 4), fmpq(1, 4)), Surd(fmpq(-1, 4), fmpq(-1, 4))
"""The cosines of the pentagon, t_1 and t_2."""


def prove(coefficients: tuple[Surd, ...] = CHEBYSHEV) -> Surd:
    """G = 1/c_0, after every step of the proof has been decided.

    Raises
    ------
    CertificationError
        With the step that fails.

    >>> str(prove())
    '35/11 + 5/11 sqrt(5)'
    """
    if any(c.sign < 0 for c in coefficients):
        raise CertificationError("a coefficient of h is negative")
    h = _from_chebyshev(coefficients)
    if (_value(h, ONE) - ONE).sign != 0:
        raise CertificationError("h(1) is not 1")
    minus = [ZERO - c for c in h]
    low = _divided(_divided(minus, [ZERO - SECOND, ONE]), [ZERO - SECOND, ONE])
    square = _minus([ZERO, ZERO, ONE], h)
    high = _divided(_divided(_divided(square, [ZERO - FIRST, ONE]), [ZERO - FIRST, ONE]), [ONE, Surd(fmpq(-1))])
    for part, ends, where in ((low, (-1, 0), "h ≤ 0 on [−1, 0]"), (high, (0, 1), "h ≤ t² on [0, 1]")):
        left, right = (Surd(fmpq(end)) for end in ends)
        if _value(part, left).sign <= 0 or _value(part, right).sign <= 0 or _roots(part, left, right):
            raise CertificationError(f"{where} fails")
    attained = Surd(fmpq(5)) / (ONE + FIRST * FIRST + FIRST * FIRST)  # a row of the pentagon: 1, t_1, t_2, t_2, t_1
    bound = ONE / coefficients[0]
    if (attained - bound).sign != 0:
        raise CertificationError("the pentagon does not attain 1/c_0")
    return bound


def _from_chebyshev(coefficients: tuple[Surd, ...]) -> Polynomial:
    before, current = [ONE], [ZERO, ONE]
    total = [coefficients[0]]
    for c in coefficients[1:]:
        total = _minus(total, [(ZERO - c) * x for x in current])
        before, current = current, _minus([ZERO, *(x + x for x in current)], before)
    return total


def _minus(left: Polynomial, right: Polynomial) -> Polynomial:
    size = max(len(left), len(right))
    found = [(left[k] if k < len(left) else ZERO) - (right[k] if k < len(right) else ZERO) for k in range(size)]
    while len(found) > 1 and found[-1].sign == 0:
        found.pop()
    return found


def _value(polynomial: Polynomial, at: Surd) -> Surd:
    total = ZERO
    for c in reversed(polynomial):
        total = total * at + c
    return total


def _divmod(left: Polynomial, right: Polynomial) -> tuple[Polynomial, Polynomial]:
    rest, quotient = list(left), [ZERO] * max(len(left) - len(right) + 1, 1)
    for k in range(len(left) - len(right), -1, -1):
        factor = rest[k + len(right) - 1] / right[-1]
        quotient[k] = factor
        for j, c in enumerate(right):
            rest[k + j] = rest[k + j] - factor * c
    return quotient, _minus(rest[: max(len(right) - 1, 1)], [ZERO])


def _divided(left: Polynomial, right: Polynomial) -> Polynomial:
    quotient, rest = _divmod(left, right)
    if any(c.sign for c in rest):
        raise CertificationError("h does not touch (t)_+² at a cosine of the pentagon")
    return quotient


def _roots(polynomial: Polynomial, low: Surd, high: Surd) -> int:
    """Distinct real roots in (low, high], by Sturm's theorem."""
    chain = [polynomial, _minus([Surd(fmpq(k)) * c for k, c in enumerate(polynomial)][1:], [ZERO])]
    while len(chain[-1]) > 1:
        rest = [ZERO - c for c in _divmod(chain[-2], chain[-1])[1]]
        if not any(c.sign for c in rest):
            break
        chain.append(rest)

    def changes(at: Surd) -> int:
        signs = [sign for sign in (_value(each, at).sign for each in chain) if sign]
        return sum(one != other for one, other in pairwise(signs))

    return changes(low) - changes(high)
