r"""Collects names that several bounds use in their form for every m, with their LaTeX: the row polynomials by their recursions.

D_i has one term for each partition of m: 30 for m = 9, and more than 10^8 for m = 101.
"""

from __future__ import annotations

CUMULANTS = (
    r"\kappa_{2k}",
    r"p\,\mu_{2k} - \sum_{j=1}^{k-1} \binom{2k-1}{2j-1} \kappa_{2j}\, p\,\mu_{2k-2j}",
)
GAIN = (r"\tilde C", r"\sum_{k \text{ odd},\, k \le m} \binom{m}{k} \kappa_{k+1} M_{m-k}")
ENERGY = (r"\tilde D", r"M_{2m}")
WELCH = (r"\tau_m(d)", r"\prod_{k=0}^{m-1} \frac{d + 2k}{2k + 1}")
SPHERE = (r"c_k(d)", r"\frac{1 \cdot 3 \cdots (2k-1)}{d (d+2) \cdots (d+2k-2)}")
RANK = ("r", r"\min(n, d)")


def recursion(sums: str) -> tuple[tuple[str, str], ...]:
    """The recursion of the moments M_{2k} from the cumulants ``sums`` of the whole pre-activation."""
    return (
        (r"M_0", "1"),
        (r"M_{2k}", rf"\sum_{{j=1}}^{{k}} \binom{{2k-1}}{{2j-1}} {sums} M_{{2k-2j}}"),
    )


ROW = (GAIN, ENERGY, *recursion(r"\kappa_{2j} Q_{2j}"), CUMULANTS)
