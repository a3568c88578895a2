"""The pages over a published county: who gets what, what forged requests get, and what is written down."""

from __future__ import annotations

import io
import re
import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path

import openpyxl
import pytest
import yaml
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from models.rolling import CANDIDATE
from pipelines.audit import records
from pipelines.risk import train as training
from pipelines.serve.access import NIGHT
from pipelines.serve.nights import Nights
from pipelines.serve.pages.overview import heat
from pipelines.serve.pages.policy import parameters_in_force
from pipelines.serve.site import MENU, PAGES
from pipelines.serve.trend import Trend
from pipelines.serve.users import users_file
from pipelines.settings import Settings
from pipelines.warehouse.identity import RunIdentity
from pipelines.warehouse.publish import current_folder, make_current
from tests.integration.served_county import (
    PASSWORD,
    ROLES,
    Served,
    browser,
    publish_another,
    served_county,
    user,
    write_users,
)
from tests.unit.models.made_up import made_up_panel

SETTINGS = Settings.from_environment()


@pytest.fixture(scope="module")
def served(tmp_path_factory) -> Served:
    return served_county(tmp_path_factory.mktemp("served"))


@pytest.mark.parametrize("role", ROLES)
def test_each_role_gets_its_pages_and_no_others(served, role):
    with browser(served.county, role) as client:
        for page in MENU:
            expected = 200 if role in page.roles else 403
            assert client.get(page.address).status_code == expected, page.name
        opened = client.get(f"/households/{served.own[0]}")
        assert opened.status_code == (403 if role == "official" else 200)
        assert ("Traceback" in opened.text) is False


def listings_of(client: TestClient, page) -> set[str]:
    return set(re.findall(rf'href="(/export/{page.name}/[^"]+)"', client.get(page.address).text))


def test_every_table_of_every_page_comes_as_a_workbook_without_formulas(served):
    with browser(served.county, "analyst") as client:
        found = 0
        for page in MENU:
            for address in listings_of(client, page):
                reply = client.get(address.replace("&amp;", "&"))
                assert reply.status_code == 200, (address, reply.text)
                sheet = openpyxl.load_workbook(io.BytesIO(reply.content)).active
                cells = [cell for row in sheet.iter_rows() for cell in row if cell.value is not None]
                assert cells and all(cell.data_type in "sn" and not cell.hyperlink for cell in cells), address
                found += 1
        assert found > 15
        whole = client.get(f"/households/{served.own[0]}/bill.xlsx")
        sheets = openpyxl.load_workbook(io.BytesIO(whole.content)).sheetnames
        assert {"收支来源", "风险理由", "经过"} <= set(sheets)


def test_a_township_sees_nothing_of_the_others_on_any_page_or_in_any_workbook(served):
    others = set(served.others)
    with browser(served.county, "township") as client:
        seen = set()
        for page in MENU:
            pages = [page.address, f"{page.address}?all=yes&every=yes&page_list=2"]
            if "township" in page.roles:
                pages += listings_of(client, page)
            for address in pages:
                reply = client.get(address.replace("&amp;", "&"))
                text = reply.text
                if reply.headers.get("content-type", "").startswith("application/vnd"):
                    book = openpyxl.load_workbook(io.BytesIO(reply.content))
                    text = " ".join(str(cell.value) for row in book.active.iter_rows() for cell in row)
                numbers = set(re.findall(r"\d{8,20}", text))
                assert not numbers & others, address
                seen |= numbers & set(served.own)
        assert seen


FORGED = (
    "/warnings?township={other_township}",
    "/warnings?township={other_township}&village=%25",
    "/warnings?rule=' OR 1=1 --",
    "/households?township={other_township}",
    "/households?number={other}",
    "/households?near=1) OR (1=1",
    "/register?township={other_township}&all=yes",
    "/policy?line=x&amount=999999",
    "/export/households/list?number={other}",
    "/export/warnings/list?township={other_township}",
    "/households/{other}",
    "/households/{other}/bill.xlsx",
    "/households/{other}/bill.pdf",
    "/households/{other}%20",
    "/households/{own}%27%20OR%20household_no=%27{other}",
)


