"""Every page for every role in a browser: readable on a desk and on a phone, and asking nothing of any other host."""

from __future__ import annotations

import re

import pytest

from pipelines.serve.help import PAPERS
from pipelines.serve.site import MENU
from pipelines.warehouse.publish import current_folder, make_current
from tests.browser.conftest import SIZES
from tests.integration.served_county import publish_another


def addresses(role: str, served) -> dict[str, str]:
    """The pages that a role's menu leads to, and one household where it may see one."""
    pages = {page.name: page.address for page in MENU if role in page.roles}
    if role != "official":
        pages["household"] = f"/households/{served.own[0]}"
    return pages | {"help": "/help"}


def fits(page) -> bool:
    """Whether nothing sticks out of the window sideways."""
    return page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


# Tables without a way out as a workbook; a household's is one for its whole page, and the papers' are prose.
NOT_EXPORTED = "[...document.querySelectorAll('main table')].filter(table => !table.closest('section').querySelector('.excel')).length"


@pytest.mark.parametrize("who", [("analyst", "wide"), ("analyst", "phone"), ("official", "wide"), ("township", "wide")])
def test_every_page_of_a_role_is_shown_whole(visit, address, served, pictures, who):
    role, size = who  # the analyst's pages are all there are, so their phone-sized look is everybody's
    with visit(role, size) as page:
        links = page.eval_on_selector_all(".menu a", "links => links.map(link => link.getAttribute('href'))")
        assert set(addresses(role, served).values()) - {f"/households/{served.own[0]}"} == set(links)
        for name, path in addresses(role, served).items():
            reply = page.goto(address + path)
            assert reply.status == 200, path
            assert page.inner_text("h1")
            assert fits(page), f"{path} on {size}"
            assert name in ("household", "help") or not page.evaluate(NOT_EXPORTED), path
            assert not re.search(r"\b(None|null|NaN|undefined)\b", page.inner_text("main")), path
            if role == "analyst" and name != "help":
                page.screenshot(path=pictures / f"{name}_{size}.png")
        for paper in PAPERS:
            page.goto(f"{address}/help/{paper}")
            assert fits(page), f"{paper} on {size}"


def test_the_login_page_and_a_wrong_password(chromium, address, pictures):
    page = chromium.new_context(viewport=SIZES["wide"], locale="zh-CN").new_page()
    page.goto(f"{address}/warnings")
    page.screenshot(path=pictures / "login_wide.png")
    page.fill("[name=name]", "meiyou")
    page.fill("[name=password]", "buzhidao")
    page.click("main button")
    assert "用户名或密码不对" in page.inner_text("[role=alert]")
    page.context.close()


def test_a_choice_shows_its_answer_in_place(visit, address):
    with visit("analyst") as page:
        page.goto(f"{address}/households")
        page.evaluate("window.same = true")
        before = page.inner_text("#list h2")
        page.select_option("[name=status]", "待定")
        page.wait_for_function("before => document.querySelector('#list h2').innerText !== before", arg=before)
        assert page.evaluate("window.same") and "status=" in page.url


def test_the_slider_says_who_enters(visit, address, pictures):
    with visit("analyst") as page:
        page.goto(f"{address}/policy")
        slider = page.locator("[name=amount][type=range]")
        slider.evaluate("node => { node.value = node.max; node.dispatchEvent(new Event('change', {bubbles: true})) }")
        page.wait_for_selector("#moved tbody tr")
        assert "进" in page.inner_text("#moved tbody")
        page.screenshot(path=pictures / "slider_wide.png")


def test_a_full_trial_is_worked_out_in_the_background_and_says_who_enters(visit, address, served, pictures):
    with visit("analyst") as page:
        page.goto(f"{address}/policy")
        now = int(page.eval_on_selector("[name=amount][type=range]", "node => node.defaultValue").split(".")[0])
        page.select_option("#trials [name=line]", "防返贫监测线")
        page.fill("#trials [name=amount]", str(now * 2))
        page.click("#trials button")
        assert page.inner_text("#trials .mark") in ("排队", "计算中")
        page.goto(f"{address}/warnings")  # nobody has to stay and wait
        page.goto(f"{address}/policy")
        page.wait_for_selector("#trials .mark[data-mark=已完成]", timeout=300_000)
        assert "全县" in page.inner_text("#trial1 tbody")
        assert "进" in page.inner_text("#moved1 tbody")
        page.locator("#trials").screenshot(path=pictures / "trial_wide.png")
        page.click("#moved1 td a")
        assert page.inner_text("h1") in {*served.own, *served.others}


def test_a_table_comes_down_as_a_workbook(visit, address):
    with visit("township") as page:
        page.goto(f"{address}/warnings")
        with page.expect_download() as download:
            page.click("#list .excel, #townships .excel")
        assert download.value.suggested_filename.endswith(".xlsx")


def test_an_open_page_says_when_a_new_night_is_published(visit, address, served):
    before = current_folder(served.county)
    with visit("official") as page:
        page.goto(address)
        assert page.is_hidden("#fresh")
        folder = publish_another(served.county, "2020-11-30")
        try:
            page.evaluate("window.dispatchEvent(new Event('focus'))")
            page.wait_for_selector("#fresh:not([hidden])")
            page.click("#fresh a")
            page.wait_for_selector(f"text={folder.name}")
            assert page.query_selector(".chart svg"), "two months make a line"
        finally:
            make_current(served.county, before)


def test_pages_work_without_any_script(chromium, address, served):
    context = chromium.new_context(java_script_enabled=False, viewport=SIZES["wide"])
    page = context.new_page()
    page.goto(f"{address}/households")
    page.fill("[name=name]", "xiangzhen")
    page.fill("[name=password]", "Hui-ju-2020")
    page.click("main button")
    page.fill("[name=number]", served.own[0])
    page.click(".filters button")
    page.click("#list td a")
    assert page.inner_text("h1") == served.own[0]
    context.close()
