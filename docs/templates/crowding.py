"""Declares the crowding of a row: what the other columns add to its energy."""

from __future__ import annotations

from boundcalc.model.named.quantity import Dependence, GuardedQuotient, Quantity

CROWDING = Quantity(
    "crowding[i]",
    r"w_{{{0}}}",
    "q[i]/a[i]^2 - 1, what other columns add to the row of w_i; 0 for a zero column",
    Dependence.DIRECTIONS,
    GuardedQuotient(lambda c, i: c("q", i) - c("a", i) ** 2, lambda c, i: c("a", i) ** 2),
    sign="+",
    code=("crowding = np.divide(q - a**2, a**2, out=np.zeros(n), where=a > 0)", "q", "a"),
)
