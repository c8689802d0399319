"""Means over the states in which exactly one feature is active: x_j = u there, and the pre-activations are A_ij u."""

from __future__ import annotations

from collections.abc import Callable

from flint import fmpq

from boundcalc.check.algebra import sums as algebra
from boundcalc.check.algebra.sums import Monomial, Poly, Unsupported, constant, power_of, sum_over, variable
from boundcalc.language.grammar import Indicator, Literal, Node, Operation
from boundcalc.language.resolved import Known


def split_indicator(body: Node) -> Node | None:
    """What stands beside the factor one(active = 1) of a product; ``None`` if there is no such factor."""
    if not (isinstance(body, Operation) and body.sign == "*"):
        return None
    for one, other in ((body.left, body.right), (body.right, body.left)):
        if isinstance(one, Indicator) and _is_one_active(one):
            return other
    return None


def _is_one_active(node: Indicator) -> bool:
    left, right = node.relation.left, node.relation.right
    counts = isinstance(left, Known) and left.quantity.name == "active"
    return counts and node.relation.sign == "=" and right == Literal(fmpq(1))


def mean_with_one_active(poly: Poly, mu: Callable[[int], Poly]) -> Poly:
    """E[poly; one feature active] / (p π), π the probability that no other feature is.

    Each monomial, or the sum over one feature that it is, must name the random quantities of one feature, and some of them.
    """
    total = Poly()
    for monomial, value in poly.items():
        random = [part for part in monomial if algebra.is_random(part[0])]
        rest = Poly({tuple(part for part in monomial if part not in random): value})
        if len(random) == 1 and algebra.atom_of(random[0][0])[0] == "sum" and random[0][1] == 1:
            bound, body = algebra.opened(random[0][0])
            if len(bound) != 1:
                raise Unsupported("a random sum over several features")
            total = total + rest * sum_over(_of_row(body, mu), bound[0])
        else:
            total = total + rest * _of_row(tuple(random), mu)
    return total


def _of_row(monomial: Monomial, mu: Callable[[int], Poly]) -> Poly:
    """Σ_j E[x_i^a y_i^b at x = u e_j] = a_i^b μ_{a+b}, or Q_b(i) μ_b for a = 0, times what is not random."""
    powers = {"x": 0, "y": 0}
    places: set[str] = set()
    rest = constant(1)
    for place, exponent in monomial:
        name, *indices = algebra.atom_of(place)
        if not algebra.is_random(place):
            rest = rest * power_of(place, exponent)
        elif name in powers and exponent == int(exponent) and exponent > 0:
            powers[str(name)] += int(exponent)
            places.add(str(indices[0]))
        else:
            raise Unsupported("a random quantity that is not x or y")
    if len(places) != 1:
        raise Unsupported("random quantities of several features")
    (i,) = places
    a, b = powers["x"], powers["y"]
    row = variable("a", i) ** b if a else variable("Q", b, i)
    return rest * row * mu(a + b)
