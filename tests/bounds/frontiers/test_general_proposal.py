"""Proposals of U9 for m = 5 where the program that is tried next has nothing in it."""

from __future__ import annotations

from boundcalc.bounds.frontiers import general_proposal
from boundcalc.bounds.frontiers.general import exchanges, value_of
from boundcalc.model.problem import Problem


def test_links_alone(monkeypatch):
    """Where no term of its own is left, the program without links would have no order; it was a traceback."""
    problem = Problem(21, 3, 5, "48/625", "rademacher")
    assert all(one.linked for one in exchanges(problem))
    monkeypatch.setattr(general_proposal, "_POOR", 0.5)  # every proposal is poor: all that are there are tried
    general_proposal._proposed.cache_clear()
    found = general_proposal.propose(problem)
    general_proposal._proposed.cache_clear()
    assert found is not None
    assert value_of(problem, found) >= problem.p * problem.law.moment(2)
