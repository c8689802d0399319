"""Draws command lines: those of the pages and of every option there is, with words changed, lost, doubled and swapped."""

from __future__ import annotations

import random
import re
import shlex
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import click

from tools.fuzz_files import VALUES, changed

DOCS = Path(__file__).parents[1]
SMALL = {
    "--n": ("5", "5", "5", "5", "6", "inf", "1", "2", "10"),
    "--d": ("2", "2", "2", "2", "3", "1", "5"),
    "--m": ("3", "3", "3", "3", "3", "1", "5", "1", "2", "4", "7"),
    "--p": ("0.01", "0.01", "0.01", "1e-6", "1/20", "1/20", "1", "0.3", "0.3", "0"),
    "--law": ("rademacher", "gaussian", "uniform", "laplace", "rademacher", "support:-1:1/4,0:1/2,1:1/4", "moments:2=1,4=3,6=15"),
    "--importance": ("1", "0.9^i", "i^-1", "1/i", "0"),
    "--groups": ("groups.csv", "groups.toml"),
    "--digits": ("6", "1", "30", "400"),
    "--seconds": ("0.1", "1"),
    "--starts": ("1", "2"),
    "--seed": ("0", "7"),
    "--workers": ("1",),
    "--deep": ("0.1",),
    "--activation": ("relu", "relu", "power"),
    "--display": ("normalized", "per-feature"),
    "--witness": ("W.npy", "two.npz", "found.npz", "W.csv"),
    "--resume": ("found.npz",),
    "--claim": ("claim.toml",),
    "--name": ("W", "V", "b"),
    "--index": ("0", "1", "all"),
    "--decoder": ("V.npy", "two.npz"),
    "--decoder-name": ("V",),
    "--bias": ("b", "bias.npy"),
    "--width": ("1e-3", "column", "text"),
    "--notation": ("n=N,d=D", "p=\\epsilon"),
    "--flavour": ("latex", "sympy"),
    "--kind": ("bounds", "gap", "phase", "geometry", "regimes", "witness", "capacities", "unexplained", "training", "importance"),
    "--activity": ("0.01", "i^-1"),
    "--x": ("n", "p"),
    "--y": ("n", "d"),
    "--keys": ("rank", "frontier,rank"),
    "--margin": ("0.1",),
    "--across": ("1e-3..1",),
    "--dpi": ("20", "50"),
    "--port": ("0",),
    "--dask": ("",),
    "--certificate": ("out.json",),
    "--witness-out": ("out.npz",),
    "--features": ("out.csv",),
    "--report": ("out.html", "out.tex"),
    "--csv": ("out.csv",),
    "--json": ("out.json",),
    "--parquet": ("out.parquet",),
}
"""Values of options that answer soon."""
RELU = {"--activation": ("relu",), "--law": ("uniform01", "uniform:0:3/2", "support:1/2:1/4,1:3/4"), "--p": ("0.01", "1/20", "1")}
OUT = {"sweep": ("out.db",), "plot": ("out.svg", "out.png"), "frames": ("out.npz",), "optimize": ("out.npz",)}
KEYS = ("frontier", "rank", "U9", "very_sparse", "capacity", "uniform", "half_design", "capacity_welch", "dense")
WEIGHTS_FILES = ("W.npy", "W.csv", "two.npz", "W.safetensors", "stack.npy", "whole.npy", "net.npz", "W.txt", "found.npz")
ARGUMENTS = {
    ("loss", "file"): WEIGHTS_FILES,
    ("plot", "file"): ("sweep.db", "sweep.db", "W.npy", "losses.csv", "found.npz", "bounds"),
    ("certificate", "file"): ("certificate.json", "capacity.json", "groups.json"),
    ("frames", "name"): ("icosahedron", "E8", "basis"),
    ("check", "keys"): ("welch.projection", "nothing"),
    ("sweep", "grid"): ("grid.toml",),
    ("sweep", "store"): ("sweep.db",),
}
LEFT_OUT = ("explore",)
"""It serves until it is stopped."""
OFTEN = {"plot": 0.2, "sweep": 0.3, "check": 0.1, "latex": 0.15, "cite": 0.3, "frames": 0.5, "bounds": 0.35, "certificate": 0.6}
"""How often a drawn command is kept: less where it takes long, or is simple."""


@dataclass(frozen=True)
class Line:
    """The words of a command line after ``boundcalc``, and the files that are not as they should be."""

    words: tuple[str, ...]
    files: dict[str, bytes] = field(default_factory=dict)


@cache
def documented() -> tuple[tuple[str, ...], ...]:
    """The command lines of the pages."""
    found = set()
    for page in (DOCS / "README.md", *sorted((DOCS / "docs").rglob("*.md"))):
        for block in re.findall(r"^```sh\n(.*?)^```", page.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL):
            for text in re.split(r"\n|&&", block.replace("\\\n", " ")):
                words = shlex.split(text.partition(" # ")[0].partition(" > ")[0].strip(), comments=True)
                if words[:1] == ["boundcalc"] and words[1:2] and words[1] not in LEFT_OUT:
                    found.add(tuple(words[1:]))
    return tuple(sorted(found))


