r"""Declares U12: one formula for every n, m = 3, kappa_4, kappa_6 > 0.

    I^* <= kappa_4^2 tau_3(d)/kappa_6 + r kappa_2 min{ (3/5) (1 - h)_+, E(h) },   h = kappa_4^2/(kappa_2 kappa_6),
    E(h) = (3/5) sup_{0 < theta <= 1} theta (1 - eta)^2/(1 - 3 eta^2/(5 h)),   eta = min(5 h theta/2, 1, 5 h/3)   (0/0 = 0).

For Rademacher features h >= 1, so that I^* <= p tau_3(d) (1 - 3p)^2/(1 - 15p + 30p^2) for every n: sharp as p -> 0.

With x = 5 h theta/2 the supremum over eta = x is that of x (1 - x)^2/(1 - 3 x^2/(5 h)), which is stationary where
1 - 3x + 3 (x^2 + x^3)/(5 h) = 0; past it eta = 5 h/3, and the value 3/5 - h is reached at theta = 1. So

    E(h) = max{ 3/5 - h, (3x - 1)(1 - x)/(5x) },

x the least root of that cubic in (0, min(1, 5 h/3)), where there is one.
"""

from __future__ import annotations

from dataclasses import dataclass

from flint import fmpq, fmpq_poly

from boundcalc.bounds.declaration import Choice, Limits, Parameters, UpperBound
from boundcalc.bounds.hypotheses import CUBIC, POSITIVE_FOURTH_AND_SIXTH
from boundcalc.certify.points import RationalPiece, best_point
from boundcalc.certify.rational_function import supremum_rational
from boundcalc.language.claims import Status, Step
from boundcalc.language.sources import DERIVED
from boundcalc.lemmas import leverage, mixed_leverage, row_sum, welch
from boundcalc.model.notation import symbol
from boundcalc.model.problem import Problem
from boundcalc.model.quantities import Quantities
from boundcalc.numbers.enclosure import Enclosure
from boundcalc.numbers.moments import Number
from boundcalc.numbers.rings import EXACT

SHARE = fmpq(3, 5)
"""What the rows add for each unit of leverage where nothing is known of them, without κ_2."""


def formula(q: Quantities, kappa: list[Number], E: Number) -> Number:
    """The right-hand side, E = E(h) given; κ_{2j} is entry j of ``kappa``."""
    _, second, fourth, sixth = kappa
    gap = 1 - q.ring.minimum(q.ring.number(fmpq(1)), fourth**2 / (second * sixth))  # (1 − h)_+
    return q.welch_constant * fourth**2 / sixth + q.r * second * q.ring.minimum(q.ring.number(SHARE) * gap, E)


def spread(problem: Problem) -> fmpq:
    """h = κ_4²/(κ_2 κ_6)."""
    _, second, fourth, sixth = Quantities(EXACT, problem).kappa
    value: fmpq = fourth**2 / (second * sixth)
    return value


def row_fraction(h: fmpq) -> tuple[fmpq_poly, fmpq_poly, fmpq]:
    """(numerator, denominator, end): E(h) is the greater of 3/5 − h and their quotient's supremum in x on [0, end].

    The quotient is (3/5)(2/(5h)) x (1 − x)²/(1 − 3x²/(5h)), in lowest terms: for h = 3/5 the denominator vanishes at x = 1.
    """
    factor = SHARE * 2 / (5 * h)
    if h == SHARE:
        return fmpq_poly([0, factor, -factor]), fmpq_poly([1, 1]), fmpq(1)
    return fmpq_poly([0, factor, -2 * factor, factor]), fmpq_poly([1, 0, -SHARE / h]), min(fmpq(1), 5 * h / 3)


def row_supremum(h: fmpq, digits: int) -> Enclosure:
    """E(h), enclosed."""
    numerator, denominator, last = row_fraction(h)
    found = supremum_rational(numerator, denominator, fmpq(0), last, digits).enclosure
    end = SHARE - h
    return Enclosure(max(found.lower, end), max(found.upper, end))


@dataclass(frozen=True)
class Additive:
    """Which of the two terms beside κ_4² τ_3/κ_6 is the lesser: ``difference`` for (3/5)(1 − h)_+, or ``row`` for E(h)."""

    by: str
    h: fmpq

    def value(self, digits: int) -> Enclosure:
        """The term without r κ_2."""
        if self.by == "difference":
            return Enclosure.of(SHARE * max(1 - self.h, fmpq(0)))
        return row_supremum(self.h, digits)


def choose(problem: Problem) -> Choice:
    """The lesser of the two terms."""
    h = spread(problem)
    difference = Additive("difference", h)
    found = difference if h >= 1 or difference.value(1).upper <= row_supremum(h, 12).lower else Additive("row", h)
    return Choice({"additive": found}, {"additive": found.by})


def certify(problem: Problem, choice: Choice, digits: int) -> Enclosure:
    """The value: rational where the additive term is."""
    found = choice.values["additive"].value(digits + 2)
    return Enclosure(with_additive(problem, found.lower), with_additive(problem, found.upper))


