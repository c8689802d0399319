"""Declares what depends on the state of the features: which are active, and with what values."""

from __future__ import annotations

from boundcalc.model.named.quantity import ALWAYS, Dependence, Quantity

STATE = Dependence.STATE

RANDOMNESS = (
    Quantity("x[i]", "x_{{{0}}}", "feature s[i] u_i", STATE, lambda c, i: c.states.x[i], letter=ALWAYS),
    Quantity(
        "s[i]",
        "s_{{{0}}}",
        "1 if feature i is active, else 0",
        STATE,
        lambda c, i: c.states.s[i],
        sign="+",
        size=-1,
        letter=ALWAYS,
    ),
    Quantity(
        "y[i]",
        "y_{{{0}}}",
        "pre-activation: sum over j of A[i,j] x[j]",
        STATE | Dependence.WEIGHTS,
        lambda c, i: c.states.y[i],
        letter=ALWAYS,
        code=("y = A @ x", "A", "states"),
    ),
    Quantity(
        "Z[i]",
        "Z_{{{0}}}",
        "y[i] - a[i] x[i]",
        STATE | Dependence.WEIGHTS,
        lambda c, i: c("y", i) - c("a", i) * c("x", i),
        code=("Z = y - a[:, None] * x", "a", "y"),
    ),
    Quantity(
        "xhat[i]",
        r"\hat x_{{{0}}}",
        "y[i]^m",
        STATE | Dependence.WEIGHTS | Dependence.EXPONENT,
        lambda c, i: c("y", i) ** c.m,
        code=("xhat = y**m", "y"),
    ),
    Quantity(
        "active",
        r"|\operatorname{supp} x|",
        "number of active features",
        STATE,
        lambda c: c.states.active,
        sign="+",
        letter=ALWAYS,
        code=("active = s.sum(axis=0)", "states"),
    ),
    Quantity(
        "visible",
        r"\operatorname{rank} W_{\operatorname{supp} x}",
        "rank of the active columns of W",
        STATE | Dependence.DIRECTIONS,
        lambda c: c.states.visible,
        sign="+",
        letter=ALWAYS,
        code=("visible = np.array([np.linalg.matrix_rank(W[:, on > 0]) if on.any() else 0 for on in s.T])", "states"),
    ),
)
