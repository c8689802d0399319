"""Certificates of orbits: the value against the table's sums, and false groups and vectors."""

from __future__ import annotations

import copy

import pytest
from flint import fmpq

from boundcalc.bounds.catalog import BOUNDS
from boundcalc.bounds.evaluate import report
from boundcalc.bounds.lower.witness_table import exact_value, table
from boundcalc.certificate.verifier.orbits import orbits
from boundcalc.certificate.verifier.problem import Model
from boundcalc.certificate.verify import CertificateError, verify
from boundcalc.certificate.write import certificate
from boundcalc.certificate.write_witness import orbits as written
from boundcalc.frames.orbits import Symmetry
from boundcalc.loss.exact import exact_loss
from boundcalc.model.problem import Problem

GROUPS = [
    Symmetry(5, sign=-1),
    Symmetry(7, (1, 2, 4)),
    Symmetry(8, (1, 3, 5, 7), zero_sum=1),
    Symmetry(4, (1, 3), copies=3, zero_sum=1, fixed=2),
    Symmetry(5, (1, 4), copies=2, turn=True),
]
VECTORS = [[3, -1, 2, 0, -4, 7, 1, -8, 5, 6, -2, 9, 4, 1, -3], [1, 0, 0, -1, 0, 2, -2, 0, 0, 1, 1, -5, 3, 2, 2]]


def model(n, d, m) -> Model:
    return Model(
        n, d, m, fmpq(1, 37), [fmpq(Problem(n, d, m, "1/37", "gaussian").law.moment(2 * j)) for j in range(m + 1)], "gaussian"
    )


def vectors(group: Symmetry) -> list[list[int]]:
    found = [vector[: group.coordinates] for vector in VECTORS]
    for vector in found:
        for c in range(group.zero_sum):
            vector[c * group.size] -= sum(vector[c * group.size : (c + 1) * group.size])
    return found


@pytest.mark.parametrize("group", GROUPS, ids=str)
@pytest.mark.parametrize("m", [3, 5])
def test_the_value_is_the_exact_loss_of_all_columns(group, m):
    import numpy as np

    generators = vectors(group)
    n, d, value = orbits(model(999, 99, m), written(group, generators), "w")
    assert (n, d) == (2 * group.order, group.d)
    loss = exact_loss(group.images(np.array(generators).T).tolist(), m=m, p="1/37", law="gaussian")
    assert value() == loss.improvement_best_scale


ENTRIES = sorted((entry for entry in table().values() if entry.symmetry), key=lambda entry: entry.n * len(entry.generators.T))


@pytest.mark.parametrize(
    "entry", [*ENTRIES[: len(ENTRIES) // 2 : 5], *ENTRIES[len(ENTRIES) // 2 :: 40]], ids=lambda entry: entry.key
)
def test_entries_of_the_table(entry):
    n, d, value = orbits(model(entry.n, entry.d, entry.m), written(entry.symmetry, entry.generators.T.tolist()), "w")
    C, D = exact_value(Problem(entry.n, entry.d, entry.m, "1/37", "gaussian"), entry)
    assert (n, d, value()) == (entry.n, entry.d, C**2 / D)


def test_a_certificate_of_a_report_is_small():
    problem = Problem(6000, 37, 3, "1e-4", "rademacher")
    answer = certificate(report(problem, digits=20, upper=[BOUNDS["rank"]], lower=[BOUNDS["search"], BOUNDS["orthonormal"]]))
    assert answer["lower"]["witness"]["kind"] == "orbits"
    assert len(str(answer)) < 20_000
    done = verify(answer)
    assert done.accepted, done.failure


@pytest.fixture(scope="module")
def data() -> dict:
    """Two orbits in seven dimensions, with their exact value."""
    answer = certificate(
        report(Problem(42, 7, 3, "1/37", "gaussian"), digits=20, upper=[BOUNDS["rank"]], lower=[BOUNDS["orthonormal"]])
    )
    group = Symmetry(7, (1, 2, 4))
    witness = written(group, vectors(group))
    value = str(orbits(model(42, 7, 3), witness, "w")[2]())
    answer["lower"] = {"key": "search", "witness": witness, "improvement": {"lower": value, "upper": value}}
    return answer


def test_it_is_accepted(data):
    done = verify(data)
    assert done.accepted, done.failure


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("units", ["1", "2", "3"], "no group"),
        ("units", ["2", "4"], "units"),
        ("units", ["1", "2", "7"], "units"),
        ("units", ["1", "1"], "units"),
        ("size", "1", "units"),
        ("size", "5", "no group"),
        ("sign", "-1", "sign"),
        ("sign", "2", "sign"),
        ("turn", "yes", "turn"),
        ("turn", "maybe", "turn"),
        ("zero_sum", "2", "zero_sum"),
        ("zero_sum", "1", "does not sum to zero"),
        ("copies", "2", "coordinates"),
        ("copies", "3000", "at most"),
        ("fixed", "1", "coordinates"),
        ("fixed", "-1", "at least 0"),
        ("generators", [], "must hold a vector"),
    ],
)
def test_false_groups_are_refused(data, name, value, message):
    false = copy.deepcopy(data)
    false["lower"]["witness"][name] = value
    try:
        failure = verify(false).failure or "accepted"
    except CertificateError as error:
        failure = str(error)
    assert message in failure


def test_false_vectors_are_refused(data):
    witness = data["lower"]["witness"]
    false = copy.deepcopy(data)
    false["lower"]["witness"]["generators"][0][3] = str(int(witness["generators"][0][3]) + 1)
    assert "outside" in verify(false).failure or "not in" in verify(false).failure
    false["lower"]["witness"]["generators"][0][3] = "1/2"
    with pytest.raises(CertificateError, match="whole number"):
        verify(false)
    zero = copy.deepcopy(data)
    zero["lower"]["witness"]["generators"] = [["0"] * len(vector) for vector in witness["generators"]]
    assert "zero" in verify(zero).failure
    more = copy.deepcopy(data)
    more["lower"]["witness"]["generators"] = witness["generators"] * 3
    assert "do not fit" in verify(more).failure
