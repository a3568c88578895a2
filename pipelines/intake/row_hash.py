"""What of a row is hashed: secret values to pseudonyms, and the whole row to sixty bits that tell exact repeats."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import cast

import numpy as np
import polars as pl
from numpy.typing import NDArray

from expectations.contract import FormContract
from pipelines.intake.column import ReadColumn, distinct
from pipelines.intake.person_key import pseudonym_numbers, pseudonyms, row_hash_key

Numbers = NDArray[np.uint64]
_BLANK = np.uint64(1 << 63)  # the least Int64, which no value of a form is
_HASH_SHIFT = np.uint64(4)  # sixty bits, never negative in a BIGINT
# The multipliers and shifts of SplitMix64's finaliser (Steele, Lea and Flood, 2014): every bit goes into every bit.
_MULTIPLIERS = (np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB))
_SHIFTS = (np.uint64(30), np.uint64(27), np.uint64(31))


@dataclass(frozen=True)
class KeyedColumn:
    """A secret column's pseudonyms, and per row the number that the pseudonym spells (`_BLANK` for none)."""

    names: pl.Series
    numbers: Numbers


def keyed_column(column: ReadColumn, key: bytes) -> KeyedColumn:
    """The pseudonyms of a column of secret texts, each distinct one made once."""
    texts = column.by_distinct or distinct(column.values)
    filled = texts.values.is_not_null().arg_true()
    found = pseudonym_numbers(key, texts.values.gather(filled))
    names = pl.Series([None], dtype=pl.String).new_from_index(0, len(texts.values)).scatter(filled, pseudonyms(found))
    numbers = np.full(len(texts.values), _BLANK)
    numbers[filled.to_numpy()] = found
    return KeyedColumn(texts.spread(names), numbers[texts.places.to_numpy()])


def _numbers(column: ReadColumn, key: bytes) -> Numbers:
    """A number for every value of a column: equal for equal values, `_BLANK` for none."""
    if column.values.dtype != pl.String:
        whole = column.values.to_physical().cast(pl.Int64).fill_null(-(1 << 63))
        return cast(Numbers, whole.to_numpy().view(np.uint64))
    texts = column.by_distinct or distinct(column.values)
    hashed = [
        _BLANK if text is None else int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8, key=key).digest())
        for text in texts.values
    ]
    once: Numbers = np.array(hashed, dtype=np.uint64)
    return cast(Numbers, once[texts.places.to_numpy()])


def row_hashes(
    contract: FormContract, columns: dict[str, ReadColumn], keyed: dict[str, KeyedColumn], key: bytes
) -> pl.Series:
    """Sixty keyed bits of every row's typed values, the same for ever: equal ones are exact repeats.

    Two things do not make rows different, because sheets of one origin differ in them: a flag not stated and 否 where
    √ may mean yes and 否 be left blank (`Column.no_is_written` says where it may not), and what only the vault keeps
    (columns that departments leave out or add).
    """
    secret = row_hash_key(key)
    height = len(next(iter(columns.values())).values)
    mixed = np.full(height, int.from_bytes(secret[:8]), dtype=np.uint64)
    for column in contract.columns:
        if column.sensitive == "vault":
            continue
        if column.sensitive:
            mixed ^= keyed[column.id].numbers
        elif column.type == "flag" and not column.no_is_written:
            mixed ^= columns[column.id].values.fill_null(False).cast(pl.UInt64).to_numpy()
        else:
            mixed ^= _numbers(columns[column.id], secret)
        _mix(mixed)
    return pl.Series((mixed >> _HASH_SHIFT).astype(np.int64))


def _mix(numbers: Numbers) -> None:
    """Stir the bits of every number, in place; different numbers stay different."""
    for shift, multiplier in zip(_SHIFTS, _MULTIPLIERS, strict=False):
        numbers ^= numbers >> shift
        numbers *= multiplier
    numbers ^= numbers >> _SHIFTS[-1]
