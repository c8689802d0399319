"""Defines laws of the active value u ≥ 0 of a feature that a ReLU can restore: uniform on [0, c], or of finite support.

``parse_nonnegative_law`` reads ``uniform01``, ``uniform:0:3/2`` and ``support:1/2:1/4,1:3/4``; also ``exponential`` and
``half-normal``, whose values have no bound, and for which there are floors of the loss but no loss of given weights.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from math import factorial, prod
from typing import TYPE_CHECKING

from flint import fmpq

from boundcalc.model.laws import MAX_POINTS, Law, parse_law
from boundcalc.numbers.enclosure import to_float
from boundcalc.numbers.errors import ParameterError, shortened
from boundcalc.numbers.parsing import MAX_TEXT, as_rational, parse_rational

if TYPE_CHECKING:
    import numpy as np

NONNEGATIVE_FORMS = "uniform01, uniform:0:3/2 or support:1/2:1/4,1:3/4"
_NAMES = ("uniform01", "uniform0,1", "u0,1", "uniform0.1")
_UNBOUNDED_NAMES = {
    "exponential": ("exponential", "exponential1", "exp"),
    "half-normal": ("halfnormal", "halfgaussian", "foldednormal"),
}


@dataclass(frozen=True)
class UniformFromZero:
    """Uniform on [0, c]: μ_k = c^k/(k + 1).

    >>> UniformFromZero().moment(1)
    1/2
    """

    top: fmpq = field(default_factory=lambda: fmpq(1))
    max_order = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "top", as_rational(self.top, parameter="law"))
        if self.top <= 0:
            raise ParameterError("law", self.name, "must be uniform on [0, c] with c > 0, such as uniform:0:3/2")

    @property
    def name(self) -> str:
        return "uniform01" if self.top == 1 else f"uniform:0:{self.top}"

    def moment(self, k: int) -> fmpq:
        return self.top**k / fmpq(k + 1)

    def sample(self, rng: np.random.Generator, size: int | tuple[int, ...]) -> np.ndarray:
        return rng.uniform(0.0, to_float(self.top), size)


@dataclass(frozen=True)
class NonnegativeSupport:
    """A law on finitely many rational points, none of them negative.

    Parameters
    ----------
    points : sequence of (value, weight)
        Exact numbers. Weights are positive and sum to 1.

    >>> NonnegativeSupport(((1, "1/2"), (2, "1/2"))).moment(1)
    3/2
    """

    points: tuple[tuple[fmpq, fmpq], ...]
    max_order = None

    def __post_init__(self) -> None:
        try:
            points = [(value, weight) for value, weight in self.points]
        except (TypeError, ValueError):
            raise ParameterError("law", self.points, "must be pairs of a value and a weight") from None
        read = [(as_rational(v, parameter="law"), as_rational(w, parameter="law")) for v, w in points]
        shown = "support:" + ",".join(f"{shortened(str(v))}:{shortened(str(w))}" for v, w in read[:20])
        if len(read) > MAX_POINTS:
            raise ParameterError("law", f"support of {len(read)} points", f"must have at most {MAX_POINTS} points")
        weights = dict(read)
        if len(weights) < len(read):
            raise ParameterError("law", shown, "must name each point once")
        if any(w <= 0 for w in weights.values()) or sum(weights.values(), fmpq(0)) != 1:
            raise ParameterError("law", shown, "must have positive weights that sum to 1")
        if any(v < 0 for v in weights) or set(weights) == {fmpq(0)}:
            raise ParameterError("law", shown, "must have no negative point, and one other than 0")
        object.__setattr__(self, "points", tuple(sorted(weights.items(), key=lambda point: point[0])))

    @property
    def name(self) -> str:
        return "support:" + ",".join(f"{v}:{w}" for v, w in self.points)

    def moment(self, k: int) -> fmpq:
        return sum((w * v**k for v, w in self.points), fmpq(0))

    def sample(self, rng: np.random.Generator, size: int | tuple[int, ...]) -> np.ndarray:
        import numpy as np

        weights = np.array([to_float(w) for _, w in self.points])
        return rng.choice([to_float(v) for v, _ in self.points], size=size, p=weights / weights.sum())


@dataclass(frozen=True)
class Exponential:
    """Density e^{−u} on u > 0: μ_k = k!.

    >>> Exponential().moment(3)
    6
    """

    name: str = field(default="exponential", init=False)
    max_order = None

    def moment(self, k: int) -> fmpq:
        return fmpq(factorial(k))

    def sample(self, rng: np.random.Generator, size: int | tuple[int, ...]) -> np.ndarray:
        return rng.exponential(1.0, size)


@dataclass(frozen=True)
class HalfNormal:
    """The law of the absolute value of a standard Gaussian: μ_k = (k − 1)!! for even k.

    >>> HalfNormal().moment(4)
    3
    """

    name: str = field(default="half-normal", init=False)
    max_order = None

    def moment(self, k: int) -> fmpq:
        """μ_k for even k.

        Raises
        ------
        ParameterError
            For odd k: μ_1 = √(2/π).
        """
        if k % 2:
            raise ParameterError("law", self.name, f"has an irrational moment of order {k}")
        return fmpq(prod(range(1, k, 2)))

    def sample(self, rng: np.random.Generator, size: int | tuple[int, ...]) -> np.ndarray:
        found: np.ndarray = abs(rng.standard_normal(size))
        return found


NonnegativeLaw = UniformFromZero | NonnegativeSupport | Exponential | HalfNormal
NONNEGATIVE = (UniformFromZero, NonnegativeSupport, Exponential, HalfNormal)
UNBOUNDED = (Exponential, HalfNormal)
"""Laws for which no loss of given weights is computed."""


def parse_nonnegative_law(text: str) -> NonnegativeLaw:
    """The law that ``text`` names (see this module's docstring).

    Raises
    ------
    ParameterError
        For an unknown name, a signed law, or weights that are none.

    >>> parse_nonnegative_law("uniform:0:2").moment(2)
    4/3
    """
    found = _read(text)
    if found is not None:
        return found
    try:
        signed = parse_law(text).name
    except ParameterError:
        raise ParameterError(
            "law", text, f"must be {NONNEGATIVE_FORMS} with the activation relu; exponential or half-normal for its floors"
        ) from None
    raise ParameterError("law", signed, f"takes negative values, which a ReLU does not restore: {NONNEGATIVE_FORMS}")


def parse_any_law(text: str) -> Law:
    """A law of either kind: symmetric, or nonnegative."""
    return _read(text) or parse_law(text)


def _read(text: str) -> NonnegativeLaw | None:
    """The nonnegative law; ``None`` for a text of another form."""
    if len(text) > MAX_TEXT:
        return None
    name, colon, rest = text.strip().partition(":")
    plain = "".join(letter for letter in name.lower() if letter not in " _-()[]")
    if not colon and plain in _NAMES:
        return UniformFromZero()
    unbounded = next((name for name, known in _UNBOUNDED_NAMES.items() if plain in known), None)
    if not colon and unbounded:
        return Exponential() if unbounded == "exponential" else HalfNormal()
    pairs = [item.split(":") for item in rest.split(",")]
    if any(len(pair) != 2 for pair in pairs):
        return None
    if plain == "uniform" and len(pairs) == 1:
        low, high = (parse_rational(each, parameter="law") for each in pairs[0])
        if low == 0:
            return UniformFromZero(high)
        raise ParameterError("law", text, "must be uniform on [0, c], such as uniform:0:3/2, or uniform on [-1, 1]")
    if plain == "support":
        points = tuple((parse_rational(v, parameter="law"), parse_rational(w, parameter="law")) for v, w in pairs)
        if all(v >= 0 for v, _ in points):
            return NonnegativeSupport(points)
    return None


def refuse_nonnegative(law: object) -> None:
    """Raises ParameterError for a law on [0, c] where the activation is a power."""
    if isinstance(law, NONNEGATIVE):
        where = "bounds" if isinstance(law, UNBOUNDED) else "loss"
        near = {"exponential": "laplace", "half-normal": "gaussian"}.get(law.name, "uniform (on [-1, 1])")
        relu = f"{where} --activation relu (in Python activation='relu')"
        raise ParameterError("law", law.name, f"is for {relu}; with x^m laws are symmetric, such as {near}")


def refuse_unbounded(law: object) -> None:
    """Raises ParameterError for a law whose values have no bound, where the loss of given weights is asked for."""
    if isinstance(law, UNBOUNDED):
        forms = f"the loss of given weights is for {NONNEGATIVE_FORMS}"
        raise ParameterError("law", law.name, f"has floors alone, on the command line bounds --activation relu; {forms}")
