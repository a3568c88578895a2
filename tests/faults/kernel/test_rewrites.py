"""A new key and an erased person: the answers stay, the person is nowhere, and a kill in the middle changes nothing."""

from __future__ import annotations

import shutil
import signal
import zipfile
from datetime import date
from pathlib import Path

import duckdb
import polars as pl
import pytest

from pipelines import night, recovery
from pipelines.audit import records
from pipelines.county import County
from pipelines.errors import DamageError, LockedError, MistakeError
from pipelines.explain.private_night import build_private
from pipelines.intake.lake import original_chunks, original_file, read_returned, read_vault, remaining_file
from pipelines.intake.ledger import read_receipts
from pipelines.intake.person_key import county_key, pseudonym
from pipelines.intake.receipt import Receipt
from pipelines.intake.receive import receive
from pipelines.intake.returns import write_returns
from pipelines.night import run_night
from pipelines.recovery import restore, verify
from pipelines.settings import Settings
from pipelines.vault.erasure import Erased, erase
from pipelines.vault.key_ring import KeyRing, version_file
from pipelines.vault.rotation import rotate
from pipelines.warehouse import identity
from pipelines.warehouse.lake_check import note_sums
from pipelines.warehouse.lock import read_lake, rewrite_lake
from pipelines.warehouse.manifest import Manifest
from pipelines.warehouse.publish import current_folder, published_folders
from tests.unit.deliver.returned_list import Township, handed_out, listed

from .doomed import Doomed, finish_night, rewriting
from .small_county import AS_OF, MONTHS, stand_in, worker_id, write_small_county

SETTINGS = Settings.from_environment()
KILLS = 60 if SETTINGS.full_faults else 2
PERSON = worker_id(4)


