"""Under what a closed form holds as it is printed: hypotheses for one exponent, and what its free parameters must meet.

A bound of the catalog chooses among several forms and finds its own parameters. Its printed form is one of them, in
free parameters: what they must meet is part of its declaration (:class:`~boundcalc.bounds.declaration.Bound`).
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


def conditions(bound: Bound, m: int) -> tuple[str, ...]:
    """Sentences in the plain notation of the catalog; empty where the form holds for every problem with this m."""
    found = [_PRINTED.get(h.sentence, h.sentence) for h in bound.hypotheses if not _CERTIFIABLE.match(h.sentence)]
    found = [sentence for sentence in found if not _met(sentence, m)]
    if parameters := bound.assumes(m):
        found.append(parameters)
    return tuple(re.sub(r"\b2m\b", str(2 * m), sentence) for sentence in found)


def _met(sentence: str, m: int) -> bool:
    """Whether it speaks of m alone, and holds."""
    match = _EXPONENT.match(sentence)
    return match is not None and (m >= int(match[2]) if match[1] == ">=" else m == int(match[2]))
