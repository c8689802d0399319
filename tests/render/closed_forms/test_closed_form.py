"""The LaTeX of every closed form, read by an independent reader, gives the certified numbers.

Both what ``boundcalc latex`` prints and what stands on the page docs/closed_forms.md.
"""

from __future__ import annotations

import random
import re
from pathlib import Path

import pytest
from flint import fmpq
from mpmath import mp, mpf
from oracles.latex_reader import value_of

from boundcalc.bounds.catalog import BOUNDS
from boundcalc.bounds.declaration import Choice
from boundcalc.lemmas.few_features import best_constant
from boundcalc.model.notation import latex_names
from boundcalc.model.problem import Problem
from boundcalc.model.quantities import Quantities
from boundcalc.numbers.errors import ParameterError
from boundcalc.numbers.rings import EXACT
from boundcalc.render.closed_forms.closed_form import closed_form
from boundcalc.render.renaming import NONE

PAGE = Path(__file__).parents[3] / "docs" / "closed_forms.md"

POINTS = 20
CLOSED = [
    "trivial",
    "rank",
    "tensor_power",
    "very_sparse",
    "equiangular",
    "universal",
    "linear_program",
    "sparsity_power",
    "uniform",
    "gaussian_support",
    "uniform_support",
    "laplace_support",
    "gaussian_scalar_decoder",
    "uniform_scalar_decoder",
    "dense",
    "dense_rows",
    "uniform_in_n",
    "coupled_frontier",
    "orthonormal",
    "half_design",
    "known_frame",
    "unbiased_bases",
    "random_directions",
    "random_walsh",
    "random_chirps",
    "orthogonal_array",
]
NAMES = {
    "n_used": "n'",
    "eta_1": r"\eta_{1}",
    "eta_2": r"\eta_{2}",
    "xi": r"\xi",
    "zeta": r"\zeta",
    "E": "E(h)",
    "Lambda": r"\Lambda",
}
PAIRS = {"multipliers": (r"\lambda", r"\nu_{2}"), "y": ("y_{3}", "y_{2}"), "z": ("z", "z'")}
QUINTIC_PAIRS = {
    "multipliers": (r"\lambda", *(rf"\nu_{{{k}}}" for k in range(2, 7))),
    "y": tuple(f"y_{{{k}}}" for k in range(1, 7)),
    "z": ("z",),
}
LAWS = ("rademacher", "gaussian", "uniform", "laplace", "support:-2:1/8,-1:1/8,0:1/2,1:1/8,2:1/8")


@pytest.fixture(autouse=True)
def precision():
    with mp.workdps(40):
        yield


def number(value: fmpq) -> mpf:
    return mpf(int(value.p)) / mpf(int(value.q))


def problem_of(key: str, m: int, rng: random.Random) -> Problem:
    """A random problem; that the bound's hypotheses hold is seen to where it matters for its value."""
    law = next((law for law in ("gaussian", "uniform", "laplace") if key.startswith(f"{law}_s")), None) or rng.choice(LAWS)
    d = rng.choice((1, 2, 3, 4, 7, 8, 10))
    n = rng.choice((rng.randint(1, 12), rng.randint(8, 200), rng.randint(10, 10**6)))
    p = fmpq(rng.randint(1, 999), rng.choice((10**3, 10**5, 10**8)))
    if key == "dense":
        law, p = rng.choice((("rademacher", fmpq(rng.randint(34, 100), 100)), ("uniform", fmpq(rng.randint(60, 100), 100))))
    if key in ("uniform_in_n", "coupled_frontier"):
        law, p = rng.choice(LAWS[:4]), fmpq(rng.randint(1, 70), rng.choice((10**3, 10**6)))
    if key == "random_walsh":
        d = rng.choice((3, 5, 9, 20))
    return Problem(n, d, m, p, law)


def pairs(m: int) -> dict[str, tuple[str, ...]]:
    """Names of the entries of lists of parameters."""
    return QUINTIC_PAIRS if m == 5 else PAIRS


