"""Values and gradients in floating point against exact rationals: the evaluator of enumeration, and its difference quotients."""

from __future__ import annotations

import numpy as np
import pytest
from flint import fmpq

from boundcalc.check.exact.cases import Case
from boundcalc.check.exact.compiler import compile_relation
from boundcalc.check.falsify.dual import Dual
from boundcalc.check.falsify.float_case import FloatCase
from boundcalc.check.falsify.floating import Evaluator, NotEvaluable
from boundcalc.language.names import resolve
from boundcalc.language.statement import build
from boundcalc.model.named.index import QUANTITIES

STEP = fmpq(1, 10**8)


def named(quantity) -> str:
    features = iter("ij")
    indices = ", ".join("4" if letter == "k" else next(features) for letter in quantity.indices)
    return f"{quantity.name}[{indices}] = 1" if indices else f"{quantity.name} = 1"


RATIONAL = [
    *map(named, QUANTITIES),
    "C = D + S*T",
    "mu[4]*kappa[4] = kappa[6] + beta*isolation",
    "a[i]^2 = l[i]*q[i]",
    "t[i] = cos2[i, j]",
    "L[i, j] = P[i, j]",
    "M[3, i] = M[6, i]",
    "E[x[i]*Z[j]^2] = E[y[i]^3*xhat[j]]",
    "x[i]*y[j] = Z[i]*xhat[j] + active - visible",
    "sum(i: sum(j if j != i: A[i, j]*A[j, j])) = sum(k in 1..m step 2: binom(m, k)*mu[k + 1])",
    "max(A[i, j], q[i]) = min(2, plus(A[i, j])) + abs(A[i, j])",
    "tau[3]*N[2] + rho*c[2]*n*d*r = one(i != j)*g*alpha + A[i, j]",
]


def parts(numbers: list[fmpq]) -> tuple[tuple[tuple[fmpq, ...], ...], fmpq, tuple[tuple[fmpq, fmpq], ...]]:
    """W (2 x 3), p, and a law on three points from 13 numbers; nothing is normalised."""
    weights = (tuple(numbers[:3]), tuple(numbers[3:6]))
    return weights, numbers[6], tuple(zip(numbers[7:10], numbers[10:13], strict=True))


def as_float(value: object) -> float:
    exact = fmpq(value) if isinstance(value, int) else value
    return int(exact.p) / int(exact.q)


def exact_sides(relation, numbers):
    """Both sides at all features and states, as arrays of rationals in the order of the floating-point evaluator."""
    weights, p, points = parts(numbers)
    case = Case(weights, 3, p, points)
    code = compile_relation(relation)
    order = [next(k for k, state in enumerate(case.states.choices) if tuple(state) == wanted) for wanted in states_of(case)]
    sides = []
    for side in (code.left, code.right):
        values = []
        for place in np.ndindex(*(3,) * len(relation.indices)):
            # the evaluator puts the latest index first
            at = dict(zip(relation.indices, reversed(place), strict=True))
            value = side.run(case, at)
            if relation.random:
                listed = value if side.random else [value] * len(order)
                values.append([listed[k] for k in order])
            else:
                values.append(value)
        sides.append(values)
    return sides


def states_of(case):
    """The states in the order of the floating-point evaluator: a feature that is off, then the points."""
    return [tuple(int(c) - 1 for c in np.unravel_index(k, (4, 4, 4))) for k in range(64)]


def float_sides(relation, numbers, *, gradient=True):
    values = np.array([as_float(number) for number in numbers])
    eye = np.eye(13)

    def part(start, end, shape):
        return Dual(values[start:end].reshape(shape), eye[start:end].reshape(*shape, 13) if gradient else None)

    case = FloatCase(part(0, 6, (2, 3)), 3, part(6, 7, (1,))[0], part(7, 10, (3,)), part(10, 13, (3,)))
    return Evaluator(case, {}).sides(relation)


NUMBERS = [fmpq(n, 12) for n in (7, -5, 11, 3, 8, -4)] + [fmpq(2, 5)] + [fmpq(n, 7) for n in (-9, 3, 13)]
NUMBERS += [fmpq(1, 4), fmpq(5, 12), fmpq(1, 3)]


