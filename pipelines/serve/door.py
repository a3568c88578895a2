"""Logging in and out, and changing one's password."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from pipelines.audit import record
from pipelines.county import County
from pipelines.errors import MistakeError
from pipelines.serve.sessions import PAUSE_SECONDS, Lockout, Sessions
from pipelines.serve.users import User, change_password, is_right_password, read_users

COOKIE = "shouwang"
_LONGEST_FIELD = 200
_WRONG = "用户名或密码不对。"
_LOCKED = f"这个用户名连续输错多次，请 {PAUSE_SECONDS // 60} 分钟后再试。"
Render = Callable[..., Response]


class Door:
    """Who comes in. Nothing in a cookie says who somebody is; a cookie only names a session that is kept here."""

    def __init__(self, county: County, render: Render) -> None:
        self._county, self._render = county, render
        self._sessions, self._lockout = Sessions(), Lockout()

    def user_of(self, request: Request, *, by_hand: bool = True) -> User | None:
        """The user behind a request: as the county's file has them now, and only while their password is the same."""
        found = self._sessions.find(request.cookies.get(COOKIE, ""), by_hand=by_hand)
        user = read_users(self._county).get(found[0]) if found else None
        return user if user and found and user.password == found[1] else None

    async def ask(self, request: Request) -> Response:
        """The login page."""
        return self._render("login.html", request, problem="", next=_local(request.query_params.get("next", "")))

    async def enter(self, request: Request) -> Response:
        """A login: a session and the page that was wanted, or the login page with one sentence for every failure."""
        form = await request.form()
        name, password, wanted = (str(form.get(key, ""))[:_LONGEST_FIELD] for key in ("name", "password", "next"))
        return await run_in_threadpool(self._enter, request, name.strip(), password, _local(wanted))

    def _enter(self, request: Request, name: str, password: str, wanted: str) -> Response:
        if self._lockout.is_locked(name):
            return self._render("login.html", request, status=429, problem=_LOCKED, next=wanted)
        user = read_users(self._county).get(name)
        if not is_right_password(user, password) or user is None:
            locked = self._lockout.failed(name)
            # A name that is nobody's may be a password typed into the wrong field: it is not written down.
            record(self._county, "login_locked" if locked else "login_refused", user.name if user else "（未知用户）")
            told = _LOCKED if locked else _WRONG
            return self._render("login.html", request, status=429 if locked else 403, problem=told, next=wanted)
        self._lockout.cleared(name)
        record(self._county, "login", user.name, role=user.role)
        answer = RedirectResponse(wanted or "/", status_code=303)
        self._sessions.close(request.cookies.get(COOKIE, ""))
        token = self._sessions.open(user.name, user.password)
        answer.set_cookie(COOKIE, token, httponly=True, samesite="lax", secure=request.url.scheme == "https")
        return answer

    async def leave(self, request: Request) -> Response:
        """A logout."""
        self._sessions.close(request.cookies.get(COOKIE, ""))
        answer = RedirectResponse("/login", status_code=303)
        answer.delete_cookie(COOKIE)
        return answer

    async def ask_password(self, request: Request) -> Response:
        """The page on which a user changes the password."""
        return self._render("password.html", request, problem="")

    async def change(self, request: Request) -> Response:
        """A new password; every other session of the user ends with the old one."""
        form = await request.form()
        told = [str(form.get(key, ""))[:_LONGEST_FIELD] for key in ("old", "new", "again")]
        return await run_in_threadpool(self._change, request, *told)

    def _change(self, request: Request, old: str, new: str, again: str) -> Response:
        user: User = request.state.user
        problem = ""
        if self._lockout.is_locked(user.name):
            problem = _LOCKED
        elif not is_right_password(user, old):
            self._lockout.failed(user.name)
            problem = "原密码不对。"
        elif new != again:
            problem = "两次输入的新密码不一样。"
        elif new == old:
            problem = "新密码不能与原密码相同。"
        else:
            try:
                change_password(self._county, user.name, new)
            except MistakeError as mistake:
                problem = mistake.message
        if problem:
            return self._render("password.html", request, status=400, problem=problem)
        record(self._county, "change_password", user.name)
        self._sessions.close(request.cookies.get(COOKIE, ""))
        token = self._sessions.open(user.name, read_users(self._county)[user.name].password)
        answer = RedirectResponse("/", status_code=303)
        answer.set_cookie(COOKIE, token, httponly=True, samesite="lax", secure=request.url.scheme == "https")
        return answer


def login_address(request: Request) -> str:
    """Where somebody without a session is sent, and back from there."""
    wanted = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return f"/login?next={quote(wanted)}"


def _local(address: str) -> str:
    """An address on this server; anything else becomes empty, so that no link of ours leads elsewhere."""
    is_local = address.startswith("/") and not address.startswith(("//", "/\\"))
    return address if is_local and address.isprintable() and "\\" not in address else ""
