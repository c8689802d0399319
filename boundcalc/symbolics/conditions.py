"""Under what a closed form holds as it is printed: hypotheses for one exponent, and what its free parameters must meet.

A bound of the catalog chooses among several forms and finds its own parameters. Its printed form is one of them, in
free parameters: what the program checks when it chooses stands here as a sentence.
"""

from __future__ import annotations

import re

from boundcalc.bounds.declaration import Bound
from boundcalc.bounds.rows.forms import CUMULANTS_OR_MOMENTS, NONNEGATIVE_CUMULANTS
from boundcalc.bounds.upper.frontier import CUMULANTS

_PRINTED = {CUMULANTS_OR_MOMENTS.sentence: NONNEGATIVE_CUMULANTS.sentence, CUMULANTS.sentence: NONNEGATIVE_CUMULANTS.sentence}
"""Without nonnegative cumulants other forms of the row function are used; these are not the ones that are printed."""
_EXPONENT = re.compile(r"m (>=|=) (\d+)\Z")
_CERTIFIABLE = re.compile(r"m <= \d+")
"""How far the program certifies; the statement holds beyond it."""
_GEGENBAUER = "for |t| <= 1 with Gegenbauer coefficients h_1, h_2, ... >= 0"
_PARAMETERS = {
    "linear_program": f"an even polynomial h <= t^{{2m}} {_GEGENBAUER} and h(1) <= 1, and 1/G = h_0 + (1 - h(1))/n",
    "capacity_welch": "kappa_{2m} > 0 and theta > 0",
    "dense": "multipliers with eta_2 < 5/3 for which the denominator is positive",
    "half_design": "n' <= n unit vectors that form a half-design of strength 2m in R^d (where they span less, its dimension "
    "stands for d)",
    "known_frame": "n' <= n unit vectors in R^d with the same power sums Q_k for every i",
    "random_walsh": "a power of two n' with d <= n' <= n",
    "direct_sum": "I_1 <= I^{*}(n_1, d_1) and I_2 <= I^{*}(n_2, d_2) with n_1 + n_2 <= n and d_1 + d_2 <= d",
    "search": "weights W of d rows and n columns with these C and D",
}
_FRONTIER = {
    True: f"for k = 2 and 3 an even polynomial h <= t^{{2k}} {_GEGENBAUER}, x_k = 1 - h(1) and y_k = h_0 > 0",
    False: f"for every k an even polynomial h <= s_k t^{{2j}} {_GEGENBAUER}, x_k = s_k - h(1) and y_k = h_0 > 0, where "
    "0 <= s_k <= 1 and Q_{2j} stands beside 1 - s_k",
}
DEFINED = {"linear_program": frozenset({"G"}), "frontier": frozenset({"x", "y", "s"})}
"""Names that the conditions of a bound define."""


def conditions(bound: Bound, m: int) -> tuple[str, ...]:
    """Sentences in the plain notation of the catalog; empty where the form holds for every problem with this m."""
    found = [_PRINTED.get(h.sentence, h.sentence) for h in bound.hypotheses if not _CERTIFIABLE.match(h.sentence)]
    found = [sentence for sentence in found if not _met(sentence, m)]
    found += [_FRONTIER[m == 3]] if bound.key == "frontier" else []
    found += [_PARAMETERS[bound.key]] if bound.key in _PARAMETERS else []
    return tuple(re.sub(r"\b2m\b", str(2 * m), sentence) for sentence in found)


def _met(sentence: str, m: int) -> bool:
    """Whether it speaks of m alone, and holds."""
    match = _EXPONENT.match(sentence)
    return match is not None and (m >= int(match[2]) if match[1] == ">=" else m == int(match[2]))
