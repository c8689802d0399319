"""The conditions of optimality: their gradient is that of the Lagrangian, and a program without choices has the known solution."""

from __future__ import annotations

import numpy as np
import pytest

from boundcalc.bounds.frontiers.optimality import Part, System
from boundcalc.bounds.frontiers.row_models import FrontierRows

BASIS = np.array([[1.0, 0, 0, 0], [-0.5, 1.5, 0, 0], [0.375, -3.75, 4.375, 0]])


def free_part(**changed) -> Part:
    values = {
        "weight": 0.7, "order": 3, "d": 3, "pure": 0.14, "kinds": None, "basis": BASIS, "linear": np.array([0.1, 0.3, 0.05]),
        "size": np.ones(3), "free": np.ones(3, bool), "points": np.array([0.0, 0.4]), "moving": np.array([False, True]),
        "multipliers": np.array([0.3, 0.5]), "nu": 0.6, "moved": 0.02, "share": 0.8, "loose": True,
    }  # fmt: skip
    return Part(**(values | changed))


def known_part(**changed) -> Part:
    values = {
        "weight": 1.3, "order": 2, "d": 3, "pure": 0.2, "kinds": ("power", "tangent"), "basis": np.zeros((0, 1)),
        "linear": np.array([0.4, 0.6]), "size": np.ones(2), "free": np.ones(2, bool), "points": np.array([0.0, 0.2]),
        "moving": np.array([False, True]), "multipliers": np.array([0.7]), "nu": 0.2, "moved": 0.01, "share": 1.0, "loose": False,
    }  # fmt: skip
    return Part(**(values | changed))


def system(parts: list[Part], rows: list[float]) -> System:
    model = FrontierRows(1.0, 2.0, 3.0, [3, 2], [0.7, 1.3], 1 / 11)
    made = System(3.0, 12.0, model, parts, np.array([rows]), np.ones((1, len(rows)), bool), 0.3, 0.05)
    made.omega = np.array([4.0, 7.0])[: len(rows)]
    return made


def lagrangian(made: System, z: np.ndarray) -> float:
    """L of the module's docstring, written down again."""
    at = made.at
    q, omega = z[at["rows"]], z[at["omega"]]
    total = made.rank * z[at["sigma"]][0] + made.n * z[at["tau"]][0]
    inner, energy = 1 + 2 * q, 3 * q**3
    for k, part in enumerate(made.parts):
        nu, v, linear = z[at["nu", k]][0], z[at["moved", k]][0], z[at["linear", k]]
        point, multipliers = z[at["points", k]][0], z[at["multipliers", k]]
        if part.kinds is None:
            share = z[at["share", k]][0]
            x, y = share - linear.sum() - v, linear[0] + v / made.n
            for u, pi in zip((0.0, point), multipliers, strict=True):
                total -= pi * (share * u**3 - linear @ (BASIS @ u ** np.arange(4)))
        else:
            share = part.share
            x = linear[1] * (1 - 2 * point + point**2) - v
            y = linear[0] * part.pure + linear[1] * (2 * point / part.d - point**2) + v / made.n
            total += multipliers[0] * (linear.sum() - share)
        total += nu**2 / (part.weight * y)
        factor = q if part.order == 2 else 1
        least = q * (1 + (q - 1) ** 2 / 11) if part.order == 2 else 1 + (q - 1) ** 3 / 121
        inner = inner - nu * np.sqrt(factor)
        energy = energy + part.weight * (x * factor + (1 - share) * least)
    return total + omega @ (inner**2 / energy - z[at["sigma"]][0] / q - z[at["tau"]][0])


def test_the_gradient_is_that_of_the_lagrangian():
    made = system([free_part(), known_part()], [2.0, 5.0])
    start = made.start()
    found = made.gradient(start[:, None])[:, 0]
    for k in range(made.size):
        step = np.zeros(made.size)
        step[k] = 1e-6
        expected = (lagrangian(made, start + step) - lagrangian(made, start - step)) / 2e-6
        assert found[k] == pytest.approx(expected, rel=1e-6, abs=1e-7)


def test_what_is_taken_is_where_the_unknowns_start():
    made = system([free_part(), known_part()], [2.0, 5.0])
    start = made.start()
    assert made.take(1.01 * start)
    assert made.start() == pytest.approx(1.01 * start)
    wrong = start.copy()
    wrong[made.at["omega"]] = -1
    assert not made.take(wrong)


def test_nothing_exchanged_leaves_the_tangent_of_the_row_function():
    """One row for all features: q = n/r, and the price is the slope there."""
    none = {"kinds": (), "linear": np.zeros(0), "size": np.zeros(0), "free": np.zeros(0, bool), "points": np.zeros(0)}
    none |= {"moving": np.zeros(0, bool), "multipliers": np.zeros(0), "nu": 0.0, "moved": 0.0, "share": 0.0, "loose": True}
    made = system([free_part(**none), known_part(**none)], [3.5])
    assert made.multiply()
    z = made.solve()
    assert z is not None
    sigma, tau, q, omega = (float(z[made.at[name]][0]) for name in ("sigma", "tau", "rows", "omega"))
    assert (q, omega) == pytest.approx((12 / 3, 12))

    def row(t: float) -> float:
        q = 1 / t
        least = 0.7 * (1 + (q - 1) ** 3 / 121) + 1.3 * q * (1 + (q - 1) ** 2 / 11)
        return (1 + 2 * q) ** 2 / (3 * q**3 + least)

    slope = (row(0.25 + 1e-6) - row(0.25 - 1e-6)) / 2e-6
    assert sigma == pytest.approx(slope, rel=1e-6)
    assert tau == pytest.approx(row(0.25) - slope / 4, rel=1e-6)
