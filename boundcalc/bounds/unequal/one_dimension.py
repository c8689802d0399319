r"""Proves that one dimension holds one feature, d = 1, m = 3: I^* = max omega_i p_i g_i, whatever the importances.

With h = sum w_i x_i and z_i = w_i^2 the best decoder of each feature from h^3 gives I <= sum omega_i (E x_i h^3)^2/E h^6, and

    sum_i (E x_i h^3)^2/(p_i g_i) <= E h^6

where it holds coefficient by coefficient in the z: with gamma_i = mu_4^2/(mu_2 mu_6) and muhat_i = mu_4/mu_2^2 of feature i

    6/gamma_i + 9 p_i/(gamma_j h_i) <= 15 for i != j,      1/gamma_i + 1/gamma_j + 1/gamma_k <= 5 for distinct i, j, k.
"""

from __future__ import annotations

from flint import fmpq

from boundcalc.bounds.unequal.kinds import FeatureKind, kinds, top
from boundcalc.language.claims import Status, Step
from boundcalc.model.features import FeatureProblem


def holds_one_feature(problem: FeatureProblem) -> bool:
    """Whether d = 1, m = 3 and the conditions on pairs and triples hold, decided exactly."""
    every = kinds(problem)
    if problem.d != 1 or problem.m != 3:
        return False
    if problem.n >= 3 and top([(kind.count, inverse_gamma(kind)) for kind in every], 3) > 5:
        return False
    largest = sorted(every, key=inverse_gamma)[::-1][:2]
    for kind in every:
        # among the others the one of the largest 1/γ
        other = kind if kind is largest[0] and kind.count > 1 else next((own for own in largest if own is not kind), None)
        if other is not None and 6 * inverse_gamma(kind) + 9 * kind.p * inverse_gamma(other) / normal_fourth(kind) > 15:
            return False
    return True


def inverse_gamma(kind: FeatureKind) -> fmpq:
    """μ_2 μ_6/μ_4²."""
    return kind.moment(2) * kind.moment(6) / kind.moment(4) ** 2


def normal_fourth(kind: FeatureKind) -> fmpq:
    """μ_4/μ_2²."""
    return kind.moment(4) / kind.moment(2) ** 2


ONE_FEATURE = Step(
    "one_dimension",
    "$d = 1$, $y = sum w_i x_i$: the best decoder of each feature from $y^3$, and a comparison of coefficients in the $w_i^2$; it "
    "holds where $6/gamma_i + 9 p_i/(gamma_j h_i) <= 15$ for $i != j$ and $1/gamma_i + 1/gamma_j + 1/gamma_k <= 5$ for "
    "distinct ones, $gamma = mu_4^2/(mu_2 mu_6)$, $h = mu_4/mu_2^2$: then $I^* = max omega_i p_i g_i$",
    Status.ARGUED,
    statement=r"I \le \sum_i \omega_i \frac{(\mathsf{E} x_i y^3)^2}{\mathsf{E} y^6}, \qquad "
    r"\sum_i \frac{(\mathsf{E} x_i y^3)^2}{p_i g_i} \le \mathsf{E} y^6",
    checked="the coefficients, expanded, and exact random weights; the conditions are decided for the features at hand",
)
