"""Every entry of the catalog by exact arithmetic, and its place among the bounds."""

import math

import pytest
from flint import arb, fmpq

from boundcalc.frames.catalog import FRAMES, LARGEST_PLANE, Frame, frames_within, plane_lines, simplex
from boundcalc.lemmas.universal import constant
from boundcalc.model.problem import INFINITY, Problem
from boundcalc.model.quantities import Quantities
from boundcalc.numbers.enclosure import precision
from boundcalc.numbers.errors import ParameterError
from boundcalc.numbers.moments import row_polynomials
from boundcalc.numbers.rings import EXACT

FAMILIES = tuple(simplex(d) for d in range(2, 12)) + tuple(plane_lines(n) for n in range(2, 10))
EVERY = FRAMES + FAMILIES


def sphere(d: int, k: int) -> fmpq:
    """c_k(d) by the double factorials of its definition."""
    value = fmpq(1)
    for j in range(k):
        value *= fmpq(2 * j + 1, d + 2 * j)
    return value


def by_key(frames):
    return pytest.mark.parametrize("frame", frames, ids=lambda frame: frame.key)


def test_keys_are_unique():
    assert len({frame.key for frame in EVERY}) == len(EVERY)


@by_key(FRAMES + tuple(simplex(d) for d in range(2, 12)))
def test_multiplicities_count_the_other_lines(frame):
    assert sum(count for _, count in frame.squares) + 2 * sum(count for _, count in frame.conjugate_squares) == frame.n - 1
    assert all(count > 0 and 0 <= u < 1 for u, count in frame.squares)
    for u, count in frame.conjugate_squares:
        with precision(64):
            conjugate = 2 * u.a - u.ball()
            assert count > 0
            assert u.b != 0
            assert 0 < u.ball() < 1
            assert 0 < conjugate < 1


@by_key(EVERY)
def test_strength_is_exactly_what_the_squares_give(frame):
    k = 1
    while frame.power_sum(k) == frame.n * sphere(frame.d, k):
        k += 1
    assert frame.strength == 2 * (k - 1)
    assert frame.power_sum(k) > frame.n * sphere(frame.d, k), "Welch: the sphere has the least power sum"


@by_key(EVERY)
def test_every_entry_is_tight(frame):
    assert frame.power_sum(0) == frame.n
    assert frame.power_sum(1) == fmpq(frame.n, frame.d)


def power_sum_in_balls(frame: Frame, j: int) -> arb:
    total = arb(1)
    for u, count in frame.squares:
        total += count * arb(u) ** j
    for u, count in frame.conjugate_squares:
        total += count * (u.ball() ** j + (2 * u.a - u.ball()) ** j)
    return total


@by_key([frame for frame in FRAMES if frame.conjugate_squares])
def test_conjugate_squares_sum_to_rationals(frame):
    with precision(128):
        for j in range(1, 12):
            assert power_sum_in_balls(frame, j).contains(frame.power_sum(j))


@pytest.mark.parametrize("n", range(2, 14))
def test_plane_lines_power_sums_are_sums_of_cosines(n):
    frame = plane_lines(n)
    with precision(128):
        for j in range(1, 2 * n + 3):
            direct = sum((arb.cos_pi_fmpq(fmpq(k, n)) ** (2 * j) for k in range(n)), arb(0))
            assert direct.contains(frame.power_sum(j))
            assert direct.rad() < arb("1e-30")


def test_three_plane_lines_are_the_simplex():
    assert [plane_lines(3).power_sum(j) for j in range(9)] == [simplex(2).power_sum(j) for j in range(9)]


SHARP = [
    "icosahedron", "24_cell", "24_cell_with_dual", "600_cell", "petersen", "clebsch", "conference_14", "28_lines", "36_lines", "E6",
    "E7", "E8", "126_lines", "176_lines", "276_lines", "kerdock_16", "1408_lines", "2300_lines", "leech", "walsh_28_64",
]  # fmt: skip


@by_key([frame for frame in FRAMES if frame.key in SHARP] + [simplex(d) for d in range(2, 9)])
def test_the_universal_bound_is_an_equality(frame):
    q = Quantities(EXACT, Problem(n=frame.n, d=frame.d, m=3, p=1, law="rademacher"))
    assert constant(q) == fmpq(frame.n) ** 2 / (frame.n * frame.power_sum(3))


@pytest.mark.parametrize(("key", "welch"), [("E6", fmpq(36**2 * 4, 189)), ("E7", fmpq(63**2 * 2, 189)), ("E8", fmpq(64))])
def test_the_root_systems_have_the_constants_of_the_literature(key, welch):
    # 47.25 = 189/4 and 94.5 = 189/2 are T
    frame = next(frame for frame in FRAMES if frame.key == key)
    assert frame.n / frame.power_sum(3) == welch


@by_key(EVERY)
def test_no_entry_exceeds_the_universal_bound(frame):
    if frame.n > frame.d:
        for m in (3, 5):
            q = Quantities(EXACT, Problem(n=frame.n, d=frame.d, m=m, p=1, law="rademacher"))
            assert frame.n / frame.power_sum(m) <= constant(q)


@pytest.mark.parametrize(
    ("frame", "m", "law", "p", "improvement"),
    [
        (plane_lines(4), 3, "rademacher", "1e-6", "3.19995"),
        (FRAMES[0], 3, "rademacher", "1e-6", "5.76915"),
        (next(f for f in FRAMES if f.key == "E8"), 3, "rademacher", "1e-6", "63.97178929799"),
        (next(f for f in FRAMES if f.key == "E8"), 3, "gaussian", "1e-6", "38.39704345292"),
        (next(f for f in FRAMES if f.key == "600_cell"), 5, "gaussian", "1e-4", "5.714456814457"),
    ],
    ids=["plane", "icosahedron", "E8", "E8_gaussian", "600_cell"],
)
def test_reference_values(frame, m, law, p, improvement):
    q = Quantities(EXACT, Problem(n=frame.n, d=frame.d, m=m, p=p, law=law))
    c, energy = row_polynomials(m, q.kappa, 1, [frame.power_sum(j) for j in range(m + 1)])
    value = frame.n * c**2 / energy / q.p
    decimals = len(improvement.split(".")[1])
    expected = fmpq(int(improvement.replace(".", "")), 10**decimals)
    assert abs(value - expected) <= fmpq(1, 10**decimals)


def test_frames_within_limits_both_sizes():
    for n, d in [(1, 1), (2, 1), (3, 2), (5, 3), (12, 4), (64, 8), (INFINITY, 24), (INFINITY, 1)]:
        found = frames_within(n, d)
        assert all(frame.n <= n and frame.d <= d for frame in found)
        assert {frame.key for frame in FRAMES if frame.n <= n and frame.d <= d} <= {frame.key for frame in found}
    assert {f"plane_lines_{k}" for k in range(4, LARGEST_PLANE + 1)} <= {f.key for f in frames_within(math.inf, 2)}
    assert frames_within(1, 5) == []
    assert [frame.key for frame in frames_within(3, 9)] == ["simplex_2"]


@pytest.mark.parametrize(("family", "size"), [(simplex, 1), (simplex, 0), (plane_lines, 1)])
def test_families_refuse_too_small_sizes(family, size):
    with pytest.raises(ParameterError, match="at least 2"):
        family(size)
