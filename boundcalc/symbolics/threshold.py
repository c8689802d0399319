r"""The p from which on capacity proves, for m = 3 and every n and d, that superposition does not help: exact."""

from __future__ import annotations

from dataclasses import dataclass

import sympy

from boundcalc.bounds.rows.threshold import no_superposition_threshold
from boundcalc.model.laws import Law
from boundcalc.model.notation import symbol


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
