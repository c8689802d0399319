r"""Forms for every m, for the bounds whose expanded form grows with m: the row polynomials by their recursions.

Used where the expanded form would take too long. D_i has one term for each partition of m: 30 for m = 9, and more than
10^8 for m = 101.
"""

from __future__ import annotations

from dataclasses import dataclass

ALWAYS = 1_000_000
_LIMITS = {
    "sparsity_power": 33,
    "universal": 5,
    "uniform": 9,
    "capacity": 9,
    "capacity_welch": 9,
    "frontier": 7,
    "half_design": 9,
    "known_frame": 9,
    "unbiased_bases": 9,
    "random_directions": 5,
}


def expansion_limit(key: str) -> int:
    """Largest m for which the bound is written out."""
    return _LIMITS.get(key, ALWAYS)


def expression_limit(key: str) -> int:
    """Largest m for which the bound is one expression: seconds there, and past it far more with every step."""
    return 9 if key == "universal" else 11 if key in GENERAL and key not in ("sparsity_power", "uniform") else ALWAYS


@dataclass(frozen=True)
class GeneralForm:
    """A bound for every m; the attributes are those of ClosedForm."""

    inequality: str
    definitions: tuple[tuple[str, str], ...]
    symbols: tuple[str, ...]
    over_rows: bool = False


CUMULANTS = (
    r"\kappa_{2k}",
    r"p\,\mu_{2k} - \sum_{j=1}^{k-1} \binom{2k-1}{2j-1} \kappa_{2j}\, p\,\mu_{2k-2j}",
)
GAIN = (r"\tilde C", r"\sum_{k \text{ odd},\, k \le m} \binom{m}{k} \kappa_{k+1} M_{m-k}")
ENERGY = (r"\tilde D", r"M_{2m}")
WELCH = (r"\tau_m(d)", r"\prod_{k=0}^{m-1} \frac{d + 2k}{2k + 1}")
SPHERE = (r"c_k(d)", r"\frac{1 \cdot 3 \cdots (2k-1)}{d (d+2) \cdots (d+2k-2)}")


def _moments(sums: str) -> tuple[tuple[str, str], ...]:
    return (
        (r"M_0", "1"),
        (r"M_{2k}", rf"\sum_{{j=1}}^{{k}} \binom{{2k-1}}{{2j-1}} {sums} M_{{2k-2j}}"),
    )


