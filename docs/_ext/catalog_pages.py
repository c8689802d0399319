"""Pages written when the documentation is built: the theory with its proofs, the commands, and the README as the home page."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import click
    from sphinx.application import Sphinx

    from boundcalc.bounds.declaration import Bound
    from boundcalc.language.claims import Lemma, Source, Step

GENERATED = Path(__file__).parent.parent / "_generated"


def theory() -> str:
    """Every lemma and bound with its proof, in the order of the catalog."""
    from boundcalc.bounds.catalog import LOWER, UPPER
    from boundcalc.language.claims import counted

    bounds = [*UPPER, *LOWER]
    lemmas = {lemma.key: lemma for bound in bounds for lemma in bound.lemmas}
    parts = [THEORY, "## Lemmas\n"]
    parts += [_lemma(lemma) for lemma in lemmas.values()]
    for title, side in (("Upper bounds", UPPER), ("Lower bounds", LOWER)):
        parts.append(f"## {title}\n")
        for bound in side:
            used = ", ".join(f"[{lemma.key}](#lemma-{lemma.key.replace('_', '-')})" for lemma in bound.lemmas)
            parts.append(
                f"(bound-{bound.key.replace('_', '-')})=\n### {bound.section} `{bound.key}`: {_sentence(bound.title)}\n\n"
                f"{_statement(bound)}\n\n"
                f"Tight: {_sentence(bound.tight)}. {'Lemmas: ' + used + '. ' if used else ''}"
                f"Status: {bound.status.value}, {_sentence(bound.status.meaning)}. Steps: {counted(bound.counts)}.\n\n"
                f"{_steps(bound.proof)}\nSource: {_sources(bound.sources)}\n\n{example(bound)}"
            )
    return "\n".join(parts)


THEORY = """# The theory, with proofs

