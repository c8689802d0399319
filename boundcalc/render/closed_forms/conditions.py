"""Says under what a closed form holds as it is printed: hypotheses for one exponent, and what its free parameters must meet.

A bound of the catalog chooses among several forms and finds its own parameters. Its printed form is one of them, in
free parameters: what it needs of the problem and of them is part of the declaration
(:class:`~boundcalc.bounds.declaration.Bound`). Where the program gives a value is another matter.
"""

from __future__ import annotations

import re

from boundcalc.bounds.declaration import Bound

_EXPONENT = re.compile(r"\$m (>=|=) (\d+)\$\Z")


def conditions(bound: Bound, m: int) -> tuple[str, ...]:
    """Sentences in the plain notation of the catalog; empty where the form holds for every problem with this m."""
    found = [h.sentence for h in bound.stated(m) if not _met(h.sentence, m)]
    found += [sentence for sentence in bound.assumes(m).split("; ") if sentence]
    return tuple(with_exponent(sentence, m) for sentence in found)


def with_exponent(sentence: str, m: int) -> str:
    """The sentence with m filled in where it stands in an index."""
    return re.sub(r"\bm\+1\b", str(m + 1), re.sub(r"\b2m\b", str(2 * m), sentence))


def _met(sentence: str, m: int) -> bool:
    """Whether it speaks of m alone, and holds."""
    match = _EXPONENT.match(sentence)
    return match is not None and (m >= int(match[2]) if match[1] == ">=" else m == int(match[2]))
