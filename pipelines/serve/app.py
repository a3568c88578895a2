"""The whole server as one ASGI application, and running it."""

from __future__ import annotations

import ipaddress
import tempfile
import threading
from collections.abc import AsyncIterator
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
        threading.Thread(target=site.trend.warm, daemon=True).start()
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


def serve(county: County, settings: Settings, place: Place) -> None:
    """Serve until interrupted. Raises MistakeError for an address beyond this machine without TLS, or files not there."""
    if not _is_loopback(place.address) and place.tls is None:
        raise MistakeError(
            f"地址 {place.address} 不只限于本机，必须同时用 --certificate 和 --key 指定 TLS 证书，否则密码会在网上明文传送。"
        )
    for file in place.tls or ():
        if not file.is_file():
            raise MistakeError(f"找不到文件 {file}。")
    app = build_app(county, settings, (place.address, "localhost", "127.0.0.1", *place.names))
    uvicorn.run(
        app,
        host=place.address,
        port=place.port,
        ssl_certfile=place.tls[0] if place.tls else None,
        ssl_keyfile=place.tls[1] if place.tls else None,
        ws="none",
        server_header=False,
        access_log=False,
        log_level="warning",
        limit_concurrency=_MOST_REQUESTS,
    )


def _is_loopback(address: str) -> bool:
    try:
        return address == "localhost" or ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False
