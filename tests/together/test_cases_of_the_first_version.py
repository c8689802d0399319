"""What went wrong when the first version was tried by newcomers, and stands in no other file of tests."""

from __future__ import annotations

import json
from decimal import Decimal
from fractions import Fraction

import pytest
import sympy
from flint import fmpq

from boundcalc import Problem, report, run_sweep
from boundcalc.bounds.catalog import find
from boundcalc.bounds.outcome import evaluate_upper
from boundcalc.cli.main import main
from boundcalc.numbers.errors import ParameterError
from boundcalc.sweep.grid import read_grid
from boundcalc.sweep.run import run
from boundcalc.sweep.store import Store
from boundcalc.sweep.this_process import ThisProcess

GRID = {"n": ["d^2"], "d": [2, 3], "m": 3, "p": ["1/100", "1/10"], "law": "rademacher", "bounds": ["rank", "orthonormal"]}


def command(capsys, *words):
    with pytest.raises(SystemExit) as stopped:
        main([str(word) for word in words])
    printed = capsys.readouterr()
    return stopped.value.code, printed.out, printed.err


@pytest.mark.parametrize("p", [Decimal("0.01"), Fraction(1, 100), fmpq(1, 100), sympy.Rational(1, 100), "0.01"])
def test_exact_numbers_of_every_library_are_taken(p):
    assert Problem(30, 4, 3, p, "rademacher").p == fmpq(1, 100)


def test_a_float_is_refused_with_advice():
    with pytest.raises(ParameterError, match=r"pass text such as p='0\.01' or a fraction"):
        Problem(30, 4, 3, 0.01, "rademacher")


def test_the_frontier_at_small_p_does_not_stop_early():
    """In proportion to p it was 34 times looser than at 1e-6."""
    found = evaluate_upper(find("frontier"), Problem(67, 8, 5, "1e-7", "laplace"), 10)
    assert float(found) <= 9.47e-7
    answer = report(67, 8, 5, "1e-7", "laplace", digits=10)
    assert float(answer.best_lower) <= float(answer.best_upper) <= 9.45e-7


@pytest.mark.parametrize("change", [{"n": ["d**2"]}, {"n": "d^2"}, {"d": {"from": 2, "to": 3, "step": 1}}])
def test_a_sweep_written_otherwise_is_taken_up(tmp_path, change):
    run_sweep(GRID, tmp_path / "s.db")
    taken = run_sweep(GRID | change, tmp_path / "s.db", resume=True)
    assert len(taken.rows) == 4
    more = run_sweep(GRID | change | {"p": ["1/100", "1/10", "1/2"]}, tmp_path / "s.db", resume=True)
    assert len(more.rows) == 6


def test_an_export_of_an_unfinished_sweep_says_so(tmp_path, capsys):
    grid = read_grid(GRID)
    with ThisProcess() as executor, Store.create(tmp_path / "s.db", grid) as store:
        done = []
        run(
            grid,
            store,
            executor,
            progress=lambda reached: done.append(reached.present),
            stopping=lambda: bool(done) and done[-1] >= 1,
        )
    status, printed, err = command(capsys, "sweep", "export", tmp_path / "s.db", "--csv")
    rows = len(printed.splitlines()) - 1
    assert status == 0
    assert 1 <= rows < 4
    assert f"{rows} of 4" in err


def test_what_a_certificate_says_is_no_number_cut_off(tmp_path, capsys):
    words = "bounds --n 6 --d 3 --m 3 --p 0.05 --law rademacher --json --certificate"
    status, printed, _ = command(capsys, *words.split(), tmp_path / "c.json")
    assert status == 0
    best = json.loads(printed)["best"]
    status, printed, _ = command(capsys, "certificate", "verify", tmp_path / "c.json")
    assert status == 0
    said = [line for line in printed.splitlines() if "I* >=" in line or "I* <=" in line]
    assert said
    for line in said:
        number = fmpq(*map(int, Fraction(line.split("= ")[1].split()[0].rstrip(",;")).as_integer_ratio()))
        assert (
            0.9 * float(best["lower"]["improvement"]["lower"])
            <= float(Fraction(int(number.p), int(number.q)))
            <= 1.1 * float(best["upper"]["improvement"]["upper"])
        )
