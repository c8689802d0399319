"""Guards the server: a token that only the page's address holds, one origin, and headers that let the page load nothing else."""

from __future__ import annotations

import secrets
from urllib.parse import parse_qs

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

HOSTS = ["127.0.0.1", "localhost"]
"""What a browser may call the server; any other name is somebody's attempt to reach it through a name of theirs."""
HEADER = "x-boundcalc-token"
OPEN = "/page/"
"""Files of the page, the same for everyone."""
HEADERS = {
    "content-security-policy": "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "
    "form-action 'none'; base-uri 'none'; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-resource-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cache-control": "no-store",
}


def new_token() -> str:
    """A token that cannot be guessed."""
    return secrets.token_urlsafe(24)


class Guard:
    """Lets through who knows the token, asks from the page's own origin, and adds the headers."""

    def __init__(self, app: ASGIApp, token: str) -> None:
        self._app, self._token = app, token

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers[name] = value
            await send(message)

        refusal = self._why_not(scope)
        if refusal is None:
            await self._app(scope, receive, guarded)
        else:
            await PlainTextResponse(f"boundcalc: {refusal}\n", status_code=403)(scope, receive, guarded)

    def _why_not(self, scope: Scope) -> str | None:
        headers = Headers(scope=scope)
        origin = headers.get("origin")
        if origin is not None and origin != f"http://{headers.get('host', '')}":
            return "a page of another origin may not ask"
        if scope["path"] != "/" and headers.get("sec-fetch-site", "none") not in ("none", "same-origin"):  # a link may lead to "/"
            return "a page of another site may not ask"
        if scope["path"].startswith(OPEN):
            return None
        given = headers.get(HEADER) or parse_qs(scope["query_string"].decode("latin-1")).get("token", [""])[0]
        if not secrets.compare_digest(given.encode(), self._token.encode()):
            return "the address lacks the token that boundcalc explore printed: open the address as a whole"
        return None
