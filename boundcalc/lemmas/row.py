r"""Declares the row function: what one row of A contributes, as a function of its crowding.

C_i^2/D_i does not change when the row is scaled, so take a_i = 1. With the crowding w = q_i - 1 = 1/t_i - 1 and
Q_{2j} = 1 + g_j, g_j = sum_{l != i} A_il^{2j}, g_1 = w:

    C~ = sum_{k odd} binom(m, k) kappa_{k+1} M_{m-k},   D~ = M_{2m},   M the moments for cumulants kappa_{2j} (1 + g_j).

C~ depends on g_1, ..., g_{(m-1)/2} alone. The g are moments of a positive measure, hence log-convex: the ratios
g_{j+1}/g_j do not decrease, and w/(n-1) <= g_2/w <= ... <= w.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from flint import Ordering, fmpq, fmpq_mpoly_ctx, fmpq_poly

from boundcalc.language.claims import Lemma, Status, Step
from boundcalc.language.sources import DERIVED
from boundcalc.numbers.moments import Number, row_polynomials


def free_ratios(m: int) -> int:
    """How many of the ratios g_{j+1}/g_j C̃ depends on: (m − 3)/2."""
    return max((m - 3) // 2, 0)


def power_sums(m: int, crowding: Number, ratios: Sequence[Number]) -> list[Number]:
    """1 + g_j for j = 1, …, m (entry 0 is unused), the higher g_j as small as the ratios before them allow.

    Parameters
    ----------
    crowding : ring element
        w = g_1 ≥ 0.
    ratios : at least one ring element
        g_2/g_1, g_3/g_2, …; the last one is repeated, which is the least value of what follows.
    """
    total, found = crowding, [0, 1 + crowding]
    for j in range(1, m):
        total = total * ratios[min(j, len(ratios)) - 1]
        found.append(1 + total)
    return found


def row_function(m: int, kappa: Sequence[Number], crowding: Number, ratios: Sequence[Number]) -> tuple[Number, Number]:
    """(C̃, D̃) at the least value of the higher power sums; see :func:`power_sums`."""
    return row_polynomials(m, kappa, 1, power_sums(m, crowding, ratios))


def written_out(value: Number) -> Number:
    """A SymPy sum multiplied out; an element of another ring as it is."""
    return value.expand() if hasattr(value, "expand") else value


def least_share(n: int | float) -> fmpq:
    """1/(n − 1), the least value of g_2/w²; 0 for n = ∞, and for n = 1, where w = 0."""
    return fmpq(0) if n == 1 or n == float("inf") else fmpq(1, int(n) - 1)


CROWDING = fmpq_poly([0, 1])
"""The polynomial w."""


@dataclass(frozen=True)
class LeastRow:
    """C_i²/D_i ≤ (1 + excess) gain²/energy for every row of crowding w.

    Attributes
    ----------
    gain, energy : fmpq_poly
        In w: C̃ and D̃ with all ratios at their least value, less what was shifted and removed.
    excess : fmpq
        0 where the least ratios are proven to be the best ones.
    """

    gain: fmpq_poly
    energy: fmpq_poly
    excess: fmpq


def least_row(m: int, kappa: Sequence[fmpq], share: fmpq, shift: fmpq | int = 0, removed: fmpq | int = 0) -> LeastRow | None:
    """The row function (C̃ − shift)_+²/(D̃ − removed·(1 + g_m)) as a function of w alone, for κ_{2j} ≥ 0.

    The free ratios are w·share + x_1, + x_2, … with x_k ≥ 0. With gain_0 and energy_0 at x = 0, all is proven if
    gain_0² energy − gain² energy_0, a polynomial in w and x, has no negative coefficient; if it has some, they are
    offset by a multiple ``excess`` of the positive coefficients of gain_0² energy. ``None`` if there is none to do so.

    Parameters
    ----------
    share : fmpq
        The least value of g_2/w²; see :func:`least_share`.
    shift : fmpq
        0 ≤ shift ≤ p α, the value of C̃ at w = 0.
    removed : fmpq
        0 ≤ removed ≤ κ_{2m}.
    """

    def split(crowding: Number, ratios: Sequence[Number]) -> tuple[Number, Number]:
        sums = power_sums(m, crowding, ratios)
        gain, energy = row_polynomials(m, kappa, 1, sums)
        return gain - shift, energy - removed * sums[m]

    free = free_ratios(m)
    gain, energy = split(CROWDING, [CROWDING * share])
    if not free:
        return LeastRow(gain, energy, fmpq(0))
    w, *steps = fmpq_mpoly_ctx.get(["w", *(f"x{k}" for k in range(free))], Ordering.lex).gens()
    least_gain, least_energy = split(w, [w * share])
    any_gain, any_energy = split(w, list(accumulate(steps, initial=w * share))[1:])
    kept = least_gain**2 * any_energy
    gap = kept - any_gain**2 * least_energy
    excess = fmpq(0)
    for monomial, coefficient in gap.terms():
        if coefficient < 0 and not kept[monomial] > 0:
            return None
        if coefficient < 0:
            excess = max(excess, -coefficient / kept[monomial])
    return LeastRow(gain, energy, excess)


def first_negative(kappa: Sequence[fmpq]) -> int | None:
    """The lowest order 2j with κ_{2j} < 0; ``None`` where all are nonnegative."""
    return next((2 * j for j in range(1, len(kappa)) if kappa[j] < 0), None)


def is_gaussian(x_moments: Sequence[fmpq]) -> bool:
    """Whether x itself has the moments of a normal law: all cumulants but κ_2 vanish."""
    expected = fmpq(1)
    for j in range(1, len(x_moments)):
        expected *= (2 * j - 1) * x_moments[1]
        if x_moments[j] != expected:
            return False
    return True


NONNEGATIVE_CUMULANTS = (
    "kappa[4] >= 0",
    "kappa[6] >= 0",
    *(f"one(m > {j - 1})*kappa[{2 * j}] >= 0" for j in range(4, 8)),
)
"""Conditions of proof steps, for 3 <= m <= 7: the cumulants up to order 2m are not negative (kappa_2 never is)."""

LEMMA = Lemma(
    key="row",
    title="the row function",
    statement=r"I(W) \le \sum_i \frac{C_i^2}{D_i}, \qquad \frac{C_i^2}{D_i} \le \frac{\tilde C^2}{\tilde D}\Big|_{w = 1/t_i - 1}",
    proof=(
        Step(
            "square",
            "complete the square; a row with $a_i = 0$ is zero",
            Status.PROVEN,
            claim=("(2*C[i] - D[i])*D[i] <= C[i]^2",),
        ),
        Step(
            "scaling",
            "both are homogeneous in the row, so that $a_i = 1$ may be assumed",
            Status.PROVEN,
            claim=(
                "E[x[i]*(z*y[i])^m] = z^m*C[i]",
                "E[(z*y[i])^(2*m)] = z^(2*m)*D[i]",
            ),
            free=(("z", "2..3"),),
        ),
        Step(
            "power_sums",
            "Cauchy-Schwarz for the $n - 1$ numbers $A_il^2$, $l != i$, and the power mean inequality",
            Status.STANDARD,
            standard="Cauchy-Schwarz and the power mean inequality",
            claim=(
                "(Q[2*k - 2, i] - a[i]^(2*k - 2))*(Q[2*k + 2, i] - a[i]^(2*k + 2)) >= (Q[2*k, i] - a[i]^(2*k))^2",
                "(n - 1)^k*(Q[2*k + 2, i] - a[i]^(2*k + 2)) >= (q[i] - a[i]^2)^(k + 1)",
            ),
            free=(("k", "1..m - 1"),),
        ),
        Step(
            "monotone",
            "for $kappa_{2j} >= 0$ the energy does not decrease in $g_j$: those which $C~$ does not contain may take "
            "their least value",
            Status.PROVEN,
            statement=r"\partial \tilde D / \partial g_j = \binom{2m}{2j} \kappa_{2j}\, M_{2m-2j} \ge 0",
            checked="the derivative as an identity of polynomials for $m = 3$, $5$ and $7$",
            claim=("kappa[2*k]*M[2*m - 2*k, i] >= 0",),
            given=(*NONNEGATIVE_CUMULANTS,),
            free=(("k", "1..m"),),
        ),
    ),
    sources=(DERIVED,),
    hypotheses=("nonnegative cumulants, for the step monotone",),
)
