import csv
from collections import Counter
from datetime import date
from pathlib import Path

import polars as pl
import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from expectations.contract import all_contracts
from pipelines.county import DOCUMENTS, County
from pipelines.sample_county import write_county
from tests.unit.sample_county.landing_reader import known_headers, read_landed

EXTRA = {"序号", "备注", "审核状态", "填报单位"}


def account(home: Path) -> pl.DataFrame:
    return pl.read_csv(home / "truth" / "files.csv", schema_overrides={"refused": pl.String})


def check_files(home: Path) -> None:
    """Every accepted file: headers known to the contract, required ones there, as many rows as the account says."""
    for entry in account(home).iter_rows(named=True):
        if entry["refused"]:
            continue
        contract = all_contracts()[entry["form"]]
        landed = read_landed(home / "landing" / entry["file"], contract)
        strange = set(landed.headers) - set(known_headers(contract)) - EXTRA - {""}
        assert not strange, (entry["file"], strange)
        columns = [known_headers(contract).get(header) for header in landed.headers]
        assert max(Counter(column for column in columns if column).values()) == 1, entry["file"]
        assert len(landed.rows) == entry["rows"], entry["file"]


def test_every_form_is_there_and_every_header_known(county):
    assert {path.name for path in (county / "landing").iterdir()} == {*all_contracts(), "received.csv"}
    check_files(county)


def test_the_folder_opens_and_its_clerks_wrote_in_many_ways(county):
    opened = County.open(county)
    assert (opened.region, opened.documents) == ("359921", ("FQ",))
    contents = [path.read_bytes() for path in opened.landing.rglob("*.csv")]
    assert any(content.startswith(b"\xef\xbb\xbf") for content in contents)
    assert any(_is_gbk(content) for content in contents)
    assert list(opened.landing.rglob("*.xlsx"))
    assert any("合计" in content.decode("utf-8-sig", errors="ignore") for content in contents)


def _is_gbk(content: bytes) -> bool:
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return True
    return False


def test_the_account_of_planted_faults_holds(county):
    faults = pl.read_csv(county / "truth" / "faults.csv")
    files = account(county).filter(pl.col("refused").is_null() | (pl.col("refused") == ""))
    assert files["rejected"].sum() == len(faults) > 20
    assert {"missing_required", "bad_id", "bad_date"} <= set(faults["kind"])
    for (file,), mine in faults.group_by("file"):
        contract = all_contracts()[str(file).split("/")[0]]
        landed = read_landed(county / "landing" / str(file), contract)
        rows, columns = dict(landed.rows), [known_headers(contract).get(header) for header in landed.headers]
        for fault in mine.iter_rows(named=True):
            cell = rows[fault["row"]][columns.index(fault["column_id"])]
            assert (cell in (None, "")) == (fault["kind"] == "missing_required"), (file, fault, cell)


def test_two_files_are_refused_and_some_are_sent_again_or_corrected(county):
    files = account(county)
    assert sorted(files.filter(pl.col("refused") != "")["refused"]) == ["missing_column", "unreadable"]
    assert files["file"].str.contains("更正").any()
    assert files.filter(pl.col("file").str.contains("再报"))["repeats"].sum() > 0
    assert files.filter(~pl.col("file").str.contains("再报"))["repeats"].sum() > 0


def test_received_list_names_every_file_once_in_order(county):
    with (county / "landing" / "received.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert Counter(row["file"] for row in rows) == Counter(account(county)["file"].to_list())
    assert [int(row["order"]) for row in rows] == list(range(1, len(rows) + 1))
    assert [row["received_on"] for row in rows] == sorted(row["received_on"] for row in rows)


def test_one_seed_one_county_to_the_byte_and_another_seed_another(tmp_path):
    for name, seed in (("a", 5), ("b", 5), ("c", 6)):
        write_county(tmp_path / name, 50, seed, as_of=date(2019, 9, 30), months=15)
    trees = [
        {
            path.relative_to(tmp_path / name): path.read_bytes()
            for path in sorted((tmp_path / name).rglob("*"))
            if path.is_file()
        }
        for name in "abc"
    ]
    assert trees[0] == trees[1]
    assert trees[0] != trees[2]


@settings(max_examples=2, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    seed=st.integers(min_value=0, max_value=2**63 - 1), month=st.integers(1, 12), document=st.sampled_from(DOCUMENTS)
)
def test_any_seed_gives_files_that_follow_the_contracts(tmp_path_factory, seed, month, document):
    home = tmp_path_factory.mktemp("any") / "county"
    write_county(home, 50, seed, as_of=date(2021, month, 27), months=15, documents=(document,))
    check_files(home)
    assert yaml.safe_load((home / "county.yml").read_text(encoding="utf-8"))["documents"] == [document]


def test_progress_is_told_in_chinese_up_to_the_end(county, told):
    assert told[-1][0] == told[-1][1] and told[-1][2] == "样例县完成"
    assert [step[0] for step in told] == sorted(step[0] for step in told)


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"households": 0}, "户数"),
        ({"months": 3}, "月数"),
        ({"region": "12"}, "region"),
        ({"documents": ("XX",)}, "documents"),
    ],
)
def test_an_impossible_county_is_refused_in_chinese(tmp_path, change, text):
    arguments = {"households": 60, "seed": 1, **change}
    with pytest.raises(ValueError, match=text):
        write_county(tmp_path / "county", **arguments)
    assert not (tmp_path / "county").exists()


def test_an_existing_county_is_not_overwritten(county):
    with pytest.raises(FileExistsError):
        write_county(county, 60, 1)
