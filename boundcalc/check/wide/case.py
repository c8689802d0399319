"""A case whose W is a configuration by classes: every quantity that does not depend on states, exact."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from typing import Any

from flint import fmpq

from boundcalc.check.exact.cases import Case
from boundcalc.check.exact.roots import approximate, decimal
from boundcalc.check.exact.states import States, SupportPoints
from boundcalc.check.wide.configuration import Configuration, UnknownByClasses
from boundcalc.check.wide.numpy_classes import numpy_code
from boundcalc.check.wide.places import Place, tuples


class Classes:
    """What :class:`boundcalc.check.exact.geometry.Geometry` tells, a number for each class instead of each feature."""

    def __init__(self, configuration: Configuration, scale: Any) -> None:
        self.configuration, self.scale = configuration, scale
        self.n, self.d, self.rank = configuration.n, configuration.d, configuration.rank
        self.a = tuple(scale * kind.norm for kind in configuration.kinds)

    def Q(self, k: int) -> tuple[Any, ...]:
        """Σ_j A_ij^k."""
        factor = self.scale**k if k else fmpq(1)
        return tuple(factor * value for value in self.configuration.power_sums(k))

    @cached_property
    def t(self) -> tuple[Any, ...]:
        """Capacities."""
        squares = self.configuration.power_sums(2)
        pairs = zip(self.configuration.kinds, squares, strict=True)
        return tuple(kind.norm**2 / square if kind.norm else fmpq(0) for kind, square in pairs)

    @cached_property
    def leverages(self) -> tuple[fmpq, ...]:
        """P_ii: the columns in a subspace are a tight frame of it, so that P = A over the frame's bound."""
        bounds = [self.configuration.frame_bound(space) for space in range(len(self.configuration.spaces))]
        return tuple(kind.norm / bounds[kind.space] if kind.norm else fmpq(0) for kind in self.configuration.kinds)


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
        self.frame: Any = Classes(configuration, self.scale)

    def rescaled(self, scale: Any) -> ClassCase:
        """The same at another scale; C and D follow by homogeneity."""
        other = ClassCase(
            self.configuration, self.m, self.p, self.points, self.law, scale=scale, moments=self.moments, even=self.even
        )
        other._kappa, other._mu = self._kappa, self._mu
        if "C_row" in self.__dict__ and "D_row" in self.__dict__:
            factor = (scale / self.scale) ** self.m
            other.__dict__["C_row"] = tuple(factor * value for value in self.C_row)
            other.__dict__["D_row"] = tuple(factor * factor * value for value in self.D_row)
        return other

    @property
    def rows(self) -> range:
        return range(len(self.configuration.kinds))

    def total(self, values: Sequence[Any]) -> Any:
        return sum((kind.count * value for kind, value in zip(self.configuration.kinds, values, strict=True)), fmpq(0))

    @property
    def improvement(self) -> Any:
        return self.C * self.C / self.D if self.ideal else 2 * self.C - self.D

    @property
    def states(self) -> States:
        raise UnknownByClasses("states of the features")

    def row(self, name: str, values: Sequence[Any], place: Any, at: int) -> Any:
        return values[self._kind(place)]

    def leverage_rows(self) -> Sequence[Any]:
        return self.frame.leverages

    def tuples(
        self, names: Sequence[str], links: Sequence[frozenset[str]], at: dict[str, Any]
    ) -> Iterator[tuple[tuple[Any, ...], int]]:
        return tuples(self.configuration, names, links, at)

    def pair(self, name: str, first: Any, second: Any, at: int) -> Any:
        """An entry of A, P or cos2."""
        i, j = self._kind(first), self._kind(second)
        kinds, same = self.configuration.kinds, first == second
        if not same and second.anchor != first:
            if first.anchor != second:
                raise UnknownByClasses("a pair that is not told")
            i, j, second = j, i, first
        mine, other = kinds[i], kinds[j]
        if name == "L":
            raise UnknownByClasses("the lifted columns")
        if name == "cos2":
            if not mine.norm or not other.norm:
                return 0
            return 1 if same else 0 if second.sight < 0 else mine.sees[second.sight].square
        if same:
            value: Any = mine.norm
        else:
            value = 0 if second.sight < 0 else self.configuration.entry(mine, mine.sees[second.sight], even=self.even)
        if name == "A":
            return value * self.scale
        return value / self.configuration.frame_bound(mine.space) if mine.norm and other.norm and mine.space == other.space else 0

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
        entry = approximate(self.pair("A", at[anchor], place, 0))
        return f"next(k for k in range(n) if k != {anchor} and abs(abs(A[{anchor}, k]) - {abs(entry)!r}) < 1e-9)"

    def _kind(self, place: Any) -> int:
        if not isinstance(place, Place):
            raise UnknownByClasses("the number of a feature")
        return place.kind

    def describe(self) -> dict[str, Any]:
        plain = isinstance(self.scale, (int, fmpq)) and self.scale == 1
        shown = self.configuration.name + ("" if plain else f", W^T W times {decimal(self.scale)}")
        return {"n": self.n, "d": self.d, "m": self.m, "p": decimal(self.p), "law": self.law, "configuration": shown}