@pytest.fixture(autouse=True)
def kernel(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nights in this process, without dbt, scorer and papers."""
    for name in ("run_dbt", "score_night", "write_all", "hand_out"):
        monkeypatch.setattr(night, name, getattr(night, name))
    for module in (identity, recovery):
        monkeypatch.setattr(module, "code_version", lambda _: "test")
    stand_in(night)


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> County:
    """A county after one night, to be copied."""
    county = write_small_county(tmp_path_factory.mktemp("published") / "county")
    finish_night(county.home)
    return county


@pytest.fixture
def county(published: County, tmp_path: Path) -> County:
    return _copied(published, tmp_path / "county")


def publish(county: County) -> Path:
    return run_night(county, date.fromisoformat(AS_OF), date(2021, 1, 1), settings=SETTINGS).folder


def problems_of(county: County) -> list[str]:
    return verify(county, SETTINGS, lambda _line: None)


def answers(folder: Path) -> list[tuple[object, ...]]:
    """What the night says of months and money, without the names it has for persons."""
    with duckdb.connect(folder / "warehouse.duckdb", read_only=True) as reader:
        query = "SELECT month, wage_fen, _file, _row FROM fct_employment ORDER BY ALL"
        return reader.execute(query).fetchall()


def everything(county: County) -> bytes:
    """Every byte the county keeps but for the landing folder; sealed files and workbooks opened."""
    found = [path.read_bytes() for path in county.home.rglob("*") if path.is_file() and "landing" not in path.parts]
    keys = KeyRing.of(county)
    for receipt in read_receipts(county):
        opened = [read_vault(county, keys, receipt.form, receipt.content)]
        opened.append(read_returned(county, keys, receipt.form, receipt.content))
        found += [frame.write_csv().encode() for frame in opened]
    for file in (county.lake / "forms").rglob("*.parquet"):
        found.append(pl.read_parquet(file).write_csv().encode())
    for file in county.home.rglob("*.xlsx"):
        with zipfile.ZipFile(file) as package:
            found += [package.read(name) for name in package.namelist()]
    return b"\n".join(found)


def without_person(county: County, number: str = PERSON) -> Erased:
    key = pseudonym(county_key(county), number)
    return erase(county, key, "申请〔2021〕1号", SETTINGS, lambda _line: None)


def test_a_new_key_changes_every_pseudonym_and_no_answer(county: County) -> None:
    before = current_folder(county)
    assert before is not None
    old, person = KeyRing.of(county), pseudonym(county_key(county), PERSON)
    assert person.encode() in everything(county)
    rotated = rotate(county)
    assert (rotated.version, rotated.files) == (2, len(MONTHS))
    assert problems_of(county) == []
    after = publish(county)
    assert after != before and answers(after) == answers(before)
    shutil.rmtree(before)
    assert person.encode() not in everything(county)
    assert pseudonym(county_key(county), PERSON).encode() in everything(county)
    assert KeyRing.of(county).versions[0] == old.current
    version_file(county, 1).unlink()
    assert problems_of(county) == [], "after a rotation nothing of the lake needs the old key"


def test_a_file_that_comes_again_after_a_rotation_is_known_as_repeated(county: County) -> None:
    keys = KeyRing.of(county)
    receipt = read_receipts(county)[0]
    hashes = [_hashes(county, receipt.content)]
    rotate(county)
    content = b"".join(original_chunks(county, KeyRing.of(county), receipt.digest, ".csv"))
    again = county.landing / "employment" / "2020-01-再报.csv"
    again.write_bytes(content + b"\n")
    publish(county)
    last = read_receipts(county)[-1]
    assert last.file.endswith("再报.csv")
    assert _hashes(county, last.content) == _hashes(county, receipt.content) != hashes[0]
    assert keys.version == 1


def test_a_list_handed_out_before_a_rotation_still_comes_back(county: County) -> None:
    """Under its old key as long as that is kept; taken away, the list is refused with the reason, and none is lost."""
    old = handed_out(listed(8), county_key(county))
    rotate(county)
    receipt = _give_back(county, old, "2020-12-01")
    assert (receipt.refused, receipt.rows, receipt.loaded) == (None, 8, 8)
    assert _give_back(county, handed_out(listed(8), county_key(county)), "2020-12-02").loaded == 8
    version_file(county, 1).unlink()
    refused = _give_back(county, old, "2020-12-03").refused
    assert refused is not None and refused.code == "tampered" and "更换密钥" in refused.reason
    assert list(county.landing.rglob("2020-12-03.xlsx")), "what is refused stays where its sender can see it"
    publish(county)
    assert problems_of(county) == []


def _give_back(county: County, content: bytes, day: str) -> Receipt:
    township = Township(content)
    township.fill(*range(8))
    township.write(0, 核实人=f"{day}的核实人")
    folder = county.landing / "township_feedback"
    folder.mkdir(exist_ok=True)
    (folder / f"{day}.xlsx").write_bytes(township.bytes())
    with (county.landing / "received.csv").open("a", encoding="utf-8") as received:
        received.write(f"township_feedback/{day}.xlsx,{day},9\n")
    (receipt,) = receive(county)
    note_sums(county, {receipt.content})
    return receipt


def _hashes(county: County, content: str) -> list[int]:
    return pl.read_parquet(county.lake / "forms" / "employment" / f"{content}.parquet")["_row_hash"].to_list()


def test_an_erased_person_is_nowhere_and_the_account_says_so(county: County) -> None:
    before = current_folder(county)
    assert before is not None
    person = pseudonym(county_key(county), PERSON)
    rows = len(answers(before))
    assert PERSON.encode() in everything(county) and person.encode() in everything(county)
    erased = without_person(county)
    assert (erased.rows, erased.files, erased.nights) == (len(MONTHS), len(MONTHS), (before.name,))
    kept = everything(county)
    assert PERSON.encode() not in kept and "工人4,".encode() not in kept
    assert kept.count(person.encode()) == 1, "only the ledger's tombstone has the pseudonym"
    assert problems_of(county) == []
    assert [receipt.erased for receipt in read_receipts(county)] == [1] * len(MONTHS)
    current = current_folder(county)
    assert current is not None and [folder.name for folder in published_folders(county)] == [current.name]
    assert len(answers(current)) == rows - len(MONTHS)
    with duckdb.connect(current / "warehouse.duckdb", read_only=True) as reader:
        assert reader.execute(
            "SELECT sum(erased), sum(rows - loaded - rejected - repeats) FROM ops_file_receipt"
        ).fetchall() == [(len(MONTHS), len(MONTHS))]
    assert [entry["action"] for entry in records(county)][-3:] == ["erase", "publish", "discard"]


def test_rows_that_remain_are_mended_without_the_original(county: County) -> None:
    without_person(county)
    state = Manifest.read(current_folder(county)).state
    receipt = read_receipts(county)[0]
    assert (
        not original_file(county, receipt.digest, ".csv").exists() and remaining_file(county, receipt.content).exists()
    )
    for place in ("forms", "vault", "rejected"):
        for file in (county.lake / place).rglob("*.*"):
            file.write_bytes(b"damaged")
    assert problems_of(county) != []
    publish(county)
    assert problems_of(county) == []
    assert Manifest.read(current_folder(county)).state == state
    restored = restore(county, SETTINGS, lambda _line: None)
    assert (restored.report.state, restored.changed) == (state, "")


def test_a_rotation_after_an_erasure_brings_nobody_back(county: County) -> None:
    without_person(county)
    before = answers(current_folder(county))
    rotate(county)
    assert problems_of(county) == []
    assert answers(publish(county)) == before
    assert PERSON.encode() not in everything(county)


def test_a_rejected_row_is_emptied_of_its_person(county: County) -> None:
    content = "证件号码,姓名,月份,务工单位,就业类型,工资收入,就业状态,失业时间\n"
    content += f"{PERSON},退回的人,2020-01,厂,县内务工,很多,在岗,\n{worker_id(5)},工人5,2020-01,厂,县内务工,1,在岗,\n"
    (county.landing / "employment" / "2020-01-补.csv").write_text(content, encoding="utf-8")
    publish(county)
    assert "退回的人".encode() in everything(county)
    assert any("退回的人".encode() in content for content in returned_workbooks(county))
    without_person(county)
    assert "退回的人".encode() not in everything(county)
    assert problems_of(county) == []


def returned_workbooks(county: County) -> list[bytes]:
    """The texts of what lies in returned/ for the departments."""
    packages = [zipfile.ZipFile(file) for file in county.returned.rglob("*.xlsx")]
    return [package.read(name) for package in packages for name in package.namelist()]


def test_what_waits_for_its_department_loses_the_person_at_once(tmp_path: Path) -> None:
    """Also where no night follows: nothing was ever published, or the night of the erasure fails."""
    county = write_small_county(tmp_path / "county", ["2020-01"])
    content = f"证件号码,姓名,月份,务工单位,就业类型,工资收入,就业状态,失业时间\n{PERSON},退回的人,2020-01,厂,县内务工,很多,在岗,\n"
    (county.landing / "employment" / "2020-01-补.csv").write_text(content, encoding="utf-8")
    with (county.landing / "received.csv").open("a", encoding="utf-8") as received:
        received.write("employment/2020-01-补.csv,2020-02-28,2\n")
    receive(county)
    write_returns(county)
    assert any("退回的人".encode() in content for content in returned_workbooks(county))
    without_person(county)
    assert returned_workbooks(county) and "退回的人".encode() not in everything(county)


def test_what_is_built_from_the_lake_and_what_rewrites_it_keep_apart(county: County, tmp_path: Path) -> None:
    with read_lake(county, "另行计算"):
        with pytest.raises(LockedError, match="另行计算"):
            rotate(county)
        with pytest.raises(LockedError, match="另行计算"):
            without_person(county)
    asked = (county, date.fromisoformat(AS_OF), date(2021, 1, 1), SETTINGS, tmp_path / "private")
    with rewrite_lake(county, "更换密钥"), pytest.raises(LockedError, match="更换密钥"):
        build_private(*asked)
    (county.lake / ".rewriting").mkdir()
    (county.lake / ".rewriting" / "plan.json").write_text("{}", encoding="utf-8")
    with pytest.raises(DamageError, match="没有做完"):
        build_private(*asked)


def test_nobody_is_erased_by_a_key_that_is_nobodys(county: County) -> None:
    with pytest.raises(MistakeError, match="没有这个人员键"):
        erase(county, "nobodynobody", "x", SETTINGS, lambda _line: None)
    assert without_person(county).rows == len(MONTHS)
    assert without_person(county).rows == 0, "a second time finds nothing left, and says so without an error"


@pytest.mark.parametrize("action", ["rotate", "erase"])
def test_a_kill_in_the_middle_leaves_the_old_or_the_new(published: County, tmp_path: Path, action: str) -> None:
    """Killed before every so-many-th touch of the disk; one night later the lake is wholly old or wholly new."""
    before = answers(current_folder(published))
    calls = _rewrite_in_child(_copied(published, tmp_path / "count"), action, 0)
    assert calls > KILLS
    for trial in range(KILLS):
        county = _copied(published, tmp_path / str(trial))
        _rewrite_in_child(county, action, 1 + trial * (calls - 1) // (KILLS - 1))
        folder = publish(county)
        assert problems_of(county) == []
        erased = sum(receipt.erased for receipt in read_receipts(county))
        if action == "rotate":
            assert answers(folder) == before
            assert not list(county.keys.glob(".person*")), "a drafted key was left behind"
        else:
            assert erased in (0, len(MONTHS)) and len(answers(folder)) == len(before) - erased
            assert (PERSON.encode() in everything(county)) == (erased == 0)
        shutil.rmtree(county.home)
    print(f"\n{KILLS} kills during {action}, of {calls} moments: 0 mixed")


def _copied(county: County, home: Path) -> County:
    shutil.copytree(county.home, home, symlinks=True)
    return County.open(home)


def _rewrite_in_child(county: County, action: str, die_at: int) -> int:
    """Rotate or erase in a process that kills itself before its die_at-th touch of the disk; its count of touches."""
    code, printed = Doomed(rewriting, county.home, action, PERSON, die_at).end()
    assert code == (-signal.SIGKILL if die_at else 0), printed
    return int(printed.split()[-1]) if not die_at else 0


def test_a_sealed_file_in_anothers_place_is_found(county: County) -> None:
    first, second = sorted((county.lake / "vault" / "employment").iterdir())[:2]
    keep = first.read_bytes()
    first.write_bytes(second.read_bytes())
    assert problems_of(county) != []
    with pytest.raises(DamageError):
        read_vault(county, KeyRing.of(county), "employment", first.name.split(".")[0])
    first.write_bytes(keep)
    assert problems_of(county) == []
