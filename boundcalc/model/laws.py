"""Defines laws of the active value u of a feature: symmetric, given by exact even moments μ_k = E u^k.

``parse_law`` reads ``rademacher``, ``gaussian``, ``uniform``, ``laplace``, ``support:-1:1/4,0:1/2,1:1/4`` and
``moments:2=1,4=3,6=15``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from math import factorial
from typing import TYPE_CHECKING, Protocol

from flint import fmpq, fmpq_mat, fmpz

from boundcalc.numbers.errors import ParameterError, nearest, needs_text, shortened
from boundcalc.numbers.parsing import MAX_TEXT, as_rational, parse_rational
from boundcalc.numbers.plugins import plugged
from boundcalc.numbers.semidefinite import semidefinite_rank

if TYPE_CHECKING:
    import numpy as np

OTHER_NAMES = {
    "gaussian": ("normal", "standardnormal", "n0,1", "gauss", "randn"),
    "rademacher": ("sign", "signs", "binary", "±1", "+1", "bernoulli", "spin", "ising"),
    "uniform": ("uniform1,1", "u1,1", "rand"),
    "laplace": ("doubleexponential",),
}
"""What a law is called elsewhere, without blanks, hyphens and brackets."""
MAX_POINTS = 1000
"""Most points of a finite support."""
MAX_MOMENTS = 100
"""Most even moments of a list: what is exact takes long for larger Hankel matrices."""


class Law(Protocol):
    """A symmetric law with exact even moments.

    >>> parse_law("uniform").moment(2)
    1/3
    """

    @property
    def name(self) -> str:
        """The text that ``parse_law`` reads back to this law."""

    @property
    def max_order(self) -> int | None:
        """The highest order whose moment is known, ``None`` when all are."""

    def moment(self, k: int) -> fmpq:
        """μ_k = E u^k, exact; zero for odd k."""

    def sample(self, rng: np.random.Generator, size: int | tuple[int, ...]) -> np.ndarray:
        """Independent draws as float64."""


class _Named:
    """A law known by its name alone."""

    max_order: int | None = None


@dataclass(frozen=True)
class Gaussian(_Named):
    """N(0, 1): μ_k = (k − 1)!!.

    >>> Gaussian().moment(6)
    15
    """

    name: str = field(default="gaussian", init=False)

    def moment(self, k: int) -> fmpq:
        return fmpq(0) if k % 2 else fmpq(fmpz(factorial(k)) // (2 ** (k // 2) * factorial(k // 2)))

    def sample(self, rng: np.random.Generator, size: int | tuple[int, ...]) -> np.ndarray:
        return rng.standard_normal(size)


@dataclass(frozen=True)
class Uniform(_Named):
    """Uniform on [−1, 1]: μ_k = 1/(k + 1).

    >>> Uniform().moment(4)
    1/5
    """

    name: str = field(default="uniform", init=False)

    def moment(self, k: int) -> fmpq:
        return fmpq(0) if k % 2 else fmpq(1, k + 1)

    def sample(self, rng: np.random.Generator, size: int | tuple[int, ...]) -> np.ndarray:
        return rng.uniform(-1.0, 1.0, size)


@dataclass(frozen=True)
class Laplace(_Named):
    """Density e^{−|u|}/2: μ_k = k!.

    >>> Laplace().moment(4)
    24
    """

    name: str = field(default="laplace", init=False)

    def moment(self, k: int) -> fmpq:
        return fmpq(0) if k % 2 else fmpq(factorial(k))

    def sample(self, rng: np.random.Generator, size: int | tuple[int, ...]) -> np.ndarray:
        return rng.laplace(0.0, 1.0, size)


@dataclass(frozen=True)
class FiniteSupport:
    """A symmetric law on finitely many rational points.

    Parameters
    ----------
    points : sequence of (value, weight)
        Exact numbers. Weights are positive, sum to 1, and value −v has the weight of v.
    name : str, optional
        Defaults to the ``support:`` form.

    >>> FiniteSupport(((-2, "1/4"), (0, "1/2"), (2, "1/4"))).moment(4)
    8
    """

    points: tuple[tuple[fmpq, fmpq], ...]
    name: str = ""
    max_order = None

    def __post_init__(self) -> None:
        try:
            points = [(value, weight) for value, weight in self.points]
        except (TypeError, ValueError):
            raise ParameterError("law", self.points, "must be pairs of a value and a weight") from None
        if len(points) > MAX_POINTS:
            raise ParameterError("law", f"support of {len(points)} points", f"must have at most {MAX_POINTS} points")
        weights: dict[fmpq, fmpq] = {}
        shown = "support:" + ",".join(f"{shortened(str(value))}:{shortened(str(weight))}" for value, weight in points[:20])
        for value, weight in points:
            v, w = as_rational(value, parameter="law"), as_rational(weight, parameter="law")
            if v in weights:
                raise ParameterError("law", shown, f"must name each point once, {shortened(str(v))} stands twice")
            if w <= 0:
                short = f"that of {shortened(str(v))} is {shortened(str(w))}"
                raise ParameterError("law", shown, f"must have positive weights, {short}")
            weights[v] = w
        total = sum(weights.values(), fmpq(0))
        if total != 1:
            raise ParameterError("law", shown, f"must have weights that sum to 1, they sum to {shortened(str(total))}")
        for v, w in weights.items():
            if weights.get(-v) != w:
                pair = f"{shortened(str(v))} and {shortened(str(-v))}"
                raise ParameterError("law", shown, f"must be symmetric, {pair} differ in weight")
        if set(weights) == {fmpq(0)}:
            raise ParameterError("law", shown, "must have a point other than 0")
        object.__setattr__(self, "points", tuple(sorted(weights.items(), key=lambda point: point[0])))
        if not self.name:
            object.__setattr__(self, "name", "support:" + ",".join(f"{v}:{w}" for v, w in self.points))

    def moment(self, k: int) -> fmpq:
        return fmpq(0) if k % 2 else sum((w * v**k for v, w in self.points), fmpq(0))

    def sample(self, rng: np.random.Generator, size: int | tuple[int, ...]) -> np.ndarray:
        import numpy as np

        values = np.array([int(v.p) / int(v.q) for v, _ in self.points])
        weights = np.array([int(w.p) / int(w.q) for _, w in self.points])
        return rng.choice(values, size=size, p=weights / weights.sum())


class Rademacher(FiniteSupport):
    """±1 with probability 1/2 each: μ_k = 1.

    >>> Rademacher().moment(4)
    1
    """

    def __init__(self) -> None:
        super().__init__(((fmpq(-1), fmpq(1, 2)), (fmpq(1), fmpq(1, 2))), name="rademacher")


def rademacher() -> Rademacher:
    """The same law, by the name that it had before its class.

    >>> rademacher() == Rademacher()
    True
    """
    return Rademacher()


@dataclass(frozen=True)
class MomentList:
    """A law known only by its even moments μ_2, μ_4, …, μ_{2K}.

    They are checked exactly: a symmetric law with these moments exists if and only if μ_0, μ_2, … is a (truncated)
    moment sequence of u² on [0, ∞), that is, both Hankel matrices are positive semidefinite and the last column
    of moments lies in the range of the smaller one. [Curto, Fialkow 1991]

    >>> parse_law("moments:2=1,4=3,6=15").moment(6)
    15
    """

    even: tuple[fmpq, ...]

    def __post_init__(self) -> None:
        if not isinstance(self.even, (tuple, list)):
            raise ParameterError("law", self.even, "must be a sequence of even moments μ_2, μ_4, …")
        if len(self.even) > MAX_MOMENTS:
            raise ParameterError("law", f"list of {len(self.even)} moments", f"must list at most {MAX_MOMENTS} even moments")
        even = tuple(as_rational(value, parameter="law") for value in self.even)
        object.__setattr__(self, "even", even)
        if not even:
            raise ParameterError("law", "moments:", "must list μ_2, μ_4, … such as moments:2=1,4=3,6=15")
        if even[0] <= 0:
            raise ParameterError("law", self.name, "must have μ_2 > 0")
        why = _not_a_moment_sequence((fmpq(1), *even))
        if why:
            raise ParameterError("law", self.name, f"must be the moments of a symmetric law, {why}")

    @property
    def name(self) -> str:
        return "moments:" + ",".join(f"{2 * j + 2}={value}" for j, value in enumerate(self.even))

    @property
    def max_order(self) -> int:
        return 2 * len(self.even) + 1

    def moment(self, k: int) -> fmpq:
        if k % 2:
            return fmpq(0)
        if k == 0:
            return fmpq(1)
        if k > 2 * len(self.even):
            raise ParameterError("law", self.name, f"lists moments up to {2 * len(self.even)}, μ_{k} is needed")
        return self.even[k // 2 - 1]

    def sample(self, rng: np.random.Generator, size: int | tuple[int, ...]) -> np.ndarray:
        raise ParameterError("law", self.name, "must be a named law or a finite support to be sampled")


def _not_a_moment_sequence(s: tuple[fmpq, ...]) -> str:
    """Why s_0, …, s_K is not a moment sequence on [0, ∞); empty when it is."""
    top = len(s) - 1
    k = top // 2
    plain = [[s[i + j] for j in range(k + 1)] for i in range(k + 1)]
    size = k + 1 if top % 2 else k
    shifted = [[s[i + j + 1] for j in range(size)] for i in range(size)]
    for matrix, what in ((plain, "(μ_{2i+2j})"), (shifted, "(μ_{2i+2j+2})")):
        if matrix and semidefinite_rank(fmpq_mat(matrix)) is None:
            return f"the Hankel matrix {what} is not positive semidefinite"
    smaller = plain if top % 2 else shifted
    wide = [[*row, entry] for row, entry in zip(smaller, s[top - len(smaller) + 1 :], strict=True)]
    if smaller and fmpq_mat(wide).rank() > fmpq_mat(smaller).rank():
        return "the Hankel matrix is singular and the last moment does not fit it"
    return ""


NAMED: dict[str, Callable[[], Law]] = {"rademacher": Rademacher, "gaussian": Gaussian, "uniform": Uniform, "laplace": Laplace}
"""What a law's name alone stands for."""
NAMES = tuple(NAMED)
CLASSES: tuple[type, ...] = (MomentList, FiniteSupport, *(type(law()) for law in NAMED.values()))
"""Laws are objects of these: anything else with moments is not known to be one."""
FORMS = f"{', '.join(NAMED)}, support:-1:1/4,0:1/2,1:1/4 or moments:2=1,4=3,6=15"


