"""A new version of the county's key: every person keyed anew, every sealed file sealed anew, in one step.

Answers stay the same; only the pseudonyms change. Published nights stay as they are and can still be verified. The
old version stays in keys/ until the administrator takes it away: lists handed out under it can still come back.
"""

from __future__ import annotations

import io
import secrets
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import polars as pl

from expectations.contract import load_contract
from pipelines.county import County
from pipelines.intake.form_rows import rekeyed
from pipelines.intake.lake import (
    forms_file,
    original_chunks,
    original_file,
    original_name,
    read_returned,
    read_vault,
    remaining_file,
    returned_file,
    returned_name,
    vault_file,
    vault_name,
)
from pipelines.intake.ledger import ROTATION, read_receipts
from pipelines.intake.receipt import Receipt
from pipelines.keys import KEY_BYTES
from pipelines.vault.key_ring import KeyRing
from pipelines.vault.remaining import remaining_rows
from pipelines.vault.rewrite import Rewrite, draft_key_file, write_key
from pipelines.vault.seal import seal, sealed_chunks
from pipelines.warehouse.ledger_seal import require_whole_ledger
from pipelines.warehouse.lock import SHANGHAI, hold, rewrite_lake


@dataclass(frozen=True)
class Rotated:
    """What a rotation did: the new version's number, and the received files keyed and sealed anew."""

    version: int
    files: int


def rotate(county: County) -> Rotated:
    """Make a new version of the county's key and rewrite the lake for it.

    Raises LockedError when a run is on or somebody builds from the lake, DamageError when a file cannot be opened: nothing is changed then.
    """
    with hold(county, "更换密钥"), rewrite_lake(county, "更换密钥"):
        rewrite = Rewrite(county)
        require_whole_ledger(county)
        old = KeyRing.of(county)
        new = KeyRing((*old.versions, secrets.token_bytes(KEY_BYTES)))
        write_key(draft_key_file(county, new.version), new.current)
        receipts = {r.content: r for r in read_receipts(county) if r.refused is None}
        for receipt in receipts.values():
            for place, chunks in _anew(county, old, new, receipt):
                rewrite.stage(place, chunks)
        event = {
            "event": ROTATION,
            "id": secrets.token_hex(8),
            "at": datetime.now(SHANGHAI).isoformat(),
            "version": new.version,
        }
        facts: dict[str, str | int] = {"version": new.version, "files": len(receipts)}
        rewrite.commit("rotate", event, contents=list(receipts), removed=[], key_version=new.version, facts=facts)
    return Rotated(new.version, len(receipts))


def _anew(county: County, old: KeyRing, new: KeyRing, receipt: Receipt) -> Iterator[tuple[Path, Iterable[bytes]]]:
    """Every file of one content that hangs on the key, made anew."""
    form, content, contract = receipt.form, receipt.content, load_contract(receipt.form)
    vault = read_vault(county, old, form, content)
    forms = rekeyed(contract, pl.read_parquet(forms_file(county, form, content)), vault, new.current)
    files = {
        forms_file(county, form, content): _parquet(forms),
        vault_file(county, form, content): seal(_parquet(vault), new, vault_name(content)),
    }
    if returned_file(county, form, content).exists():
        returned = read_returned(county, old, form, content)
        files[returned_file(county, form, content)] = seal(_parquet(returned), new, returned_name(content))
    yield from ((place, [whole]) for place, whole in files.items())
    if remaining_file(county, content).exists():
        yield remaining_file(county, content), [remaining_rows(county, new, form, content, files)]
    else:
        suffix = Path(receipt.file).suffix
        chunks = original_chunks(county, old, receipt.digest, suffix)
        yield original_file(county, receipt.digest, suffix), sealed_chunks(chunks, new, original_name(receipt.digest))


def _parquet(frame: pl.DataFrame) -> bytes:
    stream = io.BytesIO()
    frame.write_parquet(stream, compression="zstd")
    return stream.getvalue()
