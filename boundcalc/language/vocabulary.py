"""The names that statements are written in: what each means, its indices, and its LaTeX.

Features count from 1 to n; ``k`` stands for an integer. Everything is derived from the case at hand: weights W (d x n),
the exponent m, the probability p and the law of the active value u.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Quantity:
    """A name of the language.

    Parameters
    ----------
    name : str
    indices : str
        One letter an index: ``k`` an integer, ``i`` a feature. Empty for a scalar.
    latex : str
        With ``{0}``, ``{1}`` for the indices.
    meaning : str
    random : bool
        Depends on the features' state: inside E[...], or pointwise (for every state) outside of it.
    sign : str
        ``+`` never negative, ``>`` positive, ``?`` any.
    """

    name: str
    indices: str
    latex: str
    meaning: str
    random: bool = False
    sign: str = "?"


QUANTITIES = (
    Quantity("n", "", "n", "number of features", sign=">"),
    Quantity("d", "", "d", "hidden dimensions", sign=">"),
    Quantity("m", "", "m", "exponent of the activation, odd", sign=">"),
    Quantity("p", "", "p", "probability that a feature is active", sign="+"),
    Quantity("r", "", "r", "min(n, d)", sign=">"),
    Quantity("rank", "", r"\operatorname{rank} A", "rank of A", sign="+"),
    Quantity("mu", "k", r"\mu_{{{0}}}", "moment E u^k of the active value"),
    Quantity("kappa", "k", r"\kappa_{{{0}}}", "cumulant of the feature x = s u"),
    Quantity("alpha", "", r"\alpha", "mu[m+1]", sign="+"),
    Quantity("beta", "", r"\beta", "mu[2*m]", sign="+"),
    Quantity("g", "", "g", "alpha^2/beta", sign="+"),
    Quantity("isolation", "", r"\pi", "(1-p)^(n-1): no other feature is active", sign="+"),
    Quantity("rho", "", r"\rho", "max(0, (n-d)/(d*(n-1))), 0 for n = 1", sign="+"),
    Quantity("N", "k", r"N_{{{0}}}(d)", "binom(d+k-1, k), the dimension of symmetric k-tensors", sign=">"),
    Quantity("c", "k", r"c_{{{0}}}(d)", "E<v,v'>^(2k) for independent uniform unit vectors of R^d", sign=">"),
    Quantity("tau", "k", r"\tau_{{{0}}}(d)", "1/c[k]", sign=">"),
    Quantity("G_best", "", "G", "the best constant at hand with S^2 <= G T, which very_sparse and capacity_welch use", sign=">"),
    Quantity("G_universal", "", "G", "Levenshtein's universal constant with S^2 <= G T", sign=">"),
    Quantity("A", "ii", "A_{{{0}{1}}}", "entry of W^T W"),
    Quantity("a", "i", "a_{{{0}}}", "A[i,i] = |w_i|^2", sign="+"),
    Quantity("Q", "ki", "Q_{{{0}}}({1})", "power sum of a row: sum over j of A[i,j]^k", sign="?"),
    Quantity("q", "i", "q_{{{0}}}", "Q[2,i]", sign="+"),
    Quantity("l", "i", r"\ell_{{{0}}}", "leverage P[i,i]", sign="+"),
    Quantity("P", "ii", "P_{{{0}{1}}}", "projection of R^n onto the range of A"),
    Quantity("L", "ii", r"\Pi_{{{0}{1}}}", "projection of R^n onto the row space of the lifted columns w_i^(tensor m)"),
    Quantity("t", "i", "t_{{{0}}}", "capacity a[i]^2/q[i]; 0 for a zero column", sign="+"),
    Quantity("cos2", "ii", r"\langle v_{{{0}}}, v_{{{1}}}\rangle^2", "squared cosine of w_i and w_j; 0 for zero columns", sign="+"),
    Quantity("S", "", "S", "sum over i of a[i]^m", sign="+"),
    Quantity("T", "", "T", "sum over i, j of A[i,j]^(2m)", sign="+"),
    Quantity("C", "", "C", "E<x, xhat>"),
    Quantity("C", "i", "C_{{{0}}}", "E x[i] xhat[i]"),
    Quantity("D", "", "D", "E|xhat|^2", sign="+"),
    Quantity("D", "i", "D_{{{0}}}", "E xhat[i]^2", sign="+"),
    Quantity("I", "", "I", "improvement 2C - D"),
    Quantity("M", "ki", "M_{{{0}}}({1})", "moment E y[i]^k, from the cumulants kappa[j] Q[j,i] by Bell polynomials"),
    Quantity("x", "i", "x_{{{0}}}", "feature s[i] u_i", random=True),
    Quantity("s", "i", "s_{{{0}}}", "1 if feature i is active, else 0", random=True, sign="+"),
    Quantity("y", "i", "y_{{{0}}}", "pre-activation: sum over j of A[i,j] x[j]", random=True),
    Quantity("Z", "i", "Z_{{{0}}}", "y[i] - a[i] x[i]", random=True),
    Quantity("xhat", "i", r"\hat x_{{{0}}}", "y[i]^m", random=True),
    Quantity("active", "", r"|\operatorname{supp} x|", "number of active features", random=True, sign="+"),
    Quantity(
        "visible", "", r"\operatorname{rank} W_{\operatorname{supp} x}", "rank of the active columns of W", random=True, sign="+"
    ),
)
"""Every quantity; two may share a name if their indices differ."""

BY_NAME: dict[str, dict[int, Quantity]] = {}
for _quantity in QUANTITIES:
    BY_NAME.setdefault(_quantity.name, {})[len(_quantity.indices)] = _quantity
