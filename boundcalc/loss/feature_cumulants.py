"""Gives what each feature adds to the cumulants of every pre-activation: K_{2k}(i) = Σ_j κ_{2k}^(j) A_ij^{2k}.

With equal features κ_{2k} comes out of the sum and plain power sums serve; otherwise it is a weight of the columns.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from math import gcd, lcm
from typing import TYPE_CHECKING

from flint import fmpq

from boundcalc.loss.row_terms import SMALLEST
from boundcalc.model.features import AnyProblem, Features, features_of
from boundcalc.numbers.enclosure import to_float
from boundcalc.numbers.errors import ParameterError

if TYPE_CHECKING:
    import numpy as np


@dataclass(frozen=True)
class FeatureCumulants:
    """The cumulants of every feature, exact and as float64."""

    problem: AnyProblem

    @cached_property
    def features(self) -> Features:
        """The features of the problem."""
        return features_of(self.problem)

    @property
    def groups(self) -> list[tuple[fmpq, ...]]:
        """Even cumulants of each group of equal features: [group][j] is κ_{2j}."""
        return self.features.cumulants(self.problem.m)

    @property
    def equal(self) -> bool:
        """Whether all features have the same cumulants, so that plain power sums serve."""
        key = ("equal", self.problem.m)
        if key not in self.features.kept:
            self.features.kept[key] = len(set(self.groups)) == 1
        return bool(self.features.kept[key])

    @cached_property
    def own(self) -> list[tuple[fmpq, ...]]:
        """Even cumulants of each feature."""
        return self.features.spread(self.groups)

    @cached_property
    def importance(self) -> list[fmpq]:
        """ω of each feature."""
        return self.features.spread(group.importance for group in self.features.groups)

    def units(self) -> list[fmpq]:
        """For each order, k = 1 … m, the unit that :meth:`whole` counts in; the common κ_{2k} of equal features."""
        if self.equal:
            return list(self.groups[0][1:])
        return [_unit([kappa[k] for kappa in self.groups]) for k in range(1, self.problem.m + 1)]

    def whole(self) -> np.ndarray | None:
        """κ_{2k} of each feature as whole numbers of the unit, shape (m, n); ``None`` for equal features, where they are 1."""
        if self.equal:
            return None
        import numpy as np

        rows = []
        for k, unit in enumerate(self.units(), 1):
            rows.append(self.features.spread(int((kappa[k] / unit).p) for kappa in self.groups))
        small = max(abs(value) for row in rows for value in row) < 1 << 62
        return np.array(rows, dtype=np.int64 if small else object)

    def floats(self) -> np.ndarray:
        """κ_{2k} of each feature, nearest float64, shape (m + 1, n), or (m + 1, 1) for equal features; row 0 is 0.

        Raises
        ------
        ParameterError
            Where float64's range does not hold them.
        """
        key = ("floats", self.problem.m)
        if key not in self.features.kept:
            self.features.kept[key] = self._floats()
        found: np.ndarray = self.features.kept[key]
        return found

    def _floats(self) -> np.ndarray:
        import numpy as np

        for group in self.features.groups:
            if to_float(group.variance()) < SMALLEST:
                raise ParameterError("p", str(group.p), "must be at least about 1e-290 for float64; the exact loss has no limit")
        try:
            table = [[to_float(value) for value in kappa] for kappa in self.groups]
        except OverflowError:
            raise ParameterError("m", self.problem.m, "must be smaller for float64, whose range the cumulants exceed") from None
        return np.ascontiguousarray(np.array(table[:1] if self.equal else self.features.spread(table)).T)

    def float_importance(self) -> np.ndarray:
        """ω of each feature, nearest float64, shape (n,), or (1,) where it is the same for all."""
        import numpy as np

        key = ("importance", 0)
        if key not in self.features.kept:
            weights = [group.importance for group in self.features.groups]
            whole = self.features.spread(weights) if len(set(weights)) > 1 else weights[:1]
            self.features.kept[key] = np.array([to_float(weight) for weight in whole])
        found: np.ndarray = self.features.kept[key]
        return found


def _unit(values: list[fmpq]) -> fmpq:
    """The largest rational of which all are whole multiples; 1 where all are 0."""
    below = lcm(*(int(value.q) for value in values))
    above = gcd(*(int((value * below).p) for value in values))
    return fmpq(above or below, below)
