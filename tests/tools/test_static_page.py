"""The page that needs no server, in a real Chromium: its numbers and verdicts are the library's, and it asks nobody.

``python -m tools.static_page --fetch .ci/parts`` gets what is not ours, as .ci/run does; without it the tests are skipped.
"""

from __future__ import annotations

import functools
import json
import random
import threading
import zipfile
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlencode

import pytest
from explore.served import FIELDS, axe, browser

from boundcalc import report
from boundcalc.certificate.write import certificate
from boundcalc.cli.main import main
from boundcalc.explore.bounds_shown import evaluated
from boundcalc.model.problem import Problem
from tools import static_page

PARTS = Path(__file__).parents[2] / ".ci" / "parts"
LOADED = 120_000


class Quiet(SimpleHTTPRequestHandler):
    """Serves files, and says nothing."""

    def log_message(self, *args):
        pass


@pytest.fixture(scope="module")
def tab(tmp_path_factory):
    if not (list(PARTS.glob("pyodide-*.tgz")) and list(PARTS.glob("python_flint-*.whl"))):
        pytest.skip("Pyodide is not there: python -m tools.static_page --fetch .ci/parts")
    folder = tmp_path_factory.mktemp("page")
    static_page.build(folder, PARTS)
    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    with browser() as chromium:
        page = chromium.new_page(viewport={"width": 360, "height": 740})
        page.set_default_timeout(LOADED)
        page.told, page.asked = [], []
        page.on("console", lambda message: page.told.append((message.type, message.text)))
        page.on("pageerror", lambda error: page.told.append(("error", str(error))))
        page.on("request", lambda request: page.asked.append(request.url))
        page.home = f"http://127.0.0.1:{server.server_port}/"
        page.goto(f"{page.home}#{urlencode(FIELDS)}")
        page.wait_for_selector("body[data-shown=full]")
        yield page
    server.shutdown()
    thread.join()
    server.server_close()


def verdict(tab, path):
    tab.set_input_files("#file", [])
    tab.evaluate("document.getElementById('file-answer').replaceChildren()")
    tab.set_input_files("#file", str(path))
    tab.wait_for_selector("#verdict", state="attached")
    return tab.locator("#verdict").text_content()


def command(capsys, path):
    with pytest.raises(SystemExit):
        main(["certificate", "verify", str(path)])
    out, err = capsys.readouterr()
    return (out or err).rstrip("\n")


def test_closed_forms_are_the_library_s(tab):
    answer = evaluated(Problem(**FIELDS), closed=True)
    read = "one => [one.cells[0].textContent, one.cells[2].textContent]"
    rows = dict(tab.evaluate(f"[...document.querySelectorAll('#tables tbody tr')].map({read})"))
    sides = ((1, answer.upper), (0, answer.lower))
    known = {o.bound.key: o.value.enclosure.decimals(10)[side] for side, outcomes in sides for o in outcomes if o.value is not None}
    assert rows == known
    assert "the full program has sharper bounds" in tab.locator("#best").inner_text()
    tab.fill("#p", "0")
    tab.wait_for_selector("#p[aria-invalid]")
    assert "must be a number with 0 < p <= 1" in tab.locator("#p-error").inner_text()
    tab.fill("#p", FIELDS["p"])
    tab.wait_for_selector("body[data-shown=full]")


def test_certificates_are_accepted_and_refused_in_the_command_s_lines(tab, tmp_path, capsys):
    held = certificate(report(6, 3, 3, "1/5", "rademacher"))
    texts = {"good.json": json.dumps(held), "none.json": "{}", "broken.json": "{"}
    held["upper"]["improvement"]["upper"] = "1/10"
    texts["changed.json"] = json.dumps(held)
    for name, text in texts.items():
        (tmp_path / name).write_text(text)
        assert verdict(tab, tmp_path / name) == command(capsys, tmp_path / name)


def test_weights_are_for_the_full_program(tab):
    tab.set_input_files("#file", {"name": "W.npy", "mimeType": "", "buffer": b"x"})
    tab.wait_for_selector("#file-error >> text=full program")


def test_axe_finds_nothing_serious_and_nobody_else_is_asked(tab):
    tab.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    tab.evaluate(axe())
    for scheme in ("light", "dark"):
        tab.emulate_media(color_scheme=scheme)
        found = tab.evaluate("axe.run({resultTypes: ['violations']})")
        serious = [one for one in found["violations"] if one["impact"] in ("serious", "critical")]
        assert [(one["id"], one["nodes"][0]["html"], one["nodes"][0]["failureSummary"]) for one in serious] == []
    assert tab.evaluate("document.documentElement.scrollWidth") <= 360
    assert [text for kind, text in tab.told if kind in ("error", "warning")] == []
    assert [url for url in tab.asked if not url.startswith((tab.home, "data:", "blob:"))] == []


def hundred():
    """Fifty certificates of many kinds, each also with a digit changed; the seed is 21."""
    draw = random.Random(21)
    for _ in range(50):
        m = draw.choice((3, 3, 3, 5))
        d = draw.randint(1, 9 if m == 3 else 4)
        n = draw.choice(("inf", d, d + 1, 2 * d, 7 * d, d * (d + 1) // 2, 40 * d))
        p = draw.choice(("1e-8", "1e-5", "1/1000", "1/100", "1/30", "1/10", "1/3", "9/10", "1"))
        held = certificate(report(n, d, m, p, draw.choice(("rademacher", "gaussian", "uniform", "laplace"))))
        text = json.dumps(held, indent=1)
        places = [k for k, letter in enumerate(text) if letter.isdigit()]
        at = draw.choice(places)
        yield text
        yield text[:at] + draw.choice("".join(set("123456789") - {text[at]})) + text[at + 1 :]


@pytest.mark.slow
def test_a_hundred_certificates(tab, tmp_path, capsys):
    verdicts = set()
    for k, text in enumerate(hundred()):
        path = tmp_path / f"c{k}.json"
        path.write_text(text)
        expected = command(capsys, path)
        assert verdict(tab, path) == expected
        verdicts.add(expected.splitlines()[-1].split()[0])
    assert verdicts >= {"accepted", "FAILED"}


def test_the_library_s_archive_is_the_same_each_time(tmp_path):
    for name in ("a.zip", "b.zip"):
        static_page.write_library(tmp_path / name)
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        names = archive.namelist()
    assert "boundcalc/certificate/verify.py" in names
    assert not [name for name in names if "/cli/" in name or "__pycache__" in name]


def test_a_folder_without_the_parts_is_one_line(tmp_path):
    with pytest.raises(SystemExit, match="must hold one file"):
        static_page.only(tmp_path, "pyodide-*.tgz")