_ROW = (GAIN, ENERGY, *_moments(r"\kappa_{2j} Q_{2j}"), CUMULANTS)
_RANK = ("r", r"\min(n, d)")
_ALONE = (r"\pi", r"(1 - p)^{n - 1}")
GENERAL = {
    "universal": GeneralForm(
        r"I^{\ast} \le p \Bigl(\pi\, \frac{\mu_{m+1}^2}{\mu_{2m}}\, G + (1 - \pi)\, \mu_2 \min(n, N_m(d))\Bigr)",
        (
            (
                r"\frac{1}{G}",
                r"\begin{cases} \frac{1}{n}, & n < d + 1 \\[3pt] \frac{1}{n} + \sum_j \rho_j \alpha_j^m, & n < N_m(d) "
                r"\\[3pt] \frac{1}{\tau_m(d)}, & n \geq N_m(d) \end{cases}",
            ),
            (r"\rho_j,\, \alpha_j", r"\text{weights and nodes of the Gauss quadrature of } \nu, \text{ for odd } \ell"),
            (r"\rho_j \alpha_j,\, \alpha_j", r"\text{weights and nodes of that of } u\,\nu, \text{ for even } \ell"),
            (r"\ell", r"\max\{k : N_k(d) \le n\}, \text{ the quadratures with } \lceil \ell/2 \rceil \text{ nodes}"),
            (r"\nu(f)", r"\sum_k f_k\, c_k(d) - \frac{f(1)}{n}, \quad f = \textstyle\sum_k f_k u^k"),
            SPHERE,
            (r"N_k(d)", r"\binom{d + k - 1}{k}"),
            WELCH,
            _ALONE,
        ),
        ("n", "d", "p", "mu"),
    ),
    "sparsity_power": GeneralForm(
        r"I^{\ast} \le 2 K_m^2\, r \Bigl(p\,\mu_2 + \frac{p^{1/m} \mu_{m+1}^2}{\mu_2\, \mu_{2m}^{(m-1)/m}}\Bigr)",
        ((r"K_m", r"m\, 2^{m-2}"), _RANK),
        ("n", "d", "p", "mu"),
    ),
    "uniform": GeneralForm(
        r"I^{\ast} \le p \Bigl(\sum_{k \text{ odd},\, k \le m} \binom{m}{k} \mu_{k+1}\, \xi^{(k-1)/(2(m-1))} "
        r"\eta^{(m-k)/(2(m-1))}\Bigr)^2",
        (
            (
                r"\xi",
                r"\min\Bigl(\frac{\tau_m(d)}{\mu_{2m}}, \frac{n}{\mu_{2m}}, "
                r"\frac{r\, p^{-(m-1)/m}}{\mu_{2m}^{(m-1)/m}\, \mu_2}\Bigr)",
            ),
            (r"\eta", r"\frac{r}{\mu_2}"),
            WELCH,
            _RANK,
        ),
        ("n", "d", "p", "mu"),
    ),
    "capacity": GeneralForm(
        r"I^{\ast} \le r \sup_{Q_2, \ldots, Q_{2m}} \frac{Q_2\, \tilde C^2}{\tilde D}",
        (*_ROW, _RANK),
        ("n", "d", "p", "mu", "Q"),
        True,
    ),
    "capacity_welch": GeneralForm(
        r"I^{\ast} \le \frac{\lambda^2 G}{\theta\, \kappa_{2m}} + r \sup_{Q_2, \ldots, Q_{2m}} "
        r"\frac{Q_2\, (\tilde C - \lambda)_+^2}{\tilde D - \theta\, \kappa_{2m} Q_{2m}}",
        (*_ROW, _RANK),
        ("n", "d", "p", "G", "lambda", "mu", "Q", "theta"),
        True,
    ),
    "frontier": GeneralForm(
        r"I^{\ast} \le \sum_f \frac{\nu_f^2}{c_f\, y_f} + r \sup_{Q_2, \ldots, Q_{2m}} "
        r"\frac{Q_2 \bigl(\tilde C - \sum_f \nu_f \sqrt{f}\,\bigr)_+^2}"
        r"{\sum_f c_f f\, (x_f + (1 - s_f)\, Q_{2j(f)}) + (2m-1)!!\, (\kappa_2 Q_2)^m}",
        ((r"M_{2m}", r"\sum_f c_f f\, Q_{2j(f)} + (2m-1)!!\, (\kappa_2 Q_2)^m"), *_ROW[:1], *_ROW[2:], _RANK),
        ("n", "d", "p", "nu", "x", "y", "s", "mu", "Q"),
        True,
    ),
    "half_design": GeneralForm(
        r"I^{\ast} \ge \frac{n' \tilde C^2}{\tilde D}",
        (GAIN, ENERGY, *_moments(r"\kappa_{2j}\, n' c_j(d)"), SPHERE, CUMULANTS),
        ("d", "p", "n_used", "mu"),
    ),
    "known_frame": GeneralForm(
        r"I^{\ast} \ge \frac{n' \tilde C^2}{\tilde D}",
        _ROW,
        ("p", "n_used", "mu", "Q"),
    ),
    "unbiased_bases": GeneralForm(
        r"I^{\ast} \ge \frac{n' \tilde C^2}{\tilde D}",
        (GAIN, ENERGY, *_moments(r"\kappa_{2j} \Bigl(1 + \frac{n' - d}{d^{\,j}}\Bigr)"), CUMULANTS),
        ("d", "p", "n_used", "mu"),
    ),
    "random_directions": GeneralForm(
        r"I^{\ast} \ge \frac{n' \tilde C^2}{\tilde D}",
        (
            GAIN,
            ENERGY,
            *_moments(r"\bigl(\kappa_{2j} + (n' - 1)\, \kappa'_{2j}\bigr)"),
            CUMULANTS,
            (
                r"\kappa'_{2k}",
                r"c_k(d)\, p\,\mu_{2k} - \sum_{j=1}^{k-1} \binom{2k-1}{2j-1} \kappa'_{2j}\, c_{k-j}(d)\, p\,\mu_{2k-2j}",
            ),
            SPHERE,
        ),
        ("d", "p", "n_used", "mu"),
    ),
}
"""The bounds of ``_LIMITS``."""
