"""Declares the exact loss: correlation, energy, improvement and the moments of the pre-activations."""

from __future__ import annotations

from math import comb

from boundcalc.model.named.features import cumulant_of_row, differs, own_cumulant, weighted_total
from boundcalc.model.named.quantity import ONLY_NAMES, Dependence, Quantity

LOSS = Dependence.LOSS | Dependence.EXPONENT

AVERAGES = (
    Quantity(
        "C",
        "C",
        "E<x, xhat>; the sum of omega[i] C[i] where features differ",
        LOSS,
        lambda c: weighted_total(c, "C"),
        letter=ONLY_NAMES,
        code=("C = C_row.sum()", "C[i]"),
    ),
    Quantity(
        "C[i]",
        "C_{{{0}}}",
        "E x[i] xhat[i]",
        LOSS,
        # even k count for laws that are not symmetric
        lambda c, i: sum(
            comb(c.m, k) * kappa * c("a", i) ** k * c("M", c.m - k, i)
            for k in range(c.m + 1)
            if (kappa := own_cumulant(c, k + 1, i))
        ),
        letter=ONLY_NAMES,
        code=("C_row = np.array([E(x[i] * xhat[i]) for i in range(n)])", "xhat"),
        without_states=("C_row = sum(comb(m, k) * kappa(k + 1) * a**k * M(m - k) for k in range(m + 1))", "M"),
    ),
    Quantity(
        "D",
        "D",
        "E|xhat|^2; the sum of omega[i] D[i] where features differ",
        LOSS,
        lambda c: weighted_total(c, "D"),
        sign="+",
        letter=ONLY_NAMES,
        code=("D = D_row.sum()", "D[i]"),
    ),
    Quantity(
        "D[i]",
        "D_{{{0}}}",
        "E xhat[i]^2",
        LOSS,
        lambda c, i: c("M", 2 * c.m, i),
        sign="+",
        letter=ONLY_NAMES,
        code=("D_row = np.array([E(xhat[i] ** 2) for i in range(n)])", "xhat"),
        without_states=("D_row = M(2 * m)", "M"),
    ),
    Quantity("I", "I", "improvement 2C - D", LOSS, lambda c: 2 * c("C") - c("D"), code=("I = 2 * C - D", "C", "D")),
    Quantity(
        "M[k, i]",
        "M_{{{0}}}({1})",
        "moment E y[i]^k, from the cumulants kappa[j] Q[j,i], or K[j,i], by Bell polynomials",
        Dependence.LOSS,
        # from j = k down, so that lower moments are there before higher ones ask for them
        lambda c, k, i: (
            sum(
                comb(k - 1, j - 1) * cumulant_of_row(c, j, i) * c("M", k - j, i)
                for j in range(k, 0, -1)
                if differs(c) or c("kappa", j)
            )
            if k
            else 1 + 0 * c("a", i)
        ),
        where=("even", "+"),
        letter=ONLY_NAMES,
        code=("M = lambda k: np.array([E(row**k) for row in y])", "y"),
        without_states=(
            "@cache\ndef M(k):\n"
            "    return 1 + 0 * a if k == 0 else sum(comb(k - 1, j - 1) * kappa(j) * Q(j) * M(k - j) for j in range(1, k + 1))",
            "kappa",
            "a",
            "Q",
        ),
    ),
)
