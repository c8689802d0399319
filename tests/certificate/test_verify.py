"""Certificates verify, tampered ones do not (or prove a statement that is still true), and bad files end in one line."""

from __future__ import annotations

import ast
import json
import random
from pathlib import Path

import numpy as np
import pytest
from flint import fmpq
from oracles.tampering import accepted, at, changed, places

from boundcalc.bounds.catalog import LOWER, UPPER
from boundcalc.bounds.evaluate import report
from boundcalc.bounds.lower.search import witness_bound
from boundcalc.certificate import verify as verifier
from boundcalc.certificate.verifier.reading import Work
from boundcalc.certificate.verify import CertificateError, read, verify
from boundcalc.certificate.write import certificate, write_certificate
from boundcalc.loss.exact import exact_loss
from boundcalc.model.problem import Problem
from boundcalc.numbers.errors import ParameterError
from boundcalc.numbers.parsing import parse_rational

PROBLEMS = {
    "E8": (120, 8, 3, "1e-6", "rademacher"),
    "few features": (9, 3, 3, "1e-5", "gaussian"),
    "icosahedron": (6, 3, 3, "1e-6", "uniform"),
    "simplex": (4, 3, 3, "1e-4", "laplace"),
    "plane": (5, 2, 3, "1e-4", "rademacher"),
    "random": ("10^12", 40, 3, "1e-9", "rademacher"),
    "no sparsity": (7, 4, 1, "1/3", "support:-2:1/8,0:3/4,2:1/8"),
    "infinite": ("inf", 23, 5, "1e-20", "moments:2=1,4=3,6=15,8=105,10=945"),
}


FOUNDATION = [bound for bound in UPPER if bound.certifier is None and bound.key != "dense"]
"""The bounds with a closed form; the certificates of the others are in test_hierarchy.py."""


def built(name: str) -> dict:
    return certificate(report(Problem(*PROBLEMS[name]), digits=25, upper=FOUNDATION))


@pytest.mark.parametrize("name", PROBLEMS)
def test_certificates_are_accepted(name):
    done = verify(built(name))
    assert done.accepted, done.failure
    assert len(done.steps) >= 4


def test_a_matrix_is_a_witness():
    W = np.random.default_rng(5).standard_normal((3, 7))
    problem = Problem(7, 3, 3, "1/10", "laplace")
    made = certificate(report(problem, digits=20, lower=[witness_bound(W, problem)]))
    assert made["lower"]["key"] == "search"
    done = verify(made)
    assert done.accepted, done.failure
    claim = made["lower"]["improvement"]
    exact = exact_loss(W, m=3, p="1/10", law="laplace", transpose=False).improvement_best_scale
    assert parse_rational(claim["lower"], parameter="lower") >= exact * (1 - fmpq(1, 10**19))


# --- tampering ---------------------------------------------------------------------------------------------------------


def variants(text: str) -> list[str]:
    value = parse_rational(text, parameter="number")
    moved = [value + 1, value - 1, -value, value * 2, value * fmpq(10**6 + 1, 10**6), value / 3]
    return sorted({str(v) for v in moved if v != value})


def statement_is_true(data) -> bool:
    """I* ≤ upper and I* ≥ lower for the problem in the file, from the library's own bounds and losses."""
    content = data["problem"]
    problem = Problem(content["n"], content["d"], content["m"], content["p"], content["law"])
    answer = report(problem, digits=40, upper=FOUNDATION)
    upper = parse_rational(data["upper"]["improvement"]["upper"], parameter="upper")
    lower = parse_rational(data["lower"]["improvement"]["lower"], parameter="lower")
    if upper < answer.best_lower.value.certified:
        return False
    proven = upper >= answer.best_upper.value.certified
    witness = data["lower"]["witness"]
    reached = answer.best_lower.value.enclosure.upper
    if witness["kind"] == "vectors" and witness["radicand"] == "1" and witness["unit"] == "no":
        columns = [[parse_rational(c, parameter="c") for c in vector] for vector in witness["vectors"]]
        rows = [list(row) for row in zip(*columns, strict=True)]
        W = exact_loss(rows, m=problem.m, p=problem.p, law=problem.law, transpose=False)
        reached = max(reached, W.improvement_best_scale)
    return proven and lower <= reached


