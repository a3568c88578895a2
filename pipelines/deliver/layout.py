"""How much room Chinese text takes in a cell: widths in Excel's units, heights in points."""

from __future__ import annotations

import math
import re
import unicodedata
from functools import lru_cache

_WORD = re.compile(r"[!-~]+|\s|.", re.DOTALL)
_LEADING = 1.38  # height of a line over the size of its letters
_PADDING = 6.0
_UNIT_POINTS = 5.25  # a width unit is 7 pixels: the width of a digit at 11 points
MOST_HEIGHT = 405.0  # a row cannot be higher than 409 points


def text_width(text: str) -> int:
    """Width of one line in half-width letters: a Chinese character takes two."""
    return sum(2 if unicodedata.east_asian_width(letter) in "WFA" else 1 for letter in text)


@lru_cache(maxsize=1 << 15)  # most cells of a table say what others say
def wrapped_lines(text: str, letters: int) -> int:
    """Lines that a text takes where a line has room for so many half-width letters; words break only when too long."""
    lines = 0
    for paragraph in text.split("\n"):
        lines += 1
        used = 0
        for word in _WORD.findall(paragraph):
            width = text_width(word)
            if used and used + width > letters:
                lines += 1
                used = 0
            if width > letters:
                lines += math.ceil(width / letters) - 1
                width = width % letters or letters
            used += width
    return lines


def letters_per_line(width: float, points: float) -> int:
    """Half-width letters of a font size that fit across a column of so many units, with a margin for other fonts."""
    return max(2, int((width - 0.8) * _UNIT_POINTS / (points / 2)))


def row_height(texts: list[str], widths: list[float], points: float) -> float:
    """Height in points that shows all texts of a row, each wrapped in its column."""
    lines = max(
        (wrapped_lines(text, letters_per_line(width, points)) for text, width in zip(texts, widths, strict=True)),
        default=1,
    )
    return min(MOST_HEIGHT, round(lines * points * _LEADING + _PADDING, 1))
