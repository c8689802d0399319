r"""Declares U1 for features that differ: I^* <= the sum of the N largest omega_i E x_i^2, N = min(n, N_m(d))."""

from math import comb

from boundcalc.bounds.declaration import Choice
from boundcalc.bounds.unequal.form import Unequal
from boundcalc.bounds.unequal.kinds import kinds, top
from boundcalc.language.claims import Status, Step
from boundcalc.model.features import FeatureProblem
from boundcalc.numbers.enclosure import Enclosure


def lifted_rank(problem: FeatureProblem) -> int:
    """N = min(n, N_m(d)), N_m(d) = binom(d + m − 1, m)."""
    return min(problem.n, comb(problem.d + problem.m - 1, problem.m))


def value(problem: FeatureProblem, choice: Choice, digits: int) -> Enclosure:
    return Enclosure.of(top([(kind.count, kind.worth) for kind in kinds(problem)], lifted_rank(problem)))


LIFTED = Step(
    "lifted",
    "with each feature and its reconstruction times $sqrt(omega_i)$, the reconstruction lies in a space of dimension $N$, that of "
    "the lifted columns; $Pi$ projects onto it",
    Status.STANDARD,
    statement=r"\sum_i \omega_i (2 x_i \hat x_i - \hat x_i^2) \le \|\Pi\, \Omega^{1/2} x\|^2, \quad \Omega = "
    r"\operatorname{diag}(\omega_i)",
    standard="Pythagoras for an orthogonal projection",
    checked="optimised weights of features that differ",
    claim=(
        "sum(j: L[i, j]*xhat[j]) = xhat[i]",
        "sum(i: omega[i]*(2*x[i]*xhat[i] - xhat[i]^2)) = sum(i: omega[i]*x[i]^2) - sum(i: omega[i]*(x[i] - xhat[i])^2)",
    ),
)

FORM = Unequal(
    statement=r"I^{\ast} \le \operatorname{top}_N(\omega_i v_i), \qquad N = \min(n, N_m(d))",
    symbols=((r"\operatorname{top}_N", "the sum of the $N$ largest"), ("v_i", "$E x_i^2$")),
    hypotheses=(),
    proof=(
        LIFTED,
        Step(
            "trace",
            "the $x_i$ are uncorrelated, $0 <= Pi_ii <= 1$, and the trace of $Pi$ is at most $N$",
            Status.STANDARD,
            statement=r"\mathsf{E} \|\Pi\, \Omega^{1/2} x\|^2 = \sum_i \Pi_{ii}\, \omega_i v_i "
            r"\le \operatorname{top}_N(\omega_i v_i)",
            standard="the trace of a projection is its rank",
            checked="optimised weights of features that differ",
            claim=(
                "sum(i, j: L[i, j]^2*omega[j]*E[x[j]^2]) = sum(j: L[j, j]*omega[j]*p[j]*mu[2, j])",
                "sum(j: L[j, j]*omega[j]*p[j]*mu[2, j]) <= theta*min(n, N[m]) + sum(j: plus(omega[j]*p[j]*mu[2, j] - theta))",
            ),
            free=(("theta", "0..5 real"),),
        ),
    ),
    value=value,
)
