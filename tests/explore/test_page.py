"""The page in a real Chromium: its numbers are the library's, its errors one line, and axe-core finds nothing serious."""

from __future__ import annotations

import io
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlencode

import numpy as np
import pytest
from explore.served import FIELDS, axe, browser, served

from boundcalc import explain, latex, report
from boundcalc.bounds.lower.weights import frame
from boundcalc.certificate.write import certificate
from boundcalc.render.judged import loss_of

DIGITS = 10
SLOW = 90_000


@pytest.fixture(scope="module")
def server():
    with served() as found:
        yield found


@pytest.fixture(scope="module")
def chromium():
    with browser() as found:
        yield found


class Watched:
    """A tab, with what it writes to the console and whom it asks."""

    def __init__(self, chromium, server, **context):
        self.server = server
        self.context = chromium.new_context(viewport={"width": 1280, "height": 900}, **context)
        self.page = self.context.new_page()
        self.page.set_default_timeout(SLOW)
        self.told, self.asked = [], []
        self.page.on("console", lambda message: self.told.append((message.type, message.text)))
        self.page.on("pageerror", lambda error: self.told.append(("error", str(error))))
        self.page.on("request", lambda request: self.asked.append(request.url))

    def go(self, fields=FIELDS, **others):
        self.page.goto("about:blank")
        self.page.goto(f"{self.server.address}#{urlencode({**fields, **others})}")
        self.page.wait_for_selector("body[data-shown=full]")

    def settled(self, change):
        """Makes a change and waits for the full report that belongs to it."""
        before = int(self.page.evaluate("document.body.dataset.turn") or 0)
        change()
        self.page.wait_for_function(
            f"() => Number(document.body.dataset.turn) > {before} && document.body.dataset.shown === 'full'"
        )

    def rows(self):
        """Key and number of each row of the tables."""
        read = "one => [one.cells[0].textContent, one.cells[2].textContent]"
        return dict(self.page.evaluate(f"[...document.querySelectorAll('#tables tbody tr')].map({read})"))

    def field(self, name):
        return self.page.locator(f"#{name}").input_value()


@pytest.fixture(scope="module")
def tab(chromium, server):
    """One tab for tests that each begin with an address of their own.

    After all of them nothing was said on the console, wrong input being no error of the page, and nobody else was asked.
    """
    found = Watched(chromium, server)
    yield found
    found.context.close()
    assert [text for kind, text in found.told if kind in ("error", "warning")] == []
    own = (f"http://127.0.0.1:{server.port}/", "blob:", "data:")
    assert found.asked
    assert [url for url in found.asked if not url.startswith(own)] == []


def expected(fields):
    answer = report(**{name: fields[name] for name in ("n", "d", "m", "p", "law")}, digits=DIGITS)
    return answer, {
        outcome.bound.key: outcome.value.enclosure.decimals(DIGITS)[side]
        for side, outcomes in ((1, answer.upper), (0, answer.lower))
        for outcome in outcomes
        if outcome.value is not None
    }


def check(tab):
    """Every number of the tables, the best pair and the ratio, digit for digit."""
    fields = {name: tab.field(name) for name in ("n", "d", "m", "p", "law")}
    answer, known = expected(fields)
    assert tab.rows() == known
    assert len(known) > 8
    best = tab.page.locator("#best").inner_text()
    low, high = answer.best_lower.value.enclosure.decimals(DIGITS)[0], answer.best_upper.value.enclosure.decimals(DIGITS)[1]
    assert f"{low} ≤ I* ≤ {high}" in best
    ratio = answer.ratio.decimals(DIGITS)
    assert (f"{ratio[0]} exactly" if ratio[0] == ratio[1] else f"{ratio[0]} to {ratio[1]}") in best
    assert answer.verdict in best
    return fields


def test_an_address_reproduces_the_view(tab):
    tab.go({"n": "inf", "d": "3", "m": "3", "p": "3/100", "law": "gaussian"})
    assert check(tab) == {"n": "inf", "d": "3", "m": "3", "p": "3/100", "law": "gaussian"}


