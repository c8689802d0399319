"""Builds a case of features that differ: each has its own importance, activity and law; all rational, every quantity exact."""

from __future__ import annotations

from functools import cached_property, lru_cache
from itertools import product
from math import lcm, prod
from typing import Any

from flint import fmpq

from boundcalc.check.exact.case_states import MAX_STATES, OwnLaw, States, Vector, simplest
from boundcalc.check.exact.cases import Case
from boundcalc.check.exact.matrix_geometry import Geometry, Matrix, geometry
from boundcalc.language.grammar import StatementError
from boundcalc.numbers.errors import shortened


class UnequalStates(States):
    """The states of positive probability: feature i is off, or active at a point of its own support."""

    def __init__(self, frame: Geometry, own: tuple[OwnLaw, ...]) -> None:
        self.frame, self.points, self.own = frame, (), own
        size = prod(len(law.points) + 1 for law in own)
        if size > MAX_STATES:
            raise StatementError(f"{shortened(size)} states: an enumeration has at most {MAX_STATES}", 0)
        ranges = [range(0 if law.p == 1 else -1, len(law.points) if law.p else 0) for law in own]
        self.choices = list(product(*ranges))
        self.choices.sort(key=lambda state: sum(1 for choice in state if choice >= 0))

    @cached_property
    def x(self) -> list[Vector]:
        found = []
        for i, law in enumerate(self.own):
            values = [*(simplest(value) for value, _ in law.points), 0]  # choice -1 is the last
            found.append(Vector(values[state[i]] for state in self.choices))
        return found

    @cached_property
    def chances(self) -> tuple[int, list[int]]:
        """A common denominator, and the probability of each state times it."""
        whole, each = 1, []
        for law in self.own:
            shares = [*(law.p * weight for _, weight in law.points), 1 - law.p]
            unit = lcm(*(int(share.q) for share in shares))
            whole *= unit
            each.append([int((share * unit).p) for share in shares])
        return whole, [prod(shares[choice] for shares, choice in zip(each, state, strict=True)) for state in self.choices]


class UnequalCase(Case):
    """One (W, m) with an :class:`OwnLaw` for each column.

    ``p``, ``mu[k]`` and what else is common to equal features cannot be asked for.
    """

    own: tuple[OwnLaw, ...]

    def __init__(self, weights: Matrix, m: int, own: tuple[OwnLaw, ...]) -> None:
        super().__init__(weights, m, fmpq(0), (), "features that differ")
        self.own = own

    def __call__(self, name: str, *indices: Any) -> Any:
        if name in COMMON and len(indices) == COMMON[name]:
            raise StatementError(f"{name} is of equal features, and the claim is about features that differ", 0)
        return super().__call__(name, *indices)

    def importance(self, i: Any) -> Any:
        return self.own[i].importance

    def activity(self, i: Any) -> Any:
        return self.own[i].p

    def own_moment(self, k: int, i: Any) -> Any:
        return sum((weight * value**k for value, weight in self.own[i].points), fmpq(0))

    def row_cumulant(self, k: int, i: Any) -> Any:
        return sum((self("kappa", k, j) * entry**k for j, entry in enumerate(self.frame.A[i])), fmpq(0))

    @cached_property
    def states(self) -> States:
        return unequal_states(self.weights, self.own)

    @cached_property
    def probabilities(self) -> tuple[int, list[int]]:
        found = unequal_states(self.weights, self.own)
        return found.chances

    # ---- for people

    @property
    def state_count(self) -> int:
        return prod(len(law.points) + 1 for law in self.own)

    def numpy_law(self) -> str:
        """NumPy code that sets m, the importances, the activities and the laws."""
        laws = ", ".join("[" + ", ".join(f"({value}, {weight})" for value, weight in law.points) + "]" for law in self.own)
        rows = {name: ", ".join(str(getattr(law, name)) for law in self.own) for name in ("importance", "p")}
        return f"m = {self.m}\nomega = np.array([{rows['importance']}])\np_row = np.array([{rows['p']}])\nlaws = [{laws}]"

    def numpy_code(self, arity: int) -> tuple[str, dict[str, tuple[str, tuple[str, ...]]]]:
        return super().numpy_code(arity)[0], {
            "omega": ("", ()),
            "p[i]": ("", ()),
            "mu[k, i]": ("mu_row = lambda k: np.array([sum(weight * value**k for value, weight in law) for law in laws])", ()),
            "kappa[k, i]": (
                "@cache\ndef kappa_row(k):\n    return p_row * mu_row(k) - sum(comb(k - 1, j - 1) * kappa_row(j) * p_row * "
                "mu_row(k - j) for j in range(1, k))",
                ("mu[k, i]",),
            ),
            "states": (
                "states = list(itertools.product(*([(0, 0, 1 - p)] + [(1, value, p * weight) for value, weight in law] "
                "for p, law in zip(p_row, laws))))\n"
                "probability = np.array([prod(feature[2] for feature in state) for state in states])\n"
                "s = np.array([[feature[0] for feature in state] for state in states], dtype=float).T\n"
                "x = np.array([[feature[1] for feature in state] for state in states], dtype=float).T\n"
                "E = lambda values: probability @ (values + np.zeros(len(states)))",
                (),
            ),
            "C": ("C = omega @ C_row", ("C[i]",)),
            "D": ("D = omega @ D_row", ("D[i]",)),
        }

    def describe(self) -> dict[str, Any]:
        fields = super().describe()
        del fields["p"], fields["law"]
        features = [
            {
                "importance": str(law.importance),
                "p": str(law.p),
                "law": "support:" + ",".join(f"{value}:{weight}" for value, weight in law.points),
            }
            for law in self.own
        ]
        return fields | {"features": features}


COMMON = {"p": 0, "mu": 1, "kappa": 1, "alpha": 0, "beta": 0, "g": 0, "isolation": 0}
"""What equal features have in common, with its number of indices."""


@lru_cache(maxsize=256)
def unequal_states(weights: Matrix, own: tuple[OwnLaw, ...]) -> UnequalStates:
    """The states of a case; cases that differ in m alone share them."""
    return UnequalStates(geometry(weights), own)
