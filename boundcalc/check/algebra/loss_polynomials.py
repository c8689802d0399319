"""The exact loss as polynomials in atoms: C, D and means of x_j^a y_i^b, by cumulants or by moments."""

from __future__ import annotations

from math import comb

from flint import fmpq

from boundcalc.check.algebra import sums as algebra
from boundcalc.check.algebra.sums import Monomial, Poly, add, constant, multiply, raised, sum_over, variable

NAMES, CUMULANTS, MOMENTS = "names", "cumulants", "moments"
"""What the exact loss is written in: its own names C and D, the cumulants of x, or p and the moments of u."""


class LossPolynomials:
    """The formulas of one m, written in the names C and D, in the cumulants of x, or in p and the moments of u."""

    def __init__(self, m: int, basis: str, symmetric: bool) -> None:
        self.m, self.basis, self.symmetric = m, basis, symmetric
        self._kappa: dict[int, Poly] = {}

    def mu(self, k: int) -> Poly:
        """μ_k: an atom, or through the cumulants over p."""
        if k == 0:
            return constant(1)
        if k % 2 and self.symmetric:
            return {}
        if self.basis == CUMULANTS:
            return multiply(self.nu(k), {((algebra.number(("p",)), -1),): fmpq(1)})
        return variable("mu", k)

    def nu(self, k: int) -> Poly:
        """E x^k = p μ_k, 1 for k = 0."""
        if k == 0:
            return constant(1)
        if k % 2 and self.symmetric:
            return {}
        if self.basis != CUMULANTS:
            return multiply(variable("p"), variable("mu", k))
        total: Poly = {}
        for j in range(1, k + 1):
            total = add(total, multiply(multiply(constant(comb(k - 1, j - 1)), self.kappa(j)), self.nu(k - j)))
        return total

    def kappa(self, k: int) -> Poly:
        """κ_k: an atom, or in p and the moments."""
        if (k % 2 and self.symmetric) or k == 0:
            return {}
        if self.basis != MOMENTS:
            return variable("kappa", k)
        if k not in self._kappa:
            value = self.nu(k)
            for j in range(1, k):
                value = add(value, multiply(multiply(constant(comb(k - 1, j - 1)), self.kappa(j)), self.nu(k - j)), -1)
            self._kappa[k] = value
        return self._kappa[k]

    def row_d(self, i: str) -> Poly:
        """D_i = E y_i^{2m}."""
        return self.joint(None, 0, i, 2 * self.m)

    def row_c(self, i: str) -> Poly:
        """C_i = E x_i y_i^m."""
        return self.joint(i, 1, i, self.m)

    def joint(self, j: str | None, a: int, i: str, b: int) -> Poly:
        """E x_j^a y_i^b = Σ_k binom(b, k) A_ij^k E x^{a+k} E Z^{b−k} for Z = y_i − A_ij x_j, of cumulants κ_s (Q_s(i) − A_ij^s)."""
        entry = variable("A", i, j) if j is not None else {}
        rest = [constant(1)]
        for order in range(1, b + 1):
            value: Poly = {}
            for s in range(1, order + 1):
                kappa = self.kappa(s)
                if kappa and rest[order - s]:
                    share = multiply(constant(comb(order - 1, s - 1)), add(variable("Q", s, i), raised(entry, s), -1))
                    value = add(value, multiply(multiply(kappa, share), rest[order - s]))
            rest.append(value)
        if j is None:
            return rest[b]
        total: Poly = {}
        for k in range(b + 1):
            moment = self.nu(a + k)
            if moment and rest[b - k]:
                total = add(total, multiply(multiply(multiply(constant(comb(b, k)), raised(entry, k)), moment), rest[b - k]))
        return total

    def mean(self, poly: Poly) -> Poly:
        """E of a polynomial: exact where each monomial is x_j^a y_i^b or a sum of such, else a named mean."""
        total: Poly = {}
        for monomial, value in poly.items():
            random = tuple(part for part in monomial if algebra.is_random(part[0]))
            rest = tuple(part for part in monomial if not algebra.is_random(part[0]))
            total = add(total, multiply({rest: value}, self._mean_of(random)))
        return total

    def _mean_of(self, random: Monomial) -> Poly:
        if not random:
            return constant(1)
        if len(random) == 1 and algebra.atom_of(random[0][0])[0] == "sum" and random[0][1] == 1:
            bound, body = algebra.opened(random[0][0])
            value = self.mean({body: fmpq(1)})
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
        return {((algebra.number(("mean", random)), 1),): fmpq(1)}

    def row_sum(self, row: Poly) -> Poly:
        """The sum over features of a polynomial of feature ``*``."""
        return sum_over(row, "*")
