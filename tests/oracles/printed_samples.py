"""Draws problems, weights and free parameters at the edges of what printed statements assume, exactly."""

from __future__ import annotations

import random
import re
from fractions import Fraction
from functools import cache
from itertools import pairwise
from math import comb

import numpy as np
from flint import fmpq
from oracles.printed import cumulants, fraction, sphere_moment

from boundcalc.bounds.catalog import BOUNDS
from boundcalc.loss.exact import exact_loss
from boundcalc.model.problem import Problem

MOMENTS = "moments:" + ",".join(f"{2 * k}={fmpq(1, 10) * 9**k + fmpq(9, 10) / 4**k}" for k in range(1, 8))
LAWS = (
    "rademacher",
    "gaussian",
    "uniform",
    "laplace",
    "support:-3:1/1000,-1:499/1000,1:499/1000,3:1/1000",
    "support:-2:1/8,-1:1/8,0:1/2,1:1/8,2:1/8",
    MOMENTS,
)


@cache
def activities(law: str, m: int) -> tuple[str, ...]:
    """p = 1, some plain ones, and both sides of every p at which a cumulant, or kappa_6 + c kappa_4 kappa_2, changes sign."""
    found = [fmpq(1), fmpq(1, 3), fmpq(1, 10), fmpq(1, 10**6)]

    def signs(p: fmpq) -> list[bool]:
        kappa = cumulants(Problem(2, 1, m, str(p), law))
        mixed = [factor * kappa[4] * kappa[2] + kappa[6] > 0 for factor in (10, 15)] if m >= 3 else []
        return [value > 0 for value in kappa.values()] + mixed

    grid = [fmpq(k, 24) for k in range(1, 25)]
    for low, high in pairwise(grid):
        for at, (before, after) in enumerate(zip(signs(low), signs(high), strict=True)):
            if before != after:
                left, right = low, high
                for _ in range(24):
                    middle = (left + right) / 2
                    left, right = (middle, right) if signs(middle)[at] == before else (left, middle)
                found += [left, right]
    return tuple(dict.fromkeys(str(p) for p in found))


@cache
def problems(m: int) -> tuple[tuple[str, str], ...]:
    return tuple((law, p) for law in LAWS for p in activities(law, m))


@cache
def weights(n: int, d: int) -> tuple[tuple[tuple[int, ...], ...], ...]:
    """Whole matrices of d rows and n columns: one line, an orthonormal basis, one of each line, small random ones."""
    rng = random.Random(f"{n} {d}")
    same = [[1] * n] + [[0] * n] * (d - 1)
    basis = [[int(i == j) for j in range(n)] for i in range(d)]
    wrapped = [[int(i == j % d) for j in range(n)] for i in range(d)]
    falling = [[2 ** (n - j) for j in range(n)]] + [[0] * n] * (d - 1)
    found = [same, basis, wrapped, falling] + [[[rng.randint(-2, 2) for _ in range(n)] for _ in range(d)] for _ in range(3)]
    if d >= 2:
        lines = [(1, 0), (0, 1), (3, 3), (3, -3), (2, 1)]
        found.append([[lines[j][i] if i < 2 else 0 for j in range(n)] for i in range(d)])
    return tuple(tuple(map(tuple, W)) for W in found if any(map(any, W)))


@cache
def attained(n: int, d: int, m: int, p: str, law: str) -> Fraction:
    """The best improvement of these weights, exact."""
    found = [exact_loss([list(row) for row in W], m=m, p=p, law=law, transpose=False).improvement_best_scale for W in weights(n, d)]
    return fraction(max(found))


@cache
def rows(n: int, d: int, m: int) -> tuple[dict[str, Fraction], ...]:
    """Rows with a = 1 of the Gram matrices of these weights: their Q_2, …, Q_{2m}, and once more by w = Q_2 − 1."""
    found = {}
    for W in weights(n, d):
        columns = list(zip(*W, strict=True))
        for v in columns:
            a = sum(x * x for x in v)
            if a:
                products = [Fraction(sum(x * y for x, y in zip(v, u, strict=True)), a) for u in columns]
                row = {f"Q_{2 * j}": sum((x ** (2 * j) for x in products), Fraction(0)) for j in range(1, m + 1)}
                found[tuple(row.values())] = row
    return (*found.values(), *({"w": row["Q_2"] - 1} for row in found.values()))


# --- free parameters ----------------------------------------------------------------------------------------------------


