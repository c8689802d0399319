r"""Where a third feature of importance omega comes in beside two of importance 1, d = 2, m = 3, p -> 0: certified on both sides.

For p -> 0 the best improvement is p g sup 2 c.b - b^T K b over b >= 0 and three lines, c = (1, 1, omega), K_ij the product of
(omega_i + omega_j)/2 and cos^6 of the angle. It is 2 p g, that of two orthogonal features, exactly where 2K - c c^T is
copositive for all lines; by Hadeler's criterion for 3 x 3 matrices, with q^2 = omega (2 - omega) and x, y, z the sixth powers
of the cosines of the pairs 12, 13, 23, that is

    F = 2 x q + (1 + omega)(y + z) - 2 omega + 2 sqrt(x ((1 + omega) y + q - omega)((1 + omega) z + q - omega)) >= 0.

F > 0 on a box of two angles is decided by ball arithmetic, by subdivision. The best improvement is convex in omega and 2 p g for
omega = 0, so that one omega decides for all below it. Above, weights are found by a climb and evaluated exactly at p = 10^-12. The
threshold is omega^* = s^2/(2 - s^2), s^2 = (1 - 2s)^4 (4 - 3 s^2), s < 1/2. The command is
``python -m tools.importance_threshold [SHARE]``.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

from flint import arb, fmpq, fmpq_poly

from boundcalc.bounds.unequal.climb import best_weights
from boundcalc.bounds.unequal.kinds import FeatureKind, kinds
from boundcalc.certify.real_roots import isolate_real_roots
from boundcalc.loss.exact import exact_loss
from boundcalc.model.features import FeatureProblem, Features, Group
from boundcalc.numbers.enclosure import precision

BITS = 64
MOST_BOXES = 2_000_000


def threshold(bits: int = 80) -> tuple[fmpq, fmpq]:
    """Rationals below and above ω*."""
    s = fmpq_poly([0, 1])
    (root,) = isolate_real_roots((1 - 2 * s) ** 4 * (4 - 3 * s**2) - s**2, fmpq(0), fmpq(1, 2))
    ends = root.refined(bits)
    return ends.low**2 / (2 - ends.low**2), ends.high**2 / (2 - ends.high**2)


def criterion(omega: fmpq, first: arb, second: arb) -> arb:
    """F for the angles of lines 2 and 3 from line 1."""
    w = arb(omega)
    q = (w * (2 - w)).sqrt()
    x, y, z = (_sixth(angle) for angle in (first, second, second - first))
    one, other = (1 + w) * y + q - w, (1 + w) * z + q - w
    root = (x * one * other).sqrt() if x > 0 else _root(x * one * other)
    return 2 * x * q + (1 + w) * (y + z) - 2 * w + 2 * root


def _sixth(angle: arb) -> arb:
    """cos⁶, not below 0."""
    low, high = (arb(angle.cos() ** 2).lower(), arb(angle.cos() ** 2).upper())
    return arb(max(low, arb(0)) ** 3).union(arb(high) ** 3)


def _root(value: arb) -> arb:
    return arb(0).union(value.upper().sqrt())


def never_negative(omega: fmpq, most: int = MOST_BOXES) -> int | None:
    """How many boxes prove F > 0 for all angles; ``None`` where some do not."""
    with precision(BITS):
        # lines: the second at 0 to 90 degrees from the first, the third anywhere; a little more than that is covered
        boxes = [(fmpq(0), fmpq(158, 100), fmpq(-158, 100), fmpq(158, 100))]
        tried = 0
        while boxes:
            low, high, left, right = boxes.pop()
            tried += 1
            if tried > most or high - low < fmpq(1, 10**9):
                return None
            first, second = (arb((a + b) / 2, (b - a) / 2) for a, b in ((low, high), (left, right)))
            if criterion(omega, first, second) > 0:
                continue
            if high - low >= right - left:
                middle = (low + high) / 2
                boxes += [(low, middle, left, right), (middle, high, left, right)]
            else:
                middle = (left + right) / 2
                boxes += [(low, high, left, middle), (low, high, middle, right)]
        return tried


def gain(omega: fmpq, law: str = "rademacher") -> fmpq:
    """The exact improvement of weights that a climb finds, over that of the best two features alone."""
    p = fmpq(1, 10**12)
    problem = FeatureProblem(Features((Group(2, 1, p, law), Group(1, omega, p, law))), 2, 3)
    features: list[FeatureKind] = [kind for kind in kinds(problem) for _ in range(kind.count)]
    weights = best_weights(features, 2, 3)
    assert weights is not None
    return exact_loss(weights, m=3, features=problem.features, transpose=False).improvement_best_scale / (
        2 * kinds(problem)[0].alone
    )


def main(arguments: Sequence[str]) -> None:
    """Prints both sides."""
    share = fmpq(*map(int, (arguments[0] + "/1").split("/")[:2])) if arguments else fmpq(99, 100)
    low, high = threshold()
    print(f"omega* = {arb(low).str(20)}")
    found = never_negative(low * share)
    if found is None:
        print(f"{share} omega*: not decided")
    else:
        print(f"omega <= {share} omega*: superposition does not help as p -> 0, proven by ball arithmetic on {found} boxes")
    for law in ("rademacher", "uniform", "gaussian"):
        above = gain(high * fmpq(101, 100), law)
        print(f"1.01 omega*, {law}, p = 1e-12: exact weights are {int(above.p) / int(above.q):.9f} times as good as the basis")


if __name__ == "__main__":
    main(sys.argv[1:])