@cache
def commands() -> tuple[tuple[tuple[str, ...], tuple[click.Parameter, ...]], ...]:
    """Each command's words and parameters."""
    from boundcalc.cli.main import COMMANDS, cli

    def walk(command: click.Command, words: tuple[str, ...]) -> list[tuple[tuple[str, ...], tuple[click.Parameter, ...]]]:
        if not isinstance(command, click.Group):
            return [(words, tuple(command.params))]
        inner = click.Context(command)
        names = [name for name in command.list_commands(inner) if name not in LEFT_OUT]
        return [entry for name in names for entry in walk(command.get_command(inner, name) or command, (*words, name))]

    assert set(LEFT_OUT) <= set(COMMANDS)
    return tuple(walk(cli, ()))


def drawn(seed: int, number: int, files: dict[str, bytes]) -> Line:
    """The line of that number."""
    rng = random.Random(f"{seed}/{number}")
    words = _light(rng, list(rng.choice(documented()))) if rng.random() < 0.3 else _composed(rng)
    for _ in range(rng.choice((0, 0, 1, 1, 1, 2, 3))):
        words = _changed(rng, words)
    if words[:1] == ["check"] and "--claim" not in words:
        words[1:] = ["nothing", *(word for word in words[1:] if word.startswith("--"))]  # a check of ours takes up to minutes
    # nothing is written outside of the folder, and no server or cluster is started
    words = [word for word in words if not re.search(r"(^|=)[/~]|\x00|^explore$|dask|tcp:", word)]
    used = [name for name in files if any(name in word for word in words)]
    if not used or rng.random() < 0.3:
        return Line(tuple(words))
    name = rng.choice(used)
    return Line(tuple(words), {name: changed(rng, name, files[name])})


def _light(rng: random.Random, words: list[str]) -> list[str]:
    """The same with sizes, times and files at hand."""
    for at, word in enumerate(words[:-1]):
        large = word in ("--n", "--d", "--m", "--starts", "--workers")
        if word in SMALL and not words[at + 1].startswith("--") and (large or rng.random() < 0.3):
            words[at + 1] = rng.choice(SMALL[word])
    renamed = {".npy": "W.npy", ".npz": "found.npz", ".csv": "groups.csv", ".db": "sweep.db"}
    renamed |= {".json": "certificate.json", ".toml": "claim.toml"}
    for at, word in enumerate(words):
        if at and words[at - 1] not in ("--out", "--certificate", "--csv", "--json") and Path(word).suffix in renamed:
            words[at] = "grid.toml" if words[0] == "sweep" and word.endswith(".toml") else renamed[Path(word).suffix]
    if words[0] == "optimize":
        words += ["--seconds", "0.1", "--starts", "1"]
    if "--no-bias" in words and words[0] == "bounds":
        words.remove("--no-bias")  # it takes seconds, as the check of a bound does
    if words[0] == "check" and "--claim" not in words:
        words = ["check", "--claim", "claim.toml"]
    return words


def _composed(rng: random.Random) -> list[str]:
    """A command with its arguments, usual options and some of the others."""
    while True:
        names, parameters = rng.choice(commands())
        if rng.random() < OFTEN.get(names[0], 1.0):
            break
    words = list(names)
    problem, relu = (
        rng.random() < 0.9,
        any("--activation" in parameter.opts for parameter in parameters)
        and rng.random() < (0.04 if names[0] == "bounds" else 0.2),
    )
    for parameter in parameters:
        if isinstance(parameter, click.Argument):
            if rng.random() < 0.95:
                words.append(rng.choice(ARGUMENTS.get((names[0], str(parameter.name)), KEYS)))
            continue
        option = rng.choice(parameter.opts + parameter.secondary_opts)
        usual = option in ("--n", "--d", "--m", "--p", "--law", "--out", "--starts", "--seconds", "--claim") and problem
        if relu and option == "--m":
            continue
        if rng.random() < (0.97 if usual else 0.07) or (relu and option == "--activation"):
            words.append(option)
            if isinstance(parameter, click.Option) and not parameter.is_flag:
                usual_values = OUT[names[0]] if option == "--out" else SMALL.get(option, VALUES)
                words.append(rng.choice(RELU.get(option, usual_values) if relu else usual_values))
    return words


def _changed(rng: random.Random, words: list[str]) -> list[str]:
    """One word changed."""
    found = list(words)
    at = rng.randrange(len(found)) if found else 0
    match rng.randrange(9):
        case 0 if at:
            del found[at]
        case 1 if at:
            found.insert(at, found[rng.randrange(len(found))])
        case 2 if at:
            other = rng.randrange(1, len(found))
            found[at], found[other] = found[other], found[at]
        case 3 if found and found[at]:
            place = rng.randrange(len(found[at]))
            found[at] = found[at][:place] + rng.choice("0123456789-=/.^,:ix(") + found[at][place + rng.randrange(2) :]
        case 4 if rng.random() < 0.3:
            found.insert(at, rng.choice(VALUES))
        case 5:
            found.insert(max(at, 1), rng.choice(("--json", "--force", "--help", "--all", "-h", "--nonsense", "--", "-", "--n")))
        case _:
            values = [k for k in range(1, len(found)) if found[k - 1].startswith("--")] or ([at] if found else [])
            if values:
                found[rng.choice(values)] = rng.choice(VALUES)
    return found
