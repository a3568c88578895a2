"""What every request passes first: the right host, a login, no foreign form, and headers that keep browsers at home."""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pipelines.serve.door import Door, login_address

_OPEN, _FILES = "/login", "/static/"
_BEFORE_CHANGE = ("/password", "/logout", "/night")
_POLLED = "/night"
# The tables-and-columns page is dbt's own, with its script inside; it may load nothing from elsewhere either.
_WITH_SCRIPT_INSIDE = "/dictionary"
_STRICT = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self';"
    " form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_LOOSE = "default-src 'self' 'unsafe-inline' 'unsafe-eval' data: blob:; frame-ancestors 'none'"


class Guard:
    """Wraps the whole application."""

    def __init__(self, app: ASGIApp, door: Door) -> None:
        self._app, self._door = app, door

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through with its user in `request.state.user`, or answer it here."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] != "http":  # there is nothing to talk to over a web socket
            await send({"type": "websocket.close", "code": 1008})
            return
        request = Request(scope)
        path = request.url.path
        answer = None if path.startswith(_FILES) else self._refusal(request)
        await (answer or self._app)(scope, receive, _with_headers(send, path))

    def _refusal(self, request: Request) -> Response | None:
        """The answer to a request that may not pass; None for one that may."""
        path = request.url.path
        if request.method == "POST" and not _is_own_form(request):
            return PlainTextResponse("请求来自别的网站，已拒绝。", status_code=403)
        user = self._door.user_of(request, by_hand=path != _POLLED)
        request.state.user = user
        if path == _OPEN:
            return None
        if user is None:
            if request.method == "GET" and path != _POLLED:
                return RedirectResponse(login_address(request), status_code=303)
            return PlainTextResponse("请先登录。", status_code=403)
        if user.must_change and path not in _BEFORE_CHANGE:
            return RedirectResponse("/password", status_code=303)
        return None


def _is_own_form(request: Request) -> bool:
    """Whether a form was sent from a page of ours; every browser says where a POST comes from."""
    origin = request.headers.get("origin", "")
    return urlsplit(origin).netloc == request.headers.get("host", "")


def _with_headers(send: Send, path: str) -> Send:
    async def sent(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            headers["Content-Security-Policy"] = _LOOSE if path == _WITH_SCRIPT_INSIDE else _STRICT
            headers["X-Content-Type-Options"] = "nosniff"
            headers["Referrer-Policy"] = "same-origin"
            headers["Cross-Origin-Opener-Policy"] = "same-origin"
            headers["Cross-Origin-Resource-Policy"] = "same-origin"
            headers.setdefault("Cache-Control", "max-age=3600" if path.startswith(_FILES) else "no-store")
        await send(message)

    return sent
