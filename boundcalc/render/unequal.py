r"""Writes what a bound says of features that differ as LaTeX: the statement, and a theorem with its proof."""

from __future__ import annotations

from boundcalc.bounds.declaration import Bound
from boundcalc.bounds.unequal.form import Unequal
from boundcalc.language.claims import counted
from boundcalc.numbers.errors import ParameterError
from boundcalc.render.lines import display
from boundcalc.render.prose import prose
from boundcalc.render.renaming import NONE, Renaming
from boundcalc.render.theorem import label, sentence, steps

SETTING = (
    r"The features $x_i = s_i c_i u_i$ have importances $\omega_i$, activities $p_i$, laws and scales $c_i$ of their own; "
    r"$\mu_k^{(i)}$ and $\kappa_k^{(i)}$ are the moments of $c_i u_i$ and the cumulants of $x_i$, "
    r"$K_k(i) = \sum_j \kappa_k^{(j)} A_{ij}^k$, and $I^{\ast}$ is the largest improvement of "
    r"$\sum_i \omega_i \mathsf{E} (x_i - \hat x_i)^2$ over answering zero."
)


def setting_of_features(renaming: Renaming = NONE) -> str:
    """What the letters mean."""
    return "".join(f"${renaming(part)}$" if k % 2 else part for k, part in enumerate(SETTING.split("$")))


def form_of(bound: Bound) -> Unequal:
    """The bound's form for features that differ.

    Raises
    ------
    ParameterError
        If it has none.
    """
    if bound.unequal is None:
        raise ParameterError("unequal", bound.key, "is a bound for equal features alone")
    return bound.unequal


def unequal_statement(bound: Bound, renaming: Renaming = NONE) -> str:
    """The setting, the hypotheses, the inequality, and what its names are."""
    form = form_of(bound)
    parts = [setting_of_features(renaming)]
    if form.hypotheses:
        parts.append("Assume " + "; ".join(prose(hypothesis.sentence, renaming) for hypothesis in form.hypotheses) + ".")
    parts.append(display(renaming(form.statement)))
    if form.symbols:
        names = "; ".join(f"${renaming(name)}$: {prose(meaning, renaming)}" for name, meaning in form.symbols)
        parts.append(f"Here {names}.")
    return "\n".join(parts)


def unequal_theorem(bound: Bound, renaming: Renaming = NONE, mark: str = "-unequal") -> str:
    """Theorem, numbered proof, and how many steps have each status; its label is that of the bound with ``mark``."""
    form = form_of(bound)
    title = sentence(prose(bound.title, renaming)) + ", features that differ"
    return "\n".join(
        [
            f"\\begin{{theorem}}[{{{title}}}]\\label{{thm:{label(bound.key)}{mark}}}",
            unequal_statement(bound, renaming),
            r"\end{theorem}",
            r"\begin{proof}",
            r"\leavevmode",
            steps(form.proof, renaming),
            r"\end{proof}",
            r"\begin{remark}",
            f"The weakest of the steps is {form.status.value}; of all there are {counted(form.counts)}.",
            "The theorem is derived in boundcalc, with the proof given here and without peer review.",
            r"\end{remark}",
        ]
    )
