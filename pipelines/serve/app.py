"""The whole server as one ASGI application, and running it."""

from __future__ import annotations

import ipaddress
import socket
import ssl
import tempfile
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from pipelines.county import County
from pipelines.errors import MistakeError
from pipelines.serve.door import Door
from pipelines.serve.guard import Guard
from pipelines.serve.site import HERE, Site
from pipelines.settings import Settings

_MOST_REQUESTS = 200


@dataclass(frozen=True)
class Place:
    """Where to serve: address and port, host names that browsers may use beside them, certificate and key for TLS."""

    address: str
    port: int
    names: tuple[str, ...] = ()
    tls: tuple[Path, Path] | None = None


def build_app(county: County, settings: Settings, hosts: tuple[str, ...]) -> Starlette:
    """The application of one county, answering to these host names only."""
    folder = tempfile.TemporaryDirectory(prefix="shouwang-serve-")
    site = Site(county, settings, Path(folder.name))
    door = Door(county, site.render)

    @asynccontextmanager
    async def life(_: Starlette) -> AsyncIterator[None]:
        threading.Thread(target=site.warm, daemon=True).start()
        yield
        site.close()
        folder.cleanup()

    return Starlette(
        lifespan=life,
        middleware=[
            Middleware(TrustedHostMiddleware, allowed_hosts=list(hosts), www_redirect=False),
            Middleware(Guard, door=door),
        ],
        routes=[
            Route("/login", door.ask),
            Route("/login", door.enter, methods=["POST"]),
            Route("/logout", door.leave, methods=["POST"]),
            Route("/password", door.ask_password),
            Route("/password", door.change, methods=["POST"]),
            Route("/night", site.night),
            Route("/", site.page),
            Route("/households/{number}", site.household),
            Route("/households/{number}/bill.xlsx", site.household_workbook),
            Route("/households/{number}/bill.pdf", site.household_paper),
            Route("/policy/trials", site.start_trial, methods=["POST"]),
            Route("/export/{page}/{listing}", site.workbook),
            Route("/help", site.help),
            Route("/help/{paper}", site.help),
            Route("/help/pictures/{name}", site.picture),
            Route("/dictionary", site.dictionary),
            Mount("/static", StaticFiles(directory=HERE / "static")),
            Route("/{page}", site.page),
        ],
    )


def serve(county: County, settings: Settings, place: Place, tell: Callable[[], None]) -> None:
    """Serve until interrupted; `tell` is called once browsers can connect.

    Raises MistakeError for an address beyond this machine without TLS, one that cannot be listened on, and a
    certificate or key that is not there or not one.
    """
    if not _is_loopback(place.address) and place.tls is None:
        raise MistakeError(
            f"地址 {place.address} 不只限于本机，必须同时用 --certificate 和 --key 指定 TLS 证书，否则密码会在网上明文传送。"
        )
    for file in place.tls or ():
        if not file.is_file():
            raise MistakeError(f"找不到文件 {file}。")
    config = uvicorn.Config(
        build_app(county, settings, (place.address, "localhost", "127.0.0.1", *place.names)),
        ssl_certfile=place.tls[0] if place.tls else None,
        ssl_keyfile=place.tls[1] if place.tls else None,
        ssl_keyfile_password="-",  # noqa: S106 - a key with one is refused, nobody is there to type it
        ws="none",
        server_header=False,
        access_log=False,
        log_level="warning",
        limit_concurrency=_MOST_REQUESTS,
    )
    try:
        config.load()
    except ssl.SSLError as error:
        raise MistakeError(
            "证书或私钥不能用：应为 PEM 格式，私钥不带密码，并与证书是一对。请核对 --certificate 和 --key。"
        ) from error
    with _listening(place) as listener:
        tell()
        uvicorn.Server(config).run(sockets=[listener])


def _listening(place: Place) -> socket.socket:
    try:
        family = socket.AF_INET6 if ":" in place.address else socket.AF_INET
        return socket.create_server((place.address, place.port), family=family, backlog=_MOST_REQUESTS)
    except OSError as error:
        raise MistakeError(
            f"不能在 {place.address} 的 {place.port} 端口上监听：端口已被占用，或这不是本机的地址。请换一个端口或地址。"
        ) from error


def _is_loopback(address: str) -> bool:
    try:
        return address == "localhost" or ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False
