"""Why a file is refused whole: one code each, and a Chinese sentence that says what, where, and what to do."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Refusal:
    """A file that stays in the landing folder: `code` for machines, `reason` (Chinese) for its department."""

    code: str
    reason: str


class RefusedError(Exception):
    """Raised where a file turns out to be unusable; carries its Refusal."""

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(f"{code}: {reason}")
        self.refusal = Refusal(code, reason)
