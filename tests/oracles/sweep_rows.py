"""Rows of a sweep: made up, where a figure must show what it is given, or evaluated, where the numbers must be true."""

from __future__ import annotations

import json

from boundcalc import Problem
from boundcalc.sweep.plan import Plan
from boundcalc.sweep.rows import Row
from boundcalc.sweep.unit import Unit, evaluate

EMPTY = {
    "unit": 0,
    "n": "inf",
    "d": "3",
    "m": "3",
    "p": "1/100",
    "law": "rademacher",
    "status": "done",
    "error": None,
    "best_upper_key": None,
    "best_upper": None,
    "best_lower_key": None,
    "best_lower": None,
    "best_lower_witness": None,
    "ratio": None,
    "verdict": None,
    "optimality": None,
    "gain": None,
    "loss": None,
    "unexplained": None,
    "uppers": [],
    "lowers": [],
    "search": None,
    "digits": 10,
    "seed": 0,
    "seconds": 0.0,
    "versions": {},
}


def made_up(p: str, lower: str, upper: str, *, key: str = "frontier", frame: str = "icosahedron", **other: object) -> Row:
    """A row with the ends that are drawn; the other ends lie a tenth inside."""
    fields = {
        **EMPTY,
        "p": p,
        "best_upper_key": key,
        "best_upper": (lower, upper),
        "uppers": [entry(key, lower, upper)],
        "best_lower_key": "orthonormal" if frame == "orthonormal" else "known_frame",
        "best_lower": (lower, upper),
        "lowers": [entry("known_frame", lower, upper)],
        "best_lower_witness": {"frame": frame, "n": 6, "d": 3},
    }
    return Row(**(fields | other))


def entry(key: str, lower: str, upper: str) -> dict[str, object]:
    """An item as in ``bounds --json``."""
    return {"key": key, "improvement": {"lower": lower, "upper": upper}}


def evaluated(n: object, d: int, p: str, law: str = "rademacher") -> Row:
    """A row as a sweep stores it, m = 3."""
    shown = Problem(n, d, 3, p, law).as_json()
    unit = Unit(0, str(shown["n"]), str(d), "3", str(shown["p"]), law)
    keys = ("rank", "capacity", "frontier", "dense", "orthonormal", "known_frame", "half_design", "random_directions")
    outcome = evaluate(unit, Plan(keys, 12))
    assert outcome.status == "done", outcome.error
    details = json.loads(outcome.details)
    return Row(
        **{
            **EMPTY,
            **{name: getattr(outcome, name) for name in ("n", "d", "m", "p", "law", "verdict", "optimality")},
            "best_upper_key": outcome.best_upper_key,
            "best_upper": (outcome.best_upper_lower, outcome.best_upper_upper),
            "best_lower_key": outcome.best_lower_key,
            "best_lower": (outcome.best_lower_lower, outcome.best_lower_upper),
            "best_lower_witness": details["witness"],
            "uppers": details["upper"],
            "lowers": details["lower"],
        }
    )
