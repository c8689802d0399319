r"""For which p does capacity prove, for m = 3 and every n and d, that superposition does not help?

It does where F(0) D~ - (1 + w) C~^2 >= 0 for all w >= 0, F(0) = p g, for a form of the row function (row_forms). With
cumulants that are polynomials in p, the left side is w (c_1 + c_2 w + c_3 w^2), and its sign pattern changes only at
roots of c_1, c_3, of the discriminant c_2^2 - 4 c_1 c_3, of its value where two pieces meet, and of the quantities that
tell the forms apart. Between these roots one rational p decides: the windows' ends are algebraic numbers, exactly.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import sympy
from flint import Ordering, fmpq, fmpq_mpoly_ctx, fmpq_poly

from boundcalc.bounds.upper import capacity
from boundcalc.certify.real_roots import RealRoot, isolate_real_roots
from boundcalc.lemmas.row import row_function
from boundcalc.model.laws import Law
from boundcalc.model.notation import symbol
from boundcalc.model.problem import INFINITY, Problem
from boundcalc.numbers.moments import Number, cumulants_from_moments


def no_superposition_windows(law: Law) -> tuple[tuple[RealRoot, RealRoot], ...]:
    """The closed intervals of p on which capacity equals r p g for m = 3; a single point is an interval too.

    Each end is a :class:`RealRoot`: minimal polynomial over the integers, index of the root, isolating interval.
    """
    product = fmpq_poly([0, 1]) * fmpq_poly([-1, 1])
    for event in _events(law):
        if event.degree() > 0:
            product *= event / event.gcd(product)
    ends = isolate_real_roots(product, fmpq(0), fmpq(1))
    windows: list[tuple[RealRoot, RealRoot]] = []
    for low, high in pairwise(ends):
        if _is_sharp(law, (low.high + high.low) / 2):  # the isolating intervals are disjoint
            first = windows.pop()[0] if windows and windows[-1][1] == low else low
            windows.append((first, high))
    for end in ends[1:]:
        p = end.rational
        inside = any(low.compare(end) <= 0 <= high.compare(end) for low, high in windows)
        if p is not None and not inside and _is_sharp(law, p):
            windows.append((end, end))
    return tuple(sorted(windows, key=lambda window: window[0].low))


def no_superposition_threshold(law: Law) -> RealRoot | None:
    """The least p from which on (in a first window) no superposition is proven; ``None`` where there is none."""
    windows = no_superposition_windows(law)
    return windows[0][0] if windows else None


def _is_sharp(law: Law, p: fmpq) -> bool:
    problem = Problem(INFINITY, 1, 3, p, law)
    choice = capacity.BOUND.choose(problem)
    value = None if choice is None else capacity.BOUND.exact(problem, choice)
    return value is not None and bool(value == p * law.moment(4) ** 2 / law.moment(6))


def _events(law: Law) -> Iterator[fmpq_poly]:
    """Polynomials in p between whose roots the answer does not change."""
    context = fmpq_mpoly_ctx.get(["w", "p"], Ordering.lex)
    w, p = context.gens()
    mu = [fmpq(1)] + [law.moment(2 * j) for j in (1, 2, 3)]
    kappa = cumulants_from_moments([1 + 0 * p, *(p * moment for moment in mu[1:])])
    _, second, fourth, sixth = kappa
    alone = p * mu[2] ** 2 / mu[3]

    def coefficients(energy: Number) -> list[fmpq_poly]:
        gap = _in_crowding(alone * energy - (1 + w) * gain**2)
        return [*gap, *[fmpq_poly()] * (4 - len(gap))][1:]

    gain, spread = row_function(3, kappa, w, [0 * w])
    change = 15 * fourth * second * (1 + w) + sixth * w
    v = second * w
    moments = p * mu[3] + 15 * p * mu[2] * v + 15 * p * mu[1] * v**2 + v**3
    for energy in (spread, spread + w**2 * change, moments):
        c1, c2, c3 = coefficients(energy)
        yield from (c1, c3, c2**2 - 4 * c1 * c3)
    start, slope = _in_crowding(change)
    c1, c2, c3 = coefficients(spread)
    yield c1 * slope**2 - c2 * start * slope + c3 * start**2
    yield from (_in_crowding(fourth)[0], _in_crowding(sixth)[0], slope)


def _in_crowding(value: Number) -> list[fmpq_poly]:
    """Coefficients of w^0, w^1, … as polynomials in p."""
    found: dict[int, dict[int, fmpq]] = {}
    for (power, degree), coefficient in value.to_dict().items():
        found.setdefault(int(power), {})[int(degree)] = coefficient
    rows = [found.get(k, {}) for k in range(max(found, default=0) + 1)]
    return [fmpq_poly([row.get(k, fmpq(0)) for k in range(max(row, default=0) + 1)]) for row in rows]


@dataclass(frozen=True)
class Threshold:
    """A real algebraic number.

    Attributes
    ----------
    polynomial : SymPy polynomial in p
        Minimal polynomial over the integers.
    index : int
        Its place among the polynomial's real roots in ascending order, from 0.
    """

    polynomial: sympy.Poly
    index: int

    @property
    def root(self) -> sympy.Expr:
        """The number: a rational, or in radicals for a quadratic, or a ``CRootOf``."""
        if self.polynomial.degree() <= 2:
            return sorted(sympy.roots(self.polynomial, filter="R"), key=lambda root: root.evalf(30))[self.index]
        return sympy.CRootOf(self.polynomial, self.index)

    @property
    def latex(self) -> str:
        """Polynomial, index and, up to degree 2, the root in radicals."""
        name = f"{sympy.latex(self.polynomial.as_expr())} = 0, \\quad \\text{{real root no. }} {self.index + 1}"
        return name if self.polynomial.degree() > 2 else rf"p_0 = {sympy.latex(self.root)}, \quad {name}"


def superposition_threshold(law: Law) -> Threshold | None:
    """The lower end of the first window of no superposition, m = 3; ``None`` where capacity proves none."""
    root = no_superposition_threshold(law)
    if root is None:
        return None
    coefficients = [int(c) for c in reversed(root.polynomial.coeffs())]
    return Threshold(sympy.Poly(coefficients, sympy.Symbol("p"), domain=sympy.ZZ).replace(symbol("p")), root.index)
