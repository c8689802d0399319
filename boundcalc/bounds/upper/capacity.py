r"""Declares U7: I^* <= r sup_{w >= 0} (1 + w) C~^2 / D~, the row function at the crowding w = 1/t - 1.

Each row contributes at most C~^2/D~ at its capacity t_i, and the capacities sum to r at most. For a finite n, n times
the non-decreasing concave envelope of C~^2/D~ at t = r/n is at least as good. Where the supremum sits at w = 0 the
value is r p g: the orthonormal basis is optimal, for every n.

Under nonnegative cumulants the power sums g_j, j >= 2, take their least value at the supremum, which the program
proves case by case; what is left is a rational function of w, and the value an exact algebraic number. Without that
hypothesis there is for m = 3 the form kappa_4 >= 0 > kappa_6, and for every m one by moments (row_moments for m >= 5).
"""

from __future__ import annotations

from typing import Any

from flint import fmpq

from boundcalc.bounds.declaration import Choice, Form, GeneralForm, Limits, Parameters, UpperBound
from boundcalc.bounds.hypotheses import NONLINEAR
from boundcalc.bounds.recursions import RANK, ROW
from boundcalc.bounds.rows.certificate import row_parameters
from boundcalc.bounds.rows.envelope import best_slope, row_sum
from boundcalc.bounds.rows.forms import CERTIFIABLE, CUMULANTS_OR_MOMENTS, NONNEGATIVE_CUMULANTS, NOT_ELIMINATED, forms
from boundcalc.bounds.rows.moments import partition
from boundcalc.bounds.unequal.form import declared_in
from boundcalc.language.claims import Hypothesis, Status, Step
from boundcalc.language.sources import DERIVED
from boundcalc.lemmas import leverage, row
from boundcalc.lemmas.row import least_share
from boundcalc.model.notation import symbol
from boundcalc.model.problem import Problem
from boundcalc.model.quantities import Quantities
from boundcalc.numbers.enclosure import Enclosure
from boundcalc.numbers.errors import ParameterError
from boundcalc.numbers.moments import Number, row_polynomials


def formula(q: Quantities, sums: list[Number], kappa: list[Number]) -> Number:
    gain, energy = (row.written_out(part) for part in row_polynomials(q.m, kappa, 1, sums))
    return q.r * sums[1] * gain**2 / energy


def row_symbols(m: int) -> dict[str, Any]:
    """Symbols of the cumulants and of a row's power sums Q_{2j} with a_i = 1; for m = 3, Q_4 = Q_6 = 1."""
    free = [symbol("Q", 2 * j) for j in range(1, m + 1)]
    sums = [free[0], 1, 1] if m == 3 else free
    return {"sums": [0, *sums], "kappa": [0, *(symbol("kappa", 2 * j) for j in range(1, m + 1))]}


def supremum(m: int) -> str:
    """The supremum over the free variables, in LaTeX."""
    return r"\sup_{Q_{2} \ge 1} " if m == 3 else rf"\sup_{{Q_{{2}}, \ldots, Q_{{{2 * m}}}}} "


def states(m: int) -> tuple[Hypothesis, ...]:
    """For m = 3 the printed form has Q_4 = Q_6 = 1, the least values, which are the best ones for nonnegative cumulants.

    For m >= 5 its supremum is over all rows, whatever the cumulants.
    """
    return (NONLINEAR, NONNEGATIVE_CUMULANTS) if m == 3 else (NONLINEAR,)


def others(m: int) -> tuple[Form, ...]:
    """The forms for m = 3 without nonnegative cumulants."""
    if m != 3:
        return ()
    gain = r"Q_{2} \left(\kappa_{4} + 3 \kappa_{2}^{2} Q_{2}\right)^{2}"
    energy = r"\kappa_{6} + 15 \kappa_{2} (\kappa_{4} Q_{2} + \kappa_{2}^{2} Q_{2}^{3})"
    single = r"\min(0, 15 \kappa_{4} \kappa_{2} Q_{2} + \kappa_{6} (Q_{2} - 1))"
    moments = r"p \mu_{6} + 15 p^{2} \mu_{2} \mu_{4} w + 15 p^{3} \mu_{2}^{3} w^{2} + p^{3} \mu_{2}^{3} w^{3}"
    return (
        Form(
            "$kappa_4 >= 0 > kappa_6$",
            rf"I^{{\ast}} \le r \sup_{{Q_{{2}} \ge 1}} \frac{{{gain}}}{{{energy} + (Q_{{2}} - 1)^{{2}} {single}}}",
        ),
        Form(
            "",
            rf"I^{{\ast}} \le r \sup_{{w \ge 0}} \frac{{(1 + w) (p \mu_{{4}} + 3 p^{{2}} \mu_{{2}}^{{2}} w)^{{2}}}}{{{moments}}}",
        ),
    )