def test_sliders_move_fields_numbers_and_address(tab):
    tab.go()
    slider = tab.page.locator("#d-slider")
    slider.focus()
    tab.settled(lambda: [slider.press("ArrowLeft") for _ in range(3)])
    assert check(tab)["d"] == "5"
    slider = tab.page.locator("#p-slider")
    tab.settled(lambda: slider.press("ArrowRight"))
    fields = check(tab)
    assert fields["p"] == "0.0015"
    assert slider.get_attribute("aria-valuetext") == "0.0015"
    assert tab.page.evaluate("location.hash") == f"#{urlencode(fields)}"


def test_a_slider_that_is_dragged_ends_at_its_last_value(tab):
    tab.go()
    drag = """() => {
        const slider = document.getElementById("p-slider");
        for (let k = 10; k <= 60; k += 1) {
            slider.value = String(k);
            slider.dispatchEvent(new Event("input", { bubbles: true }));
        }
    }"""
    before = len(tab.asked)
    tab.settled(lambda: tab.page.evaluate(drag))
    assert tab.field("p") == tab.page.evaluate("document.getElementById('p-slider').getAttribute('aria-valuetext')") != FIELDS["p"]
    check(tab)
    full = [url for url in tab.asked[before:] if url.endswith("/ask/bounds")]
    assert len(full) == 1, "fifty values on the way are not asked for"


@pytest.mark.parametrize(
    ("field", "text", "allowed"),
    [
        ("n", "many", "must be a whole number"),
        ("d", "-1", "must be a whole number, at least 1"),
        ("m", "4", "must be an odd whole number"),
        ("p", "0", "must be a number with 0 < p <= 1"),
        ("p", "__import__('os')", "p = __import__('os'):"),
        ("law", "<img src=x onerror=alert(1)>", "law = <img src=x onerror=alert(1)>:"),
        ("n", "", "must be given, such as"),
        ("p", "9" * 600, "must have at most 500 characters"),
    ],
)
def test_wrong_text_is_one_line_beside_its_field(tab, field, text, allowed):
    if tab.page.url == "about:blank" or tab.field("n") != FIELDS["n"]:
        tab.go()
    before = tab.rows()
    tab.page.fill(f"#{field}", text)
    line = tab.page.locator(f"#{field}-error")
    tab.page.wait_for_function(f"() => document.getElementById('{field}-error').textContent !== ''")
    assert allowed in line.inner_text()
    assert "\n" not in line.inner_text()
    assert tab.page.locator(f"#{field}").get_attribute("aria-invalid") == "true"
    assert tab.page.locator("[aria-invalid]").count() == 1
    assert tab.rows() == before, "the last good view stays"
    tab.page.fill(f"#{field}", FIELDS[field])
    tab.page.wait_for_selector("body[data-shown=full]")
    assert line.inner_text() == ""
    assert tab.page.locator(f"#{field}").get_attribute("aria-invalid") is None


def test_a_bound_opens_with_its_proof_and_what_to_copy(tab):
    tab.go()
    tab.page.click("[data-bound=very_sparse]")
    tab.page.wait_for_selector("#detail-title")
    assert tab.page.evaluate("document.activeElement.id") == "detail-title"
    told = explain("very_sparse", 3).fields
    assert told["title"] in tab.page.locator("#detail-title").inner_text()
    tab.page.evaluate("document.querySelectorAll('#detail details').forEach(one => one.open = true)")
    assert tab.page.locator("#proof > ol").first.locator("> li").count() == len(told["proof"])
    assert tab.page.locator("#proof math").count() >= len(told["proof"])
    statement, proof, code, command = (one.inner_text() for one in tab.page.locator("#detail pre").all())
    outcome = report(**FIELDS, digits=DIGITS)["very_sparse"]
    assert statement.strip() == latex(outcome).strip()
    assert proof.strip() == latex("very_sparse", "proof", m=3).strip()
    assert command == "boundcalc bounds --n 120 --d 8 --m 3 --p 1e-3 --law rademacher"
    scope = {}
    exec(code.replace("print(", "found = ("), scope)
    assert float(scope["found"]) == float(outcome)
    assert "show=very_sparse" in tab.page.evaluate("location.hash")
    with tab.page.expect_download() as waiting:
        tab.page.get_by_role("button", name="Download the certificate").click()
    held = json.loads(waiting.value.path().read_text(encoding="ascii"))
    assert held == certificate(report(**FIELDS, digits=30))
    tab.page.get_by_role("button", name="Close").click()
    assert tab.page.evaluate("document.activeElement.dataset.bound") == "very_sparse"