Written from the declarations that the program computes with; `boundcalc explain KEY` prints the same for any m, and
[closed_forms](../closed_forms.md) has the formulas for m = 3, 5 and 7. The setting: features x_i = s_i u_i, weights W,
A = WᵀW with entries A_ij, y = A x, x̂_i = y_i^m; a_i = A_ii, Q_k(i) = Σ_j A_ij^k, q_i = Q_2(i), t_i = a_i²/q_i,
S = Σ a_i^m, T = Σ A_ij^{2m}, C = E⟨x, x̂⟩, D = E‖x̂‖², I = 2C − D, r = min(n, d). In brackets: how the step was checked
([numbers](../numbers.md)).
"""


PROBLEMS = (
    'n=30, d=4, m=3, p="1/100", law="rademacher"',
    'n=30, d=4, m=3, p="1/2", law="gaussian"',
    'n=120, d=8, m=3, p="1e-6", law="rademacher"',
    'n=15, d=4, m=3, p="1e-6", law="rademacher"',
    'n=9, d=5, m=3, p="1/100", law="gaussian"',
    'n=30, d=4, m=3, p="9/10", law="rademacher"',
    'n=30, d=4, m=5, p="9/10", law="rademacher"',
    'n=30, d=4, m=3, p="1/10", law="uniform"',
    'n=30, d=4, m=3, p="1/10", law="laplace"',
    'n=300, d=24, m=3, p="3/100", law="gaussian"',
    'n=3000, d=24, m=3, p="1e-4", law="gaussian"',
)
"""Where examples are evaluated: at the first that a bound applies to."""


def example(bound: Bound) -> str:
    """Code that evaluates the bound, and what it prints."""
    from boundcalc import Problem, evaluate_lower, evaluate_upper
    from boundcalc.bounds.declaration import UpperBound

    evaluate: Any = evaluate_upper if isinstance(bound, UpperBound) else evaluate_lower
    for given in PROBLEMS:
        found = evaluate(bound, Problem(**eval(f"dict({given})")), 6)
        if found.value is not None:
            break
    code = (
        f"from boundcalc import Problem, {evaluate.__name__}, find\n\nproblem = Problem({given})\n"
        f'print(*{evaluate.__name__}(find("{bound.key}"), problem, 6).value.enclosure.decimals(6))\n'
    )
    return f"```python\n{code}```\n\n```text\n{' '.join(found.value.enclosure.decimals(6))}\n```\n"


def _statement(bound: Bound) -> str:
    """The bound as `latex bound` prints it, for m = 3 or the exponent that it is for, in Markdown."""
    from boundcalc.render.statement import statement

    text = re.sub(r"(?<!\\)\\\[", "\n$$", statement(bound, bound.exponent(None))).replace("\\]", "$$\n")
    return text.replace("\\begin{align*}", "\n\\begin{align*}").replace("\\end{align*}", "\\end{align*}\n")


def _lemma(lemma: Lemma) -> str:
    hypotheses = f" Hypotheses: {'; '.join(map(_sentence, lemma.hypotheses))}." if lemma.hypotheses else ""
    return (
        f"(lemma-{lemma.key.replace('_', '-')})=\n### Lemma `{lemma.key}`: {_sentence(lemma.title)}\n\n$$ {lemma.statement} $$\n\n"
        f"Status: {lemma.status.value}.{hypotheses}\n\n{_steps(lemma.proof)}\nSource: {_sources(lemma.sources)}\n"
    )


def _steps(proof: tuple[Step, ...]) -> str:
    return "".join(f"{number}. {_step(step)}" for number, step in enumerate(proof, 1))


def _step(step: Step) -> str:
    from boundcalc.language.printed import narrower, stated

    claim = narrower(step)
    shown = f"\n\n   Put to the test: $\\displaystyle {claim}$" if claim else ""
    return f"$\\displaystyle {stated(step)}$\n\n   {_sentence(step.reason)}. [{_sentence(step.standing)}]{shown}\n"


def _sentence(text: str) -> str:
    """A plain sentence with its formulas as mathematics, in Markdown; keys of bounds and lemmas in code."""
    from boundcalc.render.prose import prose

    return re.sub(r"\\texttt\{([^}]*)\}", lambda match: f"`{match[1].replace(chr(92), '')}`", prose(text))


def _sources(sources: tuple[Source, ...]) -> str:
    from boundcalc.language.claims import Citation

    return "; ".join(f"{{cite}}`{source.key}`" if isinstance(source, Citation) else source.text for source in sources) + "."


def commands() -> str:
    """The help of every command."""
    from boundcalc.cli.main import cli

    parts = ["# Commands and options\n\nAs `--help` prints them; [command_line](../command_line.md) explains.\n"]
    parts += _help(cli, "boundcalc", None)
    return "\n".join(parts)


def _help(command: click.Command, name: str, parent: click.Context | None) -> list[str]:
    import click

    context = click.Context(command, info_name=name.split()[-1], parent=parent, terminal_width=100)
    parts = [f"## {name}\n\n```text\n{command.get_help(context)}\n```\n"]
    if isinstance(command, click.Group):
        for key in command.list_commands(context):
            child = command.get_command(context, key)
            if child is not None:
                parts += _help(child, f"{name} {key}", context)
    return parts


def readme() -> str:
    """The README with its links as those of a page in docs; files beside it are named alone."""
    text = (GENERATED.parents[1] / "README.md").read_text(encoding="utf-8")
    text = text.replace("](docs/", "](")
    return re.sub(r"\[([^\]]+)\]\((?:[A-Z]+\.md|[A-Z]+\.cff|LICENSE)\)", r"`\1`", text)


def _write(app: Sphinx) -> None:
    GENERATED.mkdir(exist_ok=True)
    for name, page in (("theory", theory), ("commands", commands), ("readme", readme)):
        (GENERATED / f"{name}.md").write_text(page() + "\n", encoding="utf-8")


def setup(app: Sphinx) -> dict[str, bool]:
    app.connect("builder-inited", _write)
    return {"parallel_read_safe": True}
