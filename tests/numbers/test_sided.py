"""An upper and a lower bound do not mix: at run time, and in the type checker."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from flint import fmpq

from boundcalc.model.laws import Rademacher
from boundcalc.model.problem import Problem
from boundcalc.numbers.enclosure import Enclosure
from boundcalc.numbers.errors import ParameterError
from boundcalc.numbers.sided import LowerValue, UpperValue, best_lower, best_upper, loss_interval, ratio

ROOT = Path(__file__).parents[2]


def upper(low: int, high: int) -> UpperValue:
    return UpperValue(Enclosure(fmpq(low), fmpq(high)))


def lower(low: int, high: int) -> LowerValue:
    return LowerValue(Enclosure(fmpq(low), fmpq(high)))


HIGH: Any = upper(8, 9)
LOW: Any = lower(3, 4)


def test_the_number_to_quote_is_the_safe_end() -> None:
    assert HIGH.certified == 9
    assert LOW.certified == 3


def test_ratio_encloses_the_extreme_quotients() -> None:
    assert ratio(HIGH, LOW) == Enclosure(fmpq(8, 4), fmpq(9, 3))


def test_loss_interval_uses_the_safe_ends_and_stays_nonnegative() -> None:
    assert loss_interval(fmpq(10), HIGH, LOW) == Enclosure(fmpq(1), fmpq(7))
    assert loss_interval(fmpq(5), HIGH, LOW) == Enclosure(fmpq(0), fmpq(2))


def test_best_is_by_enclosure_and_the_first_of_those_not_separated() -> None:
    assert best_upper([("a", upper(8, 9)), ("b", upper(5, 6)), ("c", upper(6, 7)), ("d", upper(5, 7))]) == ("b", upper(5, 6))
    assert best_upper([("a", upper(5, 9)), ("b", upper(6, 7))]) == ("a", upper(5, 9))
    assert best_lower([("a", lower(1, 2)), ("b", lower(5, 6)), ("c", lower(4, 7))]) == ("b", lower(5, 6))
    assert best_upper([]) is None
    assert best_lower([]) is None


@pytest.mark.parametrize(
    "mixed",
    [
        lambda: ratio(LOW, HIGH),
        lambda: ratio(HIGH, HIGH),
        lambda: ratio(LOW, LOW),
        lambda: ratio(HIGH.enclosure, LOW),
        lambda: ratio(HIGH, LOW.enclosure),
        lambda: loss_interval(fmpq(9), LOW, HIGH),
        lambda: loss_interval(fmpq(9), HIGH, HIGH),
        lambda: loss_interval(fmpq(9), LOW, LOW),
        lambda: best_upper([("a", LOW)]),
        lambda: best_upper([("a", HIGH), ("b", LOW)]),
        lambda: best_lower([("a", HIGH)]),
        lambda: best_lower([("a", LOW), ("b", HIGH)]),
        lambda: best_lower([("a", HIGH.enclosure)]),
        lambda: UpperValue(LOW),
        lambda: LowerValue(HIGH),
        lambda: UpperValue(HIGH),
        lambda: HIGH < LOW,
        lambda: HIGH - LOW,
        lambda: HIGH.enclosure < HIGH,
    ],
)
def test_mixing_fails_at_run_time(mixed: Any) -> None:
    with pytest.raises(TypeError):
        mixed()


def test_equal_numbers_of_different_sides_differ() -> None:
    assert upper(1, 2) == upper(1, 2)
    one: object = lower(1, 2)
    assert upper(1, 2) != one


def test_mixing_fails_in_the_type_checker(tmp_path: Path) -> None:
    pytest.importorskip("mypy")
    source = ROOT / "tests" / "oracles" / "mixed_sides.py"
    options = ["--strict", "--no-error-summary", "--follow-imports", "silent"]
    command = [sys.executable, "-m", "mypy", "--config-file", str(ROOT / "pyproject.toml"), "--cache-dir", str(tmp_path)]
    command += [*options, str(source)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, timeout=120, check=False)
    reported = {int(line.split(":")[1]) for line in done.stdout.splitlines() if ": error:" in line}
    marked = {number for number, line in enumerate(source.read_text().splitlines(), 1) if line.endswith("# wrong")}
    assert done.returncode == 1, done.stdout + done.stderr
    assert len(marked) >= 16
    assert reported == marked, done.stdout


def test_a_bound_of_the_other_side_is_not_evaluated() -> None:
    from boundcalc.bounds.catalog import LOWER, UPPER
    from boundcalc.bounds.outcome import evaluate_lower, evaluate_upper

    p: Any = "1e-6"
    problem = Problem(120, 8, 3, p, Rademacher())
    swapped: list[Any] = [(evaluate_upper, LOWER[0]), (evaluate_lower, UPPER[0])]
    for evaluate, bound in swapped:
        with pytest.raises(ParameterError, match="upper and lower bounds do not mix"):
            evaluate(bound, problem)
