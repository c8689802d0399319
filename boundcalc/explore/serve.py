"""Runs the server until an interrupt."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable

import uvicorn

from boundcalc.explore.guard import new_token
from boundcalc.explore.server import application
from boundcalc.explore.workers import end_forks
from boundcalc.numbers.errors import ParameterError

HOST = "127.0.0.1"


def serve(port: int, workers: int, ready: Callable[[str], object], fragment: str = "") -> None:
    """Serves on loopback until Ctrl-C, which is raised as ``KeyboardInterrupt`` once every process has ended.

    Parameters
    ----------
    port : int
        0 for any that is free.
    workers : int
    ready : callable
        Called with the address, token included, once it answers.
    fragment : str
        The state that the page begins with.

    Raises
    ------
    ParameterError
        If the port cannot be had.
    """
    token = new_token()
    listening = _listen(port)
    address = f"http://{HOST}:{listening.getsockname()[1]}/?token={token}{fragment}"
    config = uvicorn.Config(
        application(token, workers=workers),
        log_level="critical",
        access_log=False,
        lifespan="on",
        ws="none",
        timeout_graceful_shutdown=1,
        h11_max_incomplete_event_size=1 << 16,
        server_header=False,
    )
    try:
        asyncio.run(_serve(uvicorn.Server(config), listening, lambda: ready(address)))
    finally:
        end_forks()


async def _serve(server: uvicorn.Server, listening: socket.socket, ready: Callable[[], object]) -> None:
    async def tell() -> None:
        while not server.started:
            await asyncio.sleep(0.02)
        ready()

    telling = asyncio.ensure_future(tell())
    try:
        await server.serve(sockets=[listening])
    finally:
        telling.cancel()
        listening.close()


def _listen(port: int) -> socket.socket:
    found = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        found.bind((HOST, port))
    except OSError as error:
        found.close()
        raise ParameterError("port", port, f"must be free ({error.strerror}); leave it out for any that is") from None
    return found
