"""Hypotheses that several bounds share."""

from boundcalc.language.claims import Hypothesis
from boundcalc.model.laws import Gaussian

FINITE_N = Hypothesis("a finite n", lambda problem: not problem.is_infinite, lambda problem: "n = inf")
NONLINEAR = Hypothesis("m >= 3", lambda problem: problem.m >= 3, lambda problem: f"m = {problem.m}")
GAUSSIAN = Hypothesis(
    "the gaussian law", lambda problem: isinstance(problem.law, Gaussian), lambda problem: f"the law is {problem.law.name}"
)
