"""Evaluates the closed form for m = 3, written out (theory, section 1).

C_i = κ_4 a³ + 3κ_2² a Q_2 and D_i = κ_6 Q_6 + 15 κ_4 κ_2 Q_4 Q_2 + 15 κ_2³ Q_2³, with κ_2 = p μ_2,
κ_4 = p μ_4 − 3 p² μ_2² and κ_6 = p μ_6 − 15 p² μ_4 μ_2 + 30 p³ μ_2³.
"""

from __future__ import annotations

from flint import fmpq

from boundcalc.loss.integers import read_rows
from boundcalc.model.laws import Law, parse_law
from boundcalc.numbers.parsing import as_rational


def cubic_loss(weights: object, *, p: object, law: Law | str) -> tuple[fmpq, fmpq]:
    """(C, D) at m = 3 of tied weights given as rows of exact numbers."""
    rows = read_rows(weights)
    law = parse_law(law) if isinstance(law, str) else law
    p = as_rational(p, parameter="p")
    mu2, mu4, mu6 = law.moment(2), law.moment(4), law.moment(6)
    kappa2 = p * mu2
    kappa4 = p * mu4 - 3 * p**2 * mu2**2
    kappa6 = p * mu6 - 15 * p**2 * mu4 * mu2 + 30 * p**3 * mu2**3
    columns = list(zip(*rows, strict=True))
    total_c = total_d = fmpq(0)
    for left in columns:
        products = [sum((u * v for u, v in zip(left, right, strict=True)), fmpq(0)) for right in columns]
        a = sum((u * u for u in left), fmpq(0))
        q2, q4, q6 = (sum((product**k for product in products), fmpq(0)) for k in (2, 4, 6))
        total_c += kappa4 * a**3 + 3 * kappa2**2 * a * q2
        total_d += kappa6 * q6 + 15 * kappa4 * kappa2 * q4 * q2 + 15 * kappa2**3 * q2**3
    return total_c, total_d
