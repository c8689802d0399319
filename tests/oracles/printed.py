"""What a printed statement says: its hypotheses, read sentence by sentence, and its right side as a function of the free variables.

Written apart from the package: cumulants, sphere moments and the conditions are worked out here.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Sequence
from fractions import Fraction
from math import comb

from flint import fmpq
from mpmath import mpf
from oracles.latex_reader import value_of

from boundcalc.model.problem import Problem

Values = dict[str, Fraction]
RELATIONS = {"<=": operator.le, ">=": operator.ge, "<": operator.lt, ">": operator.gt, "=": operator.eq}
SUPREMUM = re.compile(r"\\sup_\{((?:[^{}]|\{[^{}]*\})*)\}")


def fraction(value: fmpq) -> Fraction:
    return Fraction(int(value.p), int(value.q))


def cumulants(problem: Problem) -> dict[int, Fraction]:
    """kappa_2, kappa_4, …, kappa_{2m} of x from its moments E x^k = p mu_k."""
    moments = [Fraction(1)] + [Fraction(0)] * (2 * problem.m)
    for k in range(2, 2 * problem.m + 1, 2):
        moments[k] = fraction(problem.p * problem.law.moment(k))
    found: dict[int, Fraction] = {}
    for k in range(2, 2 * problem.m + 1, 2):
        found[k] = moments[k] - sum(comb(k - 1, j - 1) * found[j] * moments[k - j] for j in range(2, k, 2))
    return found


def sphere_moment(d: int, k: int) -> Fraction:
    """E <v, v'>^{2k}."""
    value = Fraction(1)
    for j in range(k):
        value *= Fraction(2 * j + 1, d + 2 * j)
    return value


# --- hypotheses ---------------------------------------------------------------------------------------------------------

SEEN_TO = (
    r"z and z' are so large that for all 0 < t <= ell <= 1 there is an e >= 0 with ",
    r"z is so large that for all 0 < t <= ell <= 1 and 0 <= v <= 1/t - 1 there is an e >= 0 with ",
    r"n z' = 0 for n = inf",
    r"E\(h\) is 3/5 of the supremum of ",
    r"Lambda is at least ",
    r"S\^2 <= G T for all n vectors in R\^d",
    r"n' <= n unit vectors (that form a half-design|in R\^d with the same power sums)",
    r"n' <= n rows of an orthogonal array of strength 6 ",
    r"n' <= n random unit vectors in R\^d with one Q_2 ",
    r"weights W != 0 of d rows and n columns with these C and D",
    r"I_1 <= I\^\{\*\}\(n_1, d_1\) and I_2 <= ",
)
"""Objects that the test builds itself, so that they are what these sentences say."""


def meets(sentence: str, problem: Problem, values: Values, denominator: Callable[[], mpf]) -> bool:
    """Whether a problem and values of the free parameters meet one printed hypothesis; fails for one it cannot read."""
    known = {"n": Fraction(int(problem.n)), "d": Fraction(problem.d), "p": fraction(problem.p)} | values
    kappa = cumulants(problem)
    known |= {f"kappa_{k}": value for k, value in kappa.items()}
    known |= {f"mu_{k}": fraction(problem.law.moment(k)) for k in range(2, 2 * problem.m + 1, 2)}
    if sentence in ("none", "a finite n") or any(re.match(text, sentence) for text in SEEN_TO):
        return True
    if sentence == "the gaussian law":
        return problem.law.name == "gaussian"
    if sentence == "the uniform law":
        return problem.law.name == "uniform"
    if sentence == "the laplace law":
        return problem.law.name == "laplace"
    if match := re.fullmatch(r"(nonnegative|positive) cumulants kappa_2, \.\.\., kappa_\{(\d+)\} of the features", sentence):
        concerned = [value for k, value in kappa.items() if k <= int(match[2])]
        return all(value > 0 for value in concerned) if match[1] == "positive" else all(value >= 0 for value in concerned)
    if sentence in ("a positive denominator beside 1", "a positive denominator for every row"):
        return denominator() > 0
    if sentence == "a power of two n' with d <= n' <= n":
        count = int(known["n'"])
        return count & (count - 1) == 0 and problem.d <= count <= problem.n
    if match := re.fullmatch(r"a multiple n' of d with (.*)", sentence):
        return (known["n'"] / known["d"]).denominator == 1 and all(relation(part, known) for part in match[1].split(" and "))
    if sentence.startswith("d a power of 4 "):
        return int(known["d"]) in {4**k for k in range(1, 9)} and known["d"] <= problem.d
    if match := re.fullmatch(r"a whole number n' with (.*)", sentence):
        return known["n'"].denominator == 1 and relation(match[1], known)
    if match := re.match(r"an even polynomial h <= .*, and (1/G = .*)", sentence):
        return known["G"] != 0 and relation(match[1].replace("h(1)", "h_one"), known)
    if re.match(r"(for every k|for k = 2 and 3) an even polynomial h <= .* and y_k = h_0 > 0", sentence):
        return all(value > 0 for name, value in known.items() if name.startswith("y_"))
    return any(all(relation(part, known) for part in case.split(" and ")) for case in sentence.split(", or "))


