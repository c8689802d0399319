"""Every printed statement is true for every problem that meets its printed hypotheses: each is read back and attacked.

Problems lie at the edges of the hypotheses: on both sides of every root of a cumulant, p = 1, d = 1, n = 1, n < d. Weights are
exact. What the free parameters may be is read from the hypotheses too; draws outside of them are made, and must be refused there.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator
from fractions import Fraction
from functools import cache, partial
from pathlib import Path

import pytest
from mpmath import mp, mpf
from oracles.printed import Statement, cumulants, fraction, meets
from oracles.printed_samples import BUILT, FREE, attained, draw, problems, rows

from boundcalc.bounds.catalog import BOUNDS, UPPER
from boundcalc.bounds.evaluate import report
from boundcalc.bounds.outcome import evaluate_upper
from boundcalc.model.problem import Problem
from boundcalc.render.closed_forms.closed_form import closed_form
from boundcalc.render.explanation import explanation
from boundcalc.render.renaming import NONE
from boundcalc.render.statement import numbers

PAGE = Path(__file__).parents[2] / "docs" / "closed_forms.md"
EXPONENTS = (1, 3, 5, 7)
BASES = ((8, 4), (12, 4), (13, 5), (40, 4), (11, 6), (7, 4), (9, 3))
SIZES = ((1, 1), (2, 1), (3, 1), (1, 2), (2, 2), (2, 3), (3, 2), (4, 2), (5, 3))
UPPER_KEYS = {bound.key for bound in UPPER}
UNEXPANDED = {("universal", 7), ("random_directions", 7)}
"""Printed as a quadrature and as a recursion, which the reader does not know; equal to the numbers by test_closed_form.py."""
CASES = [(key, m) for key in BOUNDS for m in EXPONENTS if not BOUNDS[key].undefined(m) and (key, m) not in UNEXPANDED]
DRAWS = 5


@pytest.fixture(autouse=True)
def precision():
    with mp.workdps(30):
        yield


def plain(text: str) -> str:
    """SymPy's cases with conditions alone, and its expectation."""
    text = text.replace(r"& \text{for}\: ", ", & ").replace(r"& \text{otherwise}", r", & 1 \geq 0")
    return re.sub(r"d > n\b", "n < d", text.replace(r"\mathbb{E}", r"\mathsf{E}"))


@cache
def printed(key: str, m: int) -> tuple[tuple[tuple[str, ...], Statement, str], ...]:
    """Hypotheses, statement and its text: what explain and latex print, and its other forms."""
    content = explanation(BOUNDS[key], m)
    form = closed_form(BOUNDS[key], m)
    pairs = [(NONE(name), plain(NONE(text))) for name, text in form.definitions]
    assert content["statement"] == r", \quad ".join(
        [NONE(form.inequality), *(f"{NONE(a)} = {NONE(b)}" for a, b in form.definitions)]
    )
    found = [(tuple(content["hypotheses"]), Statement(plain(NONE(form.inequality)), pairs), content["statement"])]
    for other in content["other_forms"]:
        needed = [text for text in content["hypotheses"] if "cumulants" not in text and not text.startswith("kappa")]
        text = other["statement"]
        found.append((((*needed, other["hypotheses"])) if key == "frontier" else (other["hypotheses"],), Statement(text), text))
    return tuple(found)


LAW_OF = {
    "gaussian_support": "gaussian",
    "gaussian_scalar_decoder": "gaussian",
    "uniform_support": "uniform",
    "uniform_scalar_decoder": "uniform",
    "laplace_support": "laplace",
}
"""Bounds for one law."""


def expected_minimum(problem: Problem) -> mpf:
    n, d, p = int(problem.n), problem.d, mpf(int(problem.p.p)) / mpf(int(problem.p.q))
    return d - sum((d - k) * mp.binomial(n, k) * p**k * (1 - p) ** (n - k) for k in range(min(n, d - 1) + 1))


