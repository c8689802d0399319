r"""Declares L5 for features that differ: weights found by a short search, evaluated exactly.

The transitions are of first order: an orthonormal start never finds a feature that comes in, so the starts hold all features
(:mod:`boundcalc.bounds.unequal.climb`). The best weights are rounded to whole multiples of a power of two, and their C and D are
rational; features whose columns are 0 do not enter.
"""

from __future__ import annotations

from typing import Any

from flint import fmpq

from boundcalc.bounds.declaration import Choice
from boundcalc.bounds.unequal.form import Unequal
from boundcalc.bounds.unequal.kinds import FeatureKind, kinds
from boundcalc.language.claims import Status, Step
from boundcalc.model.features import FeatureProblem, Features, Group
from boundcalc.numbers.enclosure import Enclosure

MOST_FEATURES, MOST_DIMENSIONS = 40, 12
"""The search sees this many features, those of the greatest ω p g; `boundcalc optimize` searches longer."""


def seen(problem: FeatureProblem) -> list[tuple[FeatureKind, int]]:
    """The features that the search sees, the most valuable first: their kinds and columns."""
    found: list[tuple[FeatureKind, int]] = []
    for kind in kinds(problem):
        found += [(kind, column) for column in kind.columns(MOST_FEATURES - len(found))]
    return found


def choose(problem: FeatureProblem) -> Choice | None:
    if problem.d > MOST_DIMENSIONS or problem.n <= problem.d or problem.m < 3:
        return None
    from boundcalc.bounds.unequal.climb import best_weights
    from boundcalc.loss.exact import exact_loss

    chosen = seen(problem)
    weights = best_weights([kind for kind, _ in chosen], problem.d, problem.m)
    if weights is None:
        return None
    kept = [column for column in range(weights.shape[1]) if weights[:, column].any()]
    groups = tuple(Group(1, kind.importance, kind.p, kind.group.law, kind.group.scale) for kind, _ in (chosen[k] for k in kept))
    found = exact_loss(weights[:, kept], m=problem.m, features=Features(groups), transpose=False)
    shown: dict[str, Any] = {
        "matrix": [[fmpq(*float(x).as_integer_ratio()) for x in row] for row in weights[:, kept].tolist()],
        "columns": [chosen[k][1] for k in kept],
        "n": len(kept),
        "d": problem.d,
    }
    return Choice({"C": found.C, "D": found.D}, shown)


def value(problem: FeatureProblem, choice: Choice, digits: int) -> Enclosure:
    C, D = choice.values["C"], choice.values["D"]
    return Enclosure.of(C**2 / D)


FORM = Unequal(
    statement=r"I^{\ast} \ge C^2/D",
    symbols=(("C, D", "$sum omega_i E x_i x_hat_i$ and $sum omega_i E x_hat_i^2$ of weights found by search"),),
    hypotheses=(),
    proof=(
        Step(
            "value",
            "the exact loss of these weights at their best scale",
            Status.COMPUTED,
            statement=r"I^{\ast} \ge I(sW) = C^2/D",
            checked="the weights at hand",
        ),
    ),
    value=value,
    chooser=choose,
    no_choice=f"a report searches for m >= 3, n > d and d <= {MOST_DIMENSIONS} alone",
)