def constant(problem: Problem) -> Fraction:
    """min(n, tau_m(d)), for which S^2 <= G T always holds."""
    return min(Fraction(int(problem.n)), 1 / sphere_moment(problem.d, problem.m))


def polynomial(rng: random.Random, d: int, k: int, *, any_sign: bool) -> tuple[Fraction, Fraction]:
    """(h_0, h(1)) of an even h <= t^{2k} with h_1, h_2, … >= 0: t^{2k}, or the tangent of u^k at u = v; a constant for d = 1.

    h_0 > 0 unless it may have any sign.
    """
    if d == 1:
        value = Fraction(rng.randint(-4 if any_sign else 1, 4), 4)
        return value, value
    if rng.random() < 0.4 or k == 1:
        return sphere_moment(d, k), Fraction(1)
    zero = min(Fraction(k, d * (k - 1)), Fraction(1))  # where h_0 vanishes
    v = Fraction(rng.randint(1, 12), 12) if any_sign else zero * Fraction(rng.randint(1, 11), 12)
    slope, start = k * v ** (k - 1), (k - 1) * v**k
    return slope / d - start, slope - start


def row_supremum(second: Fraction, fourth: Fraction, sixth: Fraction) -> Fraction:
    """Slightly more than E(h), on a grid of theta; 0 where the cumulants are not positive."""
    if not min(fourth, sixth) > 0:
        return Fraction(0)
    h, most = float(fourth**2 / (second * sixth)), 0.0
    for theta in (k / 4000 for k in range(1, 4001)):
        eta = min(5 * h * theta / 2, 1.0, 5 * h / 3)
        rest = 1 - 3 * eta**2 / (5 * h)
        most = max(most, 0.6 * theta * (1 - eta) ** 2 / rest if rest > 0 else 0.0)
    return Fraction(most) * Fraction(1001, 1000)


def row_prices(problem: Problem, found: dict[str, Fraction], alone: Fraction) -> Fraction:
    """Slightly more than the z that the rows need beside z' = ``alone``, by a grid over t and ell and the best e of each row."""
    k2, k4, k6 = (float(cumulants(problem)[k]) for k in (2, 4, 6))
    if not min(k4, k6) > 0:
        return Fraction(0)
    x3, x2, lam, nu, extra = (float(value) for value in (*(found[k] for k in ("x_3", "x_2", "lambda", "nu_2")), alone))
    c = 2 * k6 / (15 * k4 * k2)
    share = np.linspace(0, 1, 101)
    t = np.geomspace(1e-7, 1, 141)[:, None, None]
    ell = t ** np.linspace(0, 1, 41)[:, None]
    e, w = share / (c * ell), np.sqrt((1 - share) / t)
    N = np.maximum(k4 + 3 * k2**2 / t - lam * (1 + e) - nu * w, 0)
    H = k6 * x3 * (1 + e) ** 2 + 15 * k4 * k2 * x2 * w**2 + 15 * k2**3 / t**3 - k6 * e**2 / t
    needed = np.where(H > 0, (N**2 / np.where(H > 0, H, 1) - extra) / ell, np.inf).min(axis=2).max()
    return Fraction(max(float(needed), 0.0)) * Fraction(1005, 1000)


def quintic_prices(problem: Problem, found: dict[str, Fraction]) -> Fraction:
    """The same for m = 5, with a grid over v too."""
    kappa = cumulants(problem)
    k2, k4, k6, k8, k10 = (float(kappa[k]) for k in (2, 4, 6, 8, 10))
    if not min(k4, k6, k8, k10) > 0:
        return Fraction(0)
    x, nu, s = ([float(found.get(f"{name}_{k}", 0)) for k in range(7)] for name in ("x", "nu", "s"))
    share = np.concatenate([[0.0], np.geomspace(1e-9, 1, 80)])
    t = np.geomspace(1e-9, 1, 81)[:, None, None, None]
    v = (1 / t - 1) * np.concatenate([[0.0], np.geomspace(1e-6, 1, 25)])[:, None, None]
    ell = t ** np.linspace(0, 1, 21)[:, None]
    e, w = share * 315 * k6 * k2**2 / (k10 * ell**2), np.sqrt(1 - share) / t
    Q4, Q6 = 1 + v**2, 1 + v**4 * t
    N = k6 + 10 * k4 * k2 / t + 5 * k4 * k2 * Q4 + 15 * k2**3 / t**2 - float(found["lambda"]) * (1 + e)
    N = np.maximum(N - nu[2] * t**-0.5 - nu[3] * w - nu[4] - nu[5] / t - nu[6] * t**-1.5, 0)
    H = k10 * (x[1] * (1 + e) ** 2 - e**2 / t) + 45 * k8 * k2 * x[2] / t + 630 * k6 * k2**2 * x[3] * w**2
    H = H + 210 * k6 * k4 * Q6 * Q4 + 1575 * k4**2 * k2 * Q4**2 / t + 3150 * k4 * k2**3 * Q4 / t**3 + 945 * k2**5 / t**5
    H = H + x[4] - s[4] * Q4 + (x[5] - s[5] * Q4) / t**2 + (x[6] - s[6] * Q4) / t**3
    needed = np.where(H > 0, N**2 / np.where(H > 0, H, 1) / ell, np.inf).min(axis=3).max()
    return Fraction(float(needed)) * Fraction(105, 100) if np.isfinite(needed) else Fraction(-1)