def test_the_band_is_walked_by_keys_and_chooses_a_point(tab):
    tab.go()
    chart = tab.page.locator("#band svg")
    chart.wait_for()
    chart.focus()
    chart.press("End")
    tab.page.wait_for_function("() => document.querySelector('#band svg').getAttribute('aria-valuetext').startsWith('p = 1:')")
    said = tab.page.locator("#band svg").get_attribute("aria-valuetext")
    answer = report(**{**FIELDS, "p": "1"}, digits=DIGITS)
    assert f"≤ {answer.best_upper.value.enclosure.decimals(DIGITS)[1]} by {answer.best_upper.bound.key}" in said
    tab.settled(lambda: tab.page.locator("#band svg").press("Enter"))
    assert check(tab)["p"] == "1"


def test_the_witness_is_drawn_and_is_the_library_s(tab):
    tab.go({"n": "6", "d": "3", "m": "3", "p": "1/100", "law": "rademacher"})
    tab.page.locator("#witness-section summary").first.click()
    tab.page.wait_for_selector("#witness canvas")
    assert "6 features in 3 dimensions" in tab.page.locator("#witness").inner_text()
    assert tab.page.locator("#witness svg line").count() == 6
    with tab.page.expect_download() as waiting:
        tab.page.get_by_role("button", name="Download as .npy").click()
    found = np.load(waiting.value.path(), allow_pickle=False)
    np.testing.assert_array_equal(found, report(n=6, d=3, m=3, p="1/100", law="rademacher", digits=DIGITS).best_lower.witness)
    tab.page.locator("#witness-section summary").first.click()


def test_tiles_of_the_phase_diagram_are_verdicts_and_choose_a_problem(tab):
    tab.go({"n": "4", "d": "2", "m": "3", "p": "1/100", "law": "rademacher"})
    tab.page.locator("#phase-section summary").first.click()
    tab.page.locator("#phase rect.helps").first.wait_for()
    chart = tab.page.locator("#phase svg")
    chart.focus()
    chart.press("ArrowUp")
    tab.page.wait_for_function("() => document.getElementById('phase-point').textContent !== ''")
    told = tab.page.locator("#phase-point").inner_text()
    tab.settled(lambda: tab.page.locator("#phase svg").press("Enter"))
    tab.page.locator("#phase-section summary").first.click()
    fields = check(tab)
    assert told.startswith(f"p = {fields['p']}, n = {fields['n']}: ")
    assert ("superposition helps" in told) == report(**fields, digits=DIGITS).verdict.startswith("superposition helps")


@pytest.mark.slow
def test_features_that_differ(tab):
    from boundcalc.language.formulas import features_from_formulas

    tab.go({"n": "3", "d": "1", "m": "3", "p": "1/10", "law": "gaussian", "importance": "1/i"})
    answer = report(features=features_from_formulas(3, "1/i", "1/10", "gaussian")[0], d=1, m=3, digits=DIGITS)
    assert tab.rows()[answer.best_upper.bound.key] == answer.best_upper.value.enclosure.decimals(DIGITS)[1]
    assert tab.rows()[answer.best_lower.bound.key] == answer.best_lower.value.enclosure.decimals(DIGITS)[0]


