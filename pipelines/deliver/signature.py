"""Signed row keys of a township's list: who was warned is known by the key, never by what comes back in the cells."""

from __future__ import annotations

import base64
import hmac
import re
from dataclasses import dataclass
from datetime import date

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.hmac import HMAC

from pipelines.county import County
from pipelines.intake.person_key import county_key

META_SHEET = "_meta"  # hidden so that no menu shows it
_FORM = "守望预警核实清单"
_VERSION = "1"
_SIGN_CHARACTERS = 26  # 130 bits
_BLANK = re.compile(r"\s+")
IDENTITY_COLUMNS = ("warning_no", "head_name", "village", "phone", "due_on")
IDENTITY_HEADERS = ("户主姓名", "村（社区）", "联系电话", "核实期限")  # of all but the first


def list_key(key: bytes) -> bytes:
    """The key of list signatures, derived from the county's own: whoever can read the lake's names can sign."""
    return _digest(key, "shouwang township list")


def county_list_key(county: County) -> bytes:
    """The county's key of list signatures. Raises DamageError when the key file is damaged."""
    return list_key(county_key(county))


@dataclass(frozen=True)
class ListIdentity:
    """Which list a workbook is: of which county, township and night, with how many rows."""

    county_region: str
    township_code: str
    as_of: date
    rows: int

    def cells(self, key: bytes) -> tuple[str, ...]:
        """The first line of the hidden sheet, signed."""
        told = (_FORM, _VERSION, self.county_region, self.township_code, self.as_of.isoformat(), str(self.rows))
        return (*told, _sign(key, told))

    @staticmethod
    def read(cells: list[str], key: bytes) -> ListIdentity | None:
        """The identity that a first line states; None when it is not one of ours or was changed."""
        told, sign = tuple(cells[:6]), cells[6] if len(cells) > 6 else ""
        if len(told) < 6 or told[:2] != (_FORM, _VERSION) or not hmac.compare_digest(_sign(key, told), sign):
            return None
        return ListIdentity(told[2], told[3], date.fromisoformat(told[4]), int(told[5]))


def row_sign(key: bytes, listed: ListIdentity, identity: tuple[str, ...]) -> str:
    """The signature of one row: its list, and the texts of `IDENTITY_COLUMNS` as printed (white space apart)."""
    return _sign(key, (listed.township_code, listed.as_of.isoformat(), *(_BLANK.sub("", text) for text in identity)))


def is_signed(key: bytes, listed: ListIdentity, identity: tuple[str, ...], sign: str) -> bool:
    """Whether a row's texts are those that were signed."""
    return hmac.compare_digest(row_sign(key, listed, identity), sign)


def _sign(key: bytes, texts: tuple[str, ...]) -> str:
    return base64.b32encode(_digest(key, "\x1f".join(texts))).decode()[:_SIGN_CHARACTERS].lower()


def _digest(key: bytes, text: str) -> bytes:
    code = HMAC(key, hashes.SM3())
    code.update(text.encode())
    return code.finalize()