def chosen(key: str, problem: Problem, rng: random.Random) -> Choice:
    """Any values of the right kind: a formula is a formula whether or not a frame exists for it."""
    m, d = problem.m, fmpq(problem.d)
    count = fmpq(rng.randint(6, 5000))
    multipliers = {name: fmpq(rng.randint(0, 30), 100) for name in ("eta_1", "eta_2", "xi", "zeta")}
    values = {
        "linear_program": {"constant": best_constant(Quantities(EXACT, problem))},
        "half_design": {"n_used": count, "d_used": d},
        "unbiased_bases": {"n_used": count, "d_used": d},
        "random_walsh": {"n_used": count, "d_used": d},
        "orthogonal_array": {"n_used": count, "d_used": d},
        "random_directions": {"n_used": count},
        "random_chirps": {"n_used": count, "power_sums": [0, *(fmpq(rng.randint(10, 90), 8) for _ in range(m))]},
        "known_frame": {"n_used": count, "power_sums": [0, *(fmpq(rng.randint(10, 90), 8) for _ in range(m))]},
        "dense": multipliers,
        "dense_rows": {"Lambda": fmpq(rng.randint(50, 150), 100)},
        "uniform_in_n": {"kappa": Quantities(EXACT, problem).kappa, "E": fmpq(rng.randint(1, 60), 100)},
        "coupled_frontier": {"kappa": Quantities(EXACT, problem).kappa}
        | {name: [fmpq(rng.randint(1, 60), 100) for _ in own] for name, own in pairs(m).items()},
    }
    return Choice(values.get(key, {}))


def symbols(problem: Problem, choice: Choice) -> dict[str, object]:
    """Values of the free symbols by their LaTeX."""
    known: dict[str, object] = {"n": mpf(problem.n), "d": mpf(problem.d), "p": number(problem.p)}
    known |= {rf"\mu_{{{2 * k}}}": number(problem.law.moment(2 * k)) for k in range(1, problem.m + 1)}
    known["G"] = number(best_constant(Quantities(EXACT, problem)))
    for name, value in choice.values.items():
        if name == "power_sums":
            known |= {f"Q_{{{2 * k}}}": number(q) for k, q in enumerate(value) if k}
        elif name in NAMES:
            known[NAMES[name]] = number(value)
        elif name in PAIRS:
            known |= dict(zip(pairs(problem.m)[name], map(number, value), strict=True))
    total = mpf(0)
    if problem.n <= 12 or problem.law.name in (
        "gaussian",
        "uniform",
        "laplace",
    ):  # E min(d, Bin(n, p)) = d - sum_{k<d} (d - k) P(k)
        n, d, p = int(problem.n), problem.d, number(problem.p)
        total = d - sum((d - k) * mp.binomial(n, k) * p**k * (1 - p) ** (n - k) for k in range(min(n, d - 1) + 1))
    known["expected_minimum"] = total
    return known


def on_the_page(key: str, m: int) -> tuple[str, list[tuple[str, str]]]:
    """The inequality and its definitions from docs/closed_forms.md."""
    chapter = PAGE.read_text().split(f"\n## m = {m}\n")[1].split("\n## ")[0]
    displays = re.compile(r"^\$\$ (.*) \$\$$", re.MULTILINE)
    cumulants = displays.findall(chapter.split("Cumulants:")[1].split("Sharp constants")[0])
    (section,) = re.findall(rf"^### `{key}` (.*?)^\* ", chapter, re.MULTILINE | re.DOTALL)
    inequality, *lines = map(NONE, displays.findall(section))
    pairs = [line.split("=", 1) for line in (*lines, *map(NONE, cumulants))]
    return inequality, [(name.strip(), text) for name, text in pairs]


def printed(key: str, m: int) -> list[tuple[str, list[tuple[str, str]]]]:
    """Every place where the closed form is printed in full."""
    form = closed_form(BOUNDS[key], m)
    found = [] if form.note else [(NONE(form.inequality), [(NONE(name), NONE(text)) for name, text in form.definitions])]
    return found + ([on_the_page(key, m)] if m > 1 and not form.note else [])


CASES = [(key, m) for key in CLOSED for m in (1, 3, 5, 7)]


@pytest.mark.parametrize(("key", "m"), CASES)
def test_the_printed_formula_gives_the_certified_value(key, m):
    bound, rng = BOUNDS[key], random.Random(f"{key} {m}")
    if bound.undefined(m):
        assert key in {
            "dense",
            "dense_rows",
            "random_walsh",
            "random_chirps",
            "orthogonal_array",
            "uniform",
            "uniform_in_n",
            "coupled_frontier",
        }
        return
    forms = printed(key, m)
    if m == 7 and key in {"universal", "random_directions"}:
        assert forms == []
        return
    assert len(forms) == (2 if m > 1 else 1)
    for _ in range(POINTS):
        problem = problem_of(key, m, rng)
        choice = chosen(key, problem, rng)
        q = Quantities(EXACT, problem)
        if key in {
            "dense",
            "dense_rows",
            "uniform_in_n",
            "coupled_frontier",
            "half_design",
            "known_frame",
            "unbiased_bases",
            "random_walsh",
            "random_chirps",
            "orthogonal_array",
            "random_directions",
        }:
            exact = number(bound.formula(q, **choice.values))
        else:
            enclosure = bound.enclose(problem, choice, 35)
            exact = number(enclosure.lower + enclosure.upper) / 2
        for inequality, definitions in forms:
            read = value_of(inequality, definitions, symbols(problem, choice))
            assert abs(read - exact) <= abs(exact) * mpf(10) ** -25, (problem, choice)


