"""Declares what features that differ have of their own: importance, activity, moments, cumulants, and the cumulants of y_i.

A claim that names one of these is about features that differ: C, D and I are then weighted by the importances. In a case of equal
features each is the same for all.
"""

from __future__ import annotations

from math import comb
from typing import Any

from boundcalc.model.named.quantity import Dependence, GuardedQuotient, Quantity

OWN = Dependence.FEATURES


def differs(case: Any) -> bool:
    """Whether the features of a case differ."""
    return getattr(case, "own", None) is not None


def own_cumulant(case: Any, k: int, i: Any) -> Any:
    """κ_k of feature i."""
    return case("kappa", k, i) if differs(case) else case("kappa", k)


def cumulant_of_row(case: Any, k: int, i: Any) -> Any:
    """The k-th cumulant of y_i."""
    return case("K", k, i) if differs(case) else case("kappa", k) * case("Q", k, i)


def weighted_total(case: Any, name: str) -> Any:
    """Σ_i ω_i of a quantity of each feature."""
    return case.total((lambda i: case("omega", i) * case(name, i)) if differs(case) else (lambda i: case(name, i)))


FEATURES = (
    Quantity(
        "omega[i]",
        r"\omega_{{{0}}}",
        "importance of feature i: the weight of its squared error",
        OWN,
        lambda c, i: c.importance(i),
        sign=">",
        code=("omega = np.ones(n)",),
    ),
    Quantity(
        "p[i]",
        "p_{{{0}}}",
        "probability that feature i is active",
        OWN | Dependence.PROBABILITY,
        lambda c, i: c.activity(i),
        sign="+",
        size=-1,
        code=("p_row = np.full(n, p)",),
    ),
    Quantity(
        "mu[k, i]",
        r"{{\mu_{{{0}}}^{{({1})}}}}",
        "moment E u_i^k of the active value of feature i",
        OWN | Dependence.LAW,
        lambda c, k, i: c.own_moment(k, i),
        where=("even", ">"),
        code=("mu_row = lambda k: np.full(n, mu(k))", "mu"),
    ),
    Quantity(
        "kappa[k, i]",
        r"{{\kappa_{{{0}}}^{{({1})}}}}",
        "cumulant of x[i]",
        OWN | Dependence.LAW | Dependence.PROBABILITY,
        # as kappa[k], of the moments p_i mu_k
        lambda c, k, i: (
            c("p", i) * c("mu", k, i)
            - sum(comb(k - 1, j - 1) * c("kappa", j, i) * (c("p", i) * c("mu", k - j, i)) for j in range(1, k) if c("mu", k - j, i))
            if k
            else 0
        ),
        where=("two", "+"),
        code=("kappa_row = lambda k: np.full(n, kappa(k))", "kappa"),
    ),
    Quantity(
        "K[k, i]",
        "K_{{{0}}}({1})",
        "cumulant of y[i]: sum over j of kappa[k,j] A[i,j]^k",
        OWN | Dependence.LOSS,
        lambda c, k, i: c.row_cumulant(k, i),
        where=("two", "+"),
        code=("K = lambda k: A**k @ kappa_row(k)", "A", "kappa[k, i]"),
    ),
    Quantity(
        "fraction[i]",
        "t_{{{0}}}",
        "signal fraction kappa[2,i] a[i]^2/K[2,i]: the part of the variance of y[i] that is feature i's; 0 for none",
        OWN | Dependence.DIRECTIONS,
        GuardedQuotient(lambda c, i: c("kappa", 2, i) * c("a", i) ** 2, lambda c, i: c("K", 2, i)),
        sign="+",
        size=-1,
        code=(
            "fraction = np.divide(kappa_row(2) * a**2, K(2), out=np.zeros(n), where=K(2) > 0)",
            "a",
            "kappa[k, i]",
            "K",
        ),
    ),
)
