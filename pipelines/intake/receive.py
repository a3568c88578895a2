"""Taking in what has landed: every new file read once, written to the lake, noted in the ledger, then moved."""

from __future__ import annotations

import datetime
import fcntl
import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from pipelines.county import County
from pipelines.errors import LockedError
from pipelines.intake.lake import keep_original, write_rows
from pipelines.intake.ledger import append_events, read_events
from pipelines.intake.person_key import county_key
from pipelines.intake.read_file import READER_VERSION, FileReading, folder_form, read_file
from pipelines.intake.receipt import Receipt, receipt_from_event
from pipelines.intake.received_list import RECEIVED_LIST, ReceivedNote, read_received_list
from pipelines.intake.refusal import RefusedError

_UNFINISHED_SUFFIXES = (".part", ".tmp", ".crdownload", ".filepart")
_SYSTEM_FILES = ("thumbs.db", "desktop.ini")

Progress = Callable[[int, int, str], None]


@dataclass(frozen=True)
class _Landed:
    """A file in the landing folder: path, name relative to it, and marks by which a move cut short is known."""

    path: Path
    file: str
    content: bytes
    digest: str
    stamp: str


def landing_files(county: County) -> list[Path]:
    """Files to be looked at: no temporary, hidden or system files, not the list of receipts, no links."""
    files = []
    for path in sorted(county.landing.rglob("*")):
        inside = path.relative_to(county.landing)
        name = path.name.lower()
        if path.is_symlink() or not path.is_file() or str(inside) == RECEIVED_LIST:
            continue
        if any(part.startswith((".", "~$")) for part in inside.parts):
            continue
        if name.endswith(_UNFINISHED_SUFFIXES) or name in _SYSTEM_FILES:
            continue
        files.append(path)
    return files


def _land(county: County, path: Path) -> _Landed:
    content = path.read_bytes()
    status = path.stat()
    return _Landed(
        path=path,
        file=path.relative_to(county.landing).as_posix(),
        content=content,
        digest=hashlib.sha256(content).hexdigest(),
        stamp=f"{status.st_ino}-{status.st_mtime_ns}-{status.st_size}",
    )


@contextmanager
def _only_one(county: County) -> Iterator[None]:
    """Hold the county's intake lock; raises LockedError when another intake is on."""
    county.lake.mkdir(parents=True, exist_ok=True)
    with (county.lake / "intake.lock").open("w") as stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise LockedError("另一次接收正在进行。请等它结束后再运行。") from error
        yield


def _blank_receipt(landed: _Landed, note: ReceivedNote | None, now: datetime.datetime) -> Receipt:
    """What is known of a file before it is read."""
    contract = folder_form(landed.file)
    received_at = datetime.datetime.combine(note.received_on, datetime.time()) if note else now.replace(microsecond=0)
    return Receipt(
        seq=0,
        file=landed.file,
        form=contract.form if contract else "",
        label=contract.label if contract else "",
        department=contract.department if contract else "",
        period="",
        period_start=None,
        period_end=None,
        content="",
        digest=landed.digest,
        received_on=received_at.date(),
        order=note.order if note else None,
        received_at=received_at,
    )


def _taken(receipt: Receipt, reading: FileReading) -> Receipt:
    return replace(
        receipt,
        form=reading.contract.form,
        label=reading.contract.label,
        department=reading.contract.department,
        period=reading.period.text,
        period_start=reading.period.start,
        period_end=reading.period.end,
        content=reading.content,
        rows=reading.rows.rows,
        loaded=reading.rows.accepted.height,
        rejected=reading.rows.rejected.height,
        sheet=reading.sheet,
        encoding=reading.encoding,
        remarks=reading.remarks,
    )


def _note(county: County, receipt: Receipt, stamp: str) -> Receipt:
    event = receipt.to_event() | {"stamp": stamp, "reader": READER_VERSION}
    return receipt_from_event(append_events(county, [event])[0])


@dataclass
class _Known:
    """What the ledger already says of files: taken ones by stamp, refused ones by name and bytes."""

    taken: set[tuple[str, str, str]]
    refused: set[tuple[str, str]]


def _known(county: County) -> _Known:
    known = _Known(set(), set())
    for event in read_events(county):
        if event["event"] != "receipt":
            continue
        if event["refused"] is None:
            known.taken.add((event["file"], event["digest"], event["stamp"]))
        elif event["reader"] == READER_VERSION:
            known.refused.add((event["file"], event["digest"]))
    return known


def _receive_one(
    county: County, landed: _Landed, note: ReceivedNote | None, key: bytes, now: datetime.datetime
) -> Receipt:
    receipt = _blank_receipt(landed, note, now)
    try:
        reading = read_file(landed.file, landed.content, key)
    except RefusedError as error:
        return _note(county, replace(receipt, refused=error.refusal), landed.stamp)
    write_rows(county, reading.contract.form, reading.content, reading.rows)
    receipt = _note(county, _taken(receipt, reading), landed.stamp)
    keep_original(county, landed.path, landed.digest)
    return receipt


def receive(
    county: County, *, progress: Progress | None = None, now: Callable[[], datetime.datetime] = datetime.datetime.now
) -> list[Receipt]:
    """Take in every new file of the landing folder; returns the receipts of this call, in the order received.

    An accepted file's rows are in the lake and its receipt in the ledger before it leaves the landing folder; a
    refused one stays there, noted once. Cut off at any point, the next call goes on from there.

    Args:
        county: whose landing folder.
        progress: called before each file with (how many are done, how many there are, file).
        now: the clock; only files that `received.csv` does not date use it.

    Raises LockedError when another intake is on, IntakeError when `received.csv` cannot be read, OSError when the
    disk fails.
    """
    with _only_one(county):
        notes = read_received_list(county)
        key = county_key(county)
        known = _known(county)
        paths = landing_files(county)
        paths.sort(key=lambda path: _arrival(path.relative_to(county.landing).as_posix(), notes))
        receipts = []
        for done, path in enumerate(paths):
            landed = _land(county, path)
            if progress:
                progress(done, len(paths), landed.file)
            if (landed.file, landed.digest, landed.stamp) in known.taken:
                keep_original(county, path, landed.digest)  # its receipt was written, the move was cut off
            elif (landed.file, landed.digest) not in known.refused:
                receipts.append(_receive_one(county, landed, notes.get(landed.file), key, now()))
        return receipts


def _arrival(file: str, notes: dict[str, ReceivedNote]) -> tuple[datetime.date, int, str]:
    note = notes.get(file)
    stem = file.rsplit("/", 1)[-1].rsplit(".", 1)[0]
    return (note.received_on, note.order, stem) if note else (datetime.date.max, 0, stem)
