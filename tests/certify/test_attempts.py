import numpy as np
import pytest

from boundcalc.bounds import declaration
from boundcalc.bounds.catalog import find
from boundcalc.bounds.frontiers import general_proposal
from boundcalc.bounds.outcome import evaluate_upper
from boundcalc.bounds.unequal import frontier as unequal_frontier
from boundcalc.bounds.unequal import very_sparse
from boundcalc.certify import attempts
from boundcalc.certify.attempts import Attempt, tightest
from boundcalc.certify.cone_solver import ConeProgram
from boundcalc.model.features import FeatureProblem, Features
from boundcalc.model.problem import Problem
from boundcalc.numbers.remarks import remarks


@pytest.mark.parametrize(
    ("values", "expected", "count", "said"),
    [
        ([(1.0, 0.999)], 1.0, 1, False),
        ([(1.0, np.inf)], 1.0, 1, False),  # it promised nothing
        ([(1.01, 1.0), (1.0, 1.0)], 1.0, 2, True),
        ([(1.01, 1.0), (1.02, 1.0)], 1.01, 2, False),
        ([(np.inf, 0.0), (1.0, 1.0)], 1.0, 2, True),
        ([(np.inf, 0.0), (np.inf, 0.0)], np.inf, 2, False),
    ],
)
def test_what_is_looser_than_its_proposal_is_attempted_once_more(values, expected, count, said):
    left = list(values)
    with remarks() as made:
        found = tightest(lambda: Attempt(None, *left.pop(0)))
    assert found.certified == expected
    assert len(values) - len(left) == count
    assert made == ([attempts.TIGHTER] if said else [])


def unequal(m, *importance):
    return FeatureProblem(Features.each(list(importance), ["1/50"] * len(importance), "gaussian"), 2, m)


@pytest.mark.parametrize(
    ("key", "problem"),
    [
        ("frontier", Problem("inf", 3, 3, "1/50", "gaussian")),
        ("frontier", Problem(30, 3, 5, "1/500", "gaussian")),
        ("coupled_frontier", Problem("inf", 3, 3, "1/50", "rademacher")),
        ("coupled_frontier", Problem(20, 3, 5, "1/50", "gaussian")),
        ("frontier", unequal(3, 1, "1/2", "1/4")),
        ("very_sparse", unequal(3, 1, "1/2", "1/4")),
    ],
    ids=lambda value: value if isinstance(value, str) else f"m={value.m}",
)
def test_every_bound_with_a_cone_program_is_tried_in_the_other_scaling(monkeypatch, key, problem):
    """With every proposal called loose: the programs are rescaled, and the value is that of before, or less."""
    scaled, rescaled = [], ConeProgram.rescaled
    monkeypatch.setattr(ConeProgram, "rescaled", lambda self: scaled.append(1) or rescaled(self))
    usual = value_of(key, problem)
    assert not scaled
    monkeypatch.setattr(attempts, "LOOSE", 0.0)
    again = value_of(key, problem)
    assert scaled
    assert usual * (1 - 1e-4) < again <= usual * (1 + 1e-12)


def value_of(key, problem):
    """The certified value, nothing remembered."""
    proposals = general_proposal._proposed, general_proposal._shared_by_all
    for kept in (declaration._choose, *proposals, unequal_frontier.joint_parameters, very_sparse.best_member):
        kept.cache_clear()
    return float(evaluate_upper(find(key), problem, 9))
