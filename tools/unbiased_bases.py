"""Prints how near mutually unbiased bases come to the best upper bound, n = inf: the table of docs/optimal_geometry.md.

python -m tools.unbiased_bases
"""

from __future__ import annotations

from flint import fmpq

from boundcalc.bounds.evaluate import report
from boundcalc.bounds.lower import orthonormal, unbiased_bases
from boundcalc.bounds.outcome import evaluate_lower
from boundcalc.model.problem import Problem
from boundcalc.numbers.enclosure import decimal_ceiling

ACTIVITIES = ("1e-4", "3e-4", "1e-3", "3e-3", "1e-2", "3e-2", "0.1")


def cell(law: str, d: int, p: str) -> str:
    """The ratio to the best upper bound, rounded up, and s."""
    problem = Problem("inf", d, 3, p, law)
    upper = report(problem, digits=12, lower=[orthonormal.BOUND]).best_upper.value
    bases = evaluate_lower(unbiased_bases.BOUND, problem, 12)
    assert upper is not None
    assert bases.value is not None
    ratio: fmpq = upper.enclosure.upper / bases.value.enclosure.lower
    return f"{decimal_ceiling(ratio, 5)} ({bases.choice.shown['n'] // d})"


def main() -> None:
    for law in ("rademacher", "gaussian"):
        for d in (16, 64, 256):
            print(f"| {law} | {d} | " + " | ".join(cell(law, d, p) for p in ACTIVITIES) + " |", flush=True)


if __name__ == "__main__":
    main()
