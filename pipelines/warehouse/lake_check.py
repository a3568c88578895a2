"""The lake's files against the hashes noted when they were written; a damaged one is made again from its original."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path

from pipelines.county import County
from pipelines.deliver.options import read_options
from pipelines.errors import DamageError
from pipelines.intake.lake import (
    forms_file,
    keep_rows,
    original_chunks,
    reading_folder,
    rejected_file,
    remaining_file,
    returned_file,
    vault_file,
)
from pipelines.intake.ledger import read_receipts
from pipelines.intake.readers import Readers
from pipelines.intake.receipt import Receipt
from pipelines.vault.key_ring import KeyRing
from pipelines.vault.remaining import put_remaining_back, remaining_is_whole
from pipelines.warehouse.manifest import hash_file

_PLACES = {"forms": forms_file, "vault": vault_file, "rejected": rejected_file, "returned": returned_file}
Sums = dict[str, dict[str, str]]


def sums_file(county: County) -> Path:
    """Where the hashes of the lake's files are noted: one JSON line per content, the last one counts."""
    return county.lake / "sums.jsonl"


def mend_lake(county: County, trusted: set[str]) -> list[str]:
    """Compare every file of the lake with its noted hash; returns the received files whose rows were damaged.

    `trusted` are the contents written by this very run: their hashes are noted as they are. What is damaged,
    missing or was never noted is read again from the original. Raises DamageError when an original is gone too.
    """
    noted, found = _read_sums(county), {}
    doubtful = []
    for receipt in _one_per_content(read_receipts(county)):
        here = _hashes(county, receipt)
        known = noted.get(receipt.content)
        if known is None and receipt.content in trusted:
            found[receipt.content] = here
        elif known != here:
            doubtful.append(receipt)
    if doubtful:
        _make_again(county, doubtful)
    found |= {receipt.content: _hashes(county, receipt) for receipt in doubtful}
    _append_sums(county, {content: here for content, here in found.items() if noted.get(content) != here})
    return [receipt.file for receipt in doubtful if receipt.content in noted]


def lake_problems(county: County) -> list[str]:
    """What of the lake is not as it was written, originals included, in Chinese; nothing is changed."""
    noted, keys, problems = _read_sums(county), KeyRing.of(county), []
    for receipt in _one_per_content(read_receipts(county)):
        known, here = noted.get(receipt.content), _hashes(county, receipt)
        problems += [
            f"{receipt.file} 的入湖数据（lake/{place}）缺失、被改动或损坏"
            for place in _PLACES
            if known is not None and known[place] != here[place]
        ]
        if not _original_is_whole(county, keys, receipt):
            problems.append(f"{receipt.file} 的原件（lake/originals）缺失、被改动或损坏")
    return problems


def _one_per_content(receipts: list[Receipt]) -> list[Receipt]:
    """Accepted receipts, one for each content."""
    return list({receipt.content: receipt for receipt in receipts if receipt.refused is None}.values())


def _hashes(county: County, receipt: Receipt) -> dict[str, str]:
    """SHA-256 of a content's files; empty text for one that is missing."""
    files = {place: path(county, receipt.form, receipt.content) for place, path in _PLACES.items()}
    return {place: hash_file(file) if file.is_file() else "" for place, file in files.items()}


def _original_is_whole(county: County, keys: KeyRing, receipt: Receipt) -> bool:
    """Whether a received file's own bytes, or what remains of them, are there and still as they came."""
    seen = hashlib.sha256()
    try:
        if remaining_is_whole(county, keys, receipt.content):
            return True
        for chunk in original_chunks(county, keys, receipt.digest, Path(receipt.file).suffix):
            seen.update(chunk)
    except DamageError:
        return False
    return seen.hexdigest() == receipt.digest


def _make_again(county: County, receipts: list[Receipt]) -> None:
    """Write the files of some contents once more from their originals."""
    keys = KeyRing.of(county)
    password = read_options(county).password
    with Readers(reading_folder(county), keys, password=password) as readers:
        for receipt in receipts:
            if not _original_is_whole(county, keys, receipt):
                raise DamageError(
                    f"{receipt.file} 的入湖数据和原件（lake/originals/{receipt.digest[:12]}…）都已缺失或损坏。"
                    "请从备份恢复其中之一后再运行。"
                )
            if remaining_file(county, receipt.content).exists():
                put_remaining_back(county, keys, receipt.form, receipt.content)
                continue
            suffix = Path(receipt.file).suffix
            opened = reading_folder(county) / f"opened{suffix}"
            with opened.open("wb") as plain:
                plain.writelines(original_chunks(county, keys, receipt.digest, suffix))
            outcome = readers.read(opened, receipt.file, receipt.digest, size=opened.stat().st_size)
            opened.unlink()
            if outcome.summary is None:
                raise DamageError(f"{receipt.file} 的入湖数据已损坏，且原件不能再次读取。请从备份恢复 lake/ 后再运行。")
            keep_rows(county, outcome.folder, receipt.form, receipt.content)


def _read_sums(county: County) -> Sums:
    """Noted hashes by content; lines that cannot be read are as if never noted."""
    sums: Sums = {}
    file = sums_file(county)
    for line in file.read_bytes().splitlines() if file.is_file() else []:
        try:
            entry = json.loads(line)
            sums[entry["content"]] = {place: str(entry[place]) for place in _PLACES}
        except (ValueError, KeyError, TypeError):
            continue
    return sums


def note_sums(county: County, contents: set[str]) -> None:
    """Note the hashes of some contents' files as they are now: they were rewritten on purpose."""
    receipts = [receipt for receipt in _one_per_content(read_receipts(county)) if receipt.content in contents]
    _append_sums(county, {receipt.content: _hashes(county, receipt) for receipt in receipts})


def _append_sums(county: County, sums: Sums) -> None:
    """Note hashes, on the disk when this returns."""
    if not sums:
        return
    lines = [json.dumps({"content": content, **places}) + "\n" for content, places in sorted(sums.items())]
    with sums_file(county).open("ab") as stream:
        stream.write(("\n" + "".join(lines)).encode())  # a line cut short before us stays a line of its own
        stream.flush()
        os.fsync(stream.fileno())