@pytest.mark.slow
def test_relu_has_floors(tab):
    from boundcalc.model.features import Features, Group
    from boundcalc.model.relu_problem import ReluProblem
    from boundcalc.render.relu_bounds import relu_bounds_json

    tab.go({"n": "8", "d": "4", "m": "3", "p": "1/100", "law": "uniform01", "activation": "relu"})
    found = relu_bounds_json(ReluProblem(Features((Group(8, 1, "1/100", "uniform01"),)), 4), DIGITS)
    assert tab.rows() == {one["key"]: one["status"] for one in found["floors"]}
    told = tab.page.locator("#tables").inner_text()
    assert [one["loss"]["lower"] in told for one in found["floors"]] == [True] * len(found["floors"])
    assert len(found["floors"]) > 1


def drop(tab, name, data):
    tab.page.evaluate("document.getElementById('file-answer').dataset.file = ''")
    tab.page.set_input_files("#file", {"name": name, "mimeType": "application/octet-stream", "buffer": data})


def npy(array):
    buffer = io.BytesIO()
    np.save(buffer, array)
    return buffer.getvalue()


def test_weights_are_placed_as_the_library_places_them(tab):
    tab.go({"n": "3", "d": "2", "m": "3", "p": "1/100", "law": "rademacher"})
    W = np.array([[1.0, 0.0, -1.0, 1e-4], [0.0, 1.0, 0.0, 0.0]])
    drop(tab, "W.npy", npy(W))
    tab.page.wait_for_selector("#file-answer[data-file='W.npy']")
    told = tab.page.locator("#file-answer").inner_text()
    one = loss_of(W, 3, "1/100", "rademacher", digits=DIGITS)
    low, high = one.standing.share.decimals(DIGITS)
    assert f"{low} to {high}" in told
    assert "dead: 1: 3" in told
    assert "antipodal pairs: 1: 0-2" in told
    assert tab.page.locator("#file-answer pre").text_content() == str(one)


@pytest.mark.parametrize(
    ("name", "make", "line"),
    [
        ("tall.npy", lambda: npy(np.ones((9, 2))), "transpose it above if its rows are the features"),
        ("nan.npy", lambda: npy(np.array([[1.0, np.nan]])), "holds nan in row 0, column 1"),
        ("model.pt", lambda: b"\x80\x02}q\x00.", "must be one of .npy"),
        ("pickled.npy", lambda: npy(np.array([{}], dtype=object)), "pickled objects, which are not loaded"),
        ("cut.npy", lambda: npy(np.ones((4, 9)))[:-8], "damaged or truncated"),
        ("empty.csv", lambda: b"", "it is empty"),
        ("c.json", lambda: b"{}", "boundcalc: certificate"),
    ],
)
def test_a_wrong_file_is_one_line(tab, name, make, line):
    if tab.page.url == "about:blank":
        tab.go()
    drop(tab, name, make())
    place = "#verdict" if name.endswith(".json") else "#file-error"
    tab.page.wait_for_function(f"() => document.querySelector('{place}')?.textContent.includes({json.dumps(line)})")
    told = tab.page.locator(place).inner_text()
    assert "\n" not in told.strip()
    assert "/tmp" not in told


def test_a_file_that_is_too_large_is_not_sent(tab):
    if tab.page.url == "about:blank":
        tab.go()
    before = len(tab.asked)
    tab.page.evaluate(
        """() => { const held = new DataTransfer(); held.items.add(new File([new Uint8Array(64 * 2 ** 20 + 1)], 'huge.npy'));
        document.getElementById('drop').dispatchEvent(new DragEvent('drop', {dataTransfer: held, bubbles: true})); }"""
    )
    tab.page.wait_for_function("() => document.getElementById('file-error').textContent.includes('at most 64 MiB')")
    assert not [url for url in tab.asked[before:] if "/file/" in url]