def test_changing_any_number_is_noticed():
    rng = random.Random(20260)
    tried = survived = 0
    for name in PROBLEMS:
        data = built(name)
        found = list(places(data))
        few = (
            found
            if len(found) <= 24
            else [p for p in found if "vectors" not in p] + rng.sample([p for p in found if "vectors" in p], 4)
        )
        changes = [(path, value) for path in few for value in variants(at(data, path))]
        tried += len(changes)
        for path, value, mutant in accepted(data, changes):
            survived += 1
            assert statement_is_true(mutant), (name, path, value)
    assert tried >= 200
    assert survived < tried / 4


def test_a_tampered_matrix_is_noticed():
    W = np.array([[1.0, 0.5, -0.25], [0.0, 1.0, 0.75]])
    problem = Problem(3, 2, 3, "1/10", "rademacher")
    data = certificate(report(problem, digits=20, upper=FOUNDATION, lower=[witness_bound(W, problem)]))
    for path in (p for p in places(data["lower"]["witness"]["vectors"])):
        for value in variants(at(data["lower"]["witness"]["vectors"], path)):
            mutant = changed(data, ("lower", "witness", "vectors", *path), value)
            done = verify(mutant)
            assert not done.accepted or statement_is_true(mutant)


def test_swapped_sides_are_refuted():
    data = built("E8")
    data["upper"]["improvement"], data["lower"]["improvement"] = data["lower"]["improvement"], data["upper"]["improvement"]
    done = verify(data)
    assert not done.accepted
    assert "upper p [pi g G" in done.failure


def test_an_infeasible_polynomial_is_refuted():
    data = built("icosahedron")
    data["upper"]["parameters"]["h"] = ["1/10", "0", "0", "1"]
    assert "h(u) <= u^3 fails" in verify(data).failure
    data["upper"]["parameters"]["h"] = ["0", "-1", "1", "0"]
    assert "Gegenbauer" in verify(data).failure


# --- the verifier's own mathematics ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("coefficients", "low", "high", "answer"),
    [
        ([0, 0, 1], 0, 1, True),
        ([1, -2, 1], 0, 2, True),  # (u − 1)²
        ([-1, 2, -1], 0, 2, False),
        ([2, -3, 1], 0, 1, True),  # (u − 1)(u − 2) with a root at the end
        ([2, -3, 1], 0, 2, False),
        ([0, 2, -3, 1], 0, 1, True),
        ([0, -1, 3, -3, 1], 0, 1, False),  # u (u − 1)³
        ([1], 0, 1, True),
        ([-1], 0, 1, False),
        ([], 0, 1, True),
        ([4, -4, 1], 0, None, True),
        ([3, -4, 1], 0, None, False),
        ([0, 1], 0, None, True),
        ([1, 0, -1], 0, None, False),
    ],
)
def test_nonnegativity_is_decided_exactly(coefficients, low, high, answer):
    from flint import fmpq_poly

    assert verifier.nonnegative(fmpq_poly(coefficients), fmpq(low), None if high is None else fmpq(high), Work()) is answer


