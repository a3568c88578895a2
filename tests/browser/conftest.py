"""The pages in Debian's chromium: a server of our own on this machine, and no request to anywhere else."""

from __future__ import annotations

import shutil
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import uvicorn
from playwright.sync_api import Browser, Page, sync_playwright

from pipelines.serve.app import build_app
from pipelines.settings import PROJECT, Settings
from tests.integration.served_county import PASSWORD, ROLES, Served, served_county

CHROMIUM = shutil.which("chromium")
SIZES = {"wide": {"width": 1280, "height": 800}, "phone": {"width": 390, "height": 844}}
PICTURES = PROJECT / "docs" / "pictures"

collect_ignore = [] if CHROMIUM else ["test_pages.py"]


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--pictures` puts the pictures of the guide into docs/pictures; without it they go to a temporary folder."""
    parser.addoption("--pictures", action="store_true")


@pytest.fixture(scope="session")
def pictures(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = PICTURES if request.config.getoption("--pictures", default=False) else tmp_path_factory.mktemp("pictures")
    folder.mkdir(exist_ok=True)
    return folder


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Served:
    return served_county(tmp_path_factory.mktemp("browser"))


@pytest.fixture(scope="session")
def address(served: Served) -> Iterator[str]:
    """Where the pages are served, in a thread of this process."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    app = build_app(served.county, Settings.from_environment(), ("127.0.0.1",))
    server = uvicorn.Server(uvicorn.Config(app, port=port, ws="none", log_level="warning"))
    thread = threading.Thread(target=server.run)
    thread.start()
    deadline = time.monotonic() + 60
    while not server.started:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def visit(chromium: Browser, address: str):
    """`with visit(role, size) as page`: a logged-in page that fails on any complaint and any request off this machine."""

    @contextmanager
    def visiting(role: str, size: str = "wide") -> Iterator[Page]:
        context = chromium.new_context(viewport=SIZES[size], locale="zh-CN", accept_downloads=True)
        faults: list[str] = []
        page = context.new_page()
        page.set_default_timeout(60_000)
        page.on("request", lambda sent: sent.url.startswith(("data:", address)) or faults.append(sent.url))
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on(
            "console",
            lambda line: line.type == "error" and "status of 40" not in line.text and faults.append(line.text),
        )
        page.goto(f"{address}/login")
        page.fill("[name=name]", ROLES[role])
        page.fill("[name=password]", PASSWORD)
        page.click("main button")
        page.wait_for_selector(".menu")
        yield page
        context.close()
        assert not faults, faults

    return visiting
