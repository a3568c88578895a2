"""Rotates or erases until killed: `python -m tests.faults.kernel.rewriter HOME rotate|erase ID DIE_AT`."""

from __future__ import annotations

import sys
from pathlib import Path

from pipelines import night
from pipelines.county import County
from pipelines.intake.person_key import county_key, pseudonym
from pipelines.settings import Settings
from pipelines.vault.erasure import erase
from pipelines.vault.rotation import rotate
from tests.faults.kernel.small_county import die_before, stand_in


def main(home: str, action: str, number: str, die_at: str) -> None:
    """Do it, dying where told; prints the count of calls that touch the disk."""
    stand_in(night)
    county = County.open(Path(home))
    key = pseudonym(county_key(county), number)
    count = die_before(int(die_at))
    if action == "rotate":
        rotate(county)
    else:
        erase(county, key, "申请〔2021〕1号", Settings.from_environment(), lambda _line: None)
    print(count[0])


if __name__ == "__main__":
    main(*sys.argv[1:])
