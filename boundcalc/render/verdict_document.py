"""Writes the verdicts of steps as a document: HTML that needs no network, or LaTeX for pdflatex with amsmath and booktabs."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from typing import Any

from boundcalc.check.verdict import Counterexample, Outcome, Verdict
from boundcalc.language.mathml import mathml
from boundcalc.numbers.errors import ParameterError
from boundcalc.numbers.files import write_whole
from boundcalc.render.prose import escaped

STYLE = """\
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color: #1a1a1a }
h1 { font-size: 1.5rem } h2 { font-size: 1.05rem; margin: 2rem 0 .3rem; border-top: 1px solid #ddd; padding-top: 1rem }
table { border-collapse: collapse } td, th { text-align: left; padding: .15rem .9rem .15rem 0; vertical-align: top }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums }
.formula { overflow: auto hidden; margin: .5rem 0; padding: .3rem 0 }
pre { background: #f5f5f5; padding: .7rem; overflow-x: auto; font-size: 13px }
.failed { color: #a40000; font-weight: 600 } .good { color: #1b6e2c } svg { vertical-align: middle }
figure { margin: .5rem 0 } figcaption { color: #555; font-size: .9rem }
@media (prefers-color-scheme: dark) {
  body { background: #161616; color: #e6e6e6 } h2 { border-color: #444 } pre { background: #222 }
  .failed { color: #ff8a80 } .good { color: #8fd19e } figcaption { color: #aaa }
}
"""


MARK = "boundcalc check"
"""What a report holds near its start."""


def write_report(verdicts: Sequence[Verdict], title: str, path: str) -> None:
    """Writes ``FILE.html`` or ``FILE.tex``.

    Raises
    ------
    ParameterError
        For another ending, or a file that cannot be written.
    """
    if not path.endswith((".html", ".tex")):
        raise ParameterError("report", path, "must end with .html or .tex")
    write_whole(path, html_report(verdicts, title) if path.endswith(".html") else tex_report(verdicts, title), "report")


def html_report(verdicts: Sequence[Verdict], title: str) -> str:
    """A page: a table of all steps, then each with statement, engine, cases, tightest case and slack."""
    rows = "\n".join(
        f'<tr><td><a href="#step-{place}">{html.escape(_name(verdict))}</a></td><td>{_outcome(verdict)}</td>'
        f'<td>{verdict.engine.value}</td><td class="number">{verdict.cases}</td><td class="number">{_ratio(verdict)}</td></tr>'
        for place, verdict in enumerate(verdicts)
    )
    sections = "\n".join(_section(place, verdict) for place, verdict in enumerate(verdicts))
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="generator" content="{MARK}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{html.escape(title)}</title>
<style>
{STYLE}</style>
</head>
<body>
<h1>{html.escape(title)}</h1>
<p>{_summary(verdicts)}</p>
<table>
<tr><th>step</th><th>outcome</th><th>engine</th><th class="number">cases</th><th class="number">tightest</th></tr>
{rows}
</table>
{sections}
</body>
</html>
"""


def _facts(verdict: Verdict) -> dict[str, str]:
    """What both documents say of a step, as text."""
    tightest, where = "", _case(verdict.tightest_case)
    if _ratio(verdict):
        tightest = f"{_ratio(verdict)} {verdict.attained}" + (f" at {where}" if where else "")
    facts = {
        "status": verdict.standing,
        "claim": _claim(verdict) if verdict.claim else "",
        "outcome": verdict.outcome.value,
        "engine": verdict.engine.value,
        "cases": f"{verdict.cases}, {verdict.comparisons} comparisons",
        "tightest": tightest,
        "note": verdict.note,
    }
    return {label: text for label, text in facts.items() if text}


def _failure(found: Counterexample) -> tuple[str, str, str]:
    """A counterexample: the case, both sides, and the code that shows it."""
    sides = f"{found.relation}\nleft  = {found.left}\nright = {found.right}"
    return f"Counterexample: {_case(found.values)}", sides, found.snippet.rstrip()


def _section(place: int, verdict: Verdict) -> str:
    facts = {label: html.escape(text) for label, text in _facts(verdict).items()} | {"outcome": _outcome(verdict)}
    table = "\n".join(f"<tr><th>{label}</th><td>{value}</td></tr>" for label, value in facts.items())
    parts = [
        f'<h2 id="step-{place}">{html.escape(_name(verdict))}</h2>',
        f'<div class="formula">{mathml(verdict.statement)}</div>',
        *([f'<p>Put to the test:</p>\n<div class="formula">{mathml(verdict.tested)}</div>'] if verdict.tested else []),
        f"<table>\n{table}\n</table>",
    ]
    if any(verdict.slack):
        parts.append(
            f"<figure>{histogram(verdict.slack)}<figcaption>smaller side over larger side, from 0 to 1</figcaption></figure>"
        )
    if verdict.counterexample is not None:
        case, *blocks = map(html.escape, _failure(verdict.counterexample))
        parts += [f"<p>{case}</p>", *(f"<pre>{block}</pre>" for block in blocks)]
    return "\n".join(parts)


def histogram(slack: Sequence[int]) -> str:
    """Bars of ten equal bins as an inline picture."""
    most, width, height = max(slack), 24, 60
    bars = []
    for place, count in enumerate(slack):
        tall = max(round(height * count / most), 1 if count else 0)
        label = f"{place / 10:.1f} to {(place + 1) / 10:.1f}: {count}"
        bars.append(
            f'<rect x="{place * width + 1}" y="{height - tall}" width="{width - 2}" height="{tall}"><title>{label}</title></rect>'
        )
    described = ", ".join(map(str, slack))
    size = f'width="{len(slack) * width}" height="{height + 1}"'
    line = f'<line x1="0" y1="{height}" x2="{len(slack) * width}" y2="{height}" stroke="currentColor"/>'
    return f'<svg role="img" aria-label="counts by tenths: {described}" {size} fill="#4c78a8">{"".join(bars)}{line}</svg>'


def tex_report(verdicts: Sequence[Verdict], title: str) -> str:
    """A document for pdflatex: a table of all steps, then each with statement, engine, cases, tightest case and slack."""
    rows = "\n".join(
        rf"{_escape(_name(verdict))} & {'no case' if verdict.outcome is Outcome.NO_CASE else verdict.outcome.value} & "
        rf"{verdict.engine.value} & {verdict.cases} & {_ratio(verdict)} \\"
        for verdict in verdicts
    )
    sections = "\n\n".join(_tex_section(verdict) for verdict in verdicts)
    return rf"""% {MARK}
\documentclass{{article}}
\usepackage{{amsmath,amssymb,booktabs,longtable}}
\usepackage[margin=25mm]{{geometry}}
\allowdisplaybreaks
\setlength{{\parindent}}{{0pt}}
\emergencystretch=4em
\begin{{document}}
\section*{{{_escape(title)}}}
{_escape(_summary(verdicts))}

\begin{{longtable}}{{llrrr}}
\toprule
step & outcome & engine & cases & tightest \\
\midrule
\endhead
{rows}
\bottomrule
\end{{longtable}}

{sections}
\end{{document}}
"""


def _tex_section(verdict: Verdict) -> str:
    parts = [rf"\subsection*{{{_escape(_name(verdict))}}}", rf"\[ {_broken(verdict.statement)} \]"]
    parts += ["Put to the test:", rf"\[ {_broken(verdict.tested)} \]"] if verdict.tested else []
    parts += [rf"\textit{{{label}}}: {_escape(text)}" for label, text in _facts(verdict).items()]
    if any(verdict.slack):
        heads = " & ".join(f"to {(place + 1) / 10:.1f}" for place in range(len(verdict.slack)))
        rows = [rf"ratio & {heads} \\ \midrule", rf"count & {' & '.join(map(str, verdict.slack))} \\"]
        table = rf"\begin{{tabular}}{{l{'r' * len(verdict.slack)}}}\toprule"
        parts.append("\n".join(["{\\small", table, *rows, r"\bottomrule\end{tabular}}"]))
    if verdict.counterexample is not None:
        case, *blocks = _failure(verdict.counterexample)
        code = "\n\n".join(blocks).encode("ascii", "replace").decode("ascii")
        parts += [_escape(case), "{\\footnotesize\\begin{verbatim}\n" + code + "\n\\end{verbatim}}"]
    return "\n\n".join(parts)


def _broken(latex: str) -> str:
    """A statement that may be wider than a line: its claims and conditions stand below each other."""
    claims = re.sub(r"\\quad (?=\\text\{)", r",\\quad ", latex).split(r",\quad ")
    return latex if len(claims) == 1 else r"\begin{gathered} " + r" \\ ".join(claims) + r" \end{gathered}"


def _claim(verdict: Verdict) -> str:
    """The claim in its language, in one line."""
    claim = verdict.claim
    summary = "; ".join(claim["relations"])
    if "for" in claim:
        summary += " for " + ", ".join(f"{name} in {values}" for name, values in claim["for"].items())
    if "given" in claim:
        summary += " if " + ", ".join(claim["given"])
    if "where" in claim:
        summary += " where " + ", ".join(f"{name} = {value}" for name, value in claim["where"].items())
    return summary


def _name(verdict: Verdict) -> str:
    return f"{verdict.owner}.{verdict.key}"


def _summary(verdicts: Sequence[Verdict]) -> str:
    words = {outcome: outcome.value for outcome in Outcome} | {Outcome.NO_CASE: "without an admissible case"}
    counts = {word: sum(verdict.outcome is outcome for verdict in verdicts) for outcome, word in words.items()}
    return f"{len(verdicts)} steps: " + ", ".join(f"{count} {word}" for word, count in counts.items() if count) + "."


def _outcome(verdict: Verdict) -> str:
    kind = "failed" if verdict.outcome.failed else "good"
    return f'<span class="{kind}">{html.escape(verdict.outcome.value)}</span>'


def _ratio(verdict: Verdict) -> str:
    return "" if verdict.tightest is None or verdict.counterexample is not None else f"{verdict.tightest:.6g}"


def _case(values: dict[str, Any]) -> str:
    """A case in one line."""
    parts = []
    for name, value in values.items():
        if name == "W":
            parts.append("W = [" + "; ".join(" ".join(map(str, row)) for row in value) + "]")
        elif isinstance(value, dict):
            parts.extend(f"{key} = {_plain(entry)}" for key, entry in value.items())
        else:
            parts.append(f"{name} = {_plain(value)}")
    return ", ".join(parts)


def _plain(value: Any) -> str:
    return "(" + " ".join(map(str, value)) + ")" if isinstance(value, list) else str(value)


def _escape(text: str) -> str:
    """Text for LaTeX, where long words may be broken after a comma."""
    return escaped(text).replace(",", r",\allowbreak{}")
