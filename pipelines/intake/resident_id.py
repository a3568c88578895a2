"""The resident identity number (GB 11643): 18 characters, or the 15 digits of old cards."""

from __future__ import annotations

import datetime
import re

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECK_CHARACTERS = "10X98765432"
_EIGHTEEN = re.compile(r"[1-9][0-9]{16}[0-9X]")
_FIFTEEN = re.compile(r"[1-9][0-9]{14}")
_EARLIEST_BIRTH_YEAR, _LATEST_BIRTH_YEAR = 1850, 2099


def check_character(first_seventeen: str) -> str:
    """The eighteenth character that belongs to seventeen digits."""
    total = sum(weight * int(digit) for weight, digit in zip(WEIGHTS, first_seventeen, strict=True))
    return CHECK_CHARACTERS[total % 11]


def is_birth_date(text: str) -> bool:
    """Whether eight digits are a day of the calendar on which a resident may have been born."""
    try:
        day = datetime.date(int(text[:4]), int(text[4:6]), int(text[6:8]))
    except ValueError:
        return False
    return _EARLIEST_BIRTH_YEAR <= day.year <= _LATEST_BIRTH_YEAR


def canonical_id(text: str) -> str | None:
    """The 18-character number that a cleaned, upper-case text means, or None.

    A 15-digit number is upgraded: the century put in (19), the check character added.
    """
    if _FIFTEEN.fullmatch(text):
        text = f"{text[:6]}19{text[6:]}"
        text += check_character(text)
    if not _EIGHTEEN.fullmatch(text) or not is_birth_date(text[6:14]):
        return None
    return text if check_character(text[:17]) == text[17] else None
