"""How fast the pages are on a large county, beside a bare marimo page in the same run, and with many users at once.

`python -m tests.benchmarks.page_speed COUNTY [TIMES]` copies the county's published night with every household TIMES
times over (ids get a suffix), serves it, and prints for each page the milliseconds until chromium paints something and
until the whole of it stands, the server's CPU, and the ratio to a marimo page that holds one line of text; for each
choice on a page the milliseconds until its answer stands in its place. Then 20 users walk the pages at once.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import httpx
from playwright.sync_api import Browser, sync_playwright

from pipelines.county import County
from pipelines.settings import child_environment
from pipelines.warehouse.chinese_views import chinese_view
from pipelines.warehouse.gates import ANALYST_FILE
from tests.integration.served_county import PASSWORD, write_users

PAGES = ("/", "/warnings", "/households", "/register", "/policy", "/quality", "/rules", "/scorer")
FILTERS = (  # page, the choice, its value, the table that answers
    ("/warnings", "[name=status]", "待核实", "list"),
    ("/warnings", "[name=rule]", "income_below_line", "list"),
    ("/households", "[name=status]", "部分", "list"),
    ("/households", "[name=near]", "10", "list"),
    ("/households", "[name=band]", "高", "list"),
    ("/households", "[name=township]", "", "list"),
    ("/register", "[name=verdict]", "no", "list"),
    ("/policy", "[type=range]", "", "supposed"),
    ("/quality", "[name=trouble]", "yes", "receipts"),
)
ADDRESSES = (
    "/households?status=部分",
    "/households?near=10",
    "/warnings?rule=income_below_line",
    "/policy?amount=9000",
)
# Makes a choice as a hand does (for a township the last one, for the slider its end), and says how long the answer took.
_CHOOSE = """async ([selector, value, answer]) => {
    const field = document.querySelector(`form[data-live] ${selector}`), old = document.getElementById(answer);
    field.value = field.type === "range" ? field.max : value || field.options[field.options.length - 1].value;
    const started = performance.now();
    field.dispatchEvent(new Event("change", {bubbles: true}));
    while (document.getElementById(answer) === old) await new Promise(requestAnimationFrame);
    return performance.now() - started;
}"""
_FIRST_PAINT = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? NaN"

PORT, BARE_PORT, USERS = 8633, 8634, 20
BARE = 'import marimo\napp = marimo.App()\n\n@app.cell\ndef _():\n    import marimo as mo\n    mo.md("# 只有一行")\n    return\n'


@dataclass(frozen=True)
class Shown:
    """One page: milliseconds to the first paint and to the whole."""

    path: str
    first: float
    whole: float


def enlarge(file: Path, times: int) -> int:
    """Write every household of an analysts' file so many times; returns the number of households."""
    file.chmod(0o640)
    with duckdb.connect(file) as connection:
        tables = connection.execute(
            "SELECT DISTINCT table_name FROM duckdb_columns() WHERE column_name = 'household_no' AND schema_name = 'main'"
            " AND table_name IN (SELECT table_name FROM duckdb_tables())"
        ).fetchall()
        for (table,) in tables:
            copied = f"INSERT INTO {table} SELECT * REPLACE (household_no || '-' || copy AS household_no) FROM {table}, range(1, {times}) AS copies(copy)"  # noqa: S608
            connection.execute(copied.replace("SELECT *", "SELECT * EXCLUDE (copy)"))
        return connection.execute(f"SELECT count(*) FROM {chinese_view('dim_household')}").fetchall()[0][0]  # noqa: S608


def one_household(file: Path) -> str:
    """A household with a warning."""
    with duckdb.connect(file, read_only=True) as connection:
        return str(connection.execute("SELECT min(household_no) FROM fct_warning").fetchall()[0][0])


def cpu_seconds(pid: int) -> float:
    """User and system time of a process so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(") ", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def resident_mb(pid: int) -> float:
    """Memory of a process."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20


