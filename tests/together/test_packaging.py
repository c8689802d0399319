"""What an index shows of the package agrees with the package."""

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def test_addresses_are_of_things_that_exist():
    """The one address is the cited paper's; one of the project itself comes with the project's first."""
    entry = re.search(
        r"@\w+\{ChowdhuryWeiner2026,(.*?)\n\}", (ROOT / "boundcalc/language/refs.bib").read_text(encoding="utf-8"), re.S
    )
    assert entry is not None
    number = re.search(r"arXiv:([\d.]+)", entry.group(1))
    assert number is not None
    assert PROJECT["urls"] == {"Paper (Chowdhury, Weiner)": f"https://arxiv.org/abs/{number.group(1)}"}
    assert all(len(label) <= 32 for label in PROJECT["urls"])  # more is refused by indices


def test_versions_agree():
    citation = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    assert set(re.findall(r"^ *version: (.*)$", citation, re.M)) == {PROJECT["version"]}
    recipe = (ROOT / "conda-recipe/recipe.yaml").read_text(encoding="utf-8")
    assert PROJECT["version"] in recipe


def test_every_python_that_is_named_is_allowed():
    least = int(PROJECT["requires-python"].removeprefix(">=3."))
    named = [int(minor) for one in PROJECT["classifiers"] for minor in re.findall(r"Python :: 3\.(\d+)$", one)]
    assert named == list(range(least, 15))