def choose(problem: Problem) -> Choice | None:
    """The form of the row function and the slope with the least value."""
    found: dict[str, tuple[fmpq | None, Enclosure]] = {}
    for name, pieces in forms(problem).items():
        try:
            found[name] = best_slope(problem, pieces)
        except ParameterError:  # the energy's lower bound is not positive everywhere
            continue
    if not found:
        return None
    name = min(found, key=lambda key: found[key][1].upper)
    slope = found[name][0]
    shown = {"form": name} if slope is None else {"form": name, "slope": str(slope)}
    return Choice({"form": name, "slope": slope}, shown)


def certify(problem: Problem, choice: Choice, digits: int) -> Enclosure:
    """The exact supremum, to the digits asked; a point where it is rational."""
    return row_sum(problem, forms(problem)[choice.values["form"]], choice.values["slope"], digits)


def certificate(problem: Problem, choice: Choice, digits: int) -> Parameters:
    """The form, its best point, the slope, and where the free ratios of moments are split."""
    form = choice.values["form"]
    fields, value = row_parameters(problem, forms(problem)[form], fmpq(0), choice.values["slope"], digits)
    if form == "moments" and problem.m > 3:
        found = partition(problem)
        fields["splits"] = [str(axis) for axis in found.splits]
        if found.least != least_share(problem.n):
            fields["least"] = str(found.least)
    return {"form": form, **fields}, value


NO_FIXED_ROW = "the supremum over the rows is not at a fixed row"
FIXED_ROW = r"Q_2, Q_4, \ldots \text{ fixed}"


def crowded(q: Quantities, v: Any) -> tuple[dict[str, Any], str]:
    """The row whose crowding grows like p^{-(m-1)/m}, its other power sums at their least value."""
    sums = [0, v * q.ring.power(q.p, fmpq(1 - q.m, q.m)), *[1] * (q.m - 1)]
    return {"sums": sums, "kappa": q.kappa}, rf"Q_2 = v\, p^{{-{q.m - 1}/{q.m}}},\ Q_4 = Q_6 = \cdots = 1"


LIMITS = Limits(
    at=lambda q: ({**row_symbols(q.m), "kappa": q.kappa}, FIXED_ROW),
    crowded=crowded,
    none={"dimension": NO_FIXED_ROW, "sparse_dimension": "the supremum is $r n g p$ as $p -> 0$ with $n$ fixed"},
    up_to=13,
)

ROWS = Step(
    "rows",
    "lemma row for each row, and lemma leverage for the sum of the capacities: the improvement is at most the "
    "supremum of $sum_i h(t_i)$ over capacities whose sum is at most $r$, where $h(t)$ is the supremum of "
    "$C~^2/D~$ at capacity $t$",
    Status.STANDARD,
    standard="Cauchy-Schwarz",
    claim=(
        "I <= sum(i if a[i] > 0: C[i]^2/D[i])",
        "C^2 <= D*sum(i if a[i] > 0: C[i]^2/D[i])",
        "sum(i: t[i]) <= r",
    ),
    given=("p > 0",),
)
LINE = Step(
    "line",
    "a line of slope $sigma$ above $h$: the sum of all $h(t_i)$ is at most $r$ times the largest ratio of $h(t)$ "
    "to $t$, and at most $sigma r$ plus $n$ times the largest excess of $h(t)$ over $sigma t$",
    Status.STANDARD,
    standard="a sum of values below a line, each at most the line",
    claim=("sum(i if a[i] > 0: h[i]) <= sum(i if a[i] > 0: plus(h[i] - sigma*t[i])) + sigma*r",),
    given=("p > 0",),
    free=(("sigma", "0..2 real"),),
    define=(("h[i]", "C[i]^2/D[i]"),),
)

