"""Certificates against an independent checker, a second solver, tampering, and frames that attack the constant."""

from __future__ import annotations

import random
from dataclasses import replace
from fractions import Fraction
from functools import cache
from itertools import pairwise
from math import comb

import clarabel
import numpy as np
import pytest
import sympy
from flint import fmpq
from scipy import sparse
from scipy.optimize import minimize

from boundcalc.certify import linear_program as module
from boundcalc.certify.linear_program import LinearProgramCertificate, certify
from boundcalc.lemmas.few_features import best_constant
from boundcalc.model.problem import Problem
from boundcalc.model.quantities import Quantities
from boundcalc.numbers.rings import EXACT

SIZES = [(n, 3) for n in range(7, 13)] + [(n, 4) for n in range(13, 25)]
WIDER = [(5, 3, 3), (36, 5, 3), (78, 7, 3), (8, 3, 5), (14, 3, 5), (56, 4, 5), (120, 8, 3), (36, 3, 7), (55, 3, 9), (60000, 20, 5)]
DEGREE = 11


def closed_form(n: int, d: int, m: int) -> Fraction:
    G = best_constant(Quantities(EXACT, Problem(n, d, m, 1, "rademacher")))
    return Fraction(int(G.p), int(G.q))


def number(value: fmpq) -> Fraction:
    return Fraction(int(value.p), int(value.q))


# A checker of a few lines that shares nothing with the package: lists of fractions in t, SymPy's root counting.


