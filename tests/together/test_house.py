"""Imports point one way, every bound's file is in the catalog, and the package stays light to import."""

from __future__ import annotations

import ast
import graphlib
import importlib
import re
import subprocess
import sys
from pathlib import Path

import pytest

import boundcalc
from boundcalc.bounds.catalog import BOUNDS, LOWER, UPPER

ROOT = Path(boundcalc.__file__).parent
TEMPLATES = Path(__file__).parents[2] / "docs" / "templates"
ROOMS = (
    "numbers",
    "model",
    "language",
    "certify",
    "frames",
    "loss",
    "lemmas",
    "bounds",
    "search",
    "certificate",
    "check",
    "sweep",
    "render",
    "explore",
    "cli",
)
"""Each imports from those before it, at run time and for types alike."""
RANK = {name: rank for rank, name in enumerate((*ROOMS, "__init__", "__main__"))}


def modules() -> list[Path]:
    return sorted(ROOT.rglob("*.py"))


def package_of(path: Path) -> str:
    return path.relative_to(ROOT).with_suffix("").parts[0]


def imported(path: Path) -> set[str]:
    names = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("boundcalc."):
            names.add(node.module.split(".")[1])
        elif isinstance(node, ast.Import):
            names |= {alias.name.split(".")[1] for alias in node.names if alias.name.startswith("boundcalc.")}
    return names


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_point_one_way(path):
    here = package_of(path)
    assert here in RANK, f"{here} is no room of the house: CONTRIBUTING.md lists them, and ROOMS in this file"
    upward = {name for name in imported(path) if RANK[name] > RANK[here]}
    assert upward == set(), f"{here} stands above these rooms and cannot import from them: see The house in CONTRIBUTING.md"


class _Imports(ast.NodeVisitor):
    """The files that a file imports when it runs, at once or later; what only types need is left out."""

    def __init__(self, known: set[str]) -> None:
        self.known, self.found = known, set()

    def visit_If(self, node: ast.If) -> None:
        if not (isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"):
            self.generic_visit(node)

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        for alias in node.names:
            whole = f"{node.module}.{alias.name}"
            self.found |= {whole if whole in self.known else str(node.module)} & self.known


def test_no_files_import_each_other_in_a_circle():
    names = {".".join(path.relative_to(ROOT.parent).with_suffix("").parts): path for path in modules()}
    graph = {}
    for name, path in names.items():
        imports = _Imports(set(names))
        imports.visit(ast.parse(path.read_text()))
        graph[name] = imports.found
    try:
        graphlib.TopologicalSorter(graph).prepare()
    except graphlib.CycleError as error:
        pytest.fail(" -> ".join(error.args[1]))


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(ROOT)))
def test_the_product_imports_neither_tools_nor_tests(path):
    assert not re.search(r"^\s*(from|import) (tools|tests|oracles|benchmarks)\b", path.read_text(), re.MULTILINE)


def test_sorting_keeps_the_order_of_equal_values():
    """NumPy's other sorts leave equal values in an order that depends on the width of the processor's vectors."""
    calls = [
        (path, node)
        for path in modules()
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "argsort"
    ]
    assert len(calls) > 10
    assert not [f"{path}:{node.lineno}" for path, node in calls if not any(word.arg == "kind" for word in node.keywords)]


def test_every_test_mirrors_what_it_tests():
    """tests/x/test_y.py tests boundcalc/x/y.py; what tests several modules stands in together/, of the tools in tools/."""
    tests = Path(__file__).parents[1]
    homeless = []
    for path in tests.rglob("test_*.py"):
        place = path.relative_to(tests)
        if place.parts[0] in ("together", "tools"):
            continue
        module = ROOT / place.parent / f"{place.stem.removeprefix('test_')}.py"
        if not (module.exists() or module.with_suffix("").is_dir()):
            homeless.append(str(place))
    assert homeless == [], "nothing in boundcalc/ has their place and name: tests of several modules stand in tests/together/"


def test_the_root_of_the_package_holds_rooms_alone():
    files = {path.name for path in ROOT.iterdir() if path.is_file()}
    assert files == {"__init__.py", "__main__.py", "py.typed"}


