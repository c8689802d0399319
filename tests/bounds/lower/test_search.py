"""The table of witnesses: its invariants against its matrices, the right choice, and how much it weighs."""

from __future__ import annotations

from importlib.resources import files

import numpy as np
import pytest
from flint import fmpq

from boundcalc.bounds.evaluate import evaluate_lower, report
from boundcalc.bounds.lower import search
from boundcalc.bounds.lower.invariants import evaluate, terms
from boundcalc.bounds.lower.witness_table import exact_value, find, float_matrix, ranked, table, undominated
from boundcalc.certificate.verify import verify
from boundcalc.certificate.write import certificate
from boundcalc.loss.exact import exact_loss
from boundcalc.loss.integers import read_matrix
from boundcalc.loss.power_sums import gram_power_sums
from boundcalc.model.problem import Problem
from boundcalc.model.quantities import Quantities
from boundcalc.numbers.errors import ParameterError
from boundcalc.numbers.rings import EXACT
from tools.invariants import invariants


@pytest.mark.parametrize("m", [1, 3, 5, 7])
def test_invariants_give_the_exact_loss(m):
    rows = [[3, -1, 2, 0], [1, 4, -2, 5]]
    sums = gram_power_sums(read_matrix(rows).entries, m)
    of_c, of_d = invariants(m, sums.diagonal, sums.sums)
    for p, law in (("1/7", "gaussian"), ("1", "rademacher"), ("1e-9", "laplace")):
        problem = Problem(4, 2, m, p, law)
        C, D = evaluate(m, Quantities(EXACT, problem).kappa, [fmpq(x) for x in of_c], [fmpq(x) for x in of_d])
        loss = exact_loss(rows, m=m, p=p, law=law)
        assert (C, D) == (loss.C, loss.D)


def test_terms_are_those_of_the_theory():
    of_c, of_d = terms(3)
    assert [(term.k, term.parts, term.coefficient) for term in of_c] == [(1, (1,), 3), (3, (), 1)]
    assert [(term.parts, term.coefficient) for term in of_d] == [((3,), 1), ((2, 1), 15), ((1, 1, 1), 15)]
    assert [(term.parts, term.coefficient) for term in terms(5)[1]] == [
        ((5,), 1),
        ((4, 1), 45),
        ((3, 2), 210),
        ((3, 1, 1), 630),
        ((2, 2, 1), 1575),
        ((2, 1, 1, 1), 3150),
        ((1, 1, 1, 1, 1), 945),
    ]


def test_every_entry_holds_the_sums_of_its_matrix():
    searched = {key: entry for key, entry in table().items() if not entry.sign}
    assert len(searched) > 80
    for key, entry in searched.items():
        assert entry.m in {3, 5}
        assert 2 <= entry.d <= 8
        assert entry.n <= 64
        sums = gram_power_sums(read_matrix([[int(x.p) for x in row] for row in entry.rows()]).entries, entry.m)
        assert (list(entry.of_c), list(entry.of_d)) == invariants(entry.m, sums.diagonal, sums.sums), key


CYCLIC = sorted(key for key, entry in table().items() if entry.sign)


@pytest.mark.parametrize("key", CYCLIC)
def test_cyclic_entries_hold_the_sums_of_all_their_columns(key):
    entry, W = find(key), float_matrix(key)
    assert W.shape == (entry.d, entry.n) == (entry.d, entry.d * len(entry.generators))
    shift = np.roll(np.eye(entry.d), 1, axis=0)
    shift[0] *= entry.sign
    assert lines(W) == lines(shift @ W)  # so that the rows of A are those of the generators, d times over
    squares = (np.array(entry.generators, dtype=np.float64) @ W) ** 2
    sums = np.array([(squares**k).sum(axis=1) for k in range(1, entry.m + 1)]).T
    diagonal = (np.array(entry.generators, dtype=np.float64) ** 2).sum(axis=1)
    for stored, found in zip((entry.of_c, entry.of_d), invariants(entry.m, diagonal, sums), strict=True):
        np.testing.assert_allclose(np.array(stored, dtype=np.float64), entry.d * np.array(found), rtol=1e-10)


@pytest.mark.parametrize("key", [key for key in CYCLIC if find(key).n <= 60])
def test_small_cyclic_entries_have_their_exact_value(key):
    entry = find(key)
    loss = exact_loss(np.array(entry.columns).T, m=entry.m, p="1/50", law="gaussian")
    assert exact_value(Problem(entry.n, entry.d, entry.m, "1/50", "gaussian"), entry) == (loss.C, loss.D)


def lines(columns: np.ndarray) -> set[tuple[float, ...]]:
    """The columns up to sign."""
    return {max(tuple(column), tuple(-x for x in column)) for column in columns.T.tolist()}


def test_the_files_are_small():
    assert (files("boundcalc") / "bounds" / "lower" / "witnesses.json").stat().st_size < 300_000
    assert (files("boundcalc") / "bounds" / "lower" / "cyclic_witnesses.json").stat().st_size < 160_000


@pytest.mark.parametrize(
    ("n", "d", "m", "p", "least"),
    [
        ("inf", 10, 5, "1e-3", 60.4),
        ("inf", 10, 5, "1e-4", 181.5),
        (150, 10, 3, "1e-3", 65.8),
        (60, 10, 3, "0.01", 30.6),
        (11, 3, 3, "1e-6", 6.9996),
        (30, 4, 3, "0.03", 6.088),
        (23, 4, 3, "1e-6", 12.798),
        (64, 8, 3, "0.01", 22.8),
        (10, 3, 5, "1e-6", 9.0),
    ],
)
def test_good_witnesses_are_in_it(n, d, m, p, least):
    problem = Problem(n, d, m, p, "rademacher")
    value = evaluate_lower(search.BOUND, problem).value.certified / problem.p
    assert value >= fmpq(int(least * 10**6), 10**6)


def test_the_best_entry_is_chosen():
    problem = Problem(14, 4, 3, "1/50", "uniform")
    exact = {entry.key: exact_value(problem, entry) for _, entry in ranked(problem)}
    assert all(find(key).n <= 14 and find(key).d <= 4 for key in exact)
    best = max(C**2 / D for C, D in exact.values())
    assert evaluate_lower(search.BOUND, problem).exact() == best
    smaller = undominated(problem)
    assert smaller[0][1].key == ranked(problem)[0][1].key
    assert len({(entry.n, entry.d) for _, entry in smaller}) == len(smaller)


def test_where_nothing_fits():
    for arguments in ((2, 1, 3), (9, 4, 7)):
        outcome = evaluate_lower(search.BOUND, Problem(*arguments, "0.1", "uniform"))
        assert outcome.why_not.startswith("needs a table entry")
    with pytest.raises(ParameterError, match="witness = nothing"):
        find("nothing")


def test_certificates_of_entries_and_of_sums_of_them():
    for arguments in ((30, 4, 3, "0.03", "rademacher"), (40, 16, 3, "0.02", "rademacher")):
        answer = report(Problem(*arguments), 20)
        assert "witness" in str(answer.best_lower.choice.shown)
        done = verify(certificate(answer))
        assert done.accepted, done.failure
