"""Taking in what has landed: every new file read once, written to the lake, noted in the ledger, then moved."""

from __future__ import annotations

import datetime
import fcntl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from expectations.contract import load_contract
from pipelines.county import County
from pipelines.deliver.options import read_options
from pipelines.errors import LockedError
from pipelines.intake.completeness import missing_question
from pipelines.intake.lake import forms_file, keep_original, keep_rows, reading_folder
from pipelines.intake.landing import LandedFile, landed_file, landing_files, still_files
from pipelines.intake.ledger import append_events, read_events
from pipelines.intake.quality import Batch, batch_quality, known_people
from pipelines.intake.read_file import CONFIRMED, READER_VERSION, folder_form
from pipelines.intake.readers import Readers, ReadOutcome
from pipelines.intake.reading_process import ACCEPTED
from pipelines.intake.receipt import Receipt, receipt_from_event
from pipelines.intake.received_list import ReceivedNote, read_received_list
from pipelines.intake.refusal import Refusal
from pipelines.vault.key_ring import KeyRing

HELD = "held"  # code of a refusal that is a question, asked again each time

Progress = Callable[[int, int, str], None]
Clock = Callable[[], datetime.datetime]


@contextmanager
def _only_one(county: County) -> Iterator[None]:
    """Hold the county's intake lock; raises LockedError when another intake is on."""
    county.lake.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (county.lake / "intake.lock").open("w") as stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise LockedError("另一次接收正在进行。请等它结束后再运行。") from error
        yield


@dataclass
class _Known:
    """What the ledger already says of files.

    taken: (file, digest, stamp) of accepted ones; refused: (file, digest) -> code; receipts: accepted ones by form.
    """

    taken: set[tuple[str, str, str]] = field(default_factory=set)
    refused: dict[tuple[str, str], str] = field(default_factory=dict)
    receipts: dict[str, list[Receipt]] = field(default_factory=dict)

    @staticmethod
    def of(county: County) -> _Known:
        known = _Known()
        for event in read_events(county):
            if event["event"] == "receipt":
                known.add(receipt_from_event(event), event["stamp"], event["reader"])
        return known

    def add(self, receipt: Receipt, stamp: str, reader: int) -> None:
        if receipt.refused is None:
            self.taken.add((receipt.file, receipt.digest, stamp))
            self.receipts.setdefault(receipt.form, []).append(receipt)
        elif reader == READER_VERSION:
            self.refused[receipt.file, receipt.digest] = receipt.refused.code


@dataclass(frozen=True)
class _Waiting:
    """A file that is read but not believed yet."""

    landed: LandedFile
    receipt: Receipt
    outcome: ReadOutcome


class _Intake:
    """One call of `receive`."""

    def __init__(self, county: County, keys: KeyRing, readers: Readers, now: Clock) -> None:
        self._county = county
        self._keys = keys
        self._readers = readers
        self._now = now
        self._notes = read_received_list(county)
        self._known = _Known.of(county)
        self._waiting: dict[tuple[str, str], list[_Waiting]] = {}
        self.receipts: list[Receipt] = []

    def files(self) -> list[LandedFile]:
        """The landing files to take, in the order in which they were received."""
        files = [landed_file(self._county, path) for path in landing_files(self._county)]
        listed = [landed for landed in files if landed.file in self._notes]
        others = still_files(self._county, [landed for landed in files if landed.file not in self._notes])
        return sorted([*listed, *others], key=self._arrival)

    def _arrival(self, landed: LandedFile) -> tuple[datetime.date, int, str]:
        note = self._notes.get(landed.file)
        stem = landed.path.stem
        return (note.received_on, note.order, stem) if note else (datetime.date.max, 0, stem)

    def take(self, landed: LandedFile) -> None:
        """Read one file, unless the ledger says what became of it; leave it for the next time if it is changing."""
        try:
            digest = landed.digest()
        except OSError:
            return
        if (landed.file, digest, landed.stamp) in self._known.taken:
            keep_original(
                self._county, self._keys, landed.path, digest
            )  # its receipt was written, the move was cut off
            return
        code = self._known.refused.get((landed.file, digest))
        if code is not None and code != HELD:
            return
        outcome = self._readers.read(landed.path, landed.file, digest, size=landed.size)
        if outcome.changed:
            return
        receipt = _receipt(landed.file, digest, self._notes.get(landed.file), self._now(), outcome)
        if receipt.refused:
            self._note(landed, receipt)
        elif receipt.file in self._notes or CONFIRMED in receipt.file:
            self._accept(landed, receipt, outcome)
        else:
            self._waiting.setdefault((receipt.form, receipt.period), []).append(_Waiting(landed, receipt, outcome))

    def weigh(self) -> None:
        """Accept what waits, form by form and period by period, or hold it back with a question.

        The parts of a period are weighed together. Full lists come first: they say who is known.
        """
        for form, period in sorted(
            self._waiting, key=lambda key: (load_contract(key[0]).rows_are != "full_list", *key)
        ):
            parts = self._waiting[form, period]
            question, remarks = self._judge(form, period, parts)
            for part in parts:
                if question is None:
                    told = replace(part.receipt, remarks=(*part.receipt.remarks, *remarks))
                    self._accept(part.landed, told, part.outcome)
                elif (part.landed.file, part.receipt.digest) not in self._known.refused:
                    held = replace(part.receipt, content="", loaded=0, answers=(), refused=Refusal(HELD, question))
                    self._note(part.landed, replace(held, rows=0, rejected=0))

    def _judge(self, form: str, period: str, parts: list[_Waiting]) -> tuple[str | None, tuple[str, ...]]:
        """A batch's question, None when it may be taken, and what its department should know."""
        waiting = [part.outcome.folder / ACCEPTED for part in parts]
        taken = [receipt for receipts in self._known.receipts.values() for receipt in receipts]
        of_form = self._known.receipts.get(form, [])
        if load_contract(form).rows_are == "full_list":
            missing = missing_question(self._county, load_contract(form), period, waiting, of_form)
            if missing:
                return missing, ()
        here = [forms_file(self._county, form, receipt.content) for receipt in of_form if receipt.period == period]
        end = max(part.receipt.period_end or part.receipt.received_on for part in parts)
        batch = Batch(form, period, end, (*here, *waiting))
        quality = batch_quality(self._county, batch, taken, known_people(self._county, taken))
        return quality.question, quality.remarks

    def _accept(self, landed: LandedFile, receipt: Receipt, outcome: ReadOutcome) -> None:
        keep_rows(self._county, outcome.folder, receipt.form, receipt.content)
        self._note(landed, receipt)
        keep_original(self._county, self._keys, landed.path, receipt.digest)

    def _note(self, landed: LandedFile, receipt: Receipt) -> None:
        event = receipt.to_event() | {"stamp": landed.stamp, "reader": READER_VERSION}
        noted = receipt_from_event(append_events(self._county, [event])[0])
        self._known.add(noted, landed.stamp, READER_VERSION)
        self.receipts.append(noted)