@contextmanager
def running(command: list[str], address: str) -> Iterator[int]:
    """A server, once it answers; yields its process id."""
    with subprocess.Popen(
        command, env=child_environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        try:
            for _ in range(600):
                try:
                    httpx.get(address)
                    break
                except httpx.TransportError:
                    time.sleep(0.2)
            yield process.pid
        finally:
            process.terminate()


def timed(browser: Browser, address: str, sign: str, paths: Sequence[str], cookies: list[Any]) -> list[Shown]:
    """Milliseconds until something, and until `sign`, stands on each page, in one fresh browser."""
    context = browser.new_context()
    context.add_cookies(cookies)
    page = context.new_page()
    page.set_default_timeout(120_000)
    found = []
    for path in paths:
        started = time.perf_counter()
        page.goto(address + path, wait_until="commit")
        page.wait_for_selector(sign)
        whole = 1000 * (time.perf_counter() - started)
        page.wait_for_function(f"!Number.isNaN({_FIRST_PAINT})")
        found.append(Shown(path, page.evaluate(_FIRST_PAINT), whole))
    context.close()
    return found


def chosen(browser: Browser, address: str, cookies: list[Any]) -> list[tuple[str, float]]:
    """Milliseconds until the answer to each choice stands on the open page."""
    context = browser.new_context()
    context.add_cookies(cookies)
    page = context.new_page()
    found = []
    for path, selector, value, answer in FILTERS:
        page.goto(address + path)
        found.append((f"{path} {selector}{value and '=' + value}", page.evaluate(_CHOOSE, [selector, value, answer])))
    context.close()
    return found


def log_in(browser: Browser, address: str) -> list[Any]:
    """The cookies of a logged-in analyst."""
    page = browser.new_context().new_page()
    page.goto(f"{address}/login")
    page.fill("[name=name]", "fenxi")
    page.fill("[name=password]", PASSWORD)
    page.click("main button")
    page.wait_for_selector(".menu")
    return list(page.context.cookies())


def one_user(address: str) -> list[float]:
    """One user's walk over all pages; the milliseconds of each. Raises when a page is not given."""
    found = []
    with httpx.Client(base_url=address, headers={"Origin": address}, timeout=300, follow_redirects=True) as client:
        client.post("/login", data={"name": "fenxi", "password": PASSWORD}).raise_for_status()
        for path in (*PAGES, *ADDRESSES):
            started = time.perf_counter()
            client.get(path).raise_for_status()
            found.append(1000 * (time.perf_counter() - started))
    return found


def main(source: Path, times: int) -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        home = Path(folder) / "county"
        shutil.copytree(
            source, home, symlinks=True, ignore=shutil.ignore_patterns("landing", "originals", "forms", "work")
        )
        county = County.open(home)
        write_users(county, "0" * 9)
        current = (county.published / "current").resolve()
        print(
            f"households {enlarge(current / ANALYST_FILE, times):,}, file {(current / ANALYST_FILE).stat().st_size / 2**20:.0f} MB"
        )
        print(f"cores {os.cpu_count()}, load before {os.getloadavg()[0]:.1f}")
        bare = Path(folder) / "bare.py"
        bare.write_text(BARE, encoding="utf-8")
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        serve = [sys.executable, "-m", "pipelines", "serve", "--home", str(home), "--port", str(PORT)]
        marimo = [
            sys.executable,
            "-m",
            "marimo",
            "-q",
            "run",
            str(bare),
            "--headless",
            "--port",
            str(BARE_PORT),
            "--host",
            "127.0.0.1",
        ]
        ours, theirs = f"http://127.0.0.1:{PORT}", f"http://127.0.0.1:{BARE_PORT}"
        with running(marimo, theirs) as bare_pid, running(serve, f"{ours}/login") as pid:
            before = cpu_seconds(bare_pid)
            bares = [timed(browser, theirs, "text=只有一行", ("/",), [])[0] for _ in range(3)]
            rival = sorted(bare.whole for bare in bares)[1]
            print(
                f"bare marimo page: {', '.join(f'{bare.whole:.0f}' for bare in bares)} ms (first paint"
                f" {', '.join(f'{bare.first:.0f}' for bare in bares)}), server CPU {(cpu_seconds(bare_pid) - before) / 3:.2f} s a page"
            )
            cookies = log_in(browser, ours)
            shown = (*PAGES, f"/households/{one_household(current / ANALYST_FILE)}")
            for round_ in ("first visit", "again"):
                before = cpu_seconds(pid)
                pages = timed(browser, ours, "footer", shown, cookies)
                for page in pages:
                    print(
                        f"{round_:12} {page.path:34} first paint {page.first:6.0f} ms, whole {page.whole:6.0f} ms,"
                        f" {page.whole / rival:5.2f} of bare marimo"
                    )
                print(f"{round_:12} server CPU {(cpu_seconds(pid) - before) / len(shown):.3f} s a page")
            for round_ in ("first choice", "again"):
                before = cpu_seconds(pid)
                for told, ms in chosen(browser, ours, cookies):
                    print(f"{round_:12} {told:46} answered in {ms:6.0f} ms")
                print(f"{round_:12} server CPU {(cpu_seconds(pid) - before) / 2 / len(FILTERS):.3f} s a request")
            browser.close()
            started = time.perf_counter()
            with ThreadPoolExecutor(USERS) as users:
                walks = sorted(ms for walk in users.map(one_user, [ours] * USERS) for ms in walk)
            spent = time.perf_counter() - started
            print(
                f"{USERS} users at once, {len(walks)} pages without an error in {spent:.1f} s: median {walks[len(walks) // 2]:.0f} ms,"
                f" 95% {walks[int(len(walks) * 0.95)]:.0f} ms; memory {resident_mb(pid):.0f} MB, load after {os.getloadavg()[0]:.1f}"
            )


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 1)
