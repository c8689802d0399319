"""The public names and their signatures are those of public_api.txt: a change is made on purpose, or not at all.

``python tests/together/test_public_api.py > tests/together/public_api.txt`` writes the list anew; CHANGELOG.md says what changed.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from pathlib import Path

import boundcalc

LIST = Path(__file__).parent / "public_api.txt"


def surface() -> Iterator[str]:
    """A line for each public name, with its parameters and, of a class, its public members."""
    from boundcalc.bounds.catalog import BOUNDS
    from boundcalc.cli.main import cli

    for name in sorted(boundcalc.__all__):
        thing = getattr(boundcalc, name)
        yield f"boundcalc.{name}{parameters(thing)}"
        if inspect.isclass(thing):
            yield from members(name, thing)
    yield from (f"bound {key}" for key in BOUNDS)
    yield from commands(cli, "boundcalc")


def parameters(thing: object) -> str:
    if not callable(thing) or getattr(thing, "_is_protocol", False):
        return ""
    shown = [
        f"{'*' if p.kind is p.KEYWORD_ONLY else ''}{p.name}{'' if p.default is p.empty else '=...'}"
        for p in inspect.signature(thing).parameters.values()
    ]
    return f"({', '.join(shown)})"


def members(name: str, thing: type) -> Iterator[str]:
    for key, member in sorted(vars(thing).items()):
        if key.startswith("_"):
            continue
        is_function = inspect.isfunction(member) or isinstance(member, (classmethod, staticmethod))
        yield f"boundcalc.{name}.{key}{parameters(getattr(thing, key)) if is_function else ''}"


def commands(command: object, name: str) -> Iterator[str]:
    import click

    assert isinstance(command, click.Command)
    options = sorted("/".join(option.opts + option.secondary_opts) for option in command.params)
    yield f"command {name} {' '.join(options)}".rstrip()
    if isinstance(command, click.Group):
        context = click.Context(command, info_name=name)
        for key in command.list_commands(context):
            child = command.get_command(context, key)
            assert child is not None
            yield from commands(child, f"{name} {key}")


def test_the_public_surface_is_the_list():
    now, listed = list(surface()), LIST.read_text(encoding="utf-8").splitlines()
    new, gone = ([line for line in here if line not in there] for here, there in ((now, listed), (listed, now)))
    assert now == listed, f"public names changed, new {new}, gone {gone}: see the end of CONTRIBUTING.md"


def test_every_public_name_is_documented():
    page = (LIST.parents[2] / "docs" / "api.md").read_text(encoding="utf-8")
    constants = {"BOUNDS", "LOWER", "UPPER", "INFINITY", "__version__", "Law"}
    missing = [name for name in boundcalc.__all__ if name not in constants and f":: boundcalc.{name}\n" not in page]
    assert missing == []
    assert all(f"`{name}`" in page for name in constants)


if __name__ == "__main__":
    print("\n".join(surface()))