def with_additive(problem: Problem, term: fmpq) -> fmpq:
    """κ_4² τ_3/κ_6 + r κ_2 · term."""
    q = Quantities(EXACT, problem)
    value: fmpq = formula(q, q.kappa, fmpq(0)) + q.r * q.kappa[1] * term
    return value


def certificate(problem: Problem, choice: Choice, digits: int) -> Parameters:
    """Which additive term, and the best point of E(h) where it is that."""
    chosen = choice.values["additive"]
    if chosen.by == "difference":
        return {"additive": chosen.by}, None
    numerator, denominator, end = row_fraction(chosen.h)
    at, top = best_point([RationalPiece(numerator, denominator, fmpq(0), end)], digits)
    return {"additive": chosen.by, "at": at}, with_additive(problem, max(top, SHARE - chosen.h))


ROW_SUPREMUM = (
    "$E(h)$ is $3/5$ of the supremum of $theta (1 - eta)^2/(1 - 3 eta^2/(5 h))$ over $0 < theta <= 1$, where "
    "$eta = min(5 h theta/2, 1, 5 h/3)$ and $h = kappa_4^2/(kappa_2 kappa_6)$"
)
_POSITIVE = ("kappa[4] > 0", "kappa[6] > 0", "a[i] > 0")
_H = ("h", "kappa[4]^2/(kappa[2]*kappa[6])")
_ETA = ("eta[i]", "min(5*h*t[i]/(2*l[i]), 1, 5*h/3)")
_Z = (("B[i, k]", "sum(f: A[i, f]*A[f, k])"), ("H[i, k]", "sum(e: A[i, e]*B[e, k])"))
_GAMMA = (
    ("gamma[k]", "q[k]^2/(a[k]*H[k, k])"),
    ("phi[k]", "(1/gamma[k] + 4)/5"),
    ("psi[k]", "(1/gamma[k]^2 + 8/gamma[k] + 6)/15"),
)
_TENSOR = "(A[j, k]^4*H[j, k]^2 + 8*A[j, k]^3*B[j, k]^2*H[j, k] + 6*A[j, k]^2*B[j, k]^4)/(15*q[j]*q[k])"

