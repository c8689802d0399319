"""Checks steps of the floors of the ReLU loss: networks whose loss is rational, sums of two values, tables and polynomials."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import product
from math import pi, tan

from flint import arb, fmpq, fmpq_poly

from boundcalc.bounds.relu.one_active import one_active, prove_one_active
from boundcalc.bounds.relu.pair_floor import PairFloor, pair_floor, polynomial
from boundcalc.bounds.relu.pentagon import CHEBYSHEV, prove
from boundcalc.bounds.relu.regular_polygons import chebyshev, interpolant, prove_polygon
from boundcalc.bounds.relu.row_table import Side
from boundcalc.bounds.relu.row_table import prove as prove_table
from boundcalc.bounds.relu.zonal import combined, zonal
from boundcalc.check.procedures.registry import Comparison, checks
from boundcalc.loss.relu.loss import relu_loss
from boundcalc.model.features import Features
from boundcalc.numbers.enclosure import Enclosure, precision

Rows = tuple[tuple[fmpq, ...], ...]
BINARY = "support:1/3:1/2,1:1/2"
POINTS = ((fmpq(1, 3), fmpq(1, 2)), (fmpq(1), fmpq(1, 2)))
ACTIVE = (fmpq(1, 50), fmpq(1, 3), fmpq(9, 10))
RATIOS = tuple(fmpq(k, 9) for k in range(1, 10))
"""α of u + αv, and of W = (1, α)."""


def _networks(n: int, d: int, count: int) -> Iterator[tuple[Rows, tuple[fmpq, ...], fmpq]]:
    """Weights, a bias and an activity."""
    rng = random.Random(f"networks {n} {d}")
    for number in range(count):
        rows = tuple(tuple(fmpq(rng.randint(-6, 6), 5) for _ in range(n)) for _ in range(d))
        yield rows, tuple(fmpq(rng.randint(-4, 2), 10) for _ in range(n)), ACTIVE[number % len(ACTIVE)]


def _losses(rows: Rows, bias: Sequence[fmpq] | None, p: fmpq, law: str) -> list[fmpq]:
    """The loss of each feature; such networks have exact ones."""
    return [row.lower for row in relu_loss(rows, bias=bias, p=p, law=law, transpose=False).rows]


@checks("scalar_decoder.informed")
def _informed() -> Iterator[Comparison]:
    """The loss of networks, and of constant answers, against E Σ Var(x_i | Wx, support), by all states."""
    for rows, bias, p in _networks(3, 1, 6):
        seen: dict[object, list[fmpq]] = defaultdict(lambda: [fmpq(0)] * 7)
        for state in product(((fmpq(0), 1 - p), *((v, p * q) for v, q in POINTS)), repeat=3):
            x = [value for value, _ in state]
            chance = state[0][1] * state[1][1] * state[2][1]
            what = (tuple(value > 0 for value in x), *(sum(w * v for w, v in zip(row, x, strict=True)) for row in rows))
            moments = (fmpq(1), *x, *(value**2 for value in x))
            seen[what] = [total + chance * moment for total, moment in zip(seen[what], moments, strict=True)]
        left = sum((s[4 + i] - s[1 + i] ** 2 / s[0] for s in seen.values() for i in range(3)), fmpq(0))
        yield ">=", sum(_losses(rows, bias, p, BINARY), fmpq(0)), left


@checks("pairs.subsets")
def _part_of_a_network() -> Iterator[Comparison]:
    """The loss of two rows of three, as the mean over the third feature of the loss of a network of two."""
    for rows, bias, p in _networks(3, 2, 6):
        mean = fmpq(0)
        for value, chance in ((fmpq(0), 1 - p), *((v, p * q) for v, q in POINTS)):
            moved = [b + sum((row[i] * row[2] for row in rows), fmpq(0)) * value for i, b in enumerate(bias[:2])]
            mean += chance * sum(_losses(tuple(row[:2] for row in rows), moved, p, BINARY), fmpq(0))
        yield "=", sum(_losses(rows, bias, p, BINARY)[:2], fmpq(0)), mean


@checks("pairs.differ")
def _revealed() -> Iterator[Comparison]:
    """The loss of three features against the mean loss of those that are not revealed, p = 1/5."""
    activity, p = (fmpq(1, 2), fmpq(1, 3), fmpq(1, 5)), fmpq(1, 5)
    second = [1 - (1 - each) / (1 - p) for each in activity]
    for rows, bias, _ in _networks(3, 2, 3):
        features = Features.each([1, 1, 1], activity, BINARY)
        mean = fmpq(0)
        choices = [((None, 1 - tau), *((value, tau * weight) for value, weight in POINTS)) for tau in second]
        for state in product(*choices):
            chance = state[0][1] * state[1][1] * state[2][1]
            left = [i for i, (value, _) in enumerate(state) if value is None]
            if not chance or not left:
                continue
            shown = [value or fmpq(0) for value, _ in state]
            moved = [bias[i] + sum((row[i] * row[j] * shown[j] for row in rows for j in range(3)), fmpq(0)) for i in left]
            mean += chance * sum(_losses(tuple(tuple(row[i] for i in left) for row in rows), moved, p, BINARY), fmpq(0))
        yield ">=", relu_loss(rows, bias=bias, features=features, transpose=False).loss.lower, mean


@checks("pairs.charges")
def _charges_of_rows() -> Iterator[Comparison]:
    """The loss of a row of uniform features against its charges; two features have no other states."""
    from boundcalc.bounds.relu.pair_row import PairRow

    for n in (2, 3, 4):
        for rows, bias, p in _networks(n, 2, 6):
            odds = (1 - p) / p
            row = PairRow(odds / (n - 1), odds)
            gram = [[sum((each[i] * each[j] for each in rows), fmpq(0)) for j in range(n)] for i in range(n)]
            for i, loss in enumerate(_losses(rows, bias, p, "uniform01")):
                a, others = gram[i][i], [gram[i][j] for j in range(n) if j != i]
                if a == 0 or 0 in others:
                    continue
                points = [(fmpq(1), x / a, bias[i] / a) for x in others]
                charged = sum((row.silent - 2 * a * row.gain(z) + a * a * row.cost(z) for z in points), fmpq(0))
                yield "=" if n == 2 else ">=", loss, p**2 * (1 - p) ** (n - 2) * charged


@checks("entropy_power.sum")
def _entropies_add() -> Iterator[Comparison]:
    """u + αv, both uniform on [0, 1], has the entropy α/2: e^α ≥ 1 + α²."""
    return ((">=", _exponential(alpha)[0], 1 + alpha**2) for alpha in RATIOS)


@checks("entropy_power.normal", "any_decoder.rotation")
def _normal_entropy() -> Iterator[Comparison]:
    """The same against the normal law of that variance, e^α ≤ (2πe/12)(1 + α²): after a rotation h(v | y) ≥ −log(2πe/12)/2."""
    return (("<=", _exponential(alpha)[1], _normal()[0] / 12 * (1 + alpha**2)) for alpha in RATIOS)


@checks("entropy_power.variance", "any_decoder.error")
def _error_of_entropy() -> Iterator[Comparison]:
    """Given u + αv the value of u is uniform on a chord: E Var = α²(1 − α/2)/12 against α² e^{−α}/(2πe); both values together are
    a rotation of it."""
    return ((">=", _on_chords(alpha), alpha**2 / _exponential(alpha)[0] / _normal()[0]) for alpha in RATIOS)


@checks("any_decoder.kernel")
def _explained() -> Iterator[Comparison]:
    """W = (1, α) and two uniform values; W = (1, …, 1), of which E[x_i | Wx] is the mean, so that V is explained."""
    for alpha in RATIOS:
        yield ">=", _on_chords(alpha) * (1 + 1 / alpha**2), fmpq(1, 6) - fmpq(5, 48)
    for count in range(2, 13):
        yield ">=", fmpq(count - 1, 12), fmpq(count, 12) - (fmpq(1, 2) - fmpq(1, (count + 1) * (count + 2))) / 4
        yield ">=", fmpq(count - 1), count - sum((fmpq(1, j) for j in range(1, count + 1)), fmpq(0))


def _on_chords(alpha: fmpq) -> fmpq:
    return alpha**2 * (1 - alpha / 2) / 12


def _exponential(alpha: fmpq) -> tuple[fmpq, fmpq]:
    """Rationals below and above e^α."""
    with precision(128):
        found = Enclosure.of(arb(alpha).exp())
    return found.lower, found.upper


def _normal() -> tuple[fmpq, fmpq]:
    """The same of 2πe."""
    with precision(128):
        found = Enclosure.of(2 * arb.pi() * arb(1).exp())
    return found.lower, found.upper


def _floor() -> PairFloor:
    found = pair_floor(4, 2, fmpq(1, 20))
    assert found is not None
    assert found.h is not None
    return found


@checks("pairs.table")
def _table_of_charges() -> Iterator[Comparison]:
    """Charges at the nodes for biases on a grid, once the table is proven."""
    table = _floor().table
    yield ">=", fmpq(prove_table(table)), fmpq(1)
    row = table.row
    for side in (table.left, table.right):
        for y, value in list(zip(side.nodes, side.values, strict=True))[::8]:
            least = -1 - max(side.sign * y, fmpq(0))
            for step in range(1, 24):
                point = (fmpq(1), side.sign * y, least + (fmpq(1, 2) - least) * step / 24)
                if row.cost(point):
                    yield ">=", row.silent - row.gain(point) ** 2 / row.cost(point), value


def _tabled(side: Side, y: fmpq) -> fmpq:
    """The table at y."""
    for k in range(len(side.nodes) - 1):
        low, high = side.nodes[k : k + 2]
        if low <= y <= high:
            return side.values[k] + (side.values[k + 1] - side.values[k]) * (y - low) / (high - low)
    return fmpq(0) if y < side.nodes[0] else side.tail


@checks("pairs.cells")
def _points_of_cells() -> Iterator[Comparison]:
    """ρ_0(tα) + ρ_0(t/α) against h(±t); to the left α is within the proven scales."""
    found = _floor()
    h = polynomial(found)
    for side in (found.table.left, found.table.right):
        scales = found.scales if side.sign < 0 else None
        widest = fmpq(3) if scales is None else scales[1] / scales[0]
        for t, share in product((fmpq(k, 40) for k in range(1, 41)), (fmpq(0), fmpq(1, 2), fmpq(9, 10))):
            alpha = 1 + share * (widest - 1) / 2  # its square is at most the largest quotient
            if scales is not None and alpha**2 > widest:
                continue
            yield ">=", _tabled(side, t * alpha) + _tabled(side, t / alpha), h(side.sign * t)


@checks("pairs.zonal")
def _zonal_sums() -> Iterator[Comparison]:
    """Σ_ij P_k(⟨v_i, v_j⟩) ≥ 0, as 1 + P_k; a square is a case of equality."""
    rng = random.Random("zonal")
    for d in (2, 3):
        square = [[fmpq(int(j == i) - int(j == i - d)) for j in range(d)] for i in range(2 * d)]
        others = [[_unit([fmpq(rng.randint(-9, 9), 5) for _ in range(d - 1)]) for _ in range(5)] for _ in range(3)]
        for vectors in (square, *others):
            cosines = [[sum((x * y for x, y in zip(v, w, strict=True)), fmpq(0)) for w in vectors] for v in vectors]
            for P in zonal(d, 6)[1:]:
                yield ">=", sum((1 + P(t) for row in cosines for t in row), fmpq(0)), fmpq(len(vectors) ** 2)


def _unit(place: Sequence[fmpq]) -> list[fmpq]:
    """The point of the sphere that a point of the plane is projected to."""
    square = sum((x * x for x in place), fmpq(0))
    return [*(2 * x / (1 + square) for x in place), (1 - square) / (1 + square)]


@checks("pentagon.one")
def _one_uniform_feature() -> Iterator[Comparison]:
    """The loss of three uniform features without bias."""
    for rows, _, p in _networks(3, 2, 6):
        gram = [[sum((each[i] * each[j] for each in rows), fmpq(0)) for j in range(3)] for i in range(3)]
        kept = 3 - 2 * sum(gram[i][i] for i in range(3)) + sum(max(value, fmpq(0)) ** 2 for row in gram for value in row)
        yield ">=", sum(_losses(rows, None, p, "uniform01"), fmpq(0)), p / 3 * (1 - p) ** 2 * kept


@checks("pentagon.certificate")
def _pentagon_certificate() -> Iterator[Comparison]:
    """G as the proof gives it, after it has decided every sign; 1/c_0 = 35/11 + 5/11 √5."""
    found = prove(CHEBYSHEV)
    yield "=", found.a, fmpq(35, 11)
    yield "=", found.b, fmpq(5, 11)


@checks("polygon.kernel")
def _restored_in_the_plane() -> Iterator[Comparison]:
    """Σ (A_ij)_+^{2m} against (Σ a_i^m)²/G, from below in both; of polygons nearly regular."""
    rng = random.Random("plane")
    regular = [[_unit([fmpq(round(64 * tan(pi * k / n)), 64)]) for k in range(n)] for n in range(3, 31)]
    others = [[[fmpq(rng.randint(-5, 5)) for _ in range(2)] for _ in range(7)] for _ in range(6)]
    for m, vectors in product((2, 4, 6, 8), (*regular, *others)):
        plus, total = _powers(vectors, m)
        yield ">=", plus, Enclosure.of(1 / prove_polygon(m)).lower * total**2


@checks("polygon.certificate")
def _polygon_certificate() -> Iterator[Comparison]:
    """1/c_0 of h, once every sign is decided, and what the polygon gains agree to 40 digits."""
    for m in (2, 4, 6, 8):
        gained = prove_polygon(m)
        with precision(512):
            nodes = [(2 * arb.pi() * k / (2 * m + 3)).cos() for k in range(1, m + 2)]
            difference = Enclosure.of(gained * chebyshev(interpolant(m, nodes))[0] - 1)
        yield "<=", max(abs(difference.lower), abs(difference.upper)), fmpq(1, 10**40)


def _powers(vectors: Sequence[Sequence[fmpq]], m: int) -> tuple[fmpq, fmpq]:
    """Σ_ij (A_ij)_+^{2m} and Σ_i a_i^m."""
    gram = [[sum((x * y for x, y in zip(v, w, strict=True)), fmpq(0)) for w in vectors] for v in vectors]
    plus = sum((value ** (2 * m) for row in gram for value in row if value > 0), fmpq(0))
    return plus, sum((gram[i][i] ** m for i in range(len(vectors))), fmpq(0))


@checks("one_active.kernel")
def _restored() -> Iterator[Comparison]:
    """Σ (A_ij)_+^{2m} against (h_0 + (1 − h(1))/n)(Σ a_i^m)², random weights, and twice the axes, once for each sign."""
    rng = random.Random("one active")
    for d, m in ((3, 1), (4, 1), (3, 2)):
        axes = [[fmpq(int(j == i) - int(j == i - d)) for j in range(d)] for i in range(2 * d)]
        others = [[[fmpq(rng.randint(-5, 5)) for _ in range(d)] for _ in range(7)] for _ in range(6)]
        for vectors in (axes, *others):
            plus, total = _powers(vectors, m)
            yield ">=", plus, total**2 / one_active(d, m, n=len(vectors)).ceiling


@checks("one_active.certificate")
def _zonal_certificate() -> Iterator[Comparison]:
    """(t)_+^{2m} against h at points of the interval, once the certificate is proven."""
    for d, m in ((3, 1), (4, 1), (3, 2)):
        found = one_active(d, m)
        prove_one_active(found)
        h: fmpq_poly = combined(found.h, d)
        for k in range(-30, 31):
            t = fmpq(k, 30)
            yield ">=", 1 + max(t, fmpq(0)) ** (2 * m), 1 + h(t)