@pytest.mark.parametrize("side", ["upper", "lower"])
def test_every_file_of_bounds_is_in_the_catalog(side):
    listed = {bound.key for bound in (UPPER if side == "upper" else LOWER)}
    declared = set()
    for path in (ROOT / "bounds" / side).glob("*.py"):
        module = importlib.import_module(f"boundcalc.bounds.{side}.{path.stem}") if path.stem != "__init__" else None
        if module is not None and hasattr(module, "BOUND"):
            assert module.BOUND.key == path.stem, f"the file of the bound {module.BOUND.key} is named as its key"
            declared.add(module.BOUND.key)
    assert declared == listed, "import the module in boundcalc/bounds/catalog.py, and put its BOUND into UPPER or LOWER"


def test_keys_are_unique():
    keys = [bound.key for bound in (*UPPER, *LOWER)]
    assert len(BOUNDS) == len(keys), f"two bounds have one key: {sorted(key for key in BOUNDS if keys.count(key) > 1)}"


@pytest.mark.parametrize(
    ("statement", "absent"),
    [
        ("import boundcalc", {"flint", "numpy", "sympy", "scipy", "clarabel", "click", "rich"}),
        ("import boundcalc.cli.main", {"flint", "numpy", "sympy", "scipy", "clarabel", "rich"}),
        ("import boundcalc.bounds.evaluate", {"numpy", "sympy", "scipy", "clarabel"}),
    ],
)
def test_heavy_imports_wait(statement, absent):
    code = f"{statement}; import sys; print(*(name for name in {sorted(absent)} if name in sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []


def test_classes_have_names_of_their_own():
    """Of one name, two classes would be distinguished by their file alone; what is private to a file may repeat."""
    places: dict[str, list[str]] = {}
    for path in modules():
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                places.setdefault(node.name, []).append(str(path.relative_to(ROOT)))
    assert {name: found for name, found in places.items() if len(found) > 1} == {}


def test_the_files_of_the_checks_have_names_of_their_own():
    """No room but cli, whose files are named as their commands, has a file of the same name."""
    names = [(path.stem, package_of(path)) for path in modules() if path.stem != "__init__" and package_of(path) != "cli"]
    twice = {name for name, room in names if room == "check" and sum(name == other for other, _ in names) > 1}
    assert twice == set()


@pytest.mark.parametrize("path", [*modules(), *sorted(TEMPLATES.glob("*.py"))], ids=lambda path: f"{path.parent.name}/{path.name}")
def test_a_module_says_first_what_it_does(path):
    """A verb in the third person, as far as its ending tells."""
    text = path.read_text()
    begins = (ast.get_docstring(ast.parse(text)) or "").partition("\n")[0]
    found = not text.strip() or re.match(r"[A-Z][a-z]+s\b(?!:| of\b)", begins) is not None
    assert found, f'a docstring begins with what the module does, "Declares ...", "Defines ...", "Computes ..."; here {begins!r}'


def how_a_number_is_made() -> list[tuple[str, str]]:
    """(file, name) of the table in CONTRIBUTING."""
    page = (Path(__file__).parents[2] / "CONTRIBUTING.md").read_text(encoding="utf-8")
    return re.findall(r"^\| .* \| `(boundcalc/\S+)` \| `(\w+)` \|$", page, re.MULTILINE)


def test_the_way_of_a_number_has_its_stations():
    assert len(how_a_number_is_made()) > 10


@pytest.mark.parametrize(("file", "name"), how_a_number_is_made())
def test_a_station_of_a_number_is_where_it_is_said_to_be(file, name):
    tree = ast.parse((ROOT.parent / file).read_text())
    defined = {node.name for node in ast.walk(tree) if isinstance(node, (ast.FunctionDef, ast.ClassDef))}
    assert name in defined, f"How a number is made, in CONTRIBUTING.md, looks for {name} in {file}: say where it went"


def test_everything_public_resolves():
    for name in boundcalc.__all__:
        assert getattr(boundcalc, name) is not None
