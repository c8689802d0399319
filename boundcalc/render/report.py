r"""Writes a standalone document on one problem: setting, table, witness, the theorems of the best two bounds, references."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from boundcalc.bounds.declaration import Bound
from boundcalc.bounds.evaluate import Report
from boundcalc.bounds.lower.witness_table import without_group
from boundcalc.bounds.unequal.answers import sentences as selection_sentences
from boundcalc.language.claims import legend
from boundcalc.model.features import FeatureProblem
from boundcalc.render.bibliography import keys_of
from boundcalc.render.document import header, standalone
from boundcalc.render.lines import display
from boundcalc.render.numbers import exact, law, parameters, rounded_down, rounded_up
from boundcalc.render.prose import escaped, prose
from boundcalc.render.renaming import NONE, Renaming
from boundcalc.render.statement import other_form
from boundcalc.render.table import name, table
from boundcalc.render.theorem import label, sentence, with_lemmas
from boundcalc.render.unequal import setting_of_features, unequal_theorem

SHOWN_GROUPS = 24
"""Groups of features that differ that are listed."""
LARGEST_MATRIX = 12
"""Largest number of rows and columns of a witness matrix that is written out."""


def report_document(answer: Report, renaming: Renaming = NONE) -> str:
    """The document's LaTeX."""
    bounds = used_bounds(answer)
    body = "\n\n".join(
        [
            header("report", "amsmath, amsthm, booktabs", renaming),
            r"\section{Problem}",
            setting(answer, renaming),
            r"\section{Bounds}",
            "Table~\\ref{tab:bounds} lists every bound of the catalog that applies; the best one of each side is proven below.",
            table(answer, renaming, "tab:bounds"),
            conclusions(answer, renaming),
            r"\section{Witness}",
            witness(answer, renaming),
            r"\section{Proofs}",
            proofs(answer, bounds, renaming),
        ]
    )
    cited = dict.fromkeys(key for bound in bounds for key in keys_of(bound))
    return standalone(body, cited, "Bounds on the loss of a tied-weight power autoencoder")


def proofs(answer: Report, bounds: list[Bound], renaming: Renaming) -> str:
    """The theorems of the best bounds, for features that differ in their own form, and of the blocks of a direct sum."""
    problem = answer.problem
    if not isinstance(problem, FeatureProblem) or problem.equal is not None:
        return with_lemmas(bounds, problem.m, renaming, model=False)
    best = (answer.best_upper.bound, answer.best_lower.bound)
    parts = [unequal_theorem(bound, renaming, "") for bound in best]
    rest = [bound for bound in bounds if bound not in best]
    return "\n\n".join([*parts, with_lemmas(rest, problem.m, renaming, model=False)] if rest else parts)


def feature_setting(problem: FeatureProblem, renaming: Renaming) -> str:
    """The model, the groups of features, and the question."""
    rows, first = [], 1
    for group in problem.features.groups[:SHOWN_GROUPS]:
        columns = str(first) if group.count == 1 else f"{first}--{first + group.count - 1}"
        numbers = [f"${exact(value)}$" for value in (group.importance, group.p, group.scale)]
        rows.append(" & ".join([columns, *numbers, law(group.law)]) + r" \\")
        first += group.count
    more = len(problem.features.groups) - SHOWN_GROUPS
    if more > 0:
        rows.append(rf"\multicolumn{{5}}{{@{{}}l@{{}}}}{{and {more} more groups}} \\")
    head = " & ".join(["feature", *(f"${renaming(name)}$" for name in (r"\omega_i", "p_i", "c_i")), "law"]) + r" \\"
    return "\n".join(
        [
            setting_of_features(renaming),
            f"Tied weights, $\\hat x_i = (A x)_i^m$ with $A = W^{{\\mathsf T}} W$. Here {parameters(problem, renaming)}:",
            r"\begin{center}\begin{tabular}{@{}lllll@{}}\toprule",
            head,
            r"\midrule",
            *rows,
            r"\bottomrule\end{tabular}\end{center}",
        ]
    )


def used_bounds(answer: Report) -> list[Bound]:
    """The best bounds, and those that the blocks of a direct sum come from."""
    from boundcalc.bounds.catalog import BOUNDS

    found: list[Bound] = [answer.best_upper.bound, answer.best_lower.bound]
    for block in answer.best_lower.choice.values.get("blocks", ()):
        found.append(BOUNDS[block[1].bound.key])
    return list(dict.fromkeys(found))


def setting(answer: Report, renaming: Renaming = NONE) -> str:
    """The model and the question."""
    if isinstance(answer.problem, FeatureProblem):
        return feature_setting(answer.problem, renaming)
    formulas = {
        "features": r"x_i = s_i u_i",
        "bernoulli": "s_i",
        "one": r"\mathsf{P}(s_i = 1) = p",
        "moments": r"\mu_k = \mathsf{E} u_i^k",
        "weights": r"W",
        "column": r"w_i",
        "gram": r"A = W^{\mathsf T} W",
        "loss": r"L(W) = \mathsf{E} \|x - \hat x\|^2 = p\, n\, \mu_2 - I(W), \qquad \hat x_i = (A x)_i^m",
        "best": r"I^{\ast} = \sup_W I(W)",
        "rest": r"p\, n\, \mu_2 - I^{\ast}",
    }
    f = {key: renaming(text) for key, text in formulas.items()}
    best = f"; the least loss is ${f['rest']}$" if not answer.problem.is_infinite else ""
    return "\n".join(
        [
            f"Features ${f['features']}$ are independent, ${f['one']}$, the values symmetric with moments ${f['moments']}$.",
            f"Tied weights ${f['weights']}$, with columns ${f['column']}$ and ${f['gram']}$, have the loss",
            display(f["loss"]),
            f"The question is the largest improvement ${f['best']}$ over answering zero{best}.",
            f"Here {parameters(answer.problem, renaming)}.",
        ]
    )


