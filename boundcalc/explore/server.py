"""Serves the page on loopback: what it may ask, from whom and how large, and the end of work that nobody waits for."""

from __future__ import annotations

import asyncio
import json
import re
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from boundcalc.explore.answers import KINDS, OF_FILES
from boundcalc.explore.guard import HOSTS, Guard
from boundcalc.explore.workers import MOST_SECONDS, AnswerWorkers, Died, TooSlow

PAGE = Path(__file__).parent / "page"
MOST_QUESTION = 1 << 16
"""Bytes of a question."""
MOST_FILE = 64 << 20
"""Bytes of a file that is dropped."""
QUICK = "closed"
"""The kind that has a process of its own, so that it waits for nothing."""
_MEDIA = {"npy": "application/octet-stream", "pdf": "application/pdf"}


class Refusal(Exception):
    """A question that is not answered, in one line."""

    def __init__(self, status: int, line: str, field: str = "") -> None:
        super().__init__(line)
        self.status, self.line, self.field = status, line, field


def application(token: str, *, workers: int = 2, seconds: float = MOST_SECONDS) -> Starlette:
    """The application, for one reader who knows the token.

    Parameters
    ----------
    token : str
        Asked of the page by ``?token=`` and of every question in a header.
    workers : int
        Processes besides the one for closed forms.
    seconds : float
        After which an answer is given up.
    """

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        app.state.quick, app.state.others = AnswerWorkers(1, seconds), AnswerWorkers(workers, seconds)
        warming = asyncio.gather(app.state.quick.prepare(), app.state.others.prepare())
        try:
            yield
        finally:
            warming.cancel()
            with suppress(asyncio.CancelledError):
                await warming
            app.state.quick.close()
            app.state.others.close()

    return Starlette(
        routes=[
            Route("/", _index),
            Route("/ask/{kind}", _ask, methods=["POST"]),
            Route("/file/{kind}", _file, methods=["POST"]),
            Mount("/page", StaticFiles(directory=PAGE)),
        ],
        middleware=[Middleware(TrustedHostMiddleware, allowed_hosts=HOSTS), Middleware(Guard, token=token)],
        exception_handlers={Refusal: _refused},
        lifespan=lifespan,
    )


async def _index(request: Request) -> Response:
    return FileResponse(PAGE / "index.html")


async def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, Refusal)
    return JSONResponse({"error": {"field": error.field, "line": error.line}}, status_code=error.status)


async def _ask(request: Request) -> Response:
    """A question of the fields alone."""
    kind = request.path_params["kind"]
    if kind not in KINDS:
        raise Refusal(404, f"kind = {kind[:40]}: must be one of {', '.join(KINDS)}")
    asked = _object(await _body(request, MOST_QUESTION, "question", "64 KiB"))
    return await _answered(request, kind, asked)


async def _file(request: Request) -> Response:
    """A question about a file, whose bytes are the body; it is read from a copy that is gone afterwards."""
    kind = request.path_params["kind"]
    if kind not in OF_FILES:
        raise Refusal(404, f"kind = {kind[:40]}: must be one of {', '.join(OF_FILES)}")
    name = plain_name(request.query_params.get("name", ""))
    fields = _object(request.query_params.get("fields", "{}").encode())
    check_ending(kind, name)
    data = await _body(request, MOST_FILE, name, "64 MiB; the command line reads larger ones")
    with tempfile.TemporaryDirectory(prefix="boundcalc-") as folder:
        path = Path(folder) / name
        path.write_bytes(data)
        del data
        return await _answered(request, kind, {"fields": fields, "path": str(path), "name": name})


def plain_name(name: str) -> str:
    """A file's name without folders and without what a file's name seldom has.

    >>> plain_name("../../etc/W.npy")
    'W.npy'
    """
    found = re.sub(r"[^\w. ()+-]", "_", re.split(r"[/\\]", name)[-1])[-80:].strip(". ")
    return found or "file"


def check_ending(kind: str, name: str) -> None:
    """Refuses weights in a file of another kind than those that are read without running anything.

    Raises
    ------
    Refusal
    """
    from boundcalc.explore.weights_shown import ENDINGS

    if kind != "verify" and not name.lower().endswith(ENDINGS):
        raise Refusal(200, f"file = {name}: must be one of {', '.join(ENDINGS)}; the command line reads checkpoints", "file")


async def _body(request: Request, most: int, name: str, allowed: str) -> bytes:
    """The body, refused as soon as it is known to be too large."""
    refusal = Refusal(413, f"file = {name}: must have at most {allowed}", "file")
    if int(request.headers.get("content-length") or 0) > most:
        raise refusal
    found = bytearray()
    async for part in request.stream():
        found += part
        if len(found) > most:
            raise refusal
    return bytes(found)


def _object(data: bytes) -> dict[str, Any]:
    with suppress(ValueError, RecursionError):
        found = json.loads(data)
        if isinstance(found, dict):
            return found
    raise Refusal(400, "question: must be a JSON object")


async def _answered(request: Request, kind: str, asked: dict[str, Any]) -> Response:
    """The answer of a worker; if the reader leaves first, the work ends."""
    state = request.app.state
    workers: AnswerWorkers = state.quick if kind == QUICK else state.others
    work = asyncio.ensure_future(workers.ask(kind, asked))
    left = asyncio.ensure_future(_left(request))
    try:
        await asyncio.wait({work, left}, return_when=asyncio.FIRST_COMPLETED)
        if not work.done():
            raise Refusal(499, "superseded")
        found = work.result()
    except TooSlow:
        raise Refusal(503, "this takes longer than a page waits for: ask the command line, or choose other parameters") from None
    except Died:
        raise Refusal(503, "the process that computed this ended, most likely for want of memory: choose smaller n or d") from None
    finally:
        for task in (work, left):
            task.cancel()
        await asyncio.gather(work, left, return_exceptions=True)
    if "file" in found:
        return Response(found["file"], media_type=_MEDIA[kind.rpartition(".")[2]])
    return JSONResponse(found)  # wrong input too, which is no failure of the exchange


async def _left(request: Request) -> None:
    """Returns when the reader has closed the connection."""
    while (await request.receive())["type"] != "http.disconnect":
        pass
