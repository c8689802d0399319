"""Features that differ in floating point: every quantity as in exact arithmetic, gradients against differences."""

from __future__ import annotations

import numpy as np
import pytest

from boundcalc.check.exact.unequal_case import UnequalCase
from boundcalc.check.falsify import case_starts
from boundcalc.check.falsify.floating import Evaluator
from boundcalc.check.falsify.layout import Layout, Shape
from boundcalc.language.names import resolve
from boundcalc.language.statement import build

QUANTITIES = (
    "omega[i]",
    "p[i]",
    "mu[4, i]",
    "kappa[4, i]",
    "kappa[6, i]",
    "K[2, i]",
    "K[6, i]",
    "fraction[i]",
    "C[i]",
    "D[i]",
    "C",
    "I",
)
SHAPES = [Shape(3, 2, 3, 2, atom, symmetric, own=True) for atom, symmetric in ((False, True), (True, True), (False, False))]


def layout_of(shape: Shape, sides: tuple[str, ...]) -> tuple[Layout, np.ndarray]:
    resolved = resolve(build("o", "k", tuple(f"{side} = 0" for side in sides)))
    layout = Layout(resolved, shape)
    return layout, case_starts.vector(layout, "random", np.random.default_rng(7), -1.0)


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_values_are_those_of_the_exact_case(shape):
    layout, vector = layout_of(shape, (*QUANTITIES, "E[y[i]^4]", "E[x[i]*xhat[i]]"))
    rational = layout.rational(vector, 1e-13)
    exact = UnequalCase(rational.weights, 3, rational.own)
    evaluator = Evaluator(*layout.case(vector, gradient=False))
    for text, relation in zip((*QUANTITIES, "M[4, i]", "C[i]"), layout.resolved.relations, strict=True):
        name, _, rest = text.partition("[")
        orders = [int(part) for part in rest.rstrip("]").split(",") if part.strip().isdigit()]
        found = np.atleast_1d(evaluator.sides(relation).left.value)
        places = [(*orders, i) for i in range(3)] if rest else [()]
        wanted = [float(str(float(int(v.p) / int(v.q))) if hasattr(v, "q") else v) for v in (exact(name, *at) for at in places)]
        assert found == pytest.approx(wanted, rel=1e-8), text


@pytest.mark.parametrize("text", ["I", "K[6, i]", "fraction[i]", "E[y[i]^4]"])
def test_gradients_are_those_of_differences(text):
    layout, vector = layout_of(SHAPES[1], (text,))
    (relation,) = layout.resolved.relations
    tangent = Evaluator(*layout.case(vector)).sides(relation).left.tangent
    assert tangent is not None
    rng, step = np.random.default_rng(3), 1e-6
    for _ in range(3):
        direction = rng.standard_normal(layout.size)
        ends = [
            Evaluator(*layout.case(vector + sign * step * direction, gradient=False)).sides(relation).left.value for sign in (1, -1)
        ]
        assert (ends[0] - ends[1]) / (2 * step) == pytest.approx(tangent @ direction, rel=1e-5, abs=1e-7)
