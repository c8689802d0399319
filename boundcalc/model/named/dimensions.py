"""Declares the sizes of a case, and the constants that they decide."""

from __future__ import annotations

from flint import fmpq

from boundcalc.model.named.quantity import ALWAYS, Dependence, Quantity
from boundcalc.numbers.constants import tensor_dimension, welch_constant

ONE = fmpq(1)
_CONSTANT = 'from boundcalc.check.exact.cases import few_features_constant\nG_{0} = float(few_features_constant("{0}", n, d, m))'

DIMENSIONS = (
    Quantity("n", "n", "number of features", Dependence.SIZES, lambda c: c.n, sign=">", size=1, letter=ALWAYS),
    Quantity("d", "d", "hidden dimensions", Dependence.SIZES, lambda c: c.d, sign=">", size=1, letter=ALWAYS),
    Quantity("m", "m", "exponent of the activation, odd", Dependence.EXPONENT, lambda c: c.m, sign=">", size=1),
    Quantity(
        "r",
        "r",
        "min(n, d)",
        Dependence.SIZES,
        lambda c: min(c.n, c.d),
        sign=">",
        size=1,
        letter=ALWAYS,
        code=("r = min(n, d)",),
    ),
    Quantity(
        "rho",
        r"\rho",
        "max(0, (n-d)/(d*(n-1))), 0 for n = 1",
        Dependence.SIZES,
        lambda c: fmpq(max(0, c.n - c.d), c.d * max(c.n - 1, 1)),
        sign="+",
        size=-1,
        letter=ALWAYS,
        code=("rho = max(0, (n - d) / (d * (n - 1))) if n > 1 else 0",),
    ),
    Quantity(
        "N[k]",
        r"N_{{{0}}}(d)",
        "binom(d+k-1, k), the dimension of symmetric k-tensors",
        Dependence.SIZES,
        lambda c, k: tensor_dimension(c.d * ONE, k) if k else ONE,
        sign=">",
        size=1,
        code=("N = lambda k: comb(d + k - 1, k)",),
    ),
    Quantity(
        "c[k]",
        r"c_{{{0}}}(d)",
        "E<v,v'>^(2k) for independent uniform unit vectors of R^d",
        Dependence.SIZES,
        lambda c, k: ONE / c("tau", k),
        sign=">",
        size=-1,
        code=("c = lambda k: 1 / tau(k)", "tau"),
    ),
    Quantity(
        "tau[k]",
        r"\tau_{{{0}}}(d)",
        "1/c[k]",
        Dependence.SIZES,
        lambda c, k: welch_constant(c.d * ONE, k) if k else ONE,
        sign=">",
        size=1,
        code=("tau = lambda k: prod((d + 2 * j) / (2 * j + 1) for j in range(k))",),
    ),
    Quantity(
        "G_best",
        "G",
        "the best constant at hand with S^2 <= G T: the least of n, tau_m(d), the equiangular and the universal one",
        Dependence.SIZES | Dependence.EXPONENT,
        lambda c: c.few_features("best"),
        sign=">",
        size=1,
        letter=ALWAYS,
        code=(_CONSTANT.format("best"),),
        slow=True,
    ),
    Quantity(
        "G_universal",
        "G",
        "Levenshtein's universal constant with S^2 <= G T",
        Dependence.SIZES | Dependence.EXPONENT,
        lambda c: c.few_features("universal"),
        sign=">",
        size=1,
        letter=ALWAYS,
        code=(_CONSTANT.format("universal"),),
        slow=True,
    ),
)