def trials(key: str, m: int, count: int, seed: str) -> Iterator[tuple[Problem, str, str, random.Random]]:
    """Problems at the edges, in a fixed random order."""
    rng = random.Random(seed)
    sizes = BASES if key == "unbiased_bases" else SIZES
    every = [(law, p, size) for law, p in problems(m) for size in sizes]
    chosen = [case for case in every if case[0] == LAW_OF.get(key, case[0])]
    rng.shuffle(chosen)
    for law, p, (n, d) in chosen[:count]:
        yield Problem(n, d, m, p, law), law, p, rng


def violations(
    key: str, m: int, count: int, *, without: Callable[[str], bool] = lambda sentence: False, which: int = 0
) -> tuple[list[tuple], int, int]:
    """Cases in which a statement fails though its hypotheses are met; how many met them, and how many did not.

    ``without`` says which hypotheses are left out.
    """
    hypotheses, said, text = printed(key, m)[which]
    hypotheses = tuple(sentence for sentence in hypotheses if not without(sentence))
    found, met, missed = [], 0, 0
    for problem, law, p, rng in trials(key, m, count, f"{key} {m}"):
        for _ in range(DRAWS if key in FREE else 1):
            values = draw(key, problem, rng, text)
            if key in BUILT and not values:
                continue
            if key in ("gaussian_support", "uniform_support", "laplace_support"):
                said.symbols = lambda q, v, inner=Statement.symbols: inner(said, q, v) | {"expected_minimum": expected_minimum(q)}
            below = partial(denominator, said, problem, values)
            if not all(meets(sentence, problem, values, below) for sentence in hypotheses):
                missed += 1
                continue
            met += 1
            best = attained(problem.n, problem.d, m, p, law) if key in UPPER_KEYS else Fraction(0)
            if not holds(key, said, problem, values, best):
                found.append((problem, values))
    return found, met, missed


def holds(key: str, said: Statement, problem: Problem, values: dict[str, Fraction], best: Fraction) -> bool:
    """Whether no exact weights exceed an upper bound, or no proven upper bound is below a lower one; to 15 digits."""
    tolerance = 1 - mpf(10) ** -15
    if key in UPPER_KEYS:
        wanted = mpf(best.numerator) / mpf(best.denominator) * tolerance
        return said.reaches(wanted, problem, values, rows(problem.n, problem.d, problem.m))
    least = min(fraction(value.certified) for value in proven(problem))
    return bool(said.at(problem, values) * tolerance <= mpf(least.numerator) / mpf(least.denominator))


def proven(problem: Problem) -> list:
    """Certified upper bounds on I*."""
    outcomes = [evaluate_upper(BOUNDS[key], problem, 20) for key in ("rank", "very_sparse")]
    return [outcome.value for outcome in outcomes if outcome.value is not None]


def denominator(said: Statement, problem: Problem, values: dict[str, Fraction]) -> mpf:
    """The denominator of the fraction beside 1 in the bound dense; the least one of the rows that are tried under a supremum."""
    named = dict(said.definitions)
    if said.over:
        below = Statement(r"x \le \Phi_{1}", said.definitions)
        tried = [row for row in rows(problem.n, problem.d, problem.m) if "w" not in row]
        return min(below.at(problem, values, row) for row in tried)
    if r"\Phi_{2}" in named:
        return Statement(r"x \le \Phi_{2}", said.definitions).at(problem, values)
    above = said.inequality.index(r"\min\left(1, \frac{") + len(r"\min\left(1, \frac")
    below = above + len(group(said.inequality, above))
    return Statement(r"x \le " + group(said.inequality, below)[1:-1]).at(problem, values)


def group(text: str, start: int) -> str:
    """The braced group that begins there."""
    depth = 0
    for at in range(start, len(text)):
        depth += {"{": 1, "}": -1}.get(text[at], 0)
        if depth == 0:
            return text[start : at + 1]
    raise AssertionError(text)


@pytest.mark.parametrize(("key", "m"), CASES)
def test_no_weights_break_a_printed_statement_where_its_hypotheses_are_met(key, m):
    for which in range(len(printed(key, m))):
        found, met, missed = violations(key, m, 60, which=which)
        assert found == []
        assert met >= 4, (key, m, which, met, missed)