BOUND = UpperBound(
    key="uniform_in_n",
    section="U12",
    title="one closed form for every $n$",
    formula=formula,
    hypotheses=(CUBIC, POSITIVE_FOURTH_AND_SIXTH),
    proof=(
        Step(
            "pay",
            "columns $w_i = 0$ are dropped; lemma mixed_leverage for each pair, and $A$ is symmetric",
            Status.ARGUED,
            claim=("15*kappa[4]*kappa[2]*sum(i: q[i]*Q[4, i]) >= kappa[6]*sum(i, j: (e[i] + e[j])*A[i, j]^6)",),
            given=_POSITIVE,
            free=(("sigma", "0..1 real"),),
            define=(("e[i]", "15*sigma*kappa[4]*kappa[2]/(2*kappa[6]*l[i])"),),
        ),
        Step(
            "product",
            "$A_ij^6 <= A_ij^2 a_i^2 a_j^2$, and lemma row_sum with $f_i = a_i^2 e_i$",
            Status.ARGUED,
            claim=(
                "sum(i, j: (1 + e[i] + e[j])*A[i, j]^6) >= sum(i, j: (1 + e[i])*(1 + e[j])*A[i, j]^6) - sum(i: a[i]^4*e[i]^2*q[i])",
            ),
            given=("a[i] > 0",),
            free=(("sigma", "0..1 real"),),
            define=(("e[i]", "sigma*q[i]/a[i]^2"),),
        ),
        Step(
            "rows",
            "lemma welch with the weights $a_i^3 (1 + e_i)$, and the square completed with $kappa_4$; $e_i$ is small "
            "enough to pay as $eta_i <= 5 h t_i/(2 ell_i)$",
            Status.ARGUED,
            claim=(
                "I <= kappa[4]^2*tau[3]/kappa[6] + sum(i: 6*kappa[2]^2*a[i]*q[i]*(1 - eta[i]) - 15*kappa[2]^3*q[i]^3*(1 - "
                "3*eta[i]^2/(5*h)))",
                "eta[i]*3*kappa[2]^2/(kappa[4]*t[i])*2*kappa[6]*l[i] <= 15*kappa[4]*kappa[2]",
            ),
            given=("m = 3", *_POSITIVE),
            define=(_H, _ETA),
        ),
        Step(
            "leverage",
            "each row at its best scale gives $(3/5) kappa_2 ell_i theta (1 - eta)^2/(1 - 3 eta^2/(5 h))$ with $theta = t_i/ell_i$",
            Status.ARGUED,
            claim=(
                "(6*kappa[2]^2*a[i]*q[i]*(1 - eta[i]) - 15*kappa[2]^3*q[i]^3*delta[i])*delta[i] <= "
                "3/5*kappa[2]*t[i]*(1 - eta[i])^2",
                "sum(i: l[i]) <= r",
            ),
            given=_POSITIVE,
            define=(_H, _ETA, ("delta[i]", "1 - 3*eta[i]^2/(5*h)")),
        ),
        Step(
            "inner",
            "the other proof, in symmetric tensors: $<w_i, z_k>^2 = (A^2)_ik^2 <= q_i q_k$",
            Status.PROVEN,
            claim=("sum(i: A[i, k]^4*B[i, k]^2) <= q[k]*sum(i: q[i]*A[i, k]^4)",),
            define=_Z[:1],
        ),
        Step(
            "norm",
            "the $15$ pairings of $<V_j, V_k>$, with $|<z_j, z_k>| <= |z_j| |z_k|$, $A_jk^2 <= a_j a_k$ and "
            "$(A^2)_jk^2 <= q_j q_k$; then lemma row_sum term by term",
            Status.ARGUED,
            statement=r"\Bigl\| \sum_k y_k V_k \Bigr\|^2 \le \sum_k y_k^2 q_k^3 F_2(\gamma_k), \quad "
            r"F_2 = \frac{\gamma^{-2} + 8\gamma^{-1} + 6}{15}, \quad \gamma_k = \frac{q_k^2}{a_k |z_k|^2} \in (0, 1]",
            checked="$y_k = 1$ and $y_k = a_k$",
            claim=(
                f"sum(j, k: {_TENSOR}) <= sum(k: q[k]^3*psi[k])",
                f"sum(j, k: a[j]*a[k]*{_TENSOR}) <= sum(k: a[k]^2*q[k]^3*psi[k])",
                "gamma[k] <= 1",
            ),
            given=("a[k] > 0",),
            define=(*_Z, *_GAMMA),
        ),
        Step(
            "tensor",
            "the square of $N + sum y_k V_k - (kappa_4/kappa_6) delta$ is not negative, where $<delta, v^6> = |v|^6$, "
            "so that $<delta, V_k> = a_k q_k F_1$ and $|delta|^2 = tau_3(d)$",
            Status.ARGUED,
            statement=r"I \le \frac{\kappa_4^2 \tau_3}{\kappa_6} + \sum_k \bigl\{ a_k q_k (6\kappa_2^2 - 2\kappa_4 y_k F_1) "
            r"- q_k^3 (15\kappa_2^3 - \kappa_6 y_k^2 F_2) \bigr\}, \quad F_1 = \frac{\gamma_k^{-1} + 4}{5}, \quad "
            r"0 \le y_k \le \frac{15\kappa_4\kappa_2}{2\kappa_6}",
            checked="$m = 3$ and $y_k$ that do not depend on $k$",
            claim=(
                "I <= kappa[4]^2*tau[3]/kappa[6] + sum(k: a[k]*q[k]*(6*kappa[2]^2 - 2*kappa[4]*v*phi[k]) - q[k]^3*(15*kappa[2]^3 - "
                "kappa[6]*v^2*psi[k]))",
            ),
            given=("m = 3", "kappa[4] > 0", "kappa[6] > 0", "a[k] > 0"),
            free=(("sigma", "0..1 real"),),
            define=(*_Z, *_GAMMA, ("v", "15*sigma*kappa[4]*kappa[2]/(2*kappa[6])")),
        ),
        Step(
            "best_tensor",
            "for $h K >= 1$ the first bracket is $0$ and the second is not negative; else both are $1 - h K$ but for "
            "their factors, and the row is at its best scale; $K/F_1 <= 5/3$ keeps $y_k$ in its range",
            Status.ARGUED,
            claim=(
                "a[k]*q[k]*(6*kappa[2]^2 - 2*kappa[4]*v[k]*phi[k]) - q[k]^3*(15*kappa[2]^3 - kappa[6]*v[k]^2*psi[k]) <= "
                "3/5*kappa[2]*plus(1 - h)*t[k]",
                "1 <= K[k]",
                "v[k] <= 15*kappa[4]*kappa[2]/(2*kappa[6])",
            ),
            given=("kappa[4] > 0", "kappa[6] > 0", "a[k] > 0"),
            define=(
                _H,
                *_Z,
                *_GAMMA,
                ("K[k]", "5*phi[k]^2/(3*psi[k])"),
                ("v[k]", "3*kappa[2]^2/(kappa[4]*phi[k])*min(1, h*K[k])"),
            ),
        ),
    ),
    lemmas=(mixed_leverage.LEMMA, row_sum.LEMMA, welch.LEMMA, leverage.LEMMA),
    sources=(DERIVED,),
    tight="Rademacher features as $p -> 0$, uniformly in $n$: $I^*/p$ tends to $tau_3(d)$",
    chooser=choose,
    certifier=certify,
    symbols=lambda m: {"kappa": [0, *(symbol("kappa", 2 * j) for j in range(1, m + 1))], "E": symbol("E")},
    assumes=lambda m: ROW_SUPREMUM,
    defines=frozenset({"E"}),
    certificate=certificate,
    limits=Limits(at=lambda q: ({"kappa": q.kappa, "E": symbol("E")}, "")),
)
