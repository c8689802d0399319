"""What the server gives to whom: the token, the origin, the name, sizes, paths; and that Ctrl-C ends it at once."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import time
from urllib.parse import urlencode

import pytest
from explore.served import FIELDS, served

pytest.importorskip("starlette", reason="starlette is not installed")

from boundcalc.explore.server import MOST_FILE, MOST_QUESTION, plain_name


@pytest.fixture(scope="module")
def server():
    with served() as found:
        yield found


def request(server, method, path, body=None, token=None, **headers):
    """Status, headers and body; headers with _ for -."""
    link = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    if token is not None:
        given["x-boundcalc-token"] = token
    try:
        link.request(method, path, body, given)
        found = link.getresponse()
        return found.status, found.headers, found.read()
    finally:
        link.close()


QUESTION = json.dumps({"fields": FIELDS})
LONG = json.dumps({"fields": {**FIELDS, "n": "3000", "m": "9"}, "axis": "d", "values": [str(150 + k) for k in range(60)]})


def send(server, body):
    """Asks for a band that takes minutes, and does not wait."""
    link = socket.create_connection(("127.0.0.1", server.port))
    head = ["POST /ask/points HTTP/1.1", f"Host: 127.0.0.1:{server.port}", f"x-boundcalc-token: {server.token}"]
    link.sendall("\r\n".join([*head, f"Content-Length: {len(body)}", "", body]).encode())
    return link


def test_with_the_token_it_answers(server):
    status, headers, body = request(server, "POST", "/ask/closed", QUESTION, server.token)
    assert status == 200
    assert json.loads(body)["answer"]["kind"] == "power"
    assert "default-src 'none'" in headers["content-security-policy"]
    assert "access-control-allow-origin" not in headers
    assert "server" not in headers


@pytest.mark.parametrize(
    ("token", "path"), [(None, "/ask/closed"), ("", "/ask/closed"), ("wrong", "/ask/closed"), ("é", "/file/verify")]
)
def test_without_the_token_nothing(server, token, path):
    status, _, body = request(server, "POST", path, QUESTION, token)
    assert status == 403
    assert b"answer" not in body
    assert body.count(b"\n") == 1


def test_the_page_needs_the_token_in_its_address(server):
    assert request(server, "GET", "/")[0] == 403
    assert request(server, "GET", "/?token=x")[0] == 403
    status, _, body = request(server, "GET", f"/?token={server.token}")
    assert status == 200
    assert body.startswith(b"<!doctype html>")
    assert server.token.encode() not in body


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "http://127.0.0.1:1", "https://127.0.0.1"])
def test_another_origin_is_refused_even_with_the_token(server, origin):
    status, headers, _ = request(server, "POST", "/ask/closed", QUESTION, server.token, Origin=origin)
    assert status == 403
    assert "access-control-allow-origin" not in headers
    preflight = {"Origin": origin, "Access_Control_Request_Method": "POST", "Access_Control_Request_Headers": "x-boundcalc-token"}
    status, headers, _ = request(server, "OPTIONS", "/ask/closed", **preflight)
    assert status != 200
    assert "access-control-allow-origin" not in headers


def test_its_own_origin_is_let_through(server):
    own = f"http://127.0.0.1:{server.port}"
    assert request(server, "POST", "/ask/closed", QUESTION, server.token, Origin=own, Sec_Fetch_Site="same-origin")[0] == 200
    assert request(server, "POST", "/ask/closed", QUESTION, server.token, Sec_Fetch_Site="cross-site")[0] == 403


def test_another_name_of_the_host_is_refused(server):
    """As DNS rebinding would give it."""
    assert request(server, "GET", f"/?token={server.token}", Host="evil.example")[0] == 400


def test_it_listens_on_loopback_alone(server):
    with open("/proc/net/tcp", encoding="ascii") as table:
        bound = [line.split()[1] for line in table.readlines()[1:] if line.split()[3] == "0A"]
    assert [place for place in bound if place.endswith(f":{server.port:04X}")] == [f"0100007F:{server.port:04X}"]


@pytest.mark.parametrize(
    "path",
    [
        "/page/../server.py",
        "/page/%2e%2e/server.py",
        "/page/..%2fserver.py",
        "/page//etc/passwd",
        "/page/%2fetc%2fpasswd",
        "/page/..\\server.py",
        "/page/",
        "/etc/passwd",
    ],
)
def test_no_file_but_the_page_s(server, path):
    status, _, body = request(server, "GET", path, token=server.token)
    assert status in (400, 403, 404, 405)
    assert b"import" not in body
    assert b"root:" not in body


def test_a_path_in_a_question_is_not_read(server):
    asked = json.dumps({"fields": FIELDS, "path": "/etc/passwd", "name": "passwd.csv"})
    status, _, body = request(server, "POST", "/ask/weights", asked, server.token)
    assert status == 404
    assert b"root" not in body
    query = urlencode({"name": "../../../etc/passwd.csv", "fields": json.dumps({**FIELDS, "path": "/etc/passwd"})})
    found = json.loads(request(server, "POST", f"/file/weights?{query}", b"1,0\n0,1\n", server.token)[2])
    assert found["answer"]["name"] == "passwd.csv"
    assert found["answer"]["shape"] == [2, 2]


@pytest.mark.parametrize("name", ["", ".", "..", "/", "a/..", "\x00", "..\\..\\x", "x" * 300])
def test_names_of_files_are_plain(name):
    found = plain_name(name)
    assert found not in ("", ".", "..")
    assert not set(found) & set("/\\\x00")
    assert len(found) <= 80


def test_sizes_are_bounded(server):
    assert request(server, "POST", "/ask/closed", b" " * (MOST_QUESTION + 1), server.token)[0] == 413
    status, _, body = request(server, "POST", "/file/verify?name=c.json", b"", server.token, Content_Length=str(MOST_FILE + 1))
    assert status == 413
    assert "at most 64 MiB" in json.loads(body)["error"]["line"]


def test_a_body_without_a_length_is_bounded(server):
    parts = (b" " * 4096 for _ in range(MOST_QUESTION // 4096 + 2))
    assert request(server, "POST", "/ask/closed", parts, server.token)[0] == 413


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b"\xff", b"[" * 60_000])
def test_a_question_must_be_an_object(server, body):
    status, _, told = request(server, "POST", "/ask/closed", body, server.token)
    assert status == 400
    assert json.loads(told)["error"]["line"] == "question: must be a JSON object"


def test_who_leaves_ends_the_work(server):
    """The single long question holds a process; when its reader leaves, the next two are answered soon."""
    links = [send(server, LONG) for _ in range(4)]
    time.sleep(0.3)
    for link in links:
        link.close()
    began = time.monotonic()
    assert request(server, "POST", "/ask/bounds", QUESTION, server.token)[0] == 200
    assert time.monotonic() - began < 15, "the four would take minutes"


def test_an_interrupt_while_the_library_loads_is_one_line_too():
    with served() as server:
        began = time.monotonic()
        server.process.send_signal(signal.SIGINT)
        server.process.wait(timeout=30)
        took = time.monotonic() - began
        out, err = server.process.communicate(timeout=60)  # what still loads the library has the same standard error
    assert (server.process.returncode, out) == (130, "")
    assert err.split("\n")[-2:] == ["boundcalc: interrupted", ""]
    assert "Traceback" not in err
    assert took < 2 + 3 * (os.getloadavg()[0] > 4), "2 s, on a machine that is not loaded"


def test_an_interrupt_ends_a_busy_server_at_once_with_one_line():
    with served("--workers", "1") as server:
        request(server, "POST", "/ask/closed", QUESTION, server.token)
        link = send(server, LONG)
        time.sleep(0.3)
        began = time.monotonic()
        server.process.send_signal(signal.SIGINT)
        out, err = server.process.communicate(timeout=30)
        took = time.monotonic() - began
        link.close()
    assert (server.process.returncode, out) == (130, "")
    assert err.split("\n") == ["Ctrl-C ends it", "boundcalc: interrupted", ""]
    assert took < 2 + 3 * (os.getloadavg()[0] > 4), "2 s, on a machine that is not loaded"
