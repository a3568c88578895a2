"""Every sample county's files are taken in exactly as its answers say, row by row.

The sample counties lie beside the project where it is developed; elsewhere the small county below stands in, so that
the same questions are asked everywhere.
"""

from __future__ import annotations

import csv
import hashlib
import shutil
from collections import Counter
from pathlib import Path

import polars as pl
import pytest

from expectations.contract import all_contracts, load_contract
from pipelines.county import County
from pipelines.intake.lake import original_chunks, read_vault, vault_file
from pipelines.intake.ledger import read_receipts
from pipelines.intake.reasons import masked
from pipelines.intake.receive import receive
from pipelines.vault.key_ring import KeyRing
from tests.unit.intake.small_county import write_small_county

_SAMPLES = Path(__file__).resolve().parents[2].parent / "shared" / "samples"
_COUNTIES = ["small", *sorted(path.parent.name for path in _SAMPLES.glob("*/county.yml"))]


@pytest.fixture(scope="module", params=_COUNTIES)
def taken(request, tmp_path_factory):
    home = tmp_path_factory.mktemp("county") / request.param
    if request.param == "small":
        write_small_county(home)
    else:
        shutil.copytree(_SAMPLES / request.param, home)
    county = County.open(home)
    return county, receive(county)


def _answers(county: County, name: str) -> list[dict[str, str]]:
    with (county.home / "answers" / name).open(encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


def _lake_rows(county: County, kind: str, columns: list[str]) -> pl.DataFrame:
    files = sorted((county.lake / kind).rglob("*.parquet"))
    frames = [pl.read_parquet(file, columns=columns) for file in files]
    return pl.concat(frames)


def _repeats(county: County, receipts) -> Counter:
    """Rows per file that an earlier row repeats exactly: within the period for full lists, ever for records."""
    ordered = sorted((r for r in receipts if not r.refused), key=lambda r: r.later_than_key())
    seen, repeats = set(), Counter()
    for receipt in ordered:
        rows = pl.read_parquet(
            county.lake / "forms" / receipt.form / f"{receipt.content}.parquet", columns=["_row_hash"]
        )
        within = "" if load_contract(receipt.form).rows_are == "records" else receipt.period
        for row_hash in rows["_row_hash"]:
            repeats[receipt.file] += (receipt.form, within, row_hash) in seen
            seen.add((receipt.form, within, row_hash))
    return repeats


def test_every_file_has_its_account(taken):
    county, receipts = taken
    by_file, repeats = {receipt.file: receipt for receipt in receipts}, _repeats(county, receipts)
    answers = _answers(county, "answers_intake.csv")
    assert set(by_file) == {answer["file"] for answer in answers}
    for answer in answers:
        receipt = by_file[answer["file"]]
        refused = answer["refused_whole"] == "yes"
        assert (receipt.refused.code if receipt.refused else "") == (answer["reason_class"] if refused else "")
        assert receipt.received_on.isoformat() == answer["received"]
        if refused:
            continue
        counted = (receipt.rows, receipt.loaded - repeats[receipt.file], receipt.rejected, repeats[receipt.file])
        assert counted == tuple(int(answer[name]) for name in ("rows", "loaded", "rejected", "repeats")), answer["file"]
        assert (receipt.period, receipt.encoding, receipt.sheet or "") == (
            answer["period"],
            answer["encoding"],
            answer["sheet"],
        )


def test_every_rejected_row_is_the_right_one_for_the_right_reason(taken):
    county, receipts = taken
    files = {receipt.content: receipt.file for receipt in receipts if not receipt.refused}
    columns = ["_content", "sheet", "row", "column_header", "column_id", "value", "reason_code"]
    found = Counter(
        (files[content], sheet or "", str(row), *rest)
        for content, sheet, row, *rest in _lake_rows(county, "rejected", columns).iter_rows()
    )
    expected = Counter()
    for answer in _answers(county, "answers_rejects.csv"):
        column = load_contract(answer["file"].split("/")[0]).column(answer["column_id"])
        place = (answer["file"], answer["sheet"], answer["row"], answer["column"], answer["column_id"])
        expected[(*place, masked(column, answer["value"]), answer["reason_class"])] += 1
    assert found == expected


def test_every_rejection_tells_the_department_what_to_do(taken):
    county, _ = taken
    for reason in _lake_rows(county, "rejected", ["reason"])["reason"]:
        assert "重报" in reason
        assert "“" in reason


def test_accepted_files_are_kept_and_refused_ones_stay(taken):
    county, receipts = taken
    for receipt in receipts:
        landed = county.landing / receipt.file
        assert landed.exists() == (receipt.refused is not None)
        if not receipt.refused:
            kept = b"".join(original_chunks(county, KeyRing.of(county), receipt.digest, landed.suffix))
            assert hashlib.sha256(kept).hexdigest() == receipt.digest


def test_the_lake_holds_what_the_contract_says_and_no_secret(taken):
    county, _ = taken
    for contract in all_contracts().values():
        for file in (county.lake / "forms" / contract.form).glob("*.parquet"):
            names = pl.read_parquet_schema(file).names()
            assert names == [name for name, _ in contract.lake_columns] + ["_content", "_sheet", "_row", "_row_hash"]
    secrets = set()
    for receipt in read_receipts(county):
        if receipt.refused or not load_contract(receipt.form).secret_columns:
            continue
        assert vault_file(county, receipt.form, receipt.content).stat().st_mode & 0o077 == 0
        vault = read_vault(county, KeyRing.of(county), receipt.form, receipt.content)
        for name in set(vault.columns) & {"person_id", "head_id"}:
            secrets |= set(vault[name].drop_nulls())
    assert secrets
    for file in (county.lake / "forms").rglob("*.parquet"):
        frame = pl.read_parquet(file)
        for name, dtype in frame.schema.items():
            if dtype == pl.String:
                assert not secrets & set(frame[name].drop_nulls()), (file, name)


def test_nothing_is_taken_twice(taken):
    county, receipts = taken
    assert receive(county) == []
    assert read_receipts(county, None) == receipts


def test_known_on_an_earlier_day_only_what_had_come_counts(taken):
    county, receipts = taken
    days = sorted({receipt.received_on for receipt in receipts})
    middle = days[len(days) // 2]
    known = read_receipts(county, middle)
    assert known == [receipt for receipt in receipts if receipt.received_on <= middle]
    assert known != receipts