def parse_law(text: str) -> Law:
    """The law that ``text`` names (see this module's docstring).

    Raises
    ------
    ParameterError
        For an unknown name, or a support or moment list that no symmetric law has.

    >>> parse_law("support:-1:1/4,0:1/2,1:1/4").moment(2)
    1/2
    """
    needs_text(text, "law", FORMS)
    if len(text) > MAX_TEXT:
        raise ParameterError("law", text, f"must be text of at most {MAX_TEXT} characters")
    name, colon, rest = text.strip().partition(":")
    name = name.lower()
    if not colon and name in NAMED:
        return NAMED[name]()
    if not colon and name in plugged("laws"):
        added: Law = plugged("laws")[name]()
        return added
    if colon and name == "support":
        pairs = [item.split(":") for item in rest.split(",")]
        if any(len(pair) != 2 for pair in pairs):
            raise ParameterError("law", text, "must have the form support:VALUE:WEIGHT,… such as support:-1:1/2,1:1/2")
        return FiniteSupport(tuple((parse_rational(v, parameter="law"), parse_rational(w, parameter="law")) for v, w in pairs))
    if colon and name == "moments":
        return _parse_moments(text, rest)
    raise ParameterError("law", text, f"must be {FORMS}{_advice(name)}")


def _advice(name: str) -> str:
    """What somebody who wrote this name may have meant."""
    plain = "".join(letter for letter in name if letter not in " _-()[]")
    if plain in ("uniform01", "uniform0,1", "uniform0.1", "u0,1"):
        others = "those on [0, 1] are for loss --activation relu, in Python activation='relu'"
        return f" (laws are symmetric here, uniform is on [-1, 1]; {others})"
    meant = next((law for law, others in OTHER_NAMES.items() if plain in others), None)
    near = [meant] if meant else nearest(name, NAMES, 1)
    return f" (did you mean {near[0]}?)" if near else ""


def _parse_moments(text: str, rest: str) -> MomentList:
    found: dict[str, fmpq] = {}
    for item in rest.split(","):
        order, equals, value = item.partition("=")
        if not equals or order.strip() in found:
            raise ParameterError("law", text, "must list each even moment once, such as moments:2=1,4=3,6=15")
        found[order.strip()] = parse_rational(value, parameter="law")
    wanted = [str(2 * j) for j in range(1, len(found) + 1)]
    missing = [order for order in wanted if order not in found]
    if missing:
        raise ParameterError("law", text, f"must list μ_2, μ_4, … without a gap; μ_{missing[0]} is missing")
    return MomentList(tuple(found[order] for order in wanted))