ROWS = [(key, m) for key, bound in BOUNDS.items() if bound.operator(3) for m in (3, 5, 7)]


@pytest.mark.parametrize(("key", "m"), ROWS)
def test_the_printed_row_function_gives_the_formula(key, m):
    bound, rng = BOUNDS[key], random.Random(f"{key} {m}")
    assert closed_form(bound, m).over_rows
    forms = printed(key, m)
    assert len(forms) == 2
    names: dict[object, str] = {}
    names |= latex_names(m)
    for _ in range(POINTS):
        problem = Problem(rng.randint(2, 300), rng.randint(2, 12), m, fmpq(rng.randint(1, 99), 10**4), rng.choice(LAWS))
        q = Quantities(EXACT, problem)
        known = symbols(problem, Choice())
        free: dict[object, mpf] = {}

        def value(sign, known=known, free=free, kappa=q.kappa):
            if isinstance(sign, list):
                return [value(part) for part in sign]
            if isinstance(sign, tuple):
                return tuple(value(part) for part in sign)
            if not hasattr(sign, "free_symbols") or not sign.free_symbols:
                return mpf(int(sign))
            if not sign.is_Symbol:  # 1 - s of a term, -s of a link
                (inner,) = sign.free_symbols
                assert sign in (1 - inner, -inner)
                return (1 if sign == 1 - inner else 0) - value(inner)
            if sign.name.startswith("kappa_"):
                return number(kappa[int(sign.name.split("_")[1]) // 2])
            if sign not in free:
                free[sign] = mpf(rng.randint(100, 400)) / 100
                base, _, index = sign.name.rpartition("_")
                known[names.get(sign, f"{base}_{{{index}}}")] = free[sign]
            return free[sign]

        chosen_values = {name: value(sign) for name, sign in bound.symbols(m).items()}
        exact = bound.formula(_Float(problem), **chosen_values)
        for whole, definitions in forms:
            inequality = re.sub(r"\\sup_\{(?:[^{}]|\{[^{}]*\})*\}", "", whole)
            read = value_of(inequality, definitions, known)
            assert abs(read - exact) <= abs(exact) * mpf(10) ** -25


@pytest.mark.parametrize("m", [3, 5, 7])
def test_witnesses_given_by_their_values(m):
    """direct_sum and search: the formula is in the improvements, or in C and D, themselves."""
    rng = random.Random(m)
    for _ in range(POINTS):
        first, second = (mpf(rng.randint(1, 999)) / 7 for _ in range(2))
        for key, exact in (("direct_sum", first + second), ("search", first**2 / second)):
            for inequality, definitions in printed(key, m):
                values = {"I_{1}": first, "I_{2}": second, "C": first, "D": second}
                definitions = [pair for pair in definitions if pair[0] not in ("C", "D")]
                assert abs(value_of(inequality, definitions, values) - exact) <= exact * mpf(10) ** -25


def test_every_bound_is_read_back():
    assert {*CLOSED, *(key for key, _ in ROWS), "direct_sum", "search"} == set(BOUNDS)


class _Ring:
    def number(self, value):
        return mpf(int(value.p)) / mpf(int(value.q)) if isinstance(value, fmpq) else value

    def power(self, base, exponent):
        return base ** (mpf(int(exponent.p)) / mpf(int(exponent.q)))

    def minimum(self, *values):
        return min(values)


class _Float(Quantities):
    """Quantities in mpmath numbers."""

    def __init__(self, problem):
        super().__init__(_Ring(), problem)
        self.n, self.d = mpf(problem.n), mpf(problem.d)

    def named(self, name, compute):
        return number(best_constant(Quantities(EXACT, Problem(int(self.n), int(self.d), self.m, fmpq(1, 2), "rademacher"))))


@pytest.mark.parametrize("key", [key for key, bound in BOUNDS.items() if bound.general is not None])
def test_a_large_exponent_is_answered_unexpanded(key):
    form = closed_form(BOUNDS[key], 101)
    assert "not expanded" in form.note
    assert "m = 101" in form.note
    assert len(form.inequality) < 400


def test_a_bound_for_m_3_alone_says_so():
    with pytest.raises(ParameterError, match="must be 3 for the bound dense"):
        closed_form(BOUNDS["dense"], 5)