def test_the_verifier_imports_nothing_of_the_library():
    """Its parts import each other, flint and light modules of the standard library; nothing is imported by name."""
    own = "boundcalc.certificate.verifier"
    root = Path(verifier.__file__).parent
    files = [root / "verify.py", *sorted((root / "verifier").glob("*.py"))]
    assert len(files) > 5
    allowed = {
        "__future__",
        "collections",
        "dataclasses",
        "flint",
        "functools",
        "itertools",
        "json",
        "math",
        "pathlib",
        "re",
        "typing",
    }
    for file in files:
        text = file.read_text(encoding="utf-8")
        assert "import_module" not in text
        assert "__import__" not in text
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.ImportFrom):
                assert node.level == 0
                assert node.module.startswith(own) or node.module.split(".")[0] in allowed, (file.name, node.module)
            elif isinstance(node, ast.Import):
                assert {alias.name.split(".")[0] for alias in node.names} <= allowed, file.name


# --- bad files ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "3", "null", '{"format": NaN}', "[" * 100_000, '{"a":' * 100_000, '"x"', "\x00\xff", '{"format": 1e999}'],
)
def test_what_is_no_json_object_is_refused(tmp_path, text):
    path = tmp_path / "c.json"
    path.write_text(text, encoding="latin-1")
    with pytest.raises(CertificateError) as error:
        verify(read(path))
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("path", "value", "word"),
    [
        (("format",), "other", "format"),
        (("version",), "2", "version"),
        (("problem", "p"), "0.5", "problem.p"),
        (("problem", "p"), 0.5, "problem.p"),
        (("problem", "p"), "3/2", "problem.p"),
        (("problem", "p"), "1/0", "problem.p"),
        (("problem", "m"), "4", "problem.m"),
        (("problem", "n"), "0", "problem.n"),
        (("problem", "d"), "1/2", "problem.d"),
        (("problem", "law"), "cauchy", "problem.law"),
        (("problem", "law"), "__import__('os')", "problem.law"),
        (("upper", "key"), "nothing", "upper.key"),
        (("upper", "parameters"), {}, "h is missing"),
        (("upper", "parameters", "h"), ["1"] * 1_000_001, "parameters.h"),
        (("upper", "parameters", "h"), ["x"], "parameters.h"),
        (("upper", "parameters", "h"), ["9" * 100_000], "parameters.h"),
        (("upper", "improvement"), {"lower": "0"}, "upper is missing"),
        (("lower", "witness"), 7, "witness"),
        (("lower", "witness", "kind"), "magic", "kind"),
        (("lower", "witness", "extra"), "1", "extra"),
        (("extra",), "1", "extra"),
    ],
)
def test_a_malformed_certificate_names_the_field(path, value, word):
    with pytest.raises(CertificateError) as error:
        verify(changed(built("E8"), path, value))
    assert word in str(error.value)
    assert "\n" not in str(error.value)
    assert len(str(error.value)) < 300


@pytest.mark.parametrize("field", ["format", "version", "problem", "upper", "lower"])
def test_a_missing_field_is_named(field):
    data = built("plane")
    del data[field]
    with pytest.raises(CertificateError, match=f"the field {field} is missing"):
        verify(data)


def test_a_huge_file_is_not_read(tmp_path):
    path = tmp_path / "huge.json"
    with path.open("wb") as file:
        file.truncate(1 << 30)
    with pytest.raises(CertificateError, match="too large to verify, at most 67108864 bytes"):
        read(path)


def test_writing_is_whole_or_not_at_all(tmp_path):
    answer = report(Problem(*PROBLEMS["plane"]), digits=20)
    target = tmp_path / "c.json"
    write_certificate(answer, target)
    assert verify(read(target)).accepted
    assert json.loads(target.read_text())["problem"]["n"] == "5"
    assert list(tmp_path.iterdir()) == [target]
    with pytest.raises(ParameterError, match="cannot be written"):
        write_certificate(answer, tmp_path / "no" / "c.json")


def test_the_catalog_has_certificates():
    """Every lower bound has a certificate form."""
    for bound in LOWER:
        made = certificate(report(Problem(3000, 24, 3, "3e-2", "gaussian"), digits=20, upper=FOUNDATION, lower=[bound]))
        done = verify(made)
        assert done.accepted, (bound.key, done.failure)