def relation(text: str, known: Values) -> bool:
    """A chain of comparisons; with commas on the left, or the index k, it is about each."""
    parts = re.split(r" (<=|>=|<|>|=) ", text)
    assert len(parts) >= 3, f"no reader for the hypothesis: {text}"
    if parts[0].startswith("b"):
        known["b"] = expression(parts[2], known)[0]
    terms = [[value for piece in side.split(", ") for value in expression(piece, known)] for side in parts[::2]]
    for left, sign, right in zip(terms, parts[1::2], terms[1:], strict=False):
        if not all(RELATIONS[sign](a, b) for a in left for b in right):
            return False
    return True


def expression(text: str, known: Values) -> list[Fraction]:
    """Values of a polynomial in named quantities; of all of them for an index k."""
    plain = text.replace("{", "").replace("}", "").replace("^", "**")
    if plain.endswith("_k"):
        return [value for name, value in known.items() if name.startswith(plain[:-1])]
    plain = re.sub(r"(?<=[\w')]) (?=[\w(])", "*", plain)
    names = re.sub(r"[A-Za-z][\w]*'?", lambda match: f"known[{match[0]!r}]", plain)
    names = re.sub(r"(?<![\w'\"])(\d+)(?![\w'\"\]])", r"Fraction(\1)", names)
    found = eval(names, {"__builtins__": {}}, {"known": known, "Fraction": Fraction})
    return [Fraction(found)]


# --- the right side -----------------------------------------------------------------------------------------------------

LATEX = {
    "n'": "n'",
    "lambda": r"\lambda",
    "theta": r"\theta",
    "xi": r"\xi",
    "zeta": r"\zeta",
    "Lambda": r"\Lambda",
    "G": "G",
    "C": "C",
    "D": "D",
}
Row = dict[str, Fraction]


def latex_name(name: str) -> str:
    if name in LATEX:
        return LATEX[name]
    base, _, index = name.partition("_")
    if not index:
        return name
    greek = {"nu", "eta", "kappa", "mu"}
    return f"{chr(92) + base if base in greek else base}_{{{index}}}"


class Statement:
    """A printed inequality with its definitions."""

    def __init__(self, inequality: str, definitions: Sequence[tuple[str, str]] = ()) -> None:
        found = SUPREMUM.search(inequality)
        self.over = found[1] if found else ""
        self.inequality, self.definitions = SUPREMUM.sub("", inequality), list(definitions)

    def symbols(self, problem: Problem, values: Values) -> dict[str, object]:
        known: dict[str, object] = {"n": mpf(int(problem.n)), "d": mpf(problem.d), "p": _number(fraction(problem.p)), "r": None}
        known["r"] = min(known["n"], known["d"])
        known |= {latex_name(f"mu_{k}"): _number(fraction(problem.law.moment(k))) for k in range(2, 2 * problem.m + 1, 2)}
        known |= {latex_name(f"kappa_{k}"): _number(value) for k, value in cumulants(problem).items()}
        return known | {latex_name(name): _number(value) for name, value in values.items()}

    def at(self, problem: Problem, values: Values, row: Row | None = None) -> mpf:
        """The right side; of a supremum, what stands under it at one row."""
        return value_of(self.inequality, self.definitions, self.symbols(problem, values | (row or {})))

    def reaches(self, wanted: mpf, problem: Problem, values: Values, rows: Sequence[Row]) -> bool:
        """Whether the right side is at least ``wanted``; for a supremum, whether some row shows it.

        A supremum over one variable is searched to its top before the answer is no; of more, ``rows`` are what is tried.
        """
        if not self.over:
            return bool(self.at(problem, values) >= wanted)
        if any(self.at(problem, values, row) >= wanted for row in rows if self._inside(row)):
            return True
        match = re.fullmatch(r"(\S+) \\ge (\d)", self.over)
        return match is not None and self._top(match[1].replace("{", "").replace("}", ""), int(match[2]), problem, values) >= wanted

    def _inside(self, row: Row) -> bool:
        return self.over.startswith("w") == ("w" in row)

    def _top(self, name: str, least: int, problem: Problem, values: Values) -> mpf:
        """The supremum over one variable: a grid of t in (0, 1], where it is least + 1/t - 1, refined around the best points."""

        def height(t: Fraction) -> mpf:
            return self.at(problem, values, {name: least + 1 / t - 1})

        grid = [Fraction(k, 160) for k in range(1, 161)] + [Fraction(1, 10**k) for k in range(3, 12)]
        heights = sorted(((height(t), t) for t in grid), reverse=True)
        best = heights[0][0]
        for _, t in heights[:3]:
            step = min(Fraction(1, 160), t / 2)
            for _ in range(30):
                near = [x for x in (t - step, t, t + step) if 0 < x <= 1]
                top, t = max((height(x), x) for x in near)
                best, step = max(best, top), step / 2
        return best * (1 + mpf(10) ** -12)


def _number(value: Fraction) -> mpf:
    return mpf(value.numerator) / mpf(value.denominator)
