from fractions import Fraction

import clarabel
import pytest

from boundcalc.bounds.catalog import find
from boundcalc.bounds.evaluate import report
from boundcalc.bounds.frontiers import general_proposal
from boundcalc.bounds.frontiers.general import exchanges, value_of
from boundcalc.bounds.outcome import evaluate_upper
from boundcalc.bounds.report_json import report_json
from boundcalc.certify.attempts import TIGHTER
from boundcalc.model.problem import Problem
from boundcalc.numbers.remarks import remarks
from boundcalc.render.terminal import report_text


def share(n, d, p, law):
    """The certified U9 for m = 5 over p."""
    value = evaluate_upper(find("frontier"), Problem(n, d, 5, p, law), 9).value
    return float(Fraction(int(value.certified.p), int(value.certified.q)) / Fraction(p))


@pytest.mark.parametrize(
    ("n", "d", "law", "most"),
    [
        (24, 8, "rademacher", 24.01),  # n μ_2, which no bound for few features should exceed much; it was 233.9
        (90, 30, "uniform", 30.3),  # it was 10,613
        (400, 8, "gaussian", 50.81),  # it was 58.4: that of n = ∞
        (100, 2, "gaussian", 0.9676),  # it was 1.576
    ],
)
def test_few_features_at_tiny_p_reach_their_limit(n, d, law, most):
    """I*/p has a limit as p -> 0; at 1e-5 the program is easy, and from 1e-9 on, at the latest, the solver used to stop at once."""
    values = [share(n, d, p, law) for p in ("1e-10", "1e-16", "1e-22")]
    assert max(values) < most
    assert max(values) < min(values) * (1 + 1e-3)
    assert share(n, d, "1e-5", law) < min(values) * (1 + 1e-4)


def test_what_was_not_certified_is_solved_in_another_scaling():
    problem = Problem(1_000_000, 3, 5, "1e-11", "rademacher")
    outcome = evaluate_upper(find("frontier"), problem, 9)
    assert float(outcome) < 11.01e-11  # without it 12.22e-11, which is the bound for n = ∞
    assert outcome.choice.remarks == (TIGHTER,)
    with remarks() as made:
        general_proposal.propose(problem)
    assert made == [TIGHTER]  # said again of what is remembered
    answer = report(problem, digits=9, upper=[find("frontier"), find("rank")], lower=[find("orthonormal")])
    upper = {one["key"]: one for one in report_json(answer)["upper"]}
    assert upper["frontier"]["remarks"] == [TIGHTER]
    assert "remarks" not in upper["rank"]
    assert "note on frontier: what the program proposed" in " ".join(report_text(answer).split())


def test_where_all_goes_well_each_program_is_solved_once(monkeypatch):
    solver, count = clarabel.DefaultSolver, []

    class Counted:
        def __init__(self, *args):
            self.inner = solver(*args)

        def solve(self):
            found = self.inner.solve()
            count.append(str(found.status))
            return found

    monkeypatch.setattr(clarabel, "DefaultSolver", Counted)
    programs = []
    solve = general_proposal.Program.solve
    monkeypatch.setattr(general_proposal.Program, "solve", lambda self: programs.append(self) or solve(self))
    assert evaluate_upper(find("frontier"), Problem("inf", 8, 5, "1e-7", "gaussian"), 9).choice.remarks == ()
    assert set(count) == {"Solved"}
    assert len(count) == len(programs)


def test_links_alone(monkeypatch):
    """Where no term of its own is left, the program without links would have no order; it was a traceback."""
    problem = Problem(21, 3, 5, "48/625", "rademacher")
    assert all(one.linked for one in exchanges(problem))
    monkeypatch.setattr(general_proposal, "_POOR", 0.5)  # every proposal is poor: all that are there are tried
    kept = general_proposal._proposed, general_proposal._shared_by_all
    for one in kept:
        one.cache_clear()
    found = general_proposal.propose(problem)
    for one in kept:
        one.cache_clear()
    assert found is not None
    assert value_of(problem, found) >= problem.p * problem.law.moment(2)


def test_a_program_that_is_undecided_goes_on_with_the_rows_that_it_has():
    """Begun anew it was undecided again, and the bound 11% higher; its proposal is 858,278 p."""
    assert share("inf", 100, "1.94e-7", "laplace") < 858_278 * 1.002


@pytest.mark.parametrize(
    ("d", "p", "law", "most"), [(100, "1e-6", "rademacher", 302_000), (100, "1e-10", "rademacher", 11_550_000)]
)
def test_another_solution_is_proven_where_the_first_one_proves_little(d, p, law, most):
    """An excess of h of 3e-4 cost 3%; a solution that the cone program has found before costs 0.7%."""
    assert share("inf", d, p, law) < most


def test_small_links_matter_at_tiny_p_where_d_is_large():
    """Where they count ends about p = d^-5: left out below 1e-10, the bound was 2.473e9 p."""
    assert share("inf", 300, "1e-12", "rademacher") < 2.3e9
