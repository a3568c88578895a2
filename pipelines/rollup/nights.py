"""Which published night of each county a roll-up reads."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from pipelines.county import County
from pipelines.errors import DamageError, MistakeError
from pipelines.rollup.region import Region
from pipelines.warehouse.gates import ANALYST_FILE
from pipelines.warehouse.manifest import Manifest, hash_file
from pipelines.warehouse.publish import current_folder, published_folders


@dataclass(frozen=True)
class CountyNight:
    """A county and its night of the day asked for.

    Attributes:
        folder, manifest: None when the county published no night of that day: it is 未报, which is not zero.
        newest: the latest day of which the county published anything.
    """

    county: County
    folder: Path | None = None
    manifest: Manifest | None = None
    newest: date | None = None

    @property
    def warehouse(self) -> Path | None:
        """The analysts' file of the night."""
        return self.folder / ANALYST_FILE if self.folder else None


def choose_nights(region: Region, as_of: date | None) -> tuple[date, list[CountyNight]]:
    """The day summed up, and one entry per county; without `as_of` it is the latest day that any county published.

    Of several nights of one day the county's current one counts, else the one published last. Raises MistakeError
    when no county published anything of that day, DamageError when a night is not what it was when it was published.
    """
    published = {county.region: _manifests(county) for county in region.counties}
    days = {manifest.as_of for nights in published.values() for _, manifest in nights}
    day = as_of.isoformat() if as_of else max(days, default="")
    if day not in days:
        told = f"{day} 的" if day else ""
        raise MistakeError(f"各县都还没有发布过{told}数据。请先在县级目录运行 shouwang run，或换一个基准日。")
    return date.fromisoformat(day), [_night(county, published[county.region], day) for county in region.counties]


def _manifests(county: County) -> list[tuple[Path, Manifest]]:
    return [(folder, Manifest.read(folder)) for folder in published_folders(county)]


def _night(county: County, nights: list[tuple[Path, Manifest]], day: str) -> CountyNight:
    newest = max((date.fromisoformat(manifest.as_of) for _, manifest in nights), default=None)
    current = current_folder(county)
    fitting = [night for night in nights if night[1].as_of == day]
    if not fitting:
        return CountyNight(county, newest=newest)
    folder, manifest = max(fitting, key=lambda night: (night[0] == current, night[1].published_at, night[0]))
    if hash_file(folder / ANALYST_FILE) != manifest.files[ANALYST_FILE]:
        raise DamageError(f"{county.name}的 {folder / ANALYST_FILE} 被改动或损坏。请在该县运行 shouwang verify。")
    return CountyNight(county, folder, manifest, newest)
