"""Names bounds, witnesses and parameters in a figure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from flint import fmpq

from boundcalc.bounds.catalog import BOUNDS
from boundcalc.language.claims import legend
from boundcalc.model.problem import INFINITY
from boundcalc.render.plots.data import Point
from boundcalc.sweep.groups import is_groups

LAWS = {"rademacher": "Rademacher", "gaussian": "Gaussian", "uniform": "uniform", "laplace": "Laplace"}
FRAMES = {
    "orthonormal": "orthonormal",
    "E6": "$E_6$",
    "E7": "$E_7$",
    "E8": "$E_8$",
    "leech": "Leech",
    "barnes_wall": "Barnes–Wall",
    "clebsch": "Clebsch",
    "petersen": "Petersen",
    "simplex_2": "simplex",
    "24_cell": "24-cell",
    "600_cell": "600-cell",
    "24_cell_with_dual": "24-cell + dual",
}


def bound(key: str) -> str:
    """``frontier (U9)``."""
    entry = BOUNDS.get(key)
    name = key.replace("_", " ").replace("walsh", "Walsh").replace("welch", "Welch")
    return f"{name} ({entry.section})" if entry else name


def section(key: str) -> str:
    """``U9``."""
    return BOUNDS[key].section if key in BOUNDS else key


def frame(key: str) -> str:
    """A frame's name."""
    conference = re.fullmatch(r"conference_(\d+)", key)
    if conference:
        return f"{conference[1]} lines (conference)"
    return FRAMES.get(key) or ("simplex" if re.fullmatch(r"simplex_\d+", key) else key.replace("_", " "))


def witness(shown: Mapping[str, Any]) -> str:
    """The name of a witness, with its size where the name says too little."""
    kind = witness_kind(shown)
    return f"{shown['n']} lines (search)" if kind == "search" and "n" in shown else kind


def witness_kind(shown: Mapping[str, Any]) -> str:
    """The name of a witness without its size: a frame, a construction, a direct sum, or ``search``."""
    if "blocks" in shown:
        return "direct sum"
    if "construction" in shown:
        return {"random_walsh": "random Walsh"}.get(shown["construction"], str(shown["construction"]).replace("_", " "))
    if shown.get("frame") == "plane_lines":
        return f"{shown['n']} plane lines"
    return frame(str(shown["frame"])) if "frame" in shown else "search"


def proofs(points: Iterable[Point]) -> str:
    """What the best upper bounds of a figure rest on: `` The proofs: frontier (U9) argued, …; argued: …``."""
    keys = {point.upper_key for point in points}
    statuses = {key: BOUNDS[key].status for key in BOUNDS if key in keys}
    listed = ", ".join(f"{bound(key)} {status.value}" for key, status in statuses.items())
    return f" Numbers are certified; the upper bounds' proofs: {listed} ({'; '.join(legend(statuses.values()))})." if listed else ""


def count(n: int | float) -> str:
    """A number of features in mathematics."""
    return r"\infty" if n == INFINITY else str(int(n))


def law(name: str, longest: int = 1000) -> str:
    """A law in words, cut where it is longer."""
    known = LAWS.get(name, name)
    return known if len(known) <= longest else f"{known[: longest - 1]}…"


def title(point: Point, names: str) -> str:
    """The same as :func:`parameters`, short enough for the width of a column."""
    return parameters(point, names, longest=24)


def parameters(point: Point, names: str, longest: int = 1000) -> str:
    """``$n = \\infty$, $d = 8$, $m = 3$, Rademacher`` for the names asked for, in the order given."""
    if is_groups(point.importance):
        return ", ".join([*values(point, [name for name in names.split() if name != "law"]), "groups of features"])
    formulas = [f"{name} {text}" for name, text in (("importance", point.importance), ("activity", point.activity)) if text]
    return ", ".join([*values(point, names.split(), longest), *formulas])


def values(point: Point, names: Iterable[str], longest: int = 1000) -> list[str]:
    """The parameters of those names, each in mathematics."""
    problem = point.problem
    texts = {
        "n": f"$n = {count(problem.n)}$",
        "d": f"$d = {problem.d}$",
        "m": f"$m = {problem.m}$",
        "law": law(problem.law.name, longest),
        "p": f"$p = {power(problem.p)}$",
    }
    return [texts[name] for name in names]


def range_of(values: list[fmpq], name: str = "p") -> str:
    """``$10^{-8} \\le p \\le 1$`` from exact values."""
    least, greatest = (power(end) if name == "p" else str(end) for end in (min(values), max(values)))
    return rf"${least} \le {name} \le {greatest}$"


def power(value: fmpq) -> str:
    """A rational as a power of ten, a fraction or three digits."""
    from boundcalc.numbers.enclosure import decimal_exponent, decimal_floor
    from boundcalc.numbers.parsing import as_rational

    exponent = decimal_exponent(value)
    if value == fmpq(10) ** exponent:
        return rf"10^{{{exponent}}}" if abs(exponent) > 2 else f"{10**exponent:g}"
    text = decimal_floor(value, 4)
    if exponent >= -3 and value.p != 1 and as_rational(text, parameter="p", allowed="") == value:
        return text
    if int(value.q) < 1000:
        return str(value)
    mantissa = value / fmpq(10) ** exponent
    return rf"{int(mantissa.p) / int(mantissa.q):.3g} \cdot 10^{{{exponent}}}"
