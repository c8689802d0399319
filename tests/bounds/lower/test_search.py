"""The table of witnesses: its invariants against its matrices, the right choice, and how much it weighs."""

from __future__ import annotations

import zlib
from importlib.resources import files
from itertools import pairwise

import numpy as np
import pytest
from flint import fmpq

from boundcalc.bounds.evaluate import report
from boundcalc.bounds.lower import search
from boundcalc.bounds.lower.invariants import evaluate, invariants, terms
from boundcalc.bounds.lower.witness_table import blocks, exact_value, find, ranked, table
from boundcalc.bounds.outcome import evaluate_lower
from boundcalc.certificate.verify import verify
from boundcalc.certificate.write import certificate
from boundcalc.loss.exact import exact_loss
from boundcalc.loss.integers import read_matrix
from boundcalc.loss.power_sums import gram_power_sums
from boundcalc.model.problem import Problem
from boundcalc.model.quantities import Quantities
from boundcalc.numbers.errors import ParameterError
from boundcalc.numbers.rings import EXACT


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
    searched = {key: entry for key, entry in table().items() if entry.symmetry is None}
    assert len(searched) > 80
    for key, entry in searched.items():
        assert entry.m in {3, 5}
        assert 2 <= entry.d <= 8
        assert entry.n <= 64
        sums = gram_power_sums(read_matrix(entry.columns.tolist()).entries, entry.m)
        assert (list(entry.of_c), list(entry.of_d)) == invariants(entry.m, sums.diagonal, sums.sums), key


ORBITS = sorted((entry for entry in table().values() if entry.symmetry), key=lambda entry: (entry.n, entry.key))


def test_entries_that_are_orbits_hold_the_sums_of_one_row_each():
    """From the inner products of one vector of each orbit with all columns; larger entries are in the verifier's test."""
    for entry in ORBITS:
        if entry.n > 3000:
            continue
        W, order = entry.columns, entry.symmetry.order
        rows = W[:, : entry.n // order] if entry.n % 2 else W[:, -(entry.n // order) :]
        inner = np.abs(rows.T.astype(np.float64) @ W).astype(np.int64)
        sums = []
        for row in inner:
            values, counts = np.unique(row, return_counts=True)
            pairs = list(zip(values.tolist(), counts.tolist(), strict=True))
            sums.append([sum(count * value ** (2 * k) for value, count in pairs) for k in range(1, entry.m + 1)])
        found = invariants(entry.m, [int((v.astype(object) ** 2).sum()) for v in rows.T], sums)
        assert [[order * x for x in part] for part in found] == [list(entry.of_c), list(entry.of_d)], entry.key


def test_entries_that_are_orbits_are_whole_orbits():
    for entry in ORBITS[::9]:
        group, W = entry.symmetry, entry.columns
        assert W.shape == (group.coordinates, entry.n)
        assert (entry.n, entry.d) == (group.order * entry.generators.shape[1], group.d)
        assert W.dtype == np.int64
        if entry.n < 1000:
            assert np.linalg.matrix_rank(entry.to_float()) <= entry.d
            np.testing.assert_allclose(entry.to_float().T @ entry.to_float(), W.T @ W, atol=1e-6)


@pytest.mark.parametrize("entry", [entry for entry in ORBITS if entry.n <= 40], ids=lambda entry: entry.key)
def test_small_orbits_have_their_exact_value(entry):
    loss = exact_loss(entry.columns.tolist(), m=entry.m, p="1/50", law="gaussian")
    assert exact_value(Problem(entry.n, entry.d, entry.m, "1/50", "gaussian"), entry) == (loss.C, loss.D)


def test_the_files_are_small():
    assert (files("boundcalc") / "bounds" / "lower" / "witnesses.json").stat().st_size < 300_000
    orbits = [files("boundcalc") / "bounds" / "lower" / f"orbit_{name}.json" for name in ("witnesses", "generators")]
    assert sum(len(zlib.compress(path.read_bytes())) for path in orbits) < 2_000_000  # as in a wheel


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


@pytest.mark.parametrize("p", ["1/50", "1e-5", "1e-40", "1e-300", "2/3"])
@pytest.mark.parametrize(("n", "d", "m", "law"), [(6000, 30, 3, "gaussian"), ("inf", 12, 5, "laplace"), (40, 7, 3, "rademacher")])
def test_the_order_of_the_entries_is_that_of_their_exact_values(n, d, m, law, p):
    problem = Problem(n, d, m, p, law)
    found = ranked(problem)
    values = [C**2 / D for C, D in (exact_value(problem, entry) for _, entry in found[:40])]
    assert len(found) > 5
    for better, worse in pairwise(values):
        assert better * (1 + fmpq(1, 10**9)) >= worse
    assert int((values[0] / problem.p).p) / int((values[0] / problem.p).q) == pytest.approx(found[0][0], rel=1e-6)


def test_blocks_are_the_best_of_their_dimension():
    for arguments in (("inf", 40, 3, "1e-2", "rademacher"), (300, 30, 3, "3e-2", "gaussian")):
        problem = Problem(*arguments)
        found = ranked(problem)
        kept = blocks(problem)
        assert kept[0][1].key == found[0][1].key
        for value, entry in kept:
            same = [other for other, candidate in found if candidate.d == entry.d and candidate.n <= entry.n]
            assert value == max(same)


def test_where_nothing_fits():
    for arguments in ((2, 1, 3), (9, 4, 7)):
        outcome = evaluate_lower(search.BOUND, Problem(*arguments, "0.1", "uniform"))
        assert outcome.why_not.startswith("needs a table entry")
    with pytest.raises(ParameterError, match="witness = nothing"):
        find("nothing")


def test_certificates_of_entries_and_of_sums_of_them():
    for arguments in ((30, 4, 3, "0.03", "rademacher"), (16, 4, 3, "1e-4", "gaussian")):
        answer = report(Problem(*arguments), digits=20)
        assert "witness" in str(answer.best_lower.choice.shown)
        done = verify(certificate(answer))
        assert done.accepted, done.failure
