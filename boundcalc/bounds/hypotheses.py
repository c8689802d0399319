"""Declares hypotheses that several bounds share."""

from flint import fmpq

from boundcalc.language.claims import Hypothesis
from boundcalc.model.laws import Gaussian, Laplace, Uniform
from boundcalc.model.problem import Problem
from boundcalc.model.quantities import Quantities
from boundcalc.numbers.enclosure import decimal_floor
from boundcalc.numbers.rings import EXACT


def shown(value: fmpq) -> str:
    """A rational as text: itself where it is short, else its leading digits."""
    text = str(value)
    return text if len(text) <= 24 else decimal_floor(value, 12)


def _not_positive(problem: Problem) -> list[str]:
    """The cumulants κ_4, …, κ_{2m} that are not positive, with their values."""
    kappa = Quantities(EXACT, problem).kappa
    return [f"$kappa_{2 * j} = {shown(value)}$" for j, value in enumerate(kappa) if j > 1 and value <= 0]


FINITE_N = Hypothesis("a finite $n$", lambda problem: not problem.is_infinite, lambda problem: "$n = inf$")
NONLINEAR = Hypothesis("$m >= 3$", lambda problem: problem.m >= 3, lambda problem: f"$m = {problem.m}$")
GAUSSIAN = Hypothesis(
    "the gaussian law", lambda problem: isinstance(problem.law, Gaussian), lambda problem: f"the law is {problem.law.name}"
)
UNIFORM = Hypothesis(
    "the uniform law", lambda problem: isinstance(problem.law, Uniform), lambda problem: f"the law is {problem.law.name}"
)
LAPLACE = Hypothesis(
    "the laplace law", lambda problem: isinstance(problem.law, Laplace), lambda problem: f"the law is {problem.law.name}"
)
CUBIC = Hypothesis("$m = 3$", lambda problem: problem.m == 3, lambda problem: f"$m = {problem.m}$")
CUBIC_OR_QUINTIC = Hypothesis("$m = 3$ or $m = 5$", lambda problem: problem.m in (3, 5), lambda problem: f"$m = {problem.m}$")
QUINTIC = Hypothesis("$m = 5$", lambda problem: problem.m == 5, lambda problem: f"$m = {problem.m}$")
POSITIVE_FOURTH_AND_SIXTH = Hypothesis(
    "$kappa_4 > 0$ and $kappa_6 > 0$",
    lambda problem: not _not_positive(problem),
    lambda problem: ", ".join(_not_positive(problem)),
)
