"""Rows: where a gain is positive, and when the inequality of a row is proven."""

from flint import fmpq, fmpq_poly

from boundcalc.bounds.unequal.rows import CrowdedRow, Sampled, positive_part, proven_tau

T = fmpq_poly([0, 1])


def test_the_part_where_a_polynomial_is_positive():
    poly = (T - fmpq(1, 4)) * (T - fmpq(3, 4))
    (a, b), (c, d) = positive_part(poly)
    assert a == 0
    assert d == 1
    assert fmpq(1, 4) <= b < fmpq(1, 4) + fmpq(1, 10**9)
    assert fmpq(3, 4) - fmpq(1, 10**9) < c <= fmpq(3, 4)
    assert positive_part(-poly)[0][0] <= fmpq(1, 4)
    assert positive_part(fmpq_poly([-1])) == []
    assert positive_part(fmpq_poly([1])) == [(fmpq(0), fmpq(1))]
    square = (T - fmpq(1, 2)) ** 2
    covered = positive_part(square)
    assert covered[0][0] == 0
    assert covered[-1][1] == 1


def test_an_inequality_by_hand():
    """gain 1 + t, energy 1 + t²: (1 + t)² t/(1 + t²) is at most 2 t, and 2 at t = 1."""
    row = CrowdedRow(fmpq_poly([1, 1]), T, (fmpq_poly([1, 0, 1]),))
    assert row.holds(fmpq(2), fmpq(0))
    assert not row.holds(fmpq(199, 100), fmpq(0))
    assert row.holds(fmpq(1), fmpq(1))  # t (1 + t)² <= (1 + t)(1 + t²): (1 − t) ≥ 0
    assert not row.holds(fmpq(1), fmpq(99, 100))


def test_a_negative_gain_does_not_count():
    row = CrowdedRow(fmpq_poly([1, -4]), T, (fmpq_poly([1]),))  # positive below 1/4: largest t (1 − 4t)² is 1/27 at t = 1/12
    assert row.holds(fmpq(0), fmpq(1, 27))
    assert not row.holds(fmpq(0), fmpq(1, 28))


def test_an_energy_that_is_negative_somewhere_proves_nothing():
    assert not CrowdedRow(fmpq_poly([1]), T, (fmpq_poly([1, -2]),)).holds(fmpq(10**6), fmpq(10**6))


def test_the_least_price_is_found():
    rows = [CrowdedRow(fmpq_poly([1, -4]), T, (fmpq_poly([1]),))]
    sampled = Sampled(rows, [3], 1, fmpq(1), 1e-4)
    tau = proven_tau(rows[0], fmpq(0), sampled.tau(0, 0.0), fmpq(1))
    assert fmpq(1, 27) <= tau < fmpq(1, 27) * (1 + fmpq(1, 10**9))
    assert sampled.total(sampled.best_theta()) <= 3 / 27 + 1e-9


def test_the_least_of_several_energies_counts():
    row = CrowdedRow(fmpq_poly([1]), T, (fmpq_poly([1]), fmpq_poly([2, -1])))  # the second is never less
    assert row.holds(fmpq(1), fmpq(0))
    row = CrowdedRow(fmpq_poly([1]), T, (fmpq_poly([1]), fmpq_poly([fmpq(1, 2)])))
    assert not row.holds(fmpq(1), fmpq(0))
    assert row.holds(fmpq(2), fmpq(0))
    assert Sampled([row], [1], 1, fmpq(1), 1e-3).values[0][-1] == 2