def row_ratio(problem: Problem, kappa: dict[int, Fraction]) -> dict[str, Fraction]:
    """Slightly more than the greatest value of many rows that Lambda of the bound dense_rows must not be below."""
    moment = {k: fraction(problem.p * problem.law.moment(k)) for k in (4, 6)}
    delta, eta = 5 * kappa[2] * moment[4] - moment[6], max(kappa[6], Fraction(0))
    sigma, delta = max(-delta, Fraction(0)), max(delta, Fraction(0))
    charge = 10 * kappa[2] * max(kappa[4], Fraction(0)) + 4 * delta / 27 - sigma
    if eta > 0 and delta > 0:
        theta = 4 * eta / (16 * delta + 3 * eta)
        charge = max(charge, (eta - 3 * delta * theta**2) ** 2 / (8 * delta) + 2 * delta * theta**3)
    rng, most = random.Random("rows"), 0.0
    k = {j: float(value) for j, value in kappa.items()}
    for _ in range(400):
        entries = [rng.random() ** rng.choice((1, 4, 16)) for _ in range(rng.randint(1, 5))]
        whole = sum(entries) + rng.choice((0, 0, rng.random()))  # the rest is spread
        sums = [sum((t / whole) ** j for t in entries) for j in range(1, 6)]
        M = [1.0] + [0.0] * 10
        for order in range(2, 11, 2):
            q = [1.0, *sums[1:]]
            M[order] = sum(comb(order - 1, j - 1) * k[j] * q[j // 2 - 1] * M[order - j] for j in range(2, order + 1, 2))
        gain = M[6] + float(charge) * (1 - 3 * sums[1] + 2 * sums[2]) / 3 + float(sigma) * (1 - sums[1]) / 2
        most = max(most, gain**2 / (k[2] * M[10]))
    return {"Lambda": Fraction(most) * Fraction(1001, 1000)}


def draw(key: str, problem: Problem, rng: random.Random, text: str) -> dict[str, Fraction]:
    """Values of the free parameters, inside and outside of what they must meet."""
    n, d, m = int(problem.n), problem.d, problem.m
    kappa = cumulants(problem)
    part = lambda *choices: Fraction(rng.choice(choices))  # noqa: E731
    if key == "very_sparse" or "theta" in BOUNDS[key].symbols(m):
        found = {"G": constant(problem)}
        if key != "very_sparse":
            found["theta"] = part("1", "1/2", "1/10", "0", "-1", "3/2")
            found["lambda"] = kappa[m + 1] * part("0", "1/2", "1", "2", "-1")
        return found
    if key == "linear_program":
        h_0, h_one = polynomial(rng, d, m, any_sign=True)
        inverse = h_0 + (1 - h_one) / n
        return {"h_0": h_0, "h_one": h_one, "G": 1 / inverse if inverse else Fraction(0)}
    if key == "dense":
        return {
            "eta_1": part("0", "1/4", "1", "5", "-1"),
            "eta_2": part("0", "1/4", "1", "2", "-1/2"),
            "xi": part("0", "0", "1/2", "-1"),
            "zeta": part("0", "0", "1/4", "1", "-2"),
        }
    if key == "frontier":
        spoiled = rng.random() < 0.2
        found = {"lambda": kappa[m + 1] * (Fraction(-1) if spoiled and rng.random() < 0.3 else part("0", "1/2", "1"))}
        for k in sorted({int(k) for k in re.findall(r"y_\{(\d+)\}", text)}):
            beside = re.search(rf"Q_\{{(\d+)\}} ?(?:\\left)?\(1 - s_\{{{k}\}}", text)
            link = re.search(rf"- Q_\{{(\d+)\}} s_\{{{k}\}}", text)
            share = Fraction(1) if beside is None else part("1", "1/2", "1/8", "3/2" if spoiled else "1")
            if link:  # of the size of the energy of a row with t = 1
                share = fraction(problem.p * problem.law.moment(2 * m)) * part("1/1000", "1/100", "1/8", "1")
            beside = beside or link
            h_0, h_one = polynomial(rng, d, k if beside is None else int(beside[1]) // 2, any_sign=spoiled)
            found |= {f"x_{k}": share * (1 - h_one), f"y_{k}": share * h_0, f"s_{k}": share}
            if rf"\nu_{{{k}}}" in text:  # of the size of C~
                found[f"nu_{k}"] = abs(kappa[m + 1]) * part("0", "0", "1/4", "1") * (-1 if spoiled else 1)
        return found
    if key == "coupled_frontier":
        spoiled = rng.random() < 0.2
        if m == 5:
            found = {"lambda": abs(kappa[6]) * part("0", "1/2", "1", "3/2")}
            for k, order in ((1, 5), (2, 4), (3, 3), (4, 2), (5, 2), (6, 2)):
                size = {4: kappa[10], 5: 630 * kappa[6] * kappa[2] ** 2, 6: 3150 * kappa[4] * kappa[2] ** 3}.get(k)
                share = Fraction(1) if size is None else abs(size) * part("0", "1/10", "1/2", "1")
                h_0, h_one = polynomial(rng, d, order, any_sign=spoiled)
                found |= {f"x_{k}": share * (1 - h_one), f"y_{k}": share * h_0, f"s_{k}": share}
                if k > 1:
                    found[f"nu_{k}"] = abs(kappa[6]) * part("0", "0", "1/100", "1/4")
            return found | {"z": quintic_prices(problem, found)}
        found = {"lambda": kappa[4] * part("0", "1/2", "1", "3/2"), "nu_2": abs(kappa[4]) * part("0", "0", "1/4", "1")}
        for k in (3, 2):
            h_0, h_one = polynomial(rng, d, k, any_sign=spoiled)
            found |= {f"x_{k}": 1 - h_one, f"y_{k}": h_0}
        alone = kappa[2] * part("0", "0", "1/1000", "1/10")
        return found | {"z": row_prices(problem, found, alone), "z'": alone}
    if key == "uniform_in_n":
        return {"E(h)": row_supremum(kappa[2], kappa[4], kappa[6])}
    if key == "dense_rows":
        return row_ratio(problem, kappa)
    if key == "random_directions":
        return {"n'": part(1, 2, n, n + 1, "3/2")}
    if key == "random_walsh":
        return {"n'": part(1, 2, 4, 8, 6, n)}
    if key == "unbiased_bases":
        span = rng.choice((4, 4, d, 1))
        return {"n'": Fraction(span * rng.choice((1, 2, 2, 3, 3, 4)) + rng.choice((0, 0, 0, 1))), "d": Fraction(span)}
    if key == "orthogonal_array":  # all rows of signs
        return {"n'": Fraction(2 ** (d - 1)), "d": Fraction(d)} if 2 ** (d - 1) <= n else {}
    if key in ("half_design", "known_frame", "random_chirps"):
        if d == 1 or rng.random() < 0.5:  # n' times one line, where d stands for 1
            count, span, sums = n, 1, {f"Q_{2 * j}": Fraction(n) for j in range(1, m + 1)}
        else:
            count, span, sums = min(n, d), min(n, d), {f"Q_{2 * j}": Fraction(1) for j in range(1, m + 1)}
            if key == "half_design" and m > 1:  # an orthonormal basis has strength 2 only
                return {}
        return {"n'": Fraction(count), "d": Fraction(span)} if key == "half_design" else {"n'": Fraction(count), **sums}
    if key == "search":
        W = rng.choice(weights(n, d))
        value = exact_loss([list(row) for row in W], m=m, p=problem.p, law=problem.law, transpose=False)
        return {"C": fraction(value.C), "D": fraction(value.D)}
    if key == "direct_sum":
        if n == 1 or d == 1:
            return {}
        sizes = (("I_1", 1, 1), ("I_2", n - 1, d - 1))
        return {name: attained(k, e, m, str(problem.p), problem.law.name) for name, k, e in sizes}
    return {}


BUILT = {"half_design", "known_frame", "orthogonal_array", "random_chirps", "search", "direct_sum"}
FREE = {key for key, bound in BOUNDS.items() if bound.assumes(3)} - BUILT - {"uniform_in_n"}
