"""Bounds how well superposed sparse features can be reconstructed, with certified numbers.

Certified upper and lower bounds on the largest improvement I*(n, d, m, p, law) of a tied-weight power autoencoder,
the witnesses that nearly attain them, and the exact loss of any weight matrix.

>>> from boundcalc import Problem, report
>>> answer = report(Problem(n=120, d=8, m=3, p="1e-6", law="rademacher"))
>>> answer.best_lower.choice.shown["frame"]
'E8'
"""

from __future__ import annotations

import sys
from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from boundcalc.bounds.catalog import BOUNDS, LOWER, UPPER, find
    from boundcalc.bounds.evaluate import Report, report
    from boundcalc.bounds.lower.weights import frame
    from boundcalc.bounds.outcome import evaluate_lower, evaluate_upper
    from boundcalc.certificate.verify_file import verify_certificate
    from boundcalc.certificate.write import write_certificate
    from boundcalc.check.own_claims import check_claim
    from boundcalc.loss.dense import dense_loss, dense_loss_and_gradient
    from boundcalc.loss.error_bound import bounded_loss
    from boundcalc.loss.exact import LossValue, exact_loss
    from boundcalc.loss.relu.gradient import relu_loss_and_gradient
    from boundcalc.loss.relu.loss import relu_loss
    from boundcalc.loss.relu.value import ReluLoss
    from boundcalc.loss.weights import load_weights
    from boundcalc.model.feature_table import read_features
    from boundcalc.model.features import FeatureProblem, Features, Group
    from boundcalc.model.laws import FiniteSupport, Gaussian, Laplace, Law, MomentList, Rademacher, Uniform, parse_law, rademacher
    from boundcalc.model.nonnegative_laws import Exponential, HalfNormal, NonnegativeSupport, UniformFromZero
    from boundcalc.model.problem import INFINITY, Problem
    from boundcalc.numbers.enclosure import Enclosure
    from boundcalc.numbers.errors import ParameterError
    from boundcalc.render.bibliography import cite
    from boundcalc.render.explanation import explain
    from boundcalc.render.fragments import latex
    from boundcalc.render.judged import Judged, loss_of
    from boundcalc.render.network import JudgedNetwork
    from boundcalc.render.plot import plot
    from boundcalc.search.optimize import optimize
    from boundcalc.sweep.run import run_sweep

_HOME = {
    "BOUNDS": "bounds.catalog",
    "LOWER": "bounds.catalog",
    "UPPER": "bounds.catalog",
    "find": "bounds.catalog",
    "Report": "bounds.evaluate",
    "evaluate_lower": "bounds.outcome",
    "evaluate_upper": "bounds.outcome",
    "report": "bounds.evaluate",
    "Enclosure": "numbers.enclosure",
    "ParameterError": "numbers.errors",
    "FeatureProblem": "model.features",
    "Features": "model.features",
    "Group": "model.features",
    "read_features": "model.feature_table",
    "FiniteSupport": "model.laws",
    "Gaussian": "model.laws",
    "Laplace": "model.laws",
    "Law": "model.laws",
    "MomentList": "model.laws",
    "Rademacher": "model.laws",
    "Uniform": "model.laws",
    "parse_law": "model.laws",
    "rademacher": "model.laws",
    "bounded_loss": "loss.error_bound",
    "dense_loss": "loss.dense",
    "dense_loss_and_gradient": "loss.dense",
    "cite": "render.bibliography",
    "explain": "render.explanation",
    "Judged": "render.judged",
    "check_claim": "check.own_claims",
    "latex": "render.fragments",
    "loss_of": "render.judged",
    "frame": "bounds.lower.weights",
    "load_weights": "loss.weights",
    "JudgedNetwork": "render.network",
    "relu_loss": "loss.relu.loss",
    "ReluLoss": "loss.relu.value",
    "relu_loss_and_gradient": "loss.relu.gradient",
    "NonnegativeSupport": "model.nonnegative_laws",
    "UniformFromZero": "model.nonnegative_laws",
    "Exponential": "model.nonnegative_laws",
    "HalfNormal": "model.nonnegative_laws",
    "verify_certificate": "certificate.verify_file",
    "write_certificate": "certificate.write",
    "LossValue": "loss.exact",
    "exact_loss": "loss.exact",
    "INFINITY": "model.problem",
    "Problem": "model.problem",
    "plot": "render.plot",
    "run_sweep": "sweep.run",
    "optimize": "search.optimize",
}


def load_what_shows() -> None:
    """Registers how results show themselves (:mod:`boundcalc.numbers.display`)."""
    checked = ("render.verdicts",) if "boundcalc.check.own_claims" in sys.modules else ()  # which takes long to import
    swept = ("render.sweeps",) if "boundcalc.sweep.rows" in sys.modules else ()
    for name in ("render.notebook", "render.terminal", "bounds.report_json", *checked, *swept):
        import_module(f"boundcalc.{name}")


__all__ = [*sorted(_HOME), "__version__"]


def __getattr__(name: str) -> Any:
    if name in _HOME:
        value = getattr(import_module(f"boundcalc.{_HOME[name]}"), name)
        globals()[name] = value
        return value
    raise AttributeError(f"module 'boundcalc' has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
