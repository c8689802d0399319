"""Describes configurations of columns by classes: which inner products a column of each class has with the others, and how often.

Frames, simplices and direct sums have few classes however many columns they have, so that S, T, C, D, I and all sums over
features are exact and cheap without a matrix.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import accumulate
from typing import Any

from flint import fmpq

from boundcalc.check.exact.roots import Exact, power


class UnknownByClasses(Exception):
    """What a case by classes cannot tell: states, chains of three features, signs that are not known."""


@dataclass(frozen=True)
class Sight:
    """``count`` columns of class ``other`` at the squared cosine ``square``; ``sign`` is that of the cosine, 0 if not known."""

    other: int
    square: Exact
    count: int
    sign: int = 0


@dataclass(frozen=True)
class ColumnKind:
    """``count`` columns of squared norm ``norm`` in the subspace ``space`` (−1 for zero columns), and the others that each sees.

    Columns at right angles need not be listed, except those that share the subspace.
    """

    count: int
    norm: fmpq
    space: int
    sees: tuple[Sight, ...]


@dataclass(frozen=True)
class Configuration:
    """Columns of W.

    Parameters
    ----------
    name : str
        For people.
    d : int
        Dimensions, those that no column uses among them.
    spaces : dimensions of subspaces at right angles to one another
        The columns in each are a tight frame of it.
    kinds : classes of columns
    code : str
        NumPy expression for W, or empty.
    """

    name: str
    d: int
    spaces: tuple[int, ...]
    kinds: tuple[ColumnKind, ...]
    code: str = ""
    _sums: dict[int, tuple[Any, ...]] = field(default_factory=dict, compare=False, repr=False)

    @property
    def n(self) -> int:
        """Columns."""
        return sum(kind.count for kind in self.kinds)

    @property
    def rank(self) -> int:
        """Of W."""
        return sum(self.spaces)

    def frame_bound(self, space: int) -> fmpq:
        """The eigenvalue of A on a subspace: the sum of the squared norms over the dimension."""
        return sum((kind.norm * kind.count for kind in self.kinds if kind.space == space), fmpq(0)) / self.spaces[space]

    def power_sums(self, k: int) -> tuple[Any, ...]:
        """Σ_j A_ij^k for i of each class.

        Raises
        ------
        UnknownByClasses
            For odd k where a sign is not known.
        """
        if k not in self._sums:
            self._sums[k] = tuple(self._power_sum(kind, k) for kind in self.kinds)
        return self._sums[k]

    def _power_sum(self, kind: ColumnKind, k: int) -> Exact:
        total: Any = kind.norm**k if k else fmpq(self.n)
        if k == 0:
            return total
        for sight in kind.sees:
            other = self.kinds[sight.other]
            if not kind.norm or not other.norm or _is_zero(sight.square):
                continue
            if k % 2 == 0:
                total = total + sight.count * (kind.norm * other.norm) ** (k // 2) * power(sight.square, fmpq(k // 2))
            else:
                total = total + sight.count * power(self.entry(kind, sight), fmpq(k))
        return total

    def entry(self, kind: ColumnKind, sight: Sight, *, even: bool = False) -> Exact:
        """A_ij for i of a class and j seen by it; its absolute value if only even powers of it are asked for.

        Raises
        ------
        UnknownByClasses
            If the sign is not known and matters.
        """
        squared = kind.norm * self.kinds[sight.other].norm * sight.square
        if _is_zero(squared):
            return 0
        if not sight.sign and not even:
            raise UnknownByClasses("the sign of an inner product")
        return power(squared, fmpq(1, 2)) * (sight.sign or 1)


def _is_zero(value: Any) -> bool:
    return isinstance(value, (int, fmpq)) and value == 0


def alone(name: str, d: int, count: int, sights: Sequence[tuple[Exact, int, int]], code: str = "") -> Configuration:
    """``count`` unit columns that all see the same (square, sign, how many), a tight frame of R^d."""
    sees = tuple(Sight(0, square, many, sign) for square, sign, many in sights if many)
    return Configuration(name, d, (d,), (ColumnKind(count, fmpq(1), 0, sees),), code)


def direct_sum(parts: Sequence[Configuration], name: str = "") -> Configuration:
    """The parts in subspaces at right angles."""
    kinds: list[ColumnKind] = []
    starts = accumulate((len(part.kinds) for part in parts), initial=0)
    spaces = accumulate((len(part.spaces) for part in parts), initial=0)
    for part, first, space in zip(parts, starts, spaces, strict=False):
        for kind in part.kinds:
            sees = tuple(replace(sight, other=sight.other + first) for sight in kind.sees)
            kinds.append(replace(kind, space=kind.space + space if kind.space >= 0 else -1, sees=sees))
    code = f"block_diag({', '.join(part.code for part in parts)})" if all(part.code for part in parts) else ""
    return Configuration(
        name or " + ".join(part.name for part in parts),
        sum(part.d for part in parts),
        tuple(size for part in parts for size in part.spaces),
        tuple(kinds),
        code,
    )


def repeated(base: Configuration, times: int, *, alternating: bool = False) -> Configuration:
    """Every column ``times`` times; ``alternating``: an even number of times, half of them with the other sign."""
    own = times // 2 if alternating else times
    kinds = []
    for number, kind in enumerate(base.kinds):
        sees = [] if own == 1 else [Sight(number, fmpq(1), own - 1, 1)]
        if alternating:
            sees.append(Sight(number, fmpq(1), own, -1))
        for sight in kind.sees:
            if alternating and not _is_zero(sight.square):
                sees += [replace(sight, count=sight.count * own, sign=sign) for sign in (1, -1)]
            else:
                sees.append(replace(sight, count=sight.count * times))
        kinds.append(replace(kind, count=kind.count * times, sees=tuple(sees)))
    how = f"each column {times} times" + (", half of them negated" if alternating else "")
    code = ""
    if base.code:
        code = f"np.tile({base.code}, {own})" if own > 1 else base.code
        code = f"np.hstack([{code}, -{code}])" if alternating else code
    return Configuration(f"{base.name}, {how}", base.d, base.spaces, tuple(kinds), code)


def padded(base: Configuration, n: int, d: int) -> Configuration:
    """With zero columns and unused dimensions up to n and d."""
    zeros, rows = n - base.n, d - base.d
    if not zeros and not rows:
        return base
    if zeros < 0 or rows < 0:
        raise ValueError("a configuration is padded, never cut")
    kinds = (*base.kinds, ColumnKind(zeros, fmpq(0), -1, ())) if zeros else base.kinds
    what = [f"{zeros} zero column{'s' if zeros > 1 else ''}"] if zeros else []
    what += [f"{rows} unused dimension{'s' if rows > 1 else ''}"] if rows else []
    code = f"np.pad({base.code}, ((0, {rows}), (0, {zeros})))" if base.code else ""
    return Configuration(f"{base.name}, {' and '.join(what)}", d, base.spaces, kinds, code)
