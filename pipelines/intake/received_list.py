"""`landing/received.csv`: when an earlier system received each file, for counties that bring their history along."""

from __future__ import annotations

import csv
import datetime
import io
from dataclasses import dataclass

from pipelines.county import County
from pipelines.errors import IntakeError
from pipelines.intake.refusal import RefusedError
from pipelines.intake.text_file import decode

RECEIVED_LIST = "received.csv"


@dataclass(frozen=True)
class ReceivedNote:
    """The day a file was received, and its place among all files received."""

    received_on: datetime.date
    order: int


def read_received_list(county: County) -> dict[str, ReceivedNote]:
    """Notes by file (path relative to `landing/`); empty without the list.

    Raises IntakeError naming the line that cannot be read.
    """
    path = county.landing / RECEIVED_LIST
    if not path.is_file():
        return {}
    notes = {}
    try:
        text, _ = decode(path.read_bytes())
    except RefusedError as error:
        raise IntakeError(f"{path} 不是 UTF-8 或 GBK 编码的文本。请另存为 UTF-8 的 .csv。") from error
    for number, row in enumerate(csv.DictReader(io.StringIO(text)), start=2):
        try:
            notes[row["file"].strip()] = ReceivedNote(
                datetime.date.fromisoformat(row["received_on"].strip()), int(row["order"])
            )
        except (KeyError, ValueError, AttributeError, TypeError) as error:
            raise IntakeError(
                f"{path} 第 {number} 行无法识别。应有 file、received_on（如 2024-03-05）、order（整数）三列。"
            ) from error
    return notes
