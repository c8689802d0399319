"""Decides whether a polynomial in atoms of known sign is manifestly nonnegative or positive.

It is if, after factoring, what stands to an odd power has nonnegative coefficients at monomials that cannot be negative, is
known from a condition, or is a quadratic in one atom whose outer coefficients and 4AC − B² are manifestly nonnegative.
Atoms with an upper bound are tried as b s/(1 + s) with s ≥ 0, n and d as one more than something nonnegative; a polynomial
with sums over features also as one sum, symmetrised over its indices.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import permutations
from math import factorial, lcm

from flint import Ordering, fmpq, fmpq_mpoly, fmpq_mpoly_ctx

from boundcalc.check.algebra import sums as algebra
from boundcalc.check.algebra.sums import Atom, Monomial, Poly, Unsupported

MAX_DEPTH = 2
"""Of quadratics inside quadratics."""
MAX_TERMS = 300
"""Most terms of a polynomial that is looked at."""
MAX_SIZE = 120
"""Most terms of a polynomial that is factored, and of a discriminant."""
MAX_DEGREE = 40
"""Highest total degree of one."""
MAX_FACTORED = 60
"""Most polynomials that are factored for one question."""
MAX_INDICES = 3
"""Most indices of a sum that is symmetrised."""

Sign = Callable[[int], str]


class Prover:
    """Decides polynomials in the same atoms.

    Parameters
    ----------
    sign : function
        ``>``, ``+`` or ``?`` for the number of an atom.
    known : sequence of (polynomial, strict)
        Polynomials that conditions make nonnegative, or positive if strict.
    bounded : mapping
        Upper bounds of nonnegative atoms, by number.
    """

    def __init__(self, sign: Sign, known: Iterable[tuple[Poly, bool]], bounded: dict[int, fmpq]) -> None:
        self.sign, self.known, self.bounded = sign, list(known), bounded

    def nonnegative(self, poly: Poly) -> str | None:
        """In what form it is manifestly nonnegative; ``None`` if that is not seen."""
        if not poly:
            return "an identity"
        if len(poly) > MAX_TERMS:
            return None
        self._factored = 0
        polynomial = self._setup(poly)
        if self._manifest(polynomial, MAX_DEPTH):
            return "a polynomial that is manifestly nonnegative"
        if self._substituted(polynomial):
            return "a polynomial that is manifestly nonnegative on the ranges of its variables"
        for bodies in self._symmetrised(poly):
            if all(self._manifest(self._setup(body), MAX_DEPTH) for body in bodies):
                return "a sum over features whose symmetrised terms are manifestly nonnegative"
        return None

    def positive(self, poly: Poly) -> bool:
        """Whether it is manifestly positive."""
        if not poly:
            return False
        self._factored = 0
        polynomial = self._setup(poly)
        return self._by_factors(polynomial, lambda factor, _: self._positive_factor(factor))

    # ---- in flint's ring

    def _setup(self, poly: Poly) -> fmpq_mpoly:
        """The polynomial in flint's ring, a root of an atom being a generator where a power is fractional."""
        polys = [poly, *(each for each, _ in self.known)]
        places = sorted({place for each in polys for monomial in each for place, _ in monomial})
        roots, shifts = {}, {}
        for place in places:
            exponents = [exponent for each in polys for monomial in each for other, exponent in monomial if other == place]
            roots[place] = lcm(*(int(fmpq(exponent).q) for exponent in exponents))
            if roots[place] > 1 and self.sign(place) == "?":
                raise Unsupported("a root of what may be negative")
            shifts[place] = min(0, *(exponent for monomial in poly for other, exponent in monomial if other == place), 0)
            if shifts[place] and self.sign(place) != ">":
                raise Unsupported("a denominator that may be zero")
        self._places, self._roots = places, roots
        context = fmpq_mpoly_ctx.get([f"v{place}" for place in places] or ["v"], Ordering.lex)
        self._signs = [self.sign(place) for place in places] or ["?"]
        self._known = [
            (self._convert(each, context, {}), strict)
            for each, strict in self.known
            if all(exponent > 0 for monomial in each for _, exponent in monomial)
        ]
        return self._convert(poly, context, shifts)

    def _convert(self, poly: Poly, context: fmpq_mpoly_ctx, shifts: dict[int, fmpq]) -> fmpq_mpoly:
        terms: dict[tuple[int, ...], fmpq] = {}
        for monomial, value in poly.items():
            powers = dict(monomial)
            exponents = [int((powers.get(place, 0) - shifts.get(place, 0)) * self._roots[place]) for place in self._places] or [0]
            terms[tuple(exponents)] = value
        return context.from_dict(terms)

    def _plain(self, polynomial: fmpq_mpoly) -> bool:
        """Nonnegative coefficients at monomials that cannot be negative."""
        return all(
            value >= 0 and all(sign != "?" or exponent % 2 == 0 for sign, exponent in zip(self._signs, exponents, strict=True))
            for exponents, value in polynomial.to_dict().items()
        )

    def _manifest(self, polynomial: fmpq_mpoly, depth: int) -> bool:
        if self._plain(polynomial):
            return True
        return self._by_factors(polynomial, lambda factor, power: power % 2 == 0 or self._nonnegative_factor(factor, depth))

    def _by_factors(self, polynomial: fmpq_mpoly, accepts: Callable[[fmpq_mpoly, int], bool]) -> bool:
        """Whether each factor or its negative is accepted, with the sign that all of them make; not tried where it is large."""
        self._factored += 1
        if len(polynomial) > MAX_SIZE or polynomial.total_degree() > MAX_DEGREE or self._factored > MAX_FACTORED:
            return False  # factoring in many variables takes time without bound
        constant, factors = polynomial.factor()
        flips = 0
        for factor, power in factors:
            if not accepts(factor, power):
                if not accepts(-factor, power):
                    return False
                flips += power
        return bool((constant > 0) == (flips % 2 == 0))

    def _nonnegative_factor(self, factor: fmpq_mpoly, depth: int) -> bool:
        return self._plain(factor) or self._is_known(factor, strict=False) or self._quadratic(factor, depth)

    def _is_known(self, factor: fmpq_mpoly, *, strict: bool) -> bool:
        """Whether it is a positive multiple of what a condition says, or a factor of it beside positive ones."""
        for known, is_strict in self._known:
            if strict and not is_strict:
                continue
            quotient, rest = divmod(known, factor)
            if not rest.to_dict() and quotient.to_dict() and self._only_positive(quotient):
                return True
        return False

    def _only_positive(self, polynomial: fmpq_mpoly) -> bool:
        return all(
            value > 0 and all(sign == ">" or exponent == 0 for sign, exponent in zip(self._signs, exponents, strict=True))
            for exponents, value in polynomial.to_dict().items()
        )

    def _positive_factor(self, factor: fmpq_mpoly) -> bool:
        if self._is_known(factor, strict=True):
            return True
        if not self._plain(factor):
            return False
        return any(
            all(sign == ">" or exponent == 0 for sign, exponent in zip(self._signs, exponents, strict=True))
            for exponents in factor.to_dict()
        )

    def _quadratic(self, polynomial: fmpq_mpoly, depth: int) -> bool:
        if depth == 0:
            return False
        context = polynomial.context()
        terms = polynomial.to_dict()
        for place, degree in enumerate(polynomial.degrees()):
            if degree != 2:
                continue
            parts: list[dict[tuple[int, ...], fmpq]] = [{}, {}, {}]
            for exponents, value in terms.items():
                parts[exponents[place]][(*exponents[:place], 0, *exponents[place + 1 :])] = value
            low, middle, high = (context.from_dict(part) for part in parts)
            if all(self._manifest(each, depth - 1) for each in (high, low, 4 * high * low - middle * middle)):
                return True
        return False

    def _substituted(self, polynomial: fmpq_mpoly) -> bool:
        """With bounded atoms as b s/(1 + s), and n and d shifted."""
        changed = False
        for position, place in enumerate(self._places):
            atom = algebra.atom_of(place)
            degree = polynomial.degrees()[position]
            if not degree:
                continue
            generator = polynomial.context().gens()[position]
            if place in self.bounded and self._roots[place] == 1:
                polynomial = self._along(polynomial, position, self.bounded[place] * generator, 1 + generator, degree)
                changed = True
            elif atom[0] in ("n", "d") and self._roots[place] == 1:
                polynomial = self._along(polynomial, position, 1 + generator, 1 + 0 * generator, degree)
                changed = True
        return changed and self._manifest(polynomial, MAX_DEPTH)

    def _along(self, polynomial: fmpq_mpoly, position: int, top: fmpq_mpoly, bottom: fmpq_mpoly, degree: int) -> fmpq_mpoly:
        """The polynomial at top/bottom in the place of one generator, times bottom^degree."""
        context = polynomial.context()
        total = context.from_dict({})
        for exponents, value in polynomial.to_dict().items():
            rest = context.from_dict({(*exponents[:position], 0, *exponents[position + 1 :]): value})
            total += rest * top ** exponents[position] * bottom ** (degree - exponents[position])
        return total

    # ---- sums over features

    def _symmetrised(self, poly: Poly) -> Iterable[list[Poly]]:
        """The polynomial as sums over one, two, … features: their bodies, averaged over the order of the indices.

        Then the same with power sums Q_k(i) written out, so that all sums are over equally many features.
        """
        terms = []
        for monomial, value in poly.items():
            opened = _opened(monomial)
            if opened is None:
                return
            terms.append((*opened, value))
        most = max(len(bound) for bound, _, _ in terms)
        if not 0 < most <= MAX_INDICES:
            return
        yield _averaged(terms)
        if any(len(bound) < most for bound, _, _ in terms):
            for choose in (max, min):
                yield _averaged([(*_unfolded(bound, body, most, choose), value) for bound, body, value in terms])