def conclusions(answer: Report, renaming: Renaming = NONE) -> str:
    """The interval for I*, the ratio of its ends, and what follows for the loss and for superposition."""
    digits, upper, lower, m = answer.digits, answer.best_upper.value, answer.best_lower.value, answer.problem.m
    assert upper is not None
    assert lower is not None
    best = renaming(r"I^{\ast}")
    low, high = rounded_down(lower.certified, digits), rounded_up(upper.certified, digits)
    sentences = [
        f"The best bounds, {name(answer.best_upper.bound.key)} and {name(answer.best_lower.bound.key)}, give",
        display(f"{low} \\le {best} \\le {high},"),
        f"and their ratio is at most ${rounded_up(answer.ratio.upper, digits)}$;",
        f"here and below numbers are rounded outward to {digits} significant digits.",
    ]
    sentences += [other_form(answer.best_upper, renaming)]
    alone = rf"p \min(n, d)\, \mu_{{{m + 1}}}^2 / \mu_{{{2 * m}}}"
    if isinstance(answer.problem, FeatureProblem):
        alone = r"\operatorname{top}_r(\omega_i p_i g_i)"
    baseline, gain = renaming(alone), answer.gain
    sentences.append(f"Without superposition the best improvement is ${baseline}$; the largest exceeds it by a factor")
    sentences.append(f"of at least ${rounded_down(gain.lower, digits)}$ and at most ${rounded_up(gain.upper, digits)}$.")
    if answer.loss is not None and answer.unexplained is not None:
        ends = answer.loss.lower, answer.loss.upper
        sentences.append(f"The least loss lies between ${rounded_down(ends[0], digits)}$ and ${rounded_up(ends[1], digits)}$,")
        ends = answer.unexplained.lower, answer.unexplained.upper
        sentences.append(f"a share of ${rounded_down(ends[0], digits)}$ to ${rounded_up(ends[1], digits)}$ of the inputs' energy.")
    sentences += [sentence(prose(text, renaming)) + "." for text in (answer.verdict, answer.marked_optimality) if text]
    if answer.selection is not None:
        sentences += [sentence(prose(text, renaming)) + "." for text in selection_sentences(answer.selection)]
    statuses = {outcome.status for outcome in (answer.best_upper, answer.best_lower)}
    sentences += [f"The status {line.replace(':', ' means:', 1)}." for line in legend(statuses, lambda text: prose(text, renaming))]
    return "\n".join([r"\begin{sloppypar}", *(part for part in sentences if part), r"\end{sloppypar}"])


def witness(answer: Report, renaming: Renaming = NONE) -> str:
    """The configuration behind the best lower bound."""
    shown = answer.best_lower.choice.shown
    ref = f"Theorem~\\ref{{thm:{label(answer.best_lower.bound.key)}}}"
    if "blocks" in shown:
        items = [f"\\item ${block['count']}$ times: {_described(block, renaming)}" for block in shown["blocks"]]
        parts = [f"The direct sum ({ref}) of", r"\begin{itemize}", *items, r"\end{itemize}"]
        return "\n".join(parts)
    text = f"{sentence(_described(shown, renaming))} ({ref})."
    matrix = shown.get("matrix")
    return text + ("\n" + _matrix(matrix, renaming) if matrix else "")


def _described(shown: Mapping[str, Any], renaming: Renaming) -> str:
    if "matrix" in shown:
        what = "a rational matrix"
    elif "witness" in shown:
        what = rf"the matrix \texttt{{{escaped(str(shown['witness']))}}} of the package's table of witnesses"
    elif without_group(shown):
        what = "a matrix found by search"
    elif "orbits" in shown:
        what = f"the orbits of {len(shown['orbits']['generators'])} vectors under a group of permutations of the coordinates"
    elif "construction" in shown:
        what = name(str(shown["construction"]))
    else:
        what = f"the configuration {escaped(str(shown.get('frame', 'of the catalog')).replace('_', '-'))}"
    counted = f", ${renaming('n')} = {shown['n']}$ features in ${renaming('d')} = {shown['d']}$ dimensions" if "n" in shown else ""
    return what + counted


def _matrix(rows: Any, renaming: Renaming) -> str:
    """A small matrix in columns that fit; a larger one is left to its certificate."""
    try:
        cells = [[str(value) for value in row] for row in rows]
    except TypeError:
        return ""
    width = sum(max(len(row[k]) for row in cells) * 5.2 + 10 for k in range(len(cells[0])))
    if len(cells) > LARGEST_MATRIX or width > 280:
        return "Its entries are written to the certificate (\\texttt{boundcalc bounds --certificate})."
    body = r" \\ ".join(" & ".join(row) for row in cells)
    return f"\\[ {renaming('W')} = \\begin{{pmatrix}} {body} \\end{{pmatrix}} \\]"