@pytest.mark.parametrize("address", FORGED)
def test_forged_values_bring_a_township_nothing_of_others(served, address):
    with browser(served.county, "township") as client:
        sent = address.format(other=served.others[0], own=served.own[0], other_township=served.other_township)
        reply = client.get(sent)
        assert reply.status_code in (200, 404)
        asked = served.others[0] if "{other}" in address else ""
        body = re.sub(r'(value|href)="[^"]*"', "", reply.text).replace(f"户编号 {asked}", "")
        assert not set(re.findall(r"\d{8,20}", body)) & (set(served.others) - {asked})
        assert (
            asked == ""
            or reply.status_code == 404
            or "没有符合条件" in reply.text
            or "本期无" in reply.text
            or "list" in sent
        )


def test_another_townships_household_looks_like_one_that_is_not_there(served):
    with browser(served.county, "township") as client:
        there = client.get(f"/households/{served.others[0]}")
        nowhere = client.get("/households/00000000")
        assert there.status_code == nowhere.status_code == 404
        assert there.text.replace(served.others[0], "X") == nowhere.text.replace("00000000", "X")


def test_every_view_of_a_township_holds_only_its_households(served, tmp_path):
    nights = Nights(served.county, SETTINGS, tmp_path)
    with nights.open(user("township", served.township)) as desk:
        tables = desk.rows("SELECT table_name FROM information_schema.tables WHERE table_schema = 'township'")
        names = {row["table_name"] for row in tables}
        assert {"dim_household", "dim_person", "fct_income_source", "fct_finding"} <= names
        assert not names & {"ops_rejected_row", "ops_file_receipt", "rpt_monitoring_scale", "fct_clause_run"}
        for name in names:
            columns = {row["column_name"] for row in desk.rows(f"DESCRIBE {name}")}
            if "household_no" in columns:
                held = {row["household_no"] for row in desk.rows(f"SELECT DISTINCT household_no FROM {name}")}  # noqa: S608
                assert held <= set(served.own), name
            if "township_code" in columns:
                held = {row["c"] for row in desk.rows(f"SELECT DISTINCT township_code AS c FROM {name}")}  # noqa: S608
                assert held <= {served.township}, name
        assert len(desk.rows("FROM dim_household")) == len(served.own)
    with nights.open(user("township", "")) as desk:  # no township at all is no household at all
        assert desk.rows("FROM dim_household") == []
    nights.close()


def test_an_official_sees_no_single_household_anywhere(served):
    everybody = set(served.own) | set(served.others)
    with browser(served.county, "official") as client:
        for page in MENU:
            addresses = [page.address, *(listings_of(client, page) if "official" in page.roles else ())]
            for address in addresses:
                assert not set(re.findall(r"\d{8,20}", client.get(address).text)) & everybody, address
        for listing in ("warnings/list", "register/list", "policy/moved", "quality/rejected", "quality/conflicts"):
            assert client.get(f"/export/{listing}").status_code == 404


def test_only_an_analyst_starts_a_full_trial_and_nonsense_is_told(served):
    for role, status in (("township", 403), ("official", 403), ("analyst", 404)):
        with browser(served.county, role) as client:
            assert client.post("/policy/trials", data={"line": "", "amount": ""}).status_code == status


def test_nobody_gets_in_without_logging_in(served):
    with browser(served.county) as client:
        for page in MENU:
            reply = client.get(page.address)
            assert reply.status_code == 303 and reply.headers["location"].startswith("/login?next=")
        assert client.get("/night").status_code == 403
        assert client.get("/export/households/list").status_code == 303
        for token in ("", "x" * 43, "../../etc"):
            client.cookies.set("shouwang", token)
            assert client.get("/warnings").status_code == 303


def test_a_login_takes_over_no_session_and_ends_the_one_before(served):
    with browser(served.county) as client:
        client.cookies.set("shouwang", "planted", domain="127.0.0.1")
        first = client.post("/login", data={"name": "xiangzhen", "password": PASSWORD}).cookies["shouwang"]
        assert first != "planted"
        client.cookies.clear()
        client.cookies.set("shouwang", first)
        entered = client.post("/login", data={"name": "fenxi", "password": PASSWORD})
        second = entered.cookies["shouwang"]
        for token, status in (("planted", 303), (first, 303), (second, 200)):
            client.cookies.clear()
            assert client.get("/warnings", headers={"Cookie": f"shouwang={token}"}).status_code == status


