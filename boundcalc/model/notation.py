"""Lists every symbol once: its name, meaning, domain and LaTeX. SymPy symbols come from here and nowhere else."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import sympy


@dataclass(frozen=True)
class Notation:
    """One symbol of the field."""

    name: str
    latex: str
    meaning: str
    domain: str
    assumptions: tuple[str, ...] = ("positive",)


_ENTRIES = (
    Notation("n", "n", "number of features", "positive integer or infinity", ("positive", "integer")),
    Notation("d", "d", "hidden dimensions", "positive integer", ("positive", "integer")),
    Notation("m", "m", "exponent of the activation $t -> t^m$", "odd positive integer", ("positive", "integer")),
    Notation("p", "p", "probability that a feature is active", "$0 < p <= 1$"),
    Notation("r", "r", "largest rank of $A$, $min(n, d)$", "positive integer", ("positive", "integer")),
    Notation("G", "G", "upper bound on $S^2/T$ for $n$ vectors in $R^d$ with free weights", "$1 <= G <= min(n, tau_m(d))$"),
    Notation("n_used", "n'", "features that the witness uses", "$1 <= n' <= n$", ("positive", "integer")),
    Notation("eta_1", r"\eta_1", "multiplier of $<X, B> >= 3p |B|^2$", "$eta_1 >= 0$", ("nonnegative",)),
    Notation("eta_2", r"\eta_2", "multiplier of $|X|^2 >= 3p <X, B>$", "$eta_2 >= 0$", ("nonnegative",)),
    Notation("xi", r"\xi", "multiplier of $tr X >= 3p tr B$", "$xi >= 0$", ("nonnegative",)),
    Notation("zeta", r"\zeta", "multiplier of $tr BP >= 0$", "$zeta >= 0$", ("nonnegative",)),
    Notation("lambda", r"\lambda", "multiplier of $S$", "$0 <= lambda <= kappa_{m+1}$", ("nonnegative",)),
    Notation(
        "nu", r"\nu_{%d}", "multiplier of $sum_i a_i^m sqrt(f_i)$, $f_i$ the rest of a mixed term", "$nu >= 0$", ("nonnegative",)
    ),
    Notation("x", "x_{%d}", "weight of $sum omega_i^2$ in a member of the frontier $F_k$", "$0 <= x_k <= 1$", ("nonnegative",)),
    Notation("y", "y_{%d}", "weight of $(sum omega_i)^2$ in a member of the frontier $F_k$", "$0 < y_k <= 1$"),
    Notation("s", "s_{%d}", "share of a mixed term that is bounded by the frontier", "$0 <= s <= 1$", ("nonnegative",)),
    Notation("z", "z", "what a row may add in U11 for each unit of its leverage", "$z >= 0$", ("nonnegative",)),
    Notation("z_n", "z'", "what a row may add in U11 whatever its leverage", "$z' >= 0$, 0 for $n = inf$", ("nonnegative",)),
    Notation("E", "E(h)", "what the rows add to $kappa_4^2 tau_3/kappa_6$ in U12 for each unit $r kappa_2$", "$0 < E < 3/5$"),
    Notation("Lambda", r"\Lambda", "what a row adds at most in U19 for each unit $p mu_2$ of its capacity", "$Lambda >= g/mu_2$"),
    Notation("mu", r"\mu_{%d}", "moment $E u^k$ of the active value", "$mu_k > 0$ for even $k$"),
    Notation("kappa", r"\kappa_{%d}", "cumulant of the feature $x = s u$", "real", ("real",)),
    Notation("Q", "Q_{%d}", "power sum $sum_j A_ij^k$ of a row", "positive"),
    Notation("W", "W", "weights, a $d x n$ matrix with columns $w_i$", "real matrix"),
    Notation("A", "A", "Gram matrix $W^T W$", "positive semidefinite $n x n$ matrix"),
    Notation("a", "a_i", "$A_ii = |w_i|^2$", "nonnegative"),
    Notation("q", "q_i", "$Q_2(i)$, the energy of row $i$ of $A$", "nonnegative"),
    Notation("ell", r"\ell_i", "leverage $P_ii$, $P$ the projection onto $range(A)$", "$0 <= ell_i <= 1$"),
    Notation("t", "t_i", "capacity $a_i^2/q_i$ of feature $i$", "$0 <= t_i <= 1$"),
    Notation("w", "w", "crowding of a row, $1/t_i - 1$", "$w >= 0$"),
    Notation("g", "g_{%d}", "sum over $l != i$ of $A_il^{2j}$ in a row with $a_i = 1$; $g_1 = w$", "$g_{j-1} g_{j+1} >= g_j^2$"),
    Notation("theta", r"\theta", "share of the pure term that is bounded by $S^2$", "$0 <= theta <= 1$"),
    Notation("S", "S", "$sum_i a_i^m$", "nonnegative"),
    Notation("T", "T", "$sum_ij A_ij^{2m}$", "nonnegative"),
    Notation("C", "C", "$E<x, x_hat>$", "nonnegative"),
    Notation("D", "D", "$E|x_hat|^2$", "nonnegative"),
    Notation("I_first", "I_1", "improvement of the first block of a direct sum", "nonnegative", ("nonnegative",)),
    Notation("I_second", "I_2", "improvement of the second block of a direct sum", "nonnegative", ("nonnegative",)),
    Notation("I", r"I^{\ast}", "largest improvement $sup_W (2C - D)$ over answering zero", "$0 <= I <= p n mu_2$"),
)
NOTATION = {entry.name: entry for entry in _ENTRIES}


@cache
def symbol(name: str, index: int | None = None) -> sympy.Symbol:
    """The SymPy symbol of an entry; ``index`` for the indexed ones, as in ``symbol("mu", 4)``."""
    import sympy

    entry = NOTATION[name]
    assumptions: dict[str, Any] = dict.fromkeys(entry.assumptions, True)
    return sympy.Symbol(name if index is None else f"{name}_{index}", **assumptions)


@cache
def latex_names(m: int) -> dict[sympy.Symbol, str]:
    """The ``symbol_names`` argument of SymPy's LaTeX printer for exponent m."""
    names: dict[sympy.Symbol, str] = {}
    for entry in _ENTRIES:
        if "%d" in entry.latex:
            names |= {symbol(entry.name, k): entry.latex % k for k in range(2, 2 * m + 1)}
        else:
            names[symbol(entry.name)] = entry.latex
    return names
