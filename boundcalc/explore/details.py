"""Answers what is known of one bound: statement, hypotheses and proof as MathML, LaTeX to copy, code that gives the number."""

from __future__ import annotations

import shlex
from typing import Any

from boundcalc.explore.bounds_shown import DIGITS, number_of
from boundcalc.explore.questions import Fields, given, needed, read_power_problem
from boundcalc.language.mathml import mathml
from boundcalc.model.features import FeatureProblem
from boundcalc.render.prose import prose


def shown_detail(fields: Fields, key: str) -> dict[str, Any]:
    """A bound of the catalog on the problem of the page.

    Parameters
    ----------
    key : str
        Of the bound.
    """
    from boundcalc.bounds.catalog import find
    from boundcalc.bounds.declaration import UpperBound
    from boundcalc.bounds.outcome import evaluate_lower, evaluate_upper
    from boundcalc.language.claims import counted, plain
    from boundcalc.render.closed_forms.closed_form import statement_lines
    from boundcalc.render.explanation import explain
    from boundcalc.render.fragments import latex

    problem = read_power_problem(fields)
    found = explain(key, None if find(key).undefined(problem.m) else problem.m)
    bound, told = found.bound, found.fields
    outcome = evaluate_upper(bound, problem, DIGITS) if isinstance(bound, UpperBound) else evaluate_lower(bound, problem, DIGITS)  # type: ignore[arg-type]
    unequal = isinstance(problem, FeatureProblem) and bound.unequal is not None
    return {
        "key": bound.key,
        "section": bound.section,
        "title": told["title"],
        "side": "upper" if isinstance(bound, UpperBound) else "lower",
        "m": found.m,
        "value": number_of(outcome, DIGITS),
        "why_not": outcome.why_not,
        "status": outcome.status.value,
        "meaning": plain(outcome.status.meaning),
        "counts": counted(bound.steps(problem)),
        "statement": [mathml(line) for line in statement_lines(bound, found.m)],
        "hypotheses": [formatted(sentence) for sentence in _conditions(bound, found.m)],
        "symbols": [[mathml(name, "inline"), formatted_plain(meaning)] for name, meaning in told["symbols"].items()],
        "other_forms": [{"where": other["hypotheses"], "statement": mathml(other["statement"])} for other in told["other_forms"]],
        "tight": formatted(bound.tight),
        "proof": _steps(told["proof"], bound.proof),
        "lemmas": [
            {
                "key": one["key"],
                "status": one["status"],
                "statement": mathml(one["statement"]),
                "proof": _steps(one["proof"], lemma.proof),
            }
            for one, lemma in zip(told["lemmas"], bound.lemmas, strict=True)
        ],
        "sources": told["sources"],
        "latex": latex(
            outcome if outcome.value is not None and not isinstance(problem, FeatureProblem) else bound, m=found.m, unequal=unequal
        ),
        "latex_proof": latex(bound, "proof", m=found.m, unequal=unequal),
        "python": python_code(fields, bound.key),
        "command": command_line(fields),
    }


def _conditions(bound: Any, m: int) -> list[str]:
    from boundcalc.render.closed_forms.conditions import conditions

    return list(conditions(bound, m))


def _steps(told: list[dict[str, Any]], steps: Any) -> list[dict[str, Any]]:
    return [
        {
            "statement": mathml(one["statement"]),
            "reason": formatted(step.reason),
            "status": one["status"],
            "standing": one["standing"],
            "tested": mathml(one["tested"], "inline") if one["tested"] else None,
        }
        for one, step in zip(told, steps, strict=True)
    ]


def formatted(sentence: str) -> list[list[str]]:
    """A declared sentence as parts ``["text", words]`` and ``["math", MathML]``, so that the page need not read HTML from it."""
    parts = []
    for k, part in enumerate(sentence.split("$")):
        if k % 2:
            parts.append(["math", mathml(prose(f"${part}$").strip("$"), "inline")])
        elif part:
            parts.append(["text", part])
    return parts


def formatted_plain(text: str) -> list[list[str]]:
    """A sentence without marks."""
    return [["text", text]]


def options(fields: Fields) -> dict[str, str]:
    """The options of the command line that ask for the same problem."""
    names = ("n", "d", "m", "p", "law", "importance")
    found = {name: text for name in names if (text := given(fields, name)) is not None}
    if given(fields, "activation") == "relu":
        found.pop("m", None)
        found = {"activation": "relu", **found}
    return found


def command_line(fields: Fields) -> str:
    """The command that prints the same table.

    >>> command_line({"n": "30", "d": "4", "m": "3", "p": "1e-6", "law": "rademacher"})
    'boundcalc bounds --n 30 --d 4 --m 3 --p 1e-6 --law rademacher'
    """
    parts = [f"--{name} {shlex.quote(text)}" for name, text in options(fields).items()]
    return " ".join(["boundcalc bounds", *parts, *(["--no-bias"] if given(fields, "bias") == "no" else [])])


def python_code(fields: Fields, key: str) -> str:
    """Python that gives the same number, to be pasted."""
    n, d, m = needed(fields, "n", "120"), needed(fields, "d", "8"), needed(fields, "m", "3")
    p, law = needed(fields, "p", "1e-6"), needed(fields, "law", "rademacher")
    importance = given(fields, "importance")
    from boundcalc.language.formulas import is_formula

    if importance is None and not is_formula(p):
        call = f"report(n={n!r}, d={d!r}, m={m!r}, p={p!r}, law={law!r}, digits={DIGITS})"
        lines = ["from boundcalc import report", "", f"answer = {call}"]
    else:
        lines = [
            "from boundcalc import report",
            "from boundcalc.language.formulas import features_from_formulas",
            "",
            f"features, rounded = features_from_formulas({n}, {importance or '1'!r}, {p!r}, {law!r})",
            f"answer = report(features=features, d={d!r}, m={m!r}, digits={DIGITS})",
        ]
    return "\n".join([*lines, f"print(answer[{key!r}])"])


def shown_certificate(fields: Fields) -> dict[str, Any]:
    """The certificate of the best two bounds, to be downloaded."""
    from boundcalc.bounds.evaluate import report
    from boundcalc.certificate.write import certificate

    return {"certificate": certificate(report(read_power_problem(fields), digits=30))}