def test_a_web_socket_is_refused_whoever_asks(served):
    for role in ("", "township"):
        with browser(served.county, role) as client:
            for path in ("/", "/ws", "/households"):
                with pytest.raises(WebSocketDisconnect), client.websocket_connect(path):
                    pass


def test_forms_from_other_sites_and_foreign_hosts_are_refused(served):
    with browser(served.county, "analyst") as client:
        for origin in ("https://evil.example", "http://127.0.0.1.evil.example", "null", ""):
            assert client.post("/logout", headers={"Origin": origin}).status_code == 403
        assert client.get("/").status_code == 200
        assert client.get("/", headers={"Host": "evil.example"}).status_code == 400


@pytest.mark.parametrize(
    "wanted", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "evil"]
)
def test_a_login_leads_nowhere_else(served, wanted):
    with browser(served.county) as client:
        entered = client.post("/login", data={"name": "fenxi", "password": PASSWORD, "next": wanted})
        assert entered.headers["location"] == "/"


def test_wrong_passwords_lock_a_name_and_unknown_names_are_told_the_same(served):
    with browser(served.county) as client:
        wrong = client.post("/login", data={"name": "fenxi", "password": "no"})
        unknown = client.post("/login", data={"name": "nobody", "password": "no"})
        assert wrong.status_code == unknown.status_code == 403
        assert wrong.text == unknown.text
        last = [client.post("/login", data={"name": "fenxi", "password": "no"}).status_code for _ in range(4)][-1]
        assert last == 429
        assert client.post("/login", data={"name": "fenxi", "password": PASSWORD}).status_code == 429
    actions = [entry["action"] for entry in records(served.county)]
    assert "login_locked" in actions and "login_refused" in actions


def test_the_users_file_counts_with_the_next_click(served):
    with browser(served.county, "township") as client:
        assert client.get(f"/households/{served.own[0]}").status_code == 200
        file = users_file(served.county)
        entries = yaml.safe_load(file.read_text(encoding="utf-8"))
        try:
            entries["xiangzhen"]["township"] = served.other_township
            file.write_text(yaml.safe_dump(entries), encoding="utf-8")
            assert client.get(f"/households/{served.own[0]}").status_code == 404
            assert client.get(f"/households/{served.others[-1]}").status_code == 200
            del entries["xiangzhen"]
            file.write_text(yaml.safe_dump(entries), encoding="utf-8")
            assert client.get("/").status_code == 303
        finally:
            write_users(served.county, served.township)


def test_a_given_password_must_be_changed_before_anything_is_seen(served):
    file = users_file(served.county)
    entries = yaml.safe_load(file.read_text(encoding="utf-8"))
    entries["fenxi"]["must_change"] = True
    file.write_text(yaml.safe_dump(entries), encoding="utf-8")
    try:
        with browser(served.county, "analyst") as client, browser(served.county, "analyst") as elsewhere:
            assert client.get("/warnings").headers["location"] == "/password"
            short = client.post("/password", data={"old": PASSWORD, "new": "abc", "again": "abc"})
            assert short.status_code == 400 and "太短" in short.text
            fresh = {"old": PASSWORD, "new": "Xin-mi-ma-8", "again": "Xin-mi-ma-8"}
            assert client.post("/password", data=fresh).status_code == 303
            assert client.get("/warnings").status_code == 200
            assert elsewhere.get("/warnings").status_code == 303
    finally:
        write_users(served.county, served.township)


def test_opening_a_household_is_written_down_before_it_is_shown(served, monkeypatch):
    with browser(served.county, "township") as client:
        client.get(f"/households/{served.own[1]}")
        entry = records(served.county)[-1]
        assert (entry["action"], entry["target"]) == ("open_household", served.own[1])
        assert entry["facts"] == {"user": "xiangzhen", "role": "township"}

        def full_disk(*_arguments, **_facts):
            raise OSError(28, "No space left on device")

        monkeypatch.setattr("pipelines.serve.site.record", full_disk)
        refused = client.get(f"/households/{served.own[1]}")
        assert refused.status_code == 500 and "可支配收入" not in refused.text


def test_what_a_user_types_is_shown_as_text(served):
    with browser(served.county, "analyst") as client:
        text = client.get("/warnings?village=<script>alert(1)</script>").text
        assert "<script>alert" not in text and "&lt;script&gt;" in text