def test_a_changed_certificate_is_refused_in_the_command_s_lines(tab):
    from boundcalc.certificate.verify import verdict_lines, verify

    if tab.page.url == "about:blank":
        tab.go()
    held = certificate(report(6, 3, 3, "1/5", "rademacher"))
    drop(tab, "good.json", json.dumps(held).encode())
    tab.page.wait_for_selector("#verdict >> text=accepted")
    assert tab.page.locator("#verdict").text_content() == "\n".join(verdict_lines(verify(held)))
    held["upper"]["improvement"]["upper"] = "1/10"
    drop(tab, "changed.json", json.dumps(held).encode())
    tab.page.wait_for_selector("#file-answer h3 >> text=refuted")
    done = verify(held)
    assert done.failure
    assert tab.page.locator("#verdict").text_content() == "\n".join(verdict_lines(done))


def test_axe_finds_nothing_serious_and_nothing_is_wider_than_the_screen(tab):
    tab.go({"n": "6", "d": "3", "m": "3", "p": "1/100", "law": "rademacher"}, show="rank")
    tab.page.wait_for_selector("#detail-title")
    drop(tab, "W.npy", npy(np.asarray(frame("icosahedron"), dtype=float)))
    tab.page.wait_for_selector("#file-answer[data-file='W.npy']")
    tab.page.locator("#band svg").wait_for()
    tab.page.evaluate("document.querySelectorAll('details:not(#phase-section)').forEach(one => one.open = true)")
    tab.page.wait_for_selector("#witness canvas")
    tab.page.evaluate(axe())
    for scheme in ("light", "dark"):
        for width in (1280, 360):
            tab.page.emulate_media(color_scheme=scheme)
            tab.page.set_viewport_size({"width": width, "height": 900})
            assert tab.page.evaluate("document.documentElement.scrollWidth") <= width
            found = tab.page.evaluate("axe.run({resultTypes: ['violations']})")
            assert len(found["passes"]) > 20, "axe ran"
            serious = [one for one in found["violations"] if one["impact"] in ("serious", "critical")]
            assert [(one["id"], one["nodes"][0]["html"]) for one in serious] == [], (scheme, width)
    tab.page.emulate_media(color_scheme="light")
    tab.page.set_viewport_size({"width": 1280, "height": 900})


def test_a_page_of_another_origin_reaches_nothing(chromium, server):
    """It knows the port and even the token; it may neither read an answer nor show the page in a frame."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Other) as other:
        threading.Thread(target=other.serve_forever, daemon=True).start()
        page = chromium.new_page()
        page.goto(f"http://127.0.0.1:{other.server_port}/")
        asked = json.dumps({"fields": FIELDS})
        reach = """async ([address, options]) => {
          try { const found = await fetch(address, options); return [found.type, found.status, await found.text()]; }
          catch (error) { return [error.name, 0, ""]; }
        }"""
        home = f"http://127.0.0.1:{server.port}"
        refused = []
        page.on("response", lambda response: refused.append(response.status) if response.url.startswith(home) else None)
        for address, options in (
            (f"{home}/ask/closed", {"method": "POST", "body": asked, "headers": {"x-boundcalc-token": server.token}}),
            (f"{home}/ask/closed?token={server.token}", {"method": "POST", "body": asked}),
            (f"{home}/ask/closed?token={server.token}", {"method": "POST", "body": asked, "mode": "no-cors"}),
            (f"{home}/?token={server.token}", {"mode": "no-cors"}),
            (f"{home}/page/main.js", {"mode": "no-cors"}),
        ):
            kind, status, text = page.evaluate(reach, [address, options])
            assert (status, text) == (0, ""), address
            assert kind in ("TypeError", "opaque")
        assert set(refused) <= {400, 403}
        page.evaluate("address => { document.body.innerHTML = `<iframe src='${address}'></iframe>` }", server.address)
        page.wait_for_timeout(300)
        assert all(frame.locator("#question").count() == 0 for frame in page.frames[1:])
        page.close()
        other.shutdown()


class Other(BaseHTTPRequestHandler):
    """A site of somebody else."""

    def do_GET(self):
        self.send_response(200)
        self.send_header("content-type", "text/html")
        self.end_headers()
        self.wfile.write(b"<!doctype html><title>other</title><body></body>")

    def log_message(self, *args):
        pass