BoundTerm = tuple[list[str], Monomial, fmpq]
"""Bound symbols, body and coefficient."""


def _opened(monomial: Monomial) -> tuple[list[str], Monomial] | None:
    """A product of sums and of powers of n as one sum: its symbols and body."""
    n = algebra.number(("n",))
    bound: list[str] = []
    body = tuple(part for part in monomial if part[0] != n and algebra.atom_of(part[0])[0] != "sum")
    for place, exponent in monomial:
        if (place, exponent) in body:
            continue
        if exponent != int(exponent) or not 0 <= exponent <= MAX_INDICES:
            return None
        for _ in range(int(exponent)):
            inner, opened = ([algebra.fresh()], ()) if place == n else algebra.opened(place)
            bound += inner
            body = algebra.join(body, opened)
    return bound, body


def _unfolded(bound: list[str], body: Monomial, size: int, choose: Callable[..., Atom]) -> tuple[list[str], Monomial]:
    """With one factor Q_k(i) after the other, the highest or the lowest first, written as Σ_j A_ij^k: until ``size`` indices."""
    while len(bound) < size:
        sums = [(algebra.atom_of(place), exponent) for place, exponent in body if algebra.atom_of(place)[0] == "Q"]
        whole = [atom for atom, exponent in sums if exponent >= 1]
        if not whole:
            break
        name, k, i = choose(whole, key=lambda atom: int(str(atom[1])))
        symbol = algebra.fresh()
        entry = algebra.number(("A", *sorted((str(i), symbol))))
        body = algebra.join(body, ((algebra.number((name, k, i)), -1), (entry, int(str(k)))))
        bound = [*bound, symbol]
    return bound, body


def _averaged(terms: list[BoundTerm]) -> list[Poly]:
    """The bodies of the sums over 0, 1, 2, … features."""
    groups: dict[int, Poly] = {}
    for bound, body, value in terms:
        group, share = groups.setdefault(len(bound), Poly()), value / factorial(len(bound))
        for order in permutations(range(len(bound))):
            names = {symbol: f"~{k}" for symbol, k in zip(bound, order, strict=True)}
            group.gain(algebra.renamed(body, names), share)
    return list(groups.values())