def read(text: str, name: str) -> float:
    """The number that is printed for a name; a name of the rows may go to infinity."""
    found = re.search(
        re.escape(name) + r" &?= (?:\\frac\{(\d+)\}\{(\d+)\}|([0-9]+(?:\.[0-9]+)?)(?:\\ldots)?(?: ?\\cdot ?10\^\{(-?[0-9]+)\})?)",
        text,
    )
    if found is None:
        assert rf"as ${name} \to \infty$" in text or "The supremum is at most" in text, name
        return 1e30
    return float(found[1]) / float(found[2]) if found[1] else float(found[3]) * 10.0 ** int(found[4] or 0)


SUPREMA = [
    (120, 8, 3, "1e-3", "rademacher"),
    ("inf", 10, 3, "1e-3", "gaussian"),
    (120, 8, 3, "0.03", "rademacher"),
    (6000, 15, 3, "1e-3", "gaussian"),
    (30, 4, 3, "1/100", "rademacher"),
    (30, 4, 3, "0.03", "uniform"),
    (30, 4, 3, "1/10", "laplace"),
]
"""Of some the place of the supremum is told, of the others a price and what is added to it."""


@pytest.mark.parametrize("problem", SUPREMA)
def test_the_printed_numbers_give_the_printed_value(problem):
    """What is printed beside frontier, in its formula worked out here, gives the number, and each of its terms."""
    outcome = evaluate_upper(BOUNDS["frontier"], Problem(*problem), 10)
    text = numbers(outcome, 10)
    kappa = {k: float(value) for k, value in cumulants(outcome.problem).items()}
    names = (r"\lambda", r"\nu_{2}", "x_{3}", "y_{3}", "x_{2}", "y_{2}", "Q_{2}")
    lambda_, nu, x3, y3, x2, y2, q = (read(text, name) for name in names)
    mixed, n, r = 15 * kappa[4] * kappa[2], outcome.problem.n, outcome.problem.rank
    fraction = q * (kappa[4] + 3 * kappa[2] ** 2 * q - nu * q**0.5 - lambda_) ** 2
    fraction /= kappa[6] * x3 + mixed * q * x2 + 15 * kappa[2] ** 3 * q**3
    terms = {r"\frac{\lambda^{2}}{\kappa_{6} y_{3}}": lambda_**2 / (kappa[6] * y3)}
    terms[r"\frac{\nu_{2}^{2}}{15\kappa_{4} \kappa_{2} y_{2}}"] = nu**2 / (mixed * y2)
    if "A row adds" in text:
        z = read(text, "z")
        terms |= {"r z": r * z, "n (F - z)/Q_{2}": n * (fraction - z) / q}
    else:
        found = re.search(r"The supremum is (at most )?\$([0-9.]+)", text)
        terms[r"r\,\sup"] = r * float(found[2])
        assert found[1] or float(found[2]) == pytest.approx(fraction, rel=1e-7)
    for name, value in terms.items():
        assert read(text, name) == pytest.approx(value, rel=1e-7, abs=1e-9 * float(outcome))
    assert sum(terms.values()) == pytest.approx(float(outcome), rel=1e-9)


def test_the_text_beside_numbers_has_the_letters_of_the_formula():
    """Q_2 and z, not a capacity t or a function R that the formula does not have."""
    for key in ("frontier", "capacity", "capacity_welch"):
        text = numbers(evaluate_upper(BOUNDS[key], Problem(6000, 15, 3, "1e-3", "gaussian"), 10), 10)
        assert "$t" not in text
        assert "R(" not in text
        assert "supremum is" in text


@pytest.mark.parametrize(("key", "constant"), [("very_sparse", "G = 64"), ("random_directions", "n' = 120")])
def test_constants_and_sizes_are_printed(key, constant):
    answer = report(120, 8, 3, "1e-6", "rademacher", digits=8)  # tau_3(8) = 8 * 10 * 12/15, and 120 lines
    assert constant in numbers(answer[key], 8)
