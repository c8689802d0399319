r"""Declares L0 for features that differ: I^* >= the sum of the r largest omega_i p_i g_i, r = min(n, d)."""

from boundcalc.bounds.declaration import Choice
from boundcalc.bounds.unequal.form import Unequal
from boundcalc.bounds.unequal.kinds import kinds, top
from boundcalc.language.claims import Status, Step
from boundcalc.model.features import FeatureProblem
from boundcalc.numbers.enclosure import Enclosure

MOST_NAMED = 1000
"""Most columns that a witness names."""


def value(problem: FeatureProblem, choice: Choice, digits: int) -> Enclosure:
    return Enclosure.of(top([(kind.count, kind.alone) for kind in kinds(problem)], problem.rank))


def choose(problem: FeatureProblem) -> Choice:
    """The features of the r largest ω p g; of many the first ones are named."""
    columns, left = [], problem.rank
    for kind in kinds(problem):
        columns += kind.columns(min(kind.count, left, MOST_NAMED))
        left -= min(kind.count, left)
    shown = {"frame": "orthonormal", "n": problem.rank, "d": problem.rank, "columns": columns[:MOST_NAMED]}
    return Choice(shown=shown)


FORM = Unequal(
    statement=r"I^{\ast} \ge \operatorname{top}_r(\omega_i p_i g_i), \qquad g_i = \alpha_i^2 / \beta_i, \quad r = \min(n, d)",
    symbols=(
        (r"\operatorname{top}_r", "the sum of the $r$ largest"),
        (r"\alpha_i, \beta_i", "the moments $mu_{m+1}$ and $mu_{2m}$ of feature $i$"),
    ),
    hypotheses=(),
    proof=(
        Step(
            "value",
            "a diagonal $A$ with $a_i^m = alpha_i/beta_i$ for $r$ features and 0 for the others",
            Status.STANDARD,
            statement=r"2 C_i - D_i = \omega_i p_i (2 \alpha_i a_i^m - \beta_i a_i^{2m}) = \omega_i p_i g_i",
            standard="the vertex of a parabola",
            checked="the exact loss of such weights",
            claim=(
                "C[i] = p[i]*mu[m + 1, i]*a[i]^m",
                "D[i] = p[i]*mu[2*m, i]*a[i]^(2*m)",
                "(2*C[i] - D[i])*mu[2*m, i] <= p[i]*mu[m + 1, i]^2",
            ),
            given=("q[i] = a[i]^2",),
        ),
    ),
    value=value,
    chooser=choose,
)