BOUND = UpperBound(
    key="capacity",
    section="U7",
    title="capacity: the best row at every crowding",
    formula=formula,
    hypotheses=(NONLINEAR, CERTIFIABLE, CUMULANTS_OR_MOMENTS),
    proof=(
        ROWS,
        LINE,
        Step(
            "least",
            "$C~_0$ and $D~_0$ have the power sums at their least value: a polynomial in $w$ and in the increments of "
            "$g_{j+1}/g_j$ whose coefficients are nonnegative, which is checked for the problem at hand; what is "
            "missing is added as a factor",
            Status.COMPUTED,
            statement=r"\tilde C_0^2 \tilde D - \tilde C^2 \tilde D_0 \ge 0",
            checked="the problem at hand, whose coefficients are decided exactly; $m = 3$, $5$ and $7$ on integer weights; "
            "written out for $m = 3$",
            claim=(
                "D[i] >= kappa[6]*a[i]^6 + 15*kappa[4]*kappa[2]*a[i]^4*q[i] + 15*kappa[2]^3*q[i]^3",
                "C[i] = kappa[4]*a[i]^3 + 3*kappa[2]^2*a[i]*q[i]",
            ),
            given=(
                "m = 3",
                "kappa[4] >= 0",
                "kappa[6] >= 0",
            ),
        ),
        Step(
            "negative_sixth",
            "$kappa_4 >= 0 > kappa_6$: $Q_6 - a^6$ is at most $z (Q_4 - a^4)$, which lies between $z^2/(n-1)$ and "
            "$z^2$; linear in $Q_4 - a^4$, so that an end is the least",
            Status.STANDARD,
            standard="a linear function on an interval is least at an end",
            claim=(
                "Q[6, i] - a[i]^6 <= z[i]*(Q[4, i] - a[i]^4)",
                "z[i]^2/(n - 1) <= Q[4, i] - a[i]^4 <= z[i]^2",
                "D[i] >= kappa[6]*a[i]^6 + 15*kappa[4]*kappa[2]*a[i]^4*q[i] + 15*kappa[2]^3*q[i]^3 + min(z[i]^2/(n - 1)*b[i], "
                "z[i]^2*b[i])",
            ),
            given=(
                "m = 3",
                "n > 1",
                "kappa[4] >= 0",
                "kappa[6] < 0",
            ),
            define=(
                ("z[i]", "q[i] - a[i]^2"),
                ("b[i]", "15*kappa[4]*kappa[2]*q[i] + kappa[6]*z[i]"),
            ),
        ),
        Step(
            "moments",
            "any cumulants, $y_i = a_i x_i + Z$ with $E Z^2 = v_i$: Jensen for $E Z^4$ and $E Z^6$",
            Status.STANDARD,
            standard="Jensen",
            claim=(
                "C[i] = p*mu[4]*a[i]^3 + 3*p*mu[2]*a[i]*v[i]",
                "D[i] >= p*mu[6]*a[i]^6 + 15*p*mu[4]*a[i]^4*v[i] + 15*p*mu[2]*a[i]^2*v[i]^2 + v[i]^3",
            ),
            given=("m = 3",),
            define=(("v[i]", "p*mu[2]*(q[i] - a[i]^2)"),),
        ),
        Step(
            "log_convex",
            "$m >= 5$, any cumulants: $y_i = a_i x_i + Z$; the cumulants of $Z$ give the first moments $E Z^{2j}$ on "
            "boxes of the ratios $g_{j+1}/(w g_j)$, and log-convexity of moments (Lyapunov) the others",
            Status.ARGUED,
            checked="the expansions and the log-convexity; the boxes are decided in ball arithmetic for each problem",
            claim=(
                "C[i] = sum(l in 1..m step 2: binom(m, l)*a[i]^l*E[x[i]^(l + 1)]*E[Z[i]^(m - l)])",
                "D[i] = sum(l in 0..m: binom(2*m, 2*l)*a[i]^(2*l)*E[x[i]^(2*l)]*E[Z[i]^(2*m - 2*l)])",
                "E[Z[i]^(2*j)]^(k - h)*E[Z[i]^(2*h)]^(j - k) >= E[Z[i]^(2*k)]^(j - h)",
            ),
            free=(
                ("h", "0..m - 2"),
                ("k", "h + 1..m - 1"),
                ("j", "k + 1..m"),
            ),
        ),
    ),
    lemmas=(row.LEMMA, leverage.LEMMA),
    sources=(DERIVED,),
    tight="$d -> infinity$ with $n$ large; gaussian features at $p = 1$; $r p g$ where the supremum sits at $w = 0$: "
    "no superposition",
    chooser=choose,
    no_choice=NOT_ELIMINATED,
    certifier=certify,
    symbols=row_symbols,
    operator=supremum,
    states=states,
    others=others,
    certificate=certificate,
    slow=True,
    limits=LIMITS,
    general=GeneralForm(
        r"I^{\ast} \le r \sup_{Q_2, \ldots, Q_{2m}} \frac{Q_2\, \tilde C^2}{\tilde D}",
        (*ROW, RANK),
        ("n", "d", "p", "mu", "Q"),
        up_to=9,
    ),
    of_features=declared_in("capacity"),
)
