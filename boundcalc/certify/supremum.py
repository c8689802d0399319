"""Bounds the supremum of a function over a box of one to three variables rigorously, by branch and bound.

The function is given once, as a callable over ``+ − * / **`` and the functions of :mod:`boundcalc.certify.jets`, or
as a SymPy expression. Boxes have exact rational ends; on each, the least of the plain ball value, the mean value form
and the second-order Taylor form bounds the function (:mod:`boundcalc.certify.taylor`). Where a derivative has a sign,
the box shrinks to its face or goes. Near a smooth maximum the Taylor form is exact to third order, so that narrow
tolerances cost few boxes. Source: Hansen and Walster, Global Optimization Using Interval Analysis, chapters 12–14.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from flint import arb, fmpq

from boundcalc.certify.compactification import Scaled, unbounded
from boundcalc.certify.jets import Constant, Jet, constant, variables
from boundcalc.certify.taylor import newton_step, upper_bound
from boundcalc.numbers.enclosure import Enclosure, exact, precision
from boundcalc.numbers.errors import CertificationError, ParameterError

if TYPE_CHECKING:
    import sympy

DEFAULT_BUDGET = 20_000
"""Boxes evaluated before the search stops with the gap it has."""
_GUARD_BITS = 96
Interval = tuple[fmpq | int, fmpq | int | None]


@dataclass(frozen=True)
class Supremum:
    """What branch and bound proved: lower ≤ supremum ≤ upper.

    Attributes
    ----------
    lower : fmpq
        A proven lower end of the function's value at ``point``.
    point : tuple of fmpq or None
        The best point found; ``None`` for a variable at infinity.
    upper : fmpq or None
        The proven upper bound; ``None`` for infinity (a part of the box has no finite enclosure yet).
    boxes, depth : int
        Boxes evaluated, and the most bisections that led to one.
    converged : bool
        Whether the gap is within the tolerance asked; otherwise the budget ended first, and the gap is honest.
    """

    lower: fmpq
    point: tuple[fmpq | None, ...]
    upper: fmpq | None
    boxes: int
    depth: int
    converged: bool

    @property
    def enclosure(self) -> Enclosure:
        """The interval [lower, upper].

        Raises
        ------
        CertificationError
            If no finite upper bound was reached.
        """
        if self.upper is None:
            raise CertificationError(f"no finite upper bound after {self.boxes} boxes")
        return Enclosure(self.lower, self.upper)

    def as_json(self, digits: int) -> dict[str, object]:
        """JSON-ready summary, ends rounded outward."""
        lower, _ = Enclosure(self.lower, self.lower).decimals(digits)
        upper = None if self.upper is None else Enclosure(self.upper, self.upper).decimals(digits)[1]
        return {
            "lower": lower,
            "upper": upper,
            "point": [None if x is None else str(x) for x in self.point],
            "boxes": self.boxes,
            "depth": self.depth,
            "converged": self.converged,
        }


def supremum(
    function: Callable[..., Any] | sympy.Expr,
    box: Sequence[Interval],
    *,
    symbols: Sequence[sympy.Symbol] = (),
    relative: fmpq | None = None,
    absolute: fmpq | None = None,
    budget: int = DEFAULT_BUDGET,
) -> Supremum:
    """Encloses the supremum of a function over a closed box.

    Parameters
    ----------
    function : callable or SymPy expression
        A callable takes one argument a variable and uses ``+ − * / **``, exact constants (int, fmpq, arb) and the
        functions of :mod:`boundcalc.certify.jets`; it must not branch on its arguments' values. It is continuous on
        the box wherever it is finite.
    box : sequence of (low, high)
        One to three variables with exact ends; ``high = None`` for infinity, where the function's limit counts.
    symbols : sequence of sympy.Symbol
        The variables of a SymPy expression, in the box's order.
    relative, absolute : fmpq, optional
        Stop when upper − lower ≤ max(relative · |lower|, absolute). Default: relative 1e-6, absolute 0.
    budget : int
        Boxes to evaluate; the halves of the last one and their faces are finished, a few boxes beyond it.

    Raises
    ------
    ParameterError
        For a box that is empty or not of one to three variables.
    CertificationError
        If the function has no finite value at any point that was tried.
    """
    relative = fmpq(1, 10**6) if relative is None else fmpq(relative)
    absolute = fmpq(0) if absolute is None else fmpq(absolute)
    _check(box, relative, absolute, budget)
    if not callable(function) or hasattr(function, "free_symbols"):
        from boundcalc.certify.expression import compile_expression

        function = compile_expression(function, symbols)
    small = min((t for t in (relative, absolute) if t > 0), default=fmpq(1, 10**6))
    bits = _GUARD_BITS + 2 * max(0, int(small.q).bit_length() - int(small.p).bit_length())
    with precision(bits):
        return _Subdivision(_Function(function, box), relative, absolute, budget).run()


def _check(box: Sequence[Interval], relative: fmpq, absolute: fmpq, budget: int) -> None:
    if not 1 <= len(box) <= 3:
        raise ParameterError("box", list(box), "must have one to three variables")
    for low, high in box:
        if high is not None and fmpq(low) > fmpq(high):
            raise ParameterError("box", f"({low}, {high})", "must have low <= high")
    if relative < 0 or absolute < 0 or relative + absolute == 0:
        raise ParameterError("relative", str(relative), "must not be negative, nor both tolerances 0")
    if budget < 1:
        raise ParameterError("budget", budget, "must be at least 1")


class _Function:
    """The function on the compact box: finite variables as they are, infinite ones as w = low + u/(1 − u)."""

    def __init__(self, function: Callable[..., Any], box: Sequence[Interval]) -> None:
        self.function = function
        self.lows = [fmpq(low) for low, _ in box]
        self.infinite = [k for k, (_, high) in enumerate(box) if high is None]
        self.domain = tuple((fmpq(low), fmpq(high)) if high is not None else (fmpq(0), fmpq(1)) for low, high in box)

    def __call__(self, coordinates: Sequence[arb], order: int) -> Jet:
        at = variables(coordinates, order)
        value = self.function(*unbounded(at, self.lows, self.infinite))
        if isinstance(value, Scaled):
            value = value.jet()
        return constant(arb(value), at[0]) if isinstance(value, Constant) else value

    def point(self, coordinates: Sequence[fmpq]) -> tuple[fmpq | None, ...]:
        """The original variables."""
        return tuple(
            x if k not in self.infinite else None if x == 1 else self.lows[k] + x / (1 - x) for k, x in enumerate(coordinates)
        )


Edges = tuple[tuple[fmpq, fmpq], ...]


@dataclass(order=True)
class _Box:
    rank: tuple[int, fmpq, int]
    upper: arb = field(compare=False)
    sides: Edges = field(compare=False)
    depth: int = field(compare=False)
    split: int = field(compare=False)


class _Subdivision:
    """Best-first subdivision.

    Invariant: every maximiser lies in a pending box, or in one that was set aside with an upper bound within the target.
    """

    def __init__(self, function: _Function, relative: fmpq, absolute: fmpq, budget: int) -> None:
        self.function, self.relative, self.absolute, self.budget = function, relative, absolute, budget
        self.lower: arb | None = None
        self.target = arb.neg_inf()
        self.best: tuple[fmpq, ...] = ()
        self.aside = arb.neg_inf()
        self.pending: list[_Box] = []
        self.boxes = self.depth = 0

    def run(self) -> Supremum:
        domain = self.function.domain
        for corner in range(1 << len(domain)):
            self._try(tuple(side[corner >> k & 1] for k, side in enumerate(domain)))
        self._bound(domain, 0)
        while self.pending and self.boxes < self.budget:
            box = heapq.heappop(self.pending)
            if box.upper <= self.target:
                self._set_aside(box.upper)
                continue
            low, high = box.sides[box.split]
            middle = (low + high) / 2
            for half in ((low, middle), (middle, high)):
                self._bound((*box.sides[: box.split], half, *box.sides[box.split + 1 :]), box.depth + 1)
        return self._result()

    def _result(self) -> Supremum:
        if self.lower is None:
            raise CertificationError(f"the function has no finite value at the points tried ({self.boxes} boxes)")
        lower = exact(self.lower)
        for box in self.pending:
            self._set_aside(box.upper)
        # every box discarded or set aside below the best value means that the best value is the supremum
        upper = max(lower, exact(self.aside)) if self.aside.is_finite() else None if self.aside > 0 else lower
        gap = None if upper is None else upper - lower
        converged = gap is not None and gap <= max(self.relative * abs(lower), self.absolute)
        return Supremum(lower, self.function.point(self.best), upper, self.boxes, self.depth, converged)

    def _set_aside(self, upper: arb) -> None:
        if upper > self.aside:
            self.aside = upper

    def _try(self, point: tuple[fmpq, ...]) -> None:
        value = self.function([arb(x) for x in point], 0).value
        if value.is_finite():
            self._improve(value.lower(), point)

    def _improve(self, lower: arb, point: tuple[fmpq, ...]) -> None:
        if self.lower is None or lower > self.lower:
            self.lower, self.best = lower, point
            slack = max(self.relative * abs(exact(lower)), self.absolute)
            self.target = (lower + arb(slack)).lower()

    def _bound(self, sides: Edges, depth: int) -> None:
        """Bounds the function on a box, then sets it aside, discards it, shrinks it to a face, or keeps it to be split."""
        self.boxes += 1
        self.depth = max(self.depth, depth)
        middle = tuple((low + high) / 2 for low, high in sides)
        radii = [(high - low) / 2 for low, high in sides]
        if not any(radii):
            value = self.function([arb(x) for x in middle], 0).value
            if value.is_finite():
                self._improve(value.lower(), middle)
            self._set_aside(value.upper() if value.is_finite() else arb.pos_inf())
            return
        balls = [arb(x, r) if r else arb(x) for x, r in zip(middle, radii, strict=True)]
        plain = self.function(balls, 0).value
        upper = plain.upper() if plain.is_finite() else arb.pos_inf()
        if upper <= self.target:
            self._set_aside(upper)
            return
        over = self.function(balls, 2)
        at = self.function([arb(x) for x in middle], 1)
        if at.value.is_finite():
            self._improve(at.value.lower(), middle)
        if (face := self._monotone(sides, over.gradient)) is not None and (not face or self._is_defined(face)):
            if face:
                self._bound(face, depth)
            return
        widths = [arb(r) for r in radii]
        upper = upper_bound(upper, at, over, widths)
        if upper > self.target and (step := newton_step(at, over)) is not None:
            inside = zip(middle, step, sides, strict=True)
            self._try(tuple(min(max(x + move, low), high) for x, move, (low, high) in inside))
        if upper <= self.target:
            self._set_aside(upper)
            return
        heapq.heappush(self.pending, _Box((*_rank(upper), self.boxes), upper, sides, depth, _widest(radii, over)))

    def _is_defined(self, face: Edges) -> bool:
        """Whether a face has a finite enclosure; at infinity it may have none where the box around it has."""
        balls = [arb((low + high) / 2, (high - low) / 2) if low < high else arb(low) for low, high in face]
        return bool(self.function(balls, 0).value.is_finite())

    def _monotone(self, sides: Edges, gradient: tuple[arb, ...]) -> Edges | None:
        """The face that holds a box's maximisers where some derivative has a sign, () where it holds none, else None.

        A maximiser x in the box cannot have room to move in the direction of increase. With ∂f/∂x_k > 0 (in the
        generalised sense, on the closed box) it thus lies on the domain's upper face in x_k.
        """
        face, moved = list(sides), False
        for k, slope in enumerate(gradient):
            low, high = sides[k]
            if low == high or not (slope > 0 or slope < 0):
                continue
            end = high if slope > 0 else low
            if end != self.function.domain[k][1 if slope > 0 else 0]:
                return ()
            face[k], moved = (end, end), True
        return tuple(face) if moved else None


def _rank(upper: arb) -> tuple[int, fmpq]:
    """Orders boxes: the greatest upper bound first."""
    return (1, -exact(upper)) if upper.is_finite() else (0, fmpq(0))


def _widest(radii: Sequence[fmpq], over: Jet) -> int:
    """The variable to bisect: the one along which the function varies most, or the longest side where that is unknown."""
    free = [k for k, r in enumerate(radii) if r]
    spread = {k: (abs(over.gradient[k]) * arb(radii[k])).upper() for k in free}
    if all(s.is_finite() for s in spread.values()) and any(s > 0 for s in spread.values()):
        return max(free, key=lambda k: exact(spread[k]))
    return max(free, key=lambda k: radii[k])
