"""Builds a case whose W is a configuration by classes: every quantity that does not depend on states, exact."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from flint import fmpq

from boundcalc.check.exact.case_states import States, SupportPoints
from boundcalc.check.exact.cases import Case
from boundcalc.check.exact.roots import approximate, decimal
from boundcalc.check.wide.configuration import ColumnKind, Configuration, Sight, UnknownByClasses
from boundcalc.check.wide.numpy_classes import numpy_code
from boundcalc.check.wide.places import Place, tuples
from boundcalc.check.wide.ratio import Ratio
from boundcalc.model.named.index import BY_NAME

ITSELF = Sight(0, fmpq(1), 1, 1)
"""How a column sees itself."""


class ClassCase(Case):
    """A configuration at a scale, with an exponent, p and a law.

    Parameters
    ----------
    configuration : Configuration
    scale : exact number
        Factor of A, the square of that of W.
    moments : callable, optional
        E u^k of a symmetric law without finite support; ``points`` is empty then.
    even : bool
        Whether only even powers of the entries of A are asked for, so that their signs do not matter.
    ideal : bool
        Whether I is that of the best scale, C²/D: no case, but the limit of cases.
    """

    grouped = True

    def __init__(
        self,
        configuration: Configuration,
        m: int,
        p: Any,
        points: SupportPoints = (),
        law: str = "",
        *,
        scale: Any = None,
        moments: Callable[[int], fmpq] | None = None,
        even: bool = False,
        ideal: bool = False,
    ) -> None:
        self.configuration, self.scale = configuration, fmpq(1) if scale is None else scale
        self.even, self.ideal = even, ideal
        self.start((), m, p, points, law, moments)
        self.frame: Any = configuration

    def rescaled(self, scale: Any) -> ClassCase:
        """The same at another scale; C and D follow by homogeneity."""
        other = ClassCase(
            self.configuration, self.m, self.p, self.points, self.law, scale=scale, moments=self.moments, even=self.even
        )
        power = (scale / self.scale) ** self.m
        for key, value in self.memo.items():
            if isinstance(key, tuple) and key[0] in ("mu", "kappa"):
                other.memo[key] = value
            elif isinstance(key, tuple) and key[0] in ("C", "D") and len(key) == 2:
                other.memo[key] = value * (power if key[0] == "C" else power**2)
        return other

    def __call__(self, name: str, *indices: Any) -> Any:
        if self.ideal and name == "I":
            return self("C") * self("C") / self("D")
        if BY_NAME[name][len(indices)].indices in ("i", "ki"):
            indices = (*indices[:-1], Place(self._kind(indices[-1])))  # all columns of a class have the same
        return super().__call__(name, *indices)

    def total(self, function: Callable[[Any], Any]) -> Any:
        return sum((kind.count * function(Place(number)) for number, kind in enumerate(self.configuration.kinds)), fmpq(0))

    def ratio(self, above: Any, below: Any) -> Any:
        found = super().ratio(above, below)
        return found.reduced() if isinstance(found, Ratio) else found

    @property
    def states(self) -> States:
        raise UnknownByClasses("states of the features")

    def tuples(
        self, names: Sequence[str], links: Sequence[frozenset[str]], at: dict[str, Any]
    ) -> Iterator[tuple[tuple[Any, ...], int]]:
        return tuples(self.configuration, names, links, at)

    @property
    def rank(self) -> int:
        return self.configuration.rank

    def entry(self, i: Any, j: Any) -> Any:
        return self.scale * self._unscaled(*self._pair(i, j))

    def entry_squared(self, i: Any, j: Any) -> Any:
        mine, sight, other = self._pair(i, j)
        square: Any = 0 if sight is None else sight.square
        return square * (mine.norm * other.norm) * self.scale**2

    def power_sum(self, k: int, i: Any) -> Any:
        return (self.scale**k if k else fmpq(1)) * self.configuration.power_sums(k)[self._kind(i)]

    def projection(self, i: Any, j: Any) -> Any:
        """The columns in a subspace are a tight frame of it, so that P = A over the frame's bound."""
        mine, sight, other = self._pair(i, j)
        if not (mine.norm and other.norm and mine.space == other.space):
            return 0
        return self._unscaled(mine, sight, other) / self.configuration.frame_bound(mine.space)

    def lifted_projection(self, i: Any, j: Any) -> Any:
        raise UnknownByClasses("the lifted columns")

    def _unscaled(self, mine: ColumnKind, sight: Sight | None, other: ColumnKind) -> Any:
        return 0 if sight is None else mine.norm if sight is ITSELF else self.configuration.entry(mine, sight, even=self.even)

    def _pair(self, i: Any, j: Any) -> tuple[ColumnKind, Sight | None, ColumnKind]:
        """The classes of two columns, and how the first sees the second: ``None`` at right angles."""
        kinds = self.configuration.kinds
        first, second = kinds[self._kind(i)], kinds[self._kind(j)]
        if i == j:
            return first, ITSELF, second
        if j.anchor == i:
            return first, None if j.sight < 0 else first.sees[j.sight], second
        if i.anchor == j:
            return second, None if i.sight < 0 else second.sees[i.sight], first
        raise UnknownByClasses("a pair that is not given")

    def tell(self, place: Any) -> Any:
        kind = self.configuration.kinds[place.kind]
        norm = decimal(self.scale * kind.norm)
        if place.anchor is None:
            return f"a column of squared norm {norm}"
        square = 0 if place.sight < 0 else self.configuration.kinds[place.anchor.kind].sees[place.sight].square
        return f"a column of squared norm {norm} at squared cosine {decimal(square)} to the other"

    def numpy_code(self, arity: int) -> tuple[str, dict[str, tuple[str, tuple[str, ...]]]]:
        return numpy_code(self.configuration, self.scale, arity)

    def numpy_index(self, name: str, at: dict[str, Any]) -> str:
        place = at[name]
        if place.anchor is None:
            return str(sum(kind.count for kind in self.configuration.kinds[: place.kind]))
        anchor = next(other for other, held in at.items() if held == place.anchor)
        entry = approximate(self("A", at[anchor], place))
        return f"next(k for k in range(n) if k != {anchor} and abs(abs(A[{anchor}, k]) - {abs(entry)!r}) < 1e-9)"

    def feature(self, place: int, at: int) -> int:
        raise UnknownByClasses("the number of a feature")

    def _kind(self, place: Any) -> int:
        if not isinstance(place, Place):
            raise UnknownByClasses("the number of a feature")
        return place.kind

    def describe(self) -> dict[str, Any]:
        plain = isinstance(self.scale, (int, fmpq)) and self.scale == 1
        shown = self.configuration.name + ("" if plain else f", W^T W times {decimal(self.scale)}")
        return {"n": self.n, "d": self.d, "m": self.m, "p": decimal(self.p), "law": self.law, "configuration": shown}
