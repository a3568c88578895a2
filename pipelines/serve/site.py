"""Pages, their tables as workbooks, and single households: each request on the night that is current when it comes."""

from __future__ import annotations

import contextlib
import hashlib
import tempfile
from collections.abc import Callable, Iterator
from datetime import date
from functools import wraps
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import duckdb
import jinja2
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, JSONResponse, RedirectResponse, Response

from pipelines.audit import record
from pipelines.county import County
from pipelines.deliver.paper import cell_text
from pipelines.deliver.source import chinese_date
from pipelines.errors import MistakeError, ShouwangError, explain
from pipelines.explain.paper import write_pdf
from pipelines.serve import charts
from pipelines.serve.export import bill_workbook, listing_workbook
from pipelines.serve.help import DICTIONARY, PAPERS, help_page, picture
from pipelines.serve.listing import LONG, Listing, read_sheet
from pipelines.serve.nights import Desk, Nights
from pipelines.serve.pages import household, households, overview, policy, quality, register, rules, scorer, warnings
from pipelines.serve.pages.page import Asked, Page, Shown
from pipelines.serve.trend import Trend
from pipelines.serve.trials import Trials
from pipelines.serve.users import ROLES, User
from pipelines.settings import Settings
from pipelines.warehouse.identity import code_version

HERE = Path(__file__).parent
MENU = tuple(module.PAGE for module in (overview, warnings, households, register, policy, quality, rules, scorer))
PAGES: dict[str, Page] = {page.name: page for page in MENU}
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_ANYBODY = User("", "official", "", "", must_change=False)  # sees what all of the county's users see
Handler = Callable[["Site", Request], Response]


class _NotAllowedError(MistakeError):
    """The user's role does not open this page."""


def _told(handler: Handler) -> Handler:
    """Let every error end in a page with one Chinese sentence, and nothing of it in a log."""

    @wraps(handler)
    def answered(site: Site, request: Request) -> Response:
        try:
            return handler(site, request)
        except Exception as error:  # the last net, as on the command line
            status = 403 if isinstance(error, _NotAllowedError) else 404 if isinstance(error, MistakeError) else 500
            return site.render("error.html", request, status=status, told=explain(error)[0])

    return answered


class Site:
    """Everything behind the login."""

    def __init__(self, county: County, settings: Settings, spill: Path) -> None:
        self.county, self._settings = county, settings
        self.nights = Nights(county, settings, spill)
        self.trend = Trend(county, settings, spill)
        self.trials = Trials(county, settings)
        self._templates = _environment()

    def warm(self) -> None:
        """Do what the first visitor would wait for: open the night, read the past ones, start the drawing of charts."""
        with contextlib.suppress(ShouwangError, duckdb.Error), self.nights.open(_ANYBODY):
            charts.trend(self.trend.frame(_ANYBODY), "户数", "户数")

    def close(self) -> None:
        """Close what is open."""
        self.trials.close()
        self.nights.close()

    def render(self, template: str, request: Request, *, status: int = 200, **facts: Any) -> HTMLResponse:  # noqa: ANN401
        """A template with what all of them need."""
        user: User | None = getattr(request.state, "user", None)
        menu = [page for page in MENU if user and user.role in page.roles]
        text = self._templates.get_template(template).render(
            request=request, user=user, roles=ROLES, menu=menu, county=self.county, **facts
        )
        return HTMLResponse(text, status_code=status)

    @_told
    def page(self, request: Request) -> Response:
        """One page of the menu."""
        return self._show(request, _page_of(request))

    @_told
    def household(self, request: Request) -> Response:
        """One household, whose opening is recorded before anything of it is shown."""
        return self._show(request, household.PAGE)

    @_told
    def workbook(self, request: Request) -> Response:
        """One table of a page, whole, under the same choices."""
        page = _page_of(request)
        with self._asked(request, page) as asked:
            listing = page.show(asked).listing(request.path_params["listing"])
            if listing is None:
                raise MistakeError("没有这张表。")
            content, rows = listing_workbook(listing, asked.desk, asked.user)
            self._note(asked.user, "export", f"{page.name}/{listing.name}", rows=rows)
            return _download(content, f"{listing.title}_{asked.desk.manifest.as_of}.xlsx", _XLSX)

    @_told
    def household_workbook(self, request: Request) -> Response:
        """The sum of one household as a workbook."""
        with self._asked(request, household.PAGE) as asked:
            bill = household.whole_bill(asked)
            self._note(asked.user, "export_household", asked.place)
            content = bill_workbook(bill, asked.desk, asked.user)
            return _download(content, f"算账单_{asked.place}_{asked.desk.manifest.as_of}.xlsx", _XLSX)

    @_told
    def household_paper(self, request: Request) -> Response:
        """The sum of one household as a printed page."""
        with self._asked(request, household.PAGE) as asked, tempfile.TemporaryDirectory() as folder:
            _, bill = household.household_bill(asked)
            self._note(asked.user, "export_household", asked.place)
            file = Path(folder) / "bill.pdf"
            write_pdf(bill, file)
            name = f"算账单_{asked.place}_{asked.desk.manifest.as_of}.pdf"
            return _download(file.read_bytes(), name, "application/pdf")

    async def start_trial(self, request: Request) -> Response:
        """A full trial of other policy values, in the background."""
        form = {key: str(value) for key, value in (await request.form()).items()}
        request.state.form = form
        return await run_in_threadpool(self._start_trial, request)

    @_told
    def _start_trial(self, request: Request) -> Response:
        user: User = request.state.user
        if user.role != "analyst":
            raise _NotAllowedError("只有县级分析员可以按全部规则试算。")
        changes, told = policy.changes_of(request.state.form)
        with self.nights.open(user) as desk:
            days = (date.fromisoformat(desk.manifest.as_of), date.fromisoformat(desk.manifest.known_on))
        self.trials.start(user.name, changes, told, days)
        self._note(user, "what_if", told)
        return RedirectResponse("/policy#trials", status_code=303)

    def night(self, _: Request) -> Response:
        """The name of the night that is current, for pages that stay open."""
        return JSONResponse({"night": self.nights.current_name()})

    @_told
    def help(self, request: Request) -> Response:
        """The guide, and the other papers that come with the product."""
        paper = request.path_params.get("paper", "guide")
        return self.render(
            "help.html", request, page=None, papers=PAPERS, paper=paper, body=help_page(paper),
            has_dictionary=DICTIONARY.is_file(),
        )  # fmt: skip

    @_told
    def picture(self, request: Request) -> Response:
        """A picture of the guide."""
        return FileResponse(picture(request.path_params["name"]))

    @_told
    def dictionary(self, _: Request) -> Response:
        """The page of tables and columns."""
        if not DICTIONARY.is_file():
            raise MistakeError("还没有生成表和字段说明页。请在安装目录运行 make docs。")
        return FileResponse(DICTIONARY, media_type="text/html")

    @contextlib.contextmanager
    def _asked(self, request: Request, page: Page) -> Iterator[Asked]:
        user: User = request.state.user
        if user.role not in page.roles:
            raise _NotAllowedError(f"{ROLES[user.role]}用户不能打开这一页。")
        with self.nights.open(user) as desk, _older_night_told(desk, self._settings):
            yield Asked(
                user=user,
                desk=desk,
                choices=request.query_params,
                place=request.path_params.get("number", ""),
                county=self.county,
                settings=self._settings,
                trend=self.trend,
                trials=self.trials,
            )

    def _show(self, request: Request, page: Page) -> Response:
        with self._asked(request, page) as asked:
            shown = page.show(asked)
            if page is household.PAGE:
                self._note(asked.user, "open_household", asked.place)
            return self.render(
                f"{page.name}.html", request, page=page, night=asked.desk.manifest, folder=asked.desk.folder.name,
                shown=shown, sees_households=asked.sees_households, **shown.facts, **_tables(request, page, shown, asked.desk),
            )  # fmt: skip

    def _note(self, user: User, action: str, target: str, **facts: str | int) -> None:
        """Write what a user did to the audit chain; when that cannot be done, it is not done either."""
        record(self.county, action, target, user=user.name, role=user.role, **facts)