def test_pages_may_load_nothing_from_elsewhere_and_are_not_kept(served):
    with browser(served.county, "analyst") as client:
        headers = client.get("/").headers
        assert "default-src 'none'" in headers["content-security-policy"]
        assert headers["cache-control"] == "no-store"
        assert (
            "httponly"
            in client.post("/login", data={"name": "fenxi", "password": PASSWORD}).headers["set-cookie"].lower()
        )


def test_a_publish_is_seen_at_once_and_the_old_night_is_let_go(served, tmp_path):
    before = current_folder(served.county)
    nights = Nights(served.county, SETTINGS, tmp_path)
    with browser(served.county, "analyst") as client, nights.open(user("analyst")) as reading:
        old = client.get("/").text
        folder = publish_another(served.county, "2020-10-31")
        try:
            assert folder.name not in old and folder.name in client.get("/").text
            assert client.get("/night").json() == {"night": folder.name}
            assert "走势取自" not in client.get("/").text  # two months make a line
            with nights.open(user("official")) as fresh:
                assert fresh.folder == folder
            assert reading.rows("SELECT count(*) AS n FROM dim_household")[0]["n"]  # who reads on is not disturbed
        finally:
            make_current(served.county, before)
    with nights.open(user("official")) as again:
        assert again.folder == before
    assert not _open_files(folder)
    nights.close()
    assert not _open_files(before)
    shutil.rmtree(folder)


@pytest.mark.parametrize(("made_by", "status", "told"), [("0.0.9+older", 404, "升级以前"), (None, 500, "程序内部出错")])
def test_a_night_made_before_an_upgrade_is_told_from_a_fault(served, made_by, status, told):
    before = current_folder(served.county)
    says = {"code_version": made_by} if made_by else {}
    folder = publish_another(served.county, "2020-09-30", without="fct_risk_run", **says)
    try:
        with browser(served.county, "analyst") as client:
            answer = client.get("/scorer")
            assert (answer.status_code, told in answer.text) == (status, True)
            assert client.get("/").status_code == 200
    finally:
        make_current(served.county, before)
        shutil.rmtree(folder)


def _open_files(folder: Path) -> list[str]:
    links = [link.readlink() for link in Path("/proc/self/fd").iterdir() if link.is_symlink()]
    return [str(link) for link in links if str(link).startswith(str(folder))]


def test_a_night_that_is_removed_while_it_is_read_stays_readable_and_blocks_nothing(served, tmp_path):
    before = current_folder(served.county)
    folder = publish_another(served.county, "2020-09-30")
    nights = Nights(served.county, SETTINGS, tmp_path)
    try:
        with nights.open(user("analyst")) as desk:
            make_current(served.county, before)
            shutil.rmtree(folder)
            assert desk.rows("SELECT count(*) AS n FROM fct_income_source")[0]["n"]
    finally:
        make_current(served.county, before)
        nights.close()


def test_a_damaged_kept_night_leaves_a_gap_in_the_trend_only(served, tmp_path):
    before = current_folder(served.county)
    folder = publish_another(served.county, "2020-08-31")
    make_current(served.county, before)
    try:
        months = Trend(served.county, SETTINGS, tmp_path).frame(user("analyst"))["月份"].n_unique()
        (folder / "manifest.json").chmod(0o640)
        (folder / "manifest.json").write_text("{", encoding="utf-8")
        assert Trend(served.county, SETTINGS, tmp_path).frame(user("analyst"))["月份"].n_unique() == months - 1
    finally:
        shutil.rmtree(folder)


def test_a_townships_trend_is_part_of_the_countys(served, tmp_path):
    trend = Trend(served.county, SETTINGS, tmp_path)
    county = dict(trend.frame(user("analyst")).select("类别", "户数").iter_rows())
    townships = {row["c"] for row in _codes(served, tmp_path)}
    parts = [dict(trend.frame(user("township", code)).select("类别", "户数").iter_rows()) for code in townships]
    assert county == {name: sum(part.get(name, 0) for part in parts) for name in county}


def _codes(served: Served, spill: Path):
    nights = Nights(served.county, SETTINGS, spill)
    with nights.open(user("analyst")) as desk:
        rows = desk.rows("SELECT DISTINCT township_code AS c FROM dim_household")
    nights.close()
    return rows


