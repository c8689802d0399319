r"""Says what the letters of a proof stand for: a paragraph with the ones that it uses, to stand before lemmas and theorems."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from boundcalc.bounds.declaration import Bound
from boundcalc.language.printed import narrower, stated
from boundcalc.render.renaming import NONE, Renaming

MODEL = (
    r"The features $x_i$ are independent; $x_i = u_i$ with probability $p$ and $x_i = 0$ otherwise, $u_i$ symmetric with moments "
    r"$\mu_k = \mathsf{E} u_i^k$; $\kappa_k$ are the cumulants of $x_i$. Weights $W$, with columns $w_i$, $i \le n$, in "
    r"$\mathbf{R}^d$, give $A = W^{\mathsf T} W$, $y = A x$ and $\hat x_i = y_i^m$. The improvement is "
    r"$I(W) = \mathsf{E}\|x\|^2 - \mathsf{E}\|x - \hat x\|^2 = 2 C - D$, and $I^{\ast} = \sup_W I(W)$."
)
_ENTRIES = (
    (
        r"\bC\b|\bD\b|C_i|D_i",
        r"$C = \mathsf{E}\langle x, \hat x\rangle = \sum_i C_i$ and $D = \mathsf{E}\|\hat x\|^2 = \sum_i D_i$",
    ),
    (r"\ba_i|\bt_i|\\tilde [CD]", r"$a_i = A_{ii}$"),
    (r"\bq_i|Q_|\bt_i", r"$Q_k(i) = \sum_j A_{ij}^k$ and $q_i = Q_2(i)$"),
    (r"\\tilde [CD]", r"$\tilde C$ and $\tilde D$, the values of $C_i$ and $D_i$ for a row with $a_i = 1$"),
    (r"\bt_i|sup_t|1/t", r"$t_i = a_i^2/q_i$, the capacity of feature $i$"),
    (r"\bw\b", r"$w = 1/t_i - 1$"),
    (r"\bg_[jm2]|\bg_\{j", r"$g_j = \sum_{l \ne i} A_{il}^{2j}$ for a row with $a_i = 1$"),
    (r"M_\{2m-", r"$M_k$, the moments of $y_i$"),
    (r"\bZ_i", r"$Z_i = y_i - a_i x_i$"),
    (r"\\Pi_", r"$\Pi$, the projection onto the row space of the matrix with columns $w_i^{\otimes m}$"),
    (r"\bG\b", r"$G$, a constant with $S^2 \le G\, T$"),
    (r"\\ell|P_\{i[ij]\}", r"$P$, the projection onto the range of $A$, and $\ell_i = P_{ii}$"),
    (r"\bS\b", r"$S = \sum_i a_i^m$"),
    (r"(?<!mathsf )\bT\b", r"$T = \sum_{ij} A_{ij}^{2m}$"),
    (r"\\alpha(?!_)|\\beta", r"$\alpha = \mu_{m+1}$ and $\beta = \mu_{2m}$"),
    (r"\bg\b(?![_(])", r"$g = \mu_{m+1}^2/\mu_{2m}$"),
    (r"\\pi\b", r"$\pi = (1 - p)^{n-1}$"),
    (r"N_m\(d\)", r"$N_m(d) = \binom{d + m - 1}{m}$"),
    (r"\\tau_m", r"$\tau_m(d) = \prod_{k=0}^{m-1} (d + 2k)/(2k + 1)$"),
    (r"c_[mk]\(d", r"$c_k(d) = \prod_{j=0}^{k-1} (2j + 1)/(d + 2j)$"),
    (r"\bv_i", r"$v_i$, unit vectors in $\mathbf{R}^d$"),
    (r"\\omega", r"$\omega_i \ge 0$, weights"),
    (
        r"h_0|h_k|P_\{2k\}",
        r"$h = \sum_k h_k P_{2k}$, the $P_{2k}$ Gegenbauer polynomials of the sphere in $\mathbf{R}^d$ with $P_{2k}(1) = 1$",
    ),
    (r"\\sigma\^2 \\op", r"$\sigma^2 = \mu_2$"),
)
"""Pattern in the LaTeX of a step, and what it uses."""


def vocabulary(bounds: Sequence[Bound], renaming: Renaming = NONE, *, model: bool = True) -> str:
    """The paragraph for these bounds and their lemmas; with ``model`` the setting is stated first."""
    text = "\n".join(_formulas(bounds))
    sentences = [renaming.in_text(words) for pattern, words in _ENTRIES if re.search(pattern, text)]
    if not sentences and not model:
        return ""
    parts = [r"\begin{sloppypar}", r"\noindent\textit{Notation.}"]
    parts += [renaming.in_text(MODEL)] if model else []
    parts += [f"In the proofs: {'; '.join(sentences)}."] if sentences else []
    return "\n".join([*parts, r"\end{sloppypar}"])


def _formulas(bounds: Sequence[Bound]) -> Iterator[str]:
    for bound in bounds:
        yield from (lemma.statement for lemma in bound.lemmas)
        for proof in (bound.proof, *(lemma.proof for lemma in bound.lemmas)):
            yield from (text for step in proof for text in (stated(step), narrower(step)))
