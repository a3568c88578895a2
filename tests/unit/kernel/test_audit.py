"""The audit chain: whatever is changed, cut or moved in it is found, and where."""

from __future__ import annotations

import json
import random
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from pipelines.audit import audit_file, audit_problems, record, records
from pipelines.county import County
from pipelines.errors import DamageError
from pipelines.settings import PROJECT

TAMPERS = 1_000
WRITERS, ENTRIES = 4, 25
WRITER = """
import sys
from pathlib import Path
from pipelines.audit import record
from pipelines.county import County

county = County(home=Path(sys.argv[1]), name="样例县", region="350123", documents=("LY",))
for number in range(int(sys.argv[3])):
    record(county, "open", f"{sys.argv[2]}-{number}")
"""


@pytest.fixture
def county(tmp_path: Path) -> County:
    county = County(home=tmp_path, name="样例县", region="350123", documents=("LY",))
    for number in range(12):
        record(county, "publish", f"2020-01-{number + 1:02}", rows=number)
    return county


def test_untouched_chain_has_no_problem_and_is_private(county: County) -> None:
    assert audit_problems(county) == []
    assert [entry["seq"] for entry in records(county)] == list(range(1, 13))
    assert stat.S_IMODE(audit_file(county).stat().st_mode) == 0o600
    assert stat.S_IMODE((county.keys / "audit.key").stat().st_mode) == 0o600


def test_half_written_last_line_was_never_acknowledged(county: County) -> None:
    with audit_file(county).open("ab") as stream:
        stream.write(b'{"seq": 13, "at": "20')
    assert audit_problems(county) == []
    record(county, "publish", "next")
    assert audit_problems(county) == []
    assert len(records(county)) == 13


def test_every_tampering_is_found(county: County) -> None:
    honest = audit_file(county).read_bytes()
    chance = random.Random(7)
    changed = 0
    for _ in range(TAMPERS):
        tampered = _tamper(honest, chance)
        if tampered == honest:
            continue
        changed += 1
        audit_file(county).write_bytes(tampered)
        assert audit_problems(county), tampered
    audit_file(county).write_bytes(honest)
    assert audit_problems(county) == []
    print(f"\n{TAMPERS} tampers, {changed} changed something: all found")


def test_tampering_is_located(county: County) -> None:
    lines = audit_file(county).read_text(encoding="utf-8").splitlines(keepends=True)
    edited = json.loads(lines[4])
    edited["target"] = "2030-01-01"
    audit_file(county).write_text("".join([*lines[:4], json.dumps(edited) + "\n", *lines[5:]]), encoding="utf-8")
    assert audit_problems(county) == ["审计记录第 5 行被改动或损坏"]
    audit_file(county).write_text("".join([*lines[:4], *lines[5:]]), encoding="utf-8")
    assert "第 5 行与前一行不相接" in audit_problems(county)[0]
    audit_file(county).write_text("".join(lines[:-2]), encoding="utf-8")
    assert audit_problems(county) == ["审计记录末尾被截去：应有 12 行，现有 10 行"]


def test_a_cut_or_replaced_end_is_not_written_over(county: County) -> None:
    """A record appended to a chain that was cut would make a new, sound end of it."""
    honest = audit_file(county).read_bytes()
    lines = honest.splitlines(keepends=True)
    for tampered in (
        lines[:-2],
        [],
        [*lines[:-1], lines[-2]],
        [*lines[:-1], lines[-1].replace(b"publish", b"discard")],
    ):
        audit_file(county).write_bytes(b"".join(tampered))
        with pytest.raises(DamageError, match="不再续写"):
            record(county, "publish", "next")
        assert audit_file(county).read_bytes() == b"".join(tampered)
    audit_file(county).write_bytes(honest)
    record(county, "publish", "next")
    assert audit_problems(county) == []


def test_a_record_is_appended_by_the_end_of_the_chain_alone(county: County) -> None:
    """However long the chain: what lies far before its end is not even read."""
    for number in range(40):
        record(county, "publish", f"{number}", told="长" * 100)
    honest = audit_file(county).read_bytes()
    lines = honest.splitlines(keepends=True)
    audit_file(county).write_bytes(b"#" * 100 + b"\n" + b"".join(lines[1:]))
    record(county, "publish", "next", told="长" * 3_000)
    record(county, "publish", "after a line longer than what is read at once")
    assert [problem for problem in audit_problems(county) if "第 1 行" in problem]
    whole = audit_file(county).read_bytes().splitlines(keepends=True)
    audit_file(county).write_bytes(b"".join([lines[0], *whole[1:]]))
    assert audit_problems(county) == []


def test_a_kill_between_record_and_head_is_no_damage(county: County) -> None:
    head = (county.keys / "audit.head").read_bytes()
    record(county, "publish", "the head does not know of it")
    (county.keys / "audit.head").write_bytes(head)
    assert audit_problems(county) == []
    record(county, "publish", "next")
    assert audit_problems(county) == []
    assert len(records(county)) == 14


def test_writers_at_the_same_time_never_fork_the_chain(county: County) -> None:
    writers = [
        subprocess.Popen([sys.executable, "-c", WRITER, str(county.home), str(who), str(ENTRIES)], cwd=PROJECT)
        for who in range(WRITERS)
    ]
    assert [writer.wait() for writer in writers] == [0] * WRITERS
    assert audit_problems(county) == []
    written = [entry["target"] for entry in records(county)[12:]]
    assert sorted(written) == sorted(f"{who}-{number}" for who in range(WRITERS) for number in range(ENTRIES))


def test_lost_file_or_head_or_key_is_told(county: County) -> None:
    (county.keys / "audit.head").unlink()
    assert "audit.head" in audit_problems(county)[0]
    with pytest.raises(DamageError, match=r"audit\.head"):
        record(county, "publish", "x")
    audit_file(county).unlink()
    (county.keys / "audit.key").write_text("00", encoding="ascii")
    with pytest.raises(DamageError, match=r"audit\.key"):
        record(county, "publish", "x")


def _tamper(honest: bytes, chance: random.Random) -> bytes:
    lines = honest.splitlines(keepends=True)
    at, other = chance.randrange(len(lines)), chance.randrange(len(lines))
    kind = chance.choice(("byte", "delete", "swap", "cut", "repeat", "zero"))
    if kind == "byte":
        place = chance.randrange(len(honest))
        return honest[:place] + bytes([honest[place] ^ (1 << chance.randrange(8))]) + honest[place + 1 :]
    if kind == "delete":
        del lines[at]
    elif kind == "swap":
        lines[at], lines[other] = lines[other], lines[at]
    elif kind == "repeat":
        lines.insert(other, lines[at])
    elif kind == "cut":
        return honest[: chance.randrange(len(honest))]
    else:
        place = chance.randrange(len(honest))
        return honest[:place] + b"\0" * min(16, len(honest) - place) + honest[place + 16 :]
    return b"".join(lines)