def _receipt(
    file: str, digest: str, note: ReceivedNote | None, now: datetime.datetime, outcome: ReadOutcome
) -> Receipt:
    """The receipt of a file that was read (not yet numbered)."""
    received_at = datetime.datetime.combine(note.received_on, datetime.time()) if note else now.replace(microsecond=0)
    summary = outcome.summary or {}
    contract = load_contract(summary["form"]) if summary else folder_form(file)
    day = datetime.date.fromisoformat
    return Receipt(
        seq=0,
        file=file,
        form=contract.form if contract else "",
        label=contract.label if contract else "",
        department=contract.department if contract else "",
        period=summary.get("period", ""),
        period_start=day(summary["period_start"]) if summary else None,
        period_end=day(summary["period_end"]) if summary else None,
        content=summary.get("content", ""),
        digest=digest,
        received_on=received_at.date(),
        order=note.order if note else None,
        received_at=received_at,
        rows=summary.get("rows", 0),
        loaded=summary.get("loaded", 0),
        rejected=summary.get("rejected", 0),
        sheet=summary.get("sheet"),
        encoding=summary.get("encoding", ""),
        key_first=day(summary["key_first"]) if summary.get("key_first") else None,
        key_last=day(summary["key_last"]) if summary.get("key_last") else None,
        repeats_keys=summary.get("repeats_keys", True),
        remarks=tuple(summary.get("remarks", ())),
        answers=tuple(summary.get("answers", ())),
        refused=outcome.refused,
    )


def receive(county: County, *, progress: Progress | None = None, now: Clock = datetime.datetime.now) -> list[Receipt]:
    """Take in every new file of the landing folder; returns the receipts of this call, in the order written.

    An accepted file's rows are in the lake and its receipt in the ledger before it leaves the landing folder; a
    refused one stays there, noted once. A full list that lacks half of the last one's people, or a batch that fails a
    rule of severity error, is held back with a question (refused with code `held`) until the other parts come, it is
    mended, or it is renamed with 确认; files that `received.csv` dates are history and never held. A file still
    being copied is left for the next call. Cut off at any point, the next call goes on from there.

    Args:
        county: whose landing folder.
        progress: called before each file with (how many are done, how many there are, file).
        now: the clock; only files that `received.csv` does not date use it.

    Raises LockedError when another intake is on, MistakeError when county.yml's papers section cannot be used,
    IntakeError when `received.csv` cannot be read, OSError when the disk fails.
    """
    keys = KeyRing.of(county)
    password = read_options(county).password
    with _only_one(county), Readers(reading_folder(county), keys, password=password) as readers:
        intake = _Intake(county, keys, readers, now)
        files = intake.files()
        for done, landed in enumerate(files):
            if progress:
                progress(done, len(files), landed.file)
            intake.take(landed)
        intake.weigh()
        return intake.receipts
