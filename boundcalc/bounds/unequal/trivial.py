r"""Declares U0 for features that differ: I^* <= sum omega_i E x_i^2, the loss of answering zero."""

from boundcalc.bounds.declaration import Choice
from boundcalc.bounds.unequal.form import Unequal
from boundcalc.language.claims import Status, Step
from boundcalc.model.features import FeatureProblem
from boundcalc.numbers.enclosure import Enclosure


def value(problem: FeatureProblem, choice: Choice, digits: int) -> Enclosure:
    return Enclosure.of(problem.energy)


FORM = Unequal(
    statement=r"I^{\ast} \le \sum_i \omega_i v_i, \qquad v_i = \mathsf{E} x_i^2 = p_i \mu_2^{(i)}",
    symbols=(),
    hypotheses=(),
    proof=(
        Step(
            "loss",
            "a loss is not negative",
            Status.STANDARD,
            statement=r"\sum_i \omega_i (x_i - \hat x_i)^2 \ge 0",
            standard="a square is not negative",
            checked="optimised weights of features that differ",
            claim=("I <= sum(i: omega[i]*p[i]*mu[2, i])",),
        ),
    ),
    value=value,
)