def independent_failure(n: int, d: int, m: int, h: list[Fraction], G: Fraction) -> str | None:
    previous, current, total = [Fraction(1)], [Fraction(0), Fraction(1)], [h[0]] + [Fraction(0)] * (2 * max(m, len(h) - 1))
    for k in range(1, 2 * len(h) - 1):
        if k % 2 == 0:
            for j, c in enumerate(current):
                total[j] += h[k // 2] * c
        # (k + d − 2) P_{k+1} = (2k + d − 2) t P_k − k P_{k−1}
        following = [Fraction(2 * k + d - 2, k + d - 2) * c for c in [Fraction(0), *current]]
        for j, c in enumerate(previous):
            following[j] -= Fraction(k, k + d - 2) * c
        previous, current = current, following
    if any(c < 0 for c in h[1:]):
        return "negative coefficient"
    value = h[0] + (1 - sum(total)) / n
    if value <= 0 or G * value != 1:
        return "constant"
    gap = [-c for c in total]
    gap[2 * m] += 1
    u = sympy.Symbol("u")
    polynomial = sympy.Poly([sympy.Rational(c.numerator, c.denominator) for c in reversed(gap[::2])], u)
    _, factors = polynomial.sqf_list()
    for factor, multiplicity in factors:
        if multiplicity % 2 and factor.count_roots(0, 1) - (factor.eval(0) == 0) - (factor.eval(1) == 0):
            return "changes sign"
    points = [polynomial.eval(sympy.Rational(j, 97)) for j in range(98)]
    return None if all(p >= 0 for p in points) else "negative"


def check(certificate: LinearProgramCertificate) -> str | None:
    c = certificate
    return independent_failure(c.n, c.d, c.m, [number(h) for h in c.gegenbauer], number(c.constant))


@pytest.mark.parametrize(("n", "d", "m"), [(n, d, 3) for n, d in SIZES] + WIDER)
def test_an_independent_checker_accepts(n, d, m):
    found = certify(n, d, m, m + 8)
    assert found is not None
    assert (found.n, found.d, found.m) == (n, d, m)
    assert found.degree <= m + 8
    assert found.failure() is None
    assert check(found) is None


# A second solver: an interior-point method, its own basis (Legendre-like recurrence in t), grid and scaling.


@cache
def second_opinion(n: int, d: int, degree: int) -> float:
    """max h_0 + (1 − h(1))/n on a dense grid: an upper bound of the program's value, to 1e-7."""
    t = np.concatenate([np.sin(np.linspace(0, np.pi / 2, 3000)), [1.0]])
    P = [np.ones_like(t), t]
    for k in range(1, 2 * degree):
        P.append(((2 * k + d - 2) * t * P[k] - k * P[k - 1]) / (k + d - 2))
    basis = np.array(P[0 : 2 * degree + 1 : 2]).T
    objective = np.full(degree + 1, 1.0 / n)
    objective[0] -= 1
    signs = -np.eye(degree + 1)[1:]
    A = sparse.csc_matrix(np.vstack([basis, signs]))
    b = np.concatenate([t**6, np.zeros(degree)])
    settings = clarabel.DefaultSettings()
    settings.verbose = False
    settings.tol_gap_abs = settings.tol_gap_rel = settings.tol_feas = 1e-11
    empty = sparse.csc_matrix((degree + 1, degree + 1))
    solved = clarabel.DefaultSolver(empty, objective, A, b, [clarabel.NonnegativeConeT(len(b))], settings).solve()
    return -solved.obj_val + 1 / n


@pytest.mark.parametrize(("n", "d"), SIZES)
def test_a_second_solver_agrees_and_improvements_are_where_it_sees_them(n, d):
    found = certify(n, d, 3, DEGREE)
    assert found is not None
    value, other, known = 1 / number(found.constant), second_opinion(n, d, DEGREE), 1 / closed_form(n, d, 3)
    assert float(value) == pytest.approx(other, rel=1e-6)
    assert float(value) <= other * (1 + 1e-8)  # a certificate does not beat the relaxation on a grid
    improvement = (value - known) / known
    assert (improvement > 1e-4) == (other / float(known) - 1 > 1e-5)
    assert improvement > 1e-4 or improvement <= 0


def test_improvements_known_to_be_possible_and_impossible():
    improved = [(n, d) for n, d in SIZES if number(certify(n, d, 3, DEGREE).constant) < closed_form(n, d, 3)]
    # weighted half-designs of strength 6 with 11 points (d = 3) and 23 (d = 4) rule out any improvement from there on
    assert all(n < {3: 11, 4: 23}[d] for n, d in improved)
    assert {(7, 3), (8, 3), (9, 3), (10, 3), *((n, 4) for n in range(13, 21))} <= set(improved)


SHARP = {(6, 3): Fraction(600, 104), (12, 4): Fraction(32, 3), (36, 6): Fraction(36**2 * 4, 189), (120, 8): Fraction(64)}


@pytest.mark.parametrize("size", SHARP)
def test_sharp_configurations_are_reached_and_not_passed(size):
    n, d = size
    found = certify(n, d, 3, DEGREE)
    assert found is not None
    assert SHARP[size] <= number(found.constant) <= SHARP[size] * (1 + Fraction(1, 10**9))


@pytest.mark.parametrize(("n", "d", "m"), [(8, 3, 3), (16, 4, 3), (14, 3, 5)])
def test_repair_costs_little(n, d, m):
    """The solver's own solution holds on a grid alone, so its value bounds the program's optimum from above."""
    found = certify(n, d, m, m + 8)
    assert found is not None
    sizes = module._natural_sizes(d, m, m + 8)
    scaled, _ = module._solve(n, d, m, sizes)
    assert scaled is not None
    h = [x * float(number(s)) for x, s in zip(scaled, sizes, strict=True)]
    assert float(1 / number(found.constant)) >= (h[0] + (1 - sum(h)) / n) * (1 - 1e-9)


def test_tampering_is_rejected_unless_still_true():
    rng = random.Random(42)
    rejected = 0
    for n, d in ((7, 3), (9, 3), (16, 4), (20, 4)):
        found = certify(n, d, 3, DEGREE)
        assert found is not None
        for _ in range(50):
            kind = rng.randrange(6)
            h = list(found.gegenbauer)
            k = rng.randrange(len(h))
            if kind == 0:
                tampered = replace(found, constant=found.constant * (1 + fmpq(rng.choice([-1, 1]), 10 ** rng.randint(1, 40))))
            elif kind == 1:
                tampered = replace(found, n=max(1, n + rng.choice([-2, -1, 1, 5])))
            elif kind == 2:
                tampered = replace(found, d=max(2, d + rng.choice([-1, 1, 2])))
            elif kind == 3:
                tampered = replace(found, m=rng.choice([1, 2, 4, 5]))
            else:
                h[k] += rng.choice([-1, 1]) * (abs(h[k]) + fmpq(1, 100)) * fmpq(1, 10 ** rng.randint(0, 13))
                value = h[0] + (1 - sum(h, fmpq(0))) / n
                # kind 5 also claims the constant that would follow: only the inequalities can fail
                constant = 1 / value if kind == 5 and value != 0 else found.constant
                tampered = replace(found, gegenbauer=tuple(h), constant=constant)
            assert tampered.verify() is (check(tampered) is None), tampered
            rejected += not tampered.verify()
    assert rejected >= 150


def test_each_condition_is_named():
    good = LinearProgramCertificate(8, 3, 1, (fmpq(1, 3), fmpq(2, 3)), fmpq(3))  # h = u
    assert good.verify()
    assert "h_1" in str(replace(good, gegenbauer=(fmpq(1, 3), fmpq(-1, 9))).failure())
    assert "positive" in str(replace(good, gegenbauer=(fmpq(-1),)).failure())
    assert "G is not" in str(replace(good, constant=fmpq(2)).failure())
    above = replace(good, gegenbauer=(fmpq(1, 3), fmpq(5, 9)))
    assert "fails somewhere" in str(replace(above, constant=1 / (fmpq(1, 3) + fmpq(1, 9) / 8)).failure())
    assert "at least 1" in str(replace(good, n=0).failure())
    assert not replace(good, gegenbauer=()).verify()


def test_the_hermite_interpolant_by_hand_is_a_certificate():
    """h = 2u t⁴ − u² t² at u = 3/(d + 2), written in Gegenbauer coefficients by hand for d = 3: touches u³ twice."""
    # t⁴ = 1/5 + 4/7 P_2 + 8/35 P_4 and t² = 1/3 + 2/3 P_2
    u = fmpq(3, 5)
    h = (2 * u / 5 - u * u / 3, 8 * u / 7 - 2 * u * u / 3, 16 * u / 35)
    n = 9
    certificate = LinearProgramCertificate(n, 3, 3, h, 1 / (h[0] + (1 - u) ** 2 / n))
    assert certificate.verify()
    assert not replace(certificate, gegenbauer=(h[0] + fmpq(1, 10**30), *h[1:])).verify()


# Attack: frames optimised against the constant.


def attack(n: int, d: int, m: int, seed: int) -> float:
    """The largest S²/T that L-BFGS finds from one random start; free weights are norms of the columns."""

    def negative(x: np.ndarray) -> tuple[float, np.ndarray]:
        W = x.reshape(d, n)
        A = W.T @ W
        a = np.diag(A)
        S, T = (a**m).sum(), (A ** (2 * m)).sum()
        # log S²/T: dS = 2 m a^{m−1} w_i, dT = 4 m W A^{2m−1}
        gradient = 2 * (2 * m * W * a ** (m - 1)) / S - 4 * m * W @ A ** (2 * m - 1) / T
        return -np.log(S * S / T), -gradient.ravel()

    start = np.random.default_rng(seed).standard_normal((d, n))
    start /= np.linalg.norm(start, axis=0)
    found = minimize(negative, start.ravel(), jac=True, method="L-BFGS-B", options={"maxiter": 400})
    return float(np.exp(-found.fun))


@pytest.mark.parametrize(("n", "d", "m"), [(5, 3, 3), (6, 3, 3), *((n, d, 3) for n, d in SIZES[::2]), (8, 3, 5), (14, 3, 5)])
def test_no_frame_found_by_local_search_passes_the_constant(n, d, m):
    found = certify(n, d, m, m + 8)
    assert found is not None
    G = float(number(found.constant))
    best = max(attack(n, d, m, seed) for seed in range(8))
    assert best <= G * (1 + 1e-12)
    assert best >= 0.95 * G  # the attack has teeth


def test_the_attack_reaches_the_icosahedron():
    assert max(attack(6, 3, 3, seed) for seed in range(8)) == pytest.approx(6 / 1.04, rel=1e-9)


def test_random_frames_stay_below():
    rng = np.random.default_rng(3)
    for n, d in SIZES:
        G = float(number(certify(n, d, 3, DEGREE).constant))
        W = rng.standard_normal((200, d, n))
        A = np.einsum("sdi,sdj->sij", W, W)
        S, T = (np.einsum("sii->si", A) ** 3).sum(1), (A**6).sum((1, 2))
        assert (S * S / T <= G).all()


def test_the_constant_does_not_fall_with_n():
    for d, m, top in ((3, 3, comb(5, 3)), (4, 3, comb(6, 3))):
        constants = [float(number(certify(n, d, m, DEGREE).constant)) for n in range(d + 1, top + 5)]
        assert all(b >= a * (1 - 1e-9) for a, b in pairwise(constants))