@pytest.mark.parametrize("text", RATIONAL)
def test_values_are_those_of_exact_arithmetic(text):
    relation = resolve(build("o", "k", (text,))).relations[0]
    sides = float_sides(relation, NUMBERS)
    for exact, side in zip(exact_sides(relation, NUMBERS), (sides.left, sides.right), strict=True):
        flat = np.array(exact, dtype=object).reshape(side.shape)
        found = np.vectorize(as_float, otypes=[float])(flat)
        assert side.value == pytest.approx(found, rel=1e-10, abs=1e-12)


@pytest.mark.parametrize("text", RATIONAL)
def test_gradients_are_the_difference_quotients_of_exact_arithmetic(text):
    relation = resolve(build("o", "k", (text,))).relations[0]
    sides = float_sides(relation, NUMBERS)
    for direction in range(13):
        up, down = list(NUMBERS), list(NUMBERS)
        up[direction] += STEP
        down[direction] -= STEP
        pairs = zip(exact_sides(relation, up), exact_sides(relation, down), strict=True)
        for (higher, lower), side in zip(pairs, (sides.left, sides.right), strict=True):
            quotient = (np.array(higher, dtype=object) - np.array(lower, dtype=object)) / (2 * STEP)
            found = np.vectorize(as_float, otypes=[float])(quotient.reshape(side.shape))
            ours = 0.0 if side.tangent is None else side.tangent[..., direction]
            assert np.broadcast_to(ours, found.shape) == pytest.approx(found, rel=1e-7, abs=1e-9)


def test_projections_of_singular_matrices():
    weights = Dual(np.array([[1.0, 2.0, 0.0], [2.0, 4.0, 0.0]]), np.zeros((2, 3, 1)))
    case = FloatCase(weights, 3, Dual(0.5), Dual([1.0, -1.0]), Dual([0.5, 0.5]), symmetric=True)
    row = np.array([1.0, 2.0, 0.0]) / 5**0.5
    assert case.table("P", 2).value == pytest.approx(np.outer(row, row))
    lifted = np.array([1.0, 8.0, 0.0]) / 65**0.5
    assert case.table("L", 2).value == pytest.approx(np.outer(lifted, lifted))
    assert case("t", case.all).value == pytest.approx([1 / 5, 4 / 5, 0.0])
    assert np.isfinite(case("t", case.all).tangent).all()


def test_a_derivative_of_the_projection_at_rank_one():
    # W = (cos s, sin s): P = W^T W, dP/ds in closed form
    s = 0.7
    weights = Dual(np.array([[np.cos(s), np.sin(s)]]), np.array([[[-np.sin(s)], [np.cos(s)]]]))
    case = FloatCase(weights, 3, Dual(0.5), Dual([1.0]), Dual([1.0]))
    expected = np.array([[-np.sin(2 * s), np.cos(2 * s)], [np.cos(2 * s), np.sin(2 * s)]])
    assert case.table("P", 2).tangent[..., 0] == pytest.approx(expected)


def test_a_sum_over_what_does_not_depend_on_its_index():
    relation = resolve(build("o", "k", ("sum(i: sum(j: A[j, j])) = n*sum(j: A[j, j])",))).relations[0]
    sides = float_sides(relation, NUMBERS)
    assert float(sides.left.value) == pytest.approx(float(sides.right.value), rel=1e-14)


def test_what_cannot_be_evaluated():
    large = FloatCase(Dual(np.ones((1, 9))), 3, Dual(0.5), Dual([1.0, 2.0]), Dual([0.5, 0.5]))
    for text in ("E[y[i]^2] = 1", "sum(k in 1..10^6: k) >= 0", "binom(-1, 2) = 0", "mu[-1] = 0", "mu[1/2] = 0"):
        relation = resolve(build("o", "k", (text,))).relations[0]
        with pytest.raises(NotEvaluable):
            Evaluator(large, {}).sides(relation)
