"""A head of household erased, then the whole night with its models and papers: nothing fails, and nobody finds the person."""

from __future__ import annotations

from datetime import date
from typing import Any

import duckdb
import polars as pl
import pytest

from expectations.contract import load_contract
from pipelines.county import County
from pipelines.intake.lake import read_vault
from pipelines.intake.ledger import read_receipts
from pipelines.night import run_night
from pipelines.recovery import verify
from pipelines.sample_county import population, write_county
from pipelines.sample_county.scene import Batch
from pipelines.settings import Settings
from pipelines.vault.erasure import erase
from pipelines.vault.key_ring import KeyRing
from pipelines.warehouse.publish import current_folder, published_folders
from tests.faults.leaks.scanner import contents
from tests.faults.leaks.test_leaks import unique_names, with_other_officials

AS_OF, EARLIER = date(2020, 6, 30), date(2020, 5, 31)
KNOWN_ON = date(2021, 1, 1)
SETTINGS = Settings.from_environment()
HEADS = """
    SELECT homes.household_no, homes.head_key, homes.members
    FROM dim_household AS homes LEFT JOIN fct_warning USING (household_no)
    WHERE homes.members {how_many}
    ORDER BY coalesce(fct_warning.status IN ('待核实', '逾期未核实'), false) DESC, homes.household_no LIMIT 1
"""


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> County:
    """A county with a month end and a later night published; every name in it is unique."""
    home = tmp_path_factory.mktemp("erased") / "county"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(population, "people_names", unique_names)
        patch.setattr(Batch, "__init__", with_other_officials(Batch.__init__))
        write_county(home, 80, 11, as_of=AS_OF, months=15)
    county = County.open(home)
    for as_of in (EARLIER, AS_OF):
        run_night(county, as_of, KNOWN_ON, settings=SETTINGS)
    return county


@pytest.mark.parametrize("how_many", ["> 1", "= 1"])
def test_a_night_right_after_a_head_is_erased(county: County, how_many: str) -> None:
    household, head, members = _asked(county, HEADS.format(how_many=how_many))[0]
    words = _words_of(county, head)
    assert len(words) >= 2, "a name and an id at least"
    before = _files_with(county, words)
    if how_many == "> 1":  # of people who live alone, so small a county may have warned nobody
        assert "townships" in before, "the list of the township named the head"
    households = _asked(county, "SELECT household_no FROM dim_household ORDER BY ALL")
    rows = _asked(county, "SELECT sum(rows) FROM ops_file_receipt")

    erased = erase(county, head, "申请〔2021〕1号", SETTINGS, lambda _line: None)

    assert erased.blanked and erased.rows
    assert _files_with(county, words) == set(), "lake, returned rows, logs, every published night and every paper"
    assert verify(county, SETTINGS, lambda _line: None) == []
    assert _asked(county, "SELECT household_no FROM dim_household ORDER BY ALL") == households
    after = {row[0]: row[1:] for row in _asked(county, "SELECT household_no, head_key, members FROM dim_household")}
    stand_in, members_after = after[household]
    assert stand_in != head and members_after == members, "the household stays, its head is somebody without a name"
    assert _asked(county, "SELECT sum(rows) FROM ops_file_receipt") == rows
    assert _asked(county, "SELECT count(*) FROM ops_file_receipt WHERE erased > 0")[0][0] > 0
    assert _asked(county, "SELECT bool_and(rows = loaded + rejected + repeats + erased) FROM ops_file_receipt"
                          " WHERE refused_reason IS NULL") == [(True,)]  # fmt: skip
    current = current_folder(county)
    print(
        f"\nhead of {members}, named in {sorted(before)}: {erased}; nights left {[folder.name for folder in published_folders(county)]}"
    )
    assert current is not None and current.name.startswith(AS_OF.isoformat())


def _asked(county: County, query: str) -> list[tuple[Any, ...]]:
    current = current_folder(county)
    assert current is not None
    with duckdb.connect(current / "warehouse.duckdb", read_only=True) as reader:
        return reader.execute(query).fetchall()


def _words_of(county: County, head: str) -> set[bytes]:
    """Name, id, phone and account of a person, from every file of the vault."""
    keys, words = KeyRing.of(county), set()
    for receipt in read_receipts(county):
        contract = load_contract(receipt.form)
        persons = [column for column in contract.columns if column.sensitive == "person"]
        if receipt.refused or len(persons) != 1:
            continue
        forms = pl.read_parquet(county.lake / "forms" / receipt.form / f"{receipt.content}.parquet")
        secrets = read_vault(county, keys, receipt.form, receipt.content).filter(forms[persons[0].lake_name] == head)
        names = [name for name in secrets.columns if name in ("head_name", "person_name", persons[0].id, "phone")]
        words |= {text.encode() for name in names for text in secrets[name].drop_nulls() if len(text) > 3}
    return words


def _files_with(county: County, words: set[bytes]) -> set[str]:
    """The places (folder of the county, or part of a published night) that say one of the words, however packed.

    The sender's own files are theirs: what lies in landing, and the truth of the synthetic county.
    """
    found = set()
    for file in sorted(path for path in county.home.rglob("*") if path.is_file() and not path.is_symlink()):
        parts = file.relative_to(county.home).parts
        if parts[0] in ("landing", "truth") or not any(word in part for part in contents(file) for word in words):
            continue
        found.add(parts[2] if parts[0] == "published" else parts[0])
    return found | _in_the_vault(county, words)


def _in_the_vault(county: County, words: set[bytes]) -> set[str]:
    keys = KeyRing.of(county)
    receipts = {r.content: r for r in read_receipts(county) if not r.refused and load_contract(r.form).secret_columns}
    opened = (read_vault(county, keys, r.form, r.content).write_csv().encode() for r in receipts.values())
    return {"vault"} if any(word in content for content in opened for word in words) else set()
