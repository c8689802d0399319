"""Writes the exact loss as polynomials in atoms: C, D and means of x_j^a y_i^b, by cumulants or by moments."""

from __future__ import annotations

from collections.abc import Callable
from math import comb

from flint import fmpq

from boundcalc.check.algebra import sums as algebra
from boundcalc.check.algebra.sums import Monomial, Poly, Unsupported, constant, power_of, sum_over, variable
from boundcalc.language.nodes import Indicator, Literal, Node, Operation
from boundcalc.language.resolved import Known
from boundcalc.model.named.quantity import CUMULANTS, MOMENTS, NAMES


class LossPolynomials:
    """The formulas of one m, written in the names C and D, in the cumulants of x, or in p and the moments of u."""

    def __init__(self, m: int, basis: str, symmetric: bool) -> None:
        self.m, self.basis, self.symmetric = m, basis, symmetric
        self._kappa: dict[int, Poly] = {}

    def vanishes(self, k: int) -> bool:
        """Whether moments and cumulants of this order do."""
        return bool(k % 2 and self.symmetric)

    def mu(self, k: int) -> Poly:
        """μ_k: an atom, or through the cumulants over p."""
        if k == 0 or self.vanishes(k):
            return constant(k == 0)
        return self.nu(k) * power_of(algebra.number(("p",)), -1) if self.basis == CUMULANTS else variable("mu", k)

    def nu(self, k: int) -> Poly:
        """E x^k = p μ_k, 1 for k = 0."""
        if k == 0 or self.vanishes(k):
            return constant(k == 0)
        if self.basis != CUMULANTS:
            return variable("p") * variable("mu", k)
        return sum((self.kappa(j) * comb(k - 1, j - 1) * self.nu(k - j) for j in range(1, k + 1)), Poly())

    def kappa(self, k: int) -> Poly:
        """κ_k: an atom, or in p and the moments."""
        if k == 0 or self.vanishes(k):
            return Poly()
        if self.basis != MOMENTS:
            return variable("kappa", k)
        if k not in self._kappa:
            lower = (self.kappa(j) * comb(k - 1, j - 1) * self.nu(k - j) for j in range(1, k))
            self._kappa[k] = self.nu(k) - sum(lower, Poly())
        return self._kappa[k]

    def joint(self, j: str | None, a: int, i: str, b: int) -> Poly:
        """E x_j^a y_i^b = Σ_k binom(b, k) A_ij^k E x^{a+k} E Z^{b−k} for Z = y_i − A_ij x_j, of cumulants κ_s (Q_s(i) − A_ij^s)."""
        entry = Poly() if j is None else variable("A", i, j)
        rest = [constant(1)]
        for order in range(1, b + 1):
            parts = [(s, self.kappa(s) * comb(order - 1, s - 1)) for s in range(1, order + 1) if rest[order - s]]
            shares = (kappa * (variable("Q", s, i) - entry**s) * rest[order - s] for s, kappa in parts if kappa)
            rest.append(sum(shares, Poly()))
        if j is None:
            return rest[b]
        moments = ((k, self.nu(a + k)) for k in range(b + 1) if rest[b - k])
        return sum((entry**k * comb(b, k) * moment * rest[b - k] for k, moment in moments if moment), Poly())

    def mean(self, poly: Poly) -> Poly:
        """E of a polynomial: exact where each monomial is x_j^a y_i^b or a sum of such, else a named mean."""
        total = Poly()
        for monomial, value in poly.items():
            random = tuple(part for part in monomial if algebra.is_random(part[0]))
            rest = tuple(part for part in monomial if not algebra.is_random(part[0]))
            total = total + Poly({rest: value}) * self._mean_of(random)
        return total

    def _mean_of(self, random: Monomial) -> Poly:
        if not random:
            return constant(1)
        if len(random) == 1 and algebra.atom_of(random[0][0])[0] == "sum" and random[0][1] == 1:
            bound, body = algebra.opened(random[0][0])
            value = self.mean(Poly({body: fmpq(1)}))
            for symbol in bound:
                value = sum_over(value, symbol)
            return value
        atoms = {algebra.atom_of(place): exponent for place, exponent in random}
        kinds = sorted(str(atom[0]) for atom in atoms)
        plain = all(exponent == int(exponent) and exponent > 0 for exponent in atoms.values())
        if plain and self.basis != NAMES:
            x = next((atom for atom in atoms if atom[0] == "x"), None)
            y = next((atom for atom in atoms if atom[0] == "y"), None)
            if kinds == ["x"] and x is not None:
                return self.nu(int(atoms[x]))
            if kinds in (["x", "y"], ["y"]) and y is not None:
                j = None if x is None else str(x[1])
                return self.joint(j, 0 if x is None else int(atoms[x]), str(y[1]), int(atoms[y]))
        return power_of(algebra.number(("mean", random)))


# ---- means over the states in which exactly one feature is active: x_j = u there, and the pre-activations are A_ij u


def split_indicator(body: Node) -> Node | None:
    """What stands beside the factor one(active = 1) of a product; ``None`` if there is no such factor."""
    if not (isinstance(body, Operation) and body.sign == "*"):
        return None
    for one, other in ((body.left, body.right), (body.right, body.left)):
        if isinstance(one, Indicator) and _is_one_active(one):
            return other
    return None


def _is_one_active(node: Indicator) -> bool:
    left, right = node.relation.left, node.relation.right
    counts = isinstance(left, Known) and left.quantity.name == "active"
    return counts and node.relation.sign == "=" and right == Literal(fmpq(1))


def mean_with_one_active(poly: Poly, mu: Callable[[int], Poly]) -> Poly:
    """E[poly; one feature active] / (p π), π the probability that no other feature is.

    Each monomial, or the sum over one feature that it is, must name the random quantities of one feature, and some of them.
    """
    total = Poly()
    for monomial, value in poly.items():
        random = [part for part in monomial if algebra.is_random(part[0])]
        rest = Poly({tuple(part for part in monomial if part not in random): value})
        if len(random) == 1 and algebra.atom_of(random[0][0])[0] == "sum" and random[0][1] == 1:
            bound, body = algebra.opened(random[0][0])
            if len(bound) != 1:
                raise Unsupported("a random sum over several features")
            total = total + rest * sum_over(_of_row(body, mu), bound[0])
        else:
            total = total + rest * _of_row(tuple(random), mu)
    return total


def _of_row(monomial: Monomial, mu: Callable[[int], Poly]) -> Poly:
    """Σ_j E[x_i^a y_i^b at x = u e_j] = a_i^b μ_{a+b}, or Q_b(i) μ_b for a = 0, times what is not random."""
    powers = {"x": 0, "y": 0}
    places: set[str] = set()
    rest = constant(1)
    for place, exponent in monomial:
        name, *indices = algebra.atom_of(place)
        if not algebra.is_random(place):
            rest = rest * power_of(place, exponent)
        elif name in powers and exponent == int(exponent) and exponent > 0:
            powers[str(name)] += int(exponent)
            places.add(str(indices[0]))
        else:
            raise Unsupported("a random quantity that is not x or y")
    if len(places) != 1:
        raise Unsupported("random quantities of several features")
    (i,) = places
    a, b = powers["x"], powers["y"]
    row = variable("a", i) ** b if a else variable("Q", b, i)
    return rest * row * mu(a + b)