@contextlib.contextmanager
def _older_night_told(desk: Desk, settings: Settings) -> Iterator[None]:
    """Say of a night made before an upgrade that it lacks a table or column; raises MistakeError then."""
    try:
        yield
    except (duckdb.CatalogException, duckdb.BinderException) as error:
        if desk.manifest.code_version == code_version(settings.dbt_project):
            raise
        raise MistakeError(
            "这一夜的数据由升级以前的程序算出，还没有本页要的内容。今晚的任务完成后即可打开；急用时请管理员运行 shouwang run。"
        ) from error


def _page_of(request: Request) -> Page:
    """The page that the address names. Raises MistakeError when there is none such."""
    page = PAGES.get(str(request.path_params.get("page", "overview")))
    if page is None:
        raise MistakeError("没有这一页。")
    return page


def _tables(request: Request, page: Page, shown: Shown, desk: Desk) -> dict[str, Any]:
    """What templates draw tables with: reading one, and the addresses of its pages and its workbook."""

    def sheet(name: str) -> Any:  # noqa: ANN401
        listing = shown.listing(name)
        return listing and read_sheet(listing, desk, _number(request.query_params.get(f"page_{name}", "1")))

    def workbook_address(listing: Listing) -> str:
        return f"/export/{page.name}/{listing.name}?{request.url.query}"

    def turned(listing: Listing, number: int) -> str:
        kept = dict(request.query_params) | {f"page_{listing.name}": str(number)}
        return f"{request.url.path}?{urlencode(kept)}#{listing.name}"

    return {"sheet": sheet, "workbook_address": workbook_address, "turned": turned}


def _number(text: str) -> int:
    return max(1, int(text)) if text.isdecimal() and len(text) < 7 else 1


def _download(content: bytes, name: str, kind: str) -> Response:
    return Response(
        content, media_type=kind, headers={"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}"}
    )


def _environment() -> jinja2.Environment:
    """Templates in which every value is escaped and a forgotten one is an error."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["text"] = cell_text
    environment.filters["day"] = chinese_date
    environment.filters["zip"] = zip
    environment.globals["long"] = LONG
    environment.globals["version"] = _static_version()
    return environment


def _static_version() -> str:
    """Changes when a static file does, so that browsers fetch it anew."""
    files = sorted((HERE / "static").iterdir())
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()[:12]
