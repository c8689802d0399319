"""Defines a problem with the activation ReLU: features that are nonnegative while active, d hidden dimensions, a bias or none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flint import fmpq

from boundcalc.model.features import Features, Group
from boundcalc.model.laws import Law
from boundcalc.model.nonnegative_laws import NONNEGATIVE, parse_nonnegative_law
from boundcalc.model.problem import Exact, Whole
from boundcalc.numbers.errors import ParameterError, missing
from boundcalc.numbers.parsing import as_integer

MAX_POWER = 9
"""Largest m of ReLU^m."""
ACTIVATIONS = ("power", "relu")
"""x^m, and max(x, 0)."""


def read_activation(name: object) -> str:
    """``power`` or ``relu``."""
    if name not in ACTIVATIONS:
        raise ParameterError("activation", name, "must be power (x^m, with m) or relu")
    return str(name)


@dataclass(frozen=True, init=False)
class ReluProblem:
    """The model x̂ = ReLU(WᵀW x + b)^m, m = 1 unless said, or ReLU(VᵀW x + b)^m, of nonnegative features.

    Parameters
    ----------
    features : Features or sequence of Group
        With laws of :mod:`boundcalc.model.nonnegative_laws`.
    d : int or text
        Hidden dimensions, at least 1.
    bias, tied : bool
        Whether there is a bias; whether V = W.
    m : int or text
        The exponent, 1 to 9; above 1 there are floors for networks without bias, and no more.

    >>> ReluProblem(Features((Group(5, 1, "1/20", "uniform01"),)), d=2).energy  # 5/60
    1/12
    """

    features: Features
    d: int
    bias: bool
    tied: bool
    m: int

    activation = "relu"

    def __init__(
        self, features: Features | Sequence[Group], d: Whole, *, bias: bool = True, tied: bool = True, m: Whole = 1
    ) -> None:
        object.__setattr__(self, "features", features if isinstance(features, Features) else Features(tuple(features)))
        object.__setattr__(self, "d", as_integer(d, parameter="d", allowed="must be a whole number, at least 1"))
        object.__setattr__(self, "bias", bias)
        object.__setattr__(self, "tied", tied)
        allowed = f"must be a whole number, 1 to {MAX_POWER}, with the activation relu"
        object.__setattr__(self, "m", as_integer(m, parameter="m", allowed=allowed))
        if not 1 <= self.m <= MAX_POWER:
            raise ParameterError("m", self.m, allowed)
        if self.d < 1:
            raise ParameterError("d", self.d, "must be a whole number, at least 1")
        for group in self.features.groups:
            check_nonnegative(group.law)

    @property
    def n(self) -> int:
        """The number of features."""
        return self.features.n

    @property
    def energy(self) -> fmpq:
        """Σ ω_i E x_i², the loss of answering zero."""
        return self.features.energy

    def as_json(self) -> dict[str, object]:
        """The ``problem`` object of the JSON outputs."""
        given: dict[str, object] = {"n": str(self.n), "d": self.d, "activation": "relu", "bias": self.bias, "tied": self.tied}
        if self.m > 1:
            given["m"] = str(self.m)
        if len(self.features.groups) == 1:
            only = self.features.groups[0]
            if only.importance == 1 and only.scale == 1:
                return {**given, "p": str(only.p), "law": only.law.name}
        return {**given, "features": self.features.as_json()}


def check_nonnegative(law: Law) -> None:
    """Raises ParameterError for a law with negative values."""
    if not isinstance(law, NONNEGATIVE):
        parse_nonnegative_law(law.name)


def relu_problem_of(
    n: int, d: int, p: Exact | None, law: Law | str | None, features: Features | None, *, bias: bool, tied: bool
) -> ReluProblem:
    """The problem that a weight matrix of shape (d, n) is judged by, from p and a law, or from features.

    Raises
    ------
    ParameterError
        Where neither is given, or both, or where the features are not as many as the columns.
    """
    if features is None:
        for name, value in (("p", p), ("law", law)):
            if value is None:
                raise missing(name, "a problem is p and law, such as '0.01', 'uniform01', or features")
        assert p is not None
        assert law is not None
        known = parse_nonnegative_law(law) if isinstance(law, str) else law
        features = Features((Group(n, 1, p, known),))
    else:
        for name, value in (("p", p), ("law", law)):
            if value is not None:
                raise ParameterError(name, value, "must be left out where features are given, which hold it")
        features = features if isinstance(features, Features) else Features(features)
    if features.n != n:
        raise ParameterError("features", f"{features.n} features", f"must be as many as the columns of W, {n}")
    return ReluProblem(features, d, bias=bias, tied=tied)