def test_the_slider_counts_what_the_published_incomes_say(served, tmp_path):
    nights = Nights(served.county, SETTINGS, tmp_path)
    with nights.open(user("analyst")) as desk:
        line = desk.one("SELECT max(watch_line_yuan_per_year) AS n FROM fct_household_income")["n"]
        below = desk.one(
            "SELECT count(*) AS n FROM fct_household_income WHERE income_status <> '待定'"
            " AND disposable_income_per_capita_yuan < $line", line=int(line) + 600
        )["n"]  # fmt: skip
    nights.close()
    with browser(served.county, "analyst") as client:
        reply = client.get(f"/export/policy/townships?line=防返贫监测线&amount={int(line) + 600}")
        sheet = openpyxl.load_workbook(io.BytesIO(reply.content)).active
        rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
        header = next(index for index, row in enumerate(rows) if row[0] == "乡镇")
        column = rows[header].index("新线下户")
        counted = sum(int(row[column]) for row in rows[header + 1 :] if row[column])
        assert counted == below


def test_the_parameters_of_the_page_are_those_the_night_ran_with(served, tmp_path):
    nights = Nights(served.county, SETTINGS, tmp_path)
    with nights.open(user("analyst")) as desk:
        as_of = desk.one("SELECT as_of FROM ops_run")["as_of"]
        ran = {
            (row["clause"], row["parameter"]): row["value"]
            for row in desk.rows("FROM dim_policy_parameter WHERE region_code = $r", r=served.county.region)
        }
    nights.close()
    shown = {
        key: row["value"] for key, (_, row) in parameters_in_force(served.county, as_of, served.county.region).items()
    }
    assert shown and shown == {key: ran[key] for key in shown}


def test_heat_places_a_share_between_the_least_and_the_most():
    rows = [
        {"place": name, "households": 100, "people": 300, "below": below, "monitored": 0, "waiting": 7, "overdue": 0, "undecided": 0}
        for name, below in (("甲", 0), ("乙", 5), ("丙", 20))
    ]  # fmt: skip
    steps = [[cell["step"] for cell in row["cells"]] for row in heat(rows)]
    assert [row[0] for row in steps] == [0, 2, 5]
    assert [row[1] for row in steps] == [0, 0, 0]
    assert [row[2] for row in steps] == [1, 1, 1]


def test_before_the_first_night_pages_say_what_to_do(served, tmp_path):
    home = tmp_path / "empty"
    shutil.copytree(served.county.home, home, symlinks=True, ignore=shutil.ignore_patterns("published", "lake"))
    empty = replace(served, county=replace(served.county, home=home))
    with browser(empty.county, "analyst") as client:
        reply = client.get("/")
        assert reply.status_code == 404 and "shouwang run" in reply.text


def test_the_night_is_attached_read_only(served, tmp_path):
    nights = Nights(served.county, SETTINGS, tmp_path)
    with nights.open(user("analyst")) as desk:
        (row,) = desk.rows("SELECT readonly FROM duckdb_databases() WHERE database_name = $n", n=NIGHT)
        assert row["readonly"]
    nights.close()


def test_a_released_scorer_shows_its_gate_calibration_lift_and_groups(served, monkeypatch):
    monkeypatch.setattr(training, "suitable_kind", lambda _events: "scorecard")
    panel = made_up_panel(700, 5, seed=30, base=-1.0).drop("label", "weight")
    identity = RunIdentity("train", date(2020, 6, 30), date(2020, 6, 30), "test")
    facts = {"held_townships": []}
    report = training.release_trained(served.county, panel, identity, lambda _line: None, of_townships=facts)
    assert report.promoted
    with browser(served.county, "official") as client:
        page = client.get("/scorer").text
        assert report.release.model_id in page
        for title in ("评审通过", "校准：十等分", "提升：", "分组与公平性", "名单越长，查出越多"):
            assert title in page
        assert page.count("<svg") == 3
        assert re.search(r"检验结果.*?<tbody>\s*<tr><td[^>]*>([^<]*)</td>", page, re.DOTALL).group(1) == CANDIDATE
        tables = [address for address in listings_of(client, PAGES["scorer"]) if "/card" in address]
        assert len(tables) == 6
        assert all(client.get(address.replace("&amp;", "&")).status_code == 200 for address in tables)
