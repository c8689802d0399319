r"""Declares U10 for importances that differ: m = 3, kappa_4 <= 0, one law and activity: I^* <= p mu_2 top_r(omega_i)."""

from boundcalc.bounds.declaration import Choice
from boundcalc.bounds.unequal.form import Unequal
from boundcalc.bounds.unequal.kinds import kinds, top
from boundcalc.language.claims import Hypothesis, Status, Step
from boundcalc.model.features import FeatureProblem
from boundcalc.numbers.enclosure import Enclosure


def only_importances(problem: FeatureProblem) -> bool:
    """Whether the features differ in importance alone."""
    return len({(kind.p, kind.group.law, kind.group.scale) for kind in kinds(problem)}) == 1


CUBIC = Hypothesis("$m = 3$", lambda problem: problem.m == 3, lambda problem: f"$m = {problem.m}$")
ONE_LAW = Hypothesis(
    "one activity, law and scale for all features", only_importances, lambda problem: "these differ from feature to feature"
)
NEGATIVE = Hypothesis(
    "$kappa_4 <= 0$",
    lambda problem: kinds(problem)[0].kappa[2] <= 0,
    lambda problem: f"$kappa_4 = {kinds(problem)[0].kappa[2]}$",
)


def value(problem: FeatureProblem, choice: Choice, digits: int) -> Enclosure:
    return Enclosure.of(top([(kind.count, kind.worth) for kind in kinds(problem)], problem.rank))


FORM = Unequal(
    statement=r"I^{\ast} \le p\, \mu_2 \operatorname{top}_r(\omega_i)",
    symbols=((r"\operatorname{top}_r", "the sum of the $r$ largest"), ("r", "$min(n, d)$")),
    hypotheses=(CUBIC, ONE_LAW, NEGATIVE),
    proof=(
        Step(
            "bessel",
            "the $x_j/sqrt(v)$ are orthonormal, $v = p mu_2$; $B_ij = A_ij^3$ and $c = -kappa_4/kappa_2 >= 0$",
            Status.STANDARD,
            statement=r"I \le 2 \operatorname{tr}(\Theta F) - \|F\|^2, \quad \Theta = \sqrt{v}\, \Omega^{1/2}, \quad "
            r"F = \sqrt{v}\, \Omega^{1/2} (3 \operatorname{diag}(K_2)\, A - c B)",
            standard="Bessel",
            checked="optimised weights of features that differ",
            claim=(
                "E[x[j]*xhat[i]] = kappa[4, j]*A[i, j]^3 + 3*kappa[2, j]*K[2, i]*A[i, j]",
                "D[i] >= sum(j: E[x[j]*xhat[i]]^2/kappa[2, j])",
            ),
            given=("m = 3", "kappa[2, j] > 0"),
        ),
        Step(
            "kernel",
            "$P$ projects onto $Omega^{-1/2} ker A$ and $Z = Omega^{1/2} P Omega^{-1/2}$, so that $A Z = 0$; $B$ is positive "
            "semidefinite by Schur's product theorem, so that the trace with $P$ is not negative",
            Status.ARGUED,
            statement=r"\operatorname{tr}(\Theta F Z) = -c\, v \operatorname{tr}(\Omega^{1/2} B\, \Omega^{1/2} P) \le 0",
            checked="optimised weights of features that differ",
            claim=("sum(i: omega[i]^2*a[i]^3) >= sum(i, j: omega[i]*omega[j]*A[i, j]^3*L[i, j])",),
        ),
        Step(
            "trace",
            "what is left is a square, and $1 - P$ is a projection of rank $r$",
            Status.STANDARD,
            statement=r"2 \operatorname{tr}(\Theta F (1 - Z)) - \|F\|^2 \le v \operatorname{tr}(\Omega (1 - P)) \le "
            r"v \operatorname{top}_r(\omega_i)",
            standard="the trace of a projection is its rank",
            checked="optimised weights of features that differ",
            claim=("sum(i: omega[i]*P[i, i]) <= theta*r + sum(i: plus(omega[i] - theta))",),
            free=(("theta", "0..5 real"),),
        ),
    ),
    value=value,
)
