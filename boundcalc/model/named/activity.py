"""Declares the probability that a feature is active, and the moments and cumulants of its value."""

from __future__ import annotations

from math import comb

from boundcalc.model.named.quantity import ALWAYS, CUMULANTS, NAMES, Dependence, Quantity

ACTIVITY = (
    Quantity(
        "p",
        "p",
        "probability that a feature is active",
        Dependence.PROBABILITY,
        lambda c: c.p,
        sign="+",
        size=-1,
        letter=ALWAYS,
    ),
    Quantity(
        "mu[k]",
        r"\mu_{{{0}}}",
        "moment E u^k of the active value",
        Dependence.LAW,
        lambda c, k: c.mu(k),
        where=("even", ">"),
        code=("mu = lambda k: sum(weight * value**k for value, weight in law)",),
    ),
    Quantity(
        "kappa[k]",
        r"\kappa_{{{0}}}",
        "cumulant of the feature x = s u",
        Dependence.LAW | Dependence.PROBABILITY,
        # of a sum that is 0 or u: the moments of x are p mu_k
        lambda c, k: (
            c.p * c("mu", k)
            - sum(comb(k - 1, j - 1) * c("kappa", j) * (c.p * c("mu", k - j)) for j in range(1, k) if c("mu", k - j))
            if k
            else 0
        ),
        where=("two", "+"),
        letter=frozenset({NAMES, CUMULANTS}),
        code=(
            "@cache\ndef kappa(k):\n    return p * mu(k) - sum(comb(k - 1, j - 1) * kappa(j) * p * mu(k - j) for j in range(1, k))",
            "mu",
        ),
    ),
    Quantity(
        "alpha",
        r"\alpha",
        "mu[m+1]",
        Dependence.LAW | Dependence.EXPONENT,
        lambda c: c("mu", c.m + 1),
        sign="+",
        code=("alpha = mu(m + 1)", "mu"),
    ),
    Quantity(
        "beta",
        r"\beta",
        "mu[2*m]",
        Dependence.LAW | Dependence.EXPONENT,
        lambda c: c("mu", 2 * c.m),
        sign="+",
        code=("beta = mu(2 * m)", "mu"),
    ),
    Quantity(
        "g",
        "g",
        "alpha^2/beta",
        Dependence.LAW | Dependence.EXPONENT,
        lambda c: c.ratio(c("alpha") ** 2, c("beta")),
        sign="+",
        code=("g = alpha**2 / beta", "alpha", "beta"),
    ),
    Quantity(
        "isolation",
        r"\pi",
        "(1-p)^(n-1): no other feature is active",
        Dependence.PROBABILITY | Dependence.SIZES,
        lambda c: (1 - c.p) ** (c.n - 1),
        sign="+",
        size=-1,
        letter=ALWAYS,
        code=("isolation = (1 - p) ** (n - 1)",),
    ),
)
