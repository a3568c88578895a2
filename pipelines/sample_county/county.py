"""The synthetic county as a folder: department files with all their bad habits, and the truth kept apart."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

import polars as pl

from expectations.contract import FormContract, all_contracts
from pipelines.county import DOCUMENTS
from pipelines.sample_county.departments import assistance, comparisons, incomes, registry, services, townships
from pipelines.sample_county.economy import Nature, live_through
from pipelines.sample_county.entitlements import Entitlements
from pipelines.sample_county.files import Office, Planted, write_batch
from pipelines.sample_county.mistakes import BROKEN, MISSING_COLUMN, RESENT, with_corrections
from pipelines.sample_county.places import make_places
from pipelines.sample_county.policy import county_file, county_parameters
from pipelines.sample_county.population import make_population
from pipelines.sample_county.scene import Batch, Scene
from pipelines.sample_county.timeline import Timeline
from pipelines.sample_county.truth import write_truth

REGION, NAME = "359921", "青禾县（虚构）"
AS_OF = date(2020, 12, 31)
Progress = Callable[[int, int, str], None]
_SHORTEST = 15

DEPARTMENTS: dict[str, Callable[[Scene], Iterator[Batch]]] = {
    "registry_household": registry.registry_household,
    "registry_member": registry.registry_member,
    "monitored_register": assistance.monitored_register,
    "income_survey": incomes.income_survey,
    "employment": incomes.employment,
    "pension_payment": incomes.pension_payment,
    "subsidy_payment": incomes.subsidy_payment,
    "assistance_roster": assistance.assistance_roster,
    "disability_register": registry.disability_register,
    "medical_settlement": services.medical_settlement,
    "school_enrolment": services.school_enrolment,
    "housing_survey": services.housing_survey,
    "water_safety": services.water_safety,
    "vehicle_register": comparisons.vehicle_register,
    "business_register": comparisons.business_register,
    "property_register": comparisons.property_register,
    "financial_check": comparisons.financial_check,
    "civil_event": registry.civil_event,
    "disaster_loss": services.disaster_loss,
    "public_report": townships.public_report,
    "visit_record": townships.visit_record,
    "review_material": townships.review_material,
    "procedure_event": assistance.procedure_event,
    "assistance_measure": assistance.assistance_measure,
    "township_feedback": townships.township_feedback,
    "standard_line": incomes.standard_line,
}
_REFUSED = {"subsidy_payment": MISSING_COLUMN, "employment": BROKEN}


@dataclass(frozen=True)
class Sample:
    """A synthetic county's recipe.

    Attributes:
        households: how many at the start (about 2.9 people each).
        seed: everything follows from it.
        as_of: the last reported month is the last one over on this day.
        documents: adopted documents, of DOCUMENTS.
        region: six-digit county code (invented).
        name: county name (invented).
        months: reported months.
        nature: how hard life is.
    """

    households: int
    seed: int
    as_of: date = AS_OF
    documents: tuple[str, ...] = ("FQ",)
    region: str = REGION
    name: str = NAME
    months: int = 30
    nature: Nature = Nature()  # noqa: RUF009 - frozen

    def check(self) -> None:
        """Raises ValueError (Chinese) for a recipe that can't be cooked."""
        faults = {
            "户数至少为 20": self.households < 20,
            f"月数应在 {_SHORTEST} 至 120 之间": not _SHORTEST <= self.months <= 120,
            "region 应为 6 位数字": not (self.region.isdigit() and len(self.region) == 6 and self.region[0] != "0"),
            f"documents 应取自 {'、'.join(DOCUMENTS)}": not self.documents
            or bool(set(self.documents) - set(DOCUMENTS)),
        }
        for text, wrong in faults.items():
            if wrong:
                raise ValueError(text)


def imagine(sample: Sample) -> tuple[Scene, Scene]:
    """Live the county through; returns it and its twin without dibao and help (same people, same blows)."""
    sample.check()
    timeline = Timeline.until(sample.as_of, sample.months)
    places = make_places(sample.region, sample.households, sample.seed)
    population = make_population(places, sample.households, timeline, sample.seed)
    rights = Entitlements.of(population, sample.seed)
    lives = [live_through(population, sample.seed, replace(sample.nature, help_works=works)) for works in (True, False)]
    real, twin = (Scene(population, life, rights, sample.documents, sample.seed) for life in lives)
    return real, twin


def _with_refused(batches: Iterator[Batch], form: str) -> Iterator[Batch]:
    """The batches, the tenth followed by a file that must be refused whole (in the forms that have one)."""
    for number, batch in enumerate(batches):
        yield batch
        if form in _REFUSED and number == 10:
            yield replace(batch, tag=_REFUSED[form], received=batch.received + timedelta(days=2))


def _write_form(scene: Scene, contract: FormContract, office: Office) -> list[Planted]:
    batches = with_corrections(DEPARTMENTS[contract.form](scene), contract, scene.seed)
    planted: list[Planted] = []
    rejected: dict[str, int] = {}
    for batch in _with_refused(batches, contract.form):
        before = rejected.get(batch.period, 0) if batch.tag == RESENT else 0
        done = write_batch(batch, contract, office, before)
        rejected[batch.period] = done.rejected
        planted.append(done)
    return planted


def _write_received(planted: list[Planted], landing: Path) -> None:
    with (landing / "received.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["file", "received_on", "order"])
        ordered = sorted(planted, key=lambda entry: (entry.received, entry.file))
        writer.writerows(
            (entry.file, entry.received.isoformat(), order) for order, entry in enumerate(ordered, start=1)
        )


def _write_account(planted: list[Planted], folder: Path) -> None:
    files = [(p.file, p.form, p.period, p.received, p.rows, p.rejected, p.repeats, p.refused) for p in planted]
    schema = {"file": pl.String, "form": pl.String, "period": pl.String, "received_on": pl.Date, "rows": pl.Int64,
              "rejected": pl.Int64, "repeats": pl.Int64, "refused": pl.String}  # fmt: skip
    pl.DataFrame(files, schema=schema, orient="row").sort("file").write_csv(folder / "files.csv")
    faults = [(p.file, *fault) for p in planted for fault in p.faults if not p.refused]
    columns = {"file": pl.String, "row": pl.Int64, "header": pl.String, "column_id": pl.String, "kind": pl.String}
    pl.DataFrame(faults, schema=columns, orient="row").sort("file", "row").write_csv(folder / "faults.csv")


def write_sample(home: Path, sample: Sample, progress: Progress | None = None) -> None:
    """Write a synthetic county to the folder `home`.

    `landing/` gets the files of all 26 forms and received.csv; beside it county.yml, policy/parameters.csv and
    `truth/`: truth.parquet (what really happened), files.csv and faults.csv (what was planted in each landing file).
    The same sample gives the same bytes. `progress` is called with (done, all, Chinese label).
    Raises ValueError (Chinese) for a sample that can't be made, FileExistsError when `home`/landing exists.
    """
    sample.check()
    landing, truth = home / "landing", home / "truth"
    landing.mkdir(parents=True)
    tell = progress or (lambda _done, _all, _label: None)
    contracts = all_contracts()
    steps = len(contracts) + 2
    tell(0, steps, "推演全县生活")
    scene, twin = imagine(sample)
    office = Office(sample.name, landing, sample.seed)
    planted: list[Planted] = []
    for done, form in enumerate(DEPARTMENTS, start=1):
        tell(done, steps, f"写出{contracts[form].label}")
        planted += _write_form(scene, contracts[form], office)
    tell(steps - 1, steps, "写出真值表")
    write_truth(scene.population, scene.history, twin.history, truth)
    _write_account(planted, truth)
    _write_received(planted, landing)
    (home / "policy").mkdir(exist_ok=True)
    (home / "policy" / "parameters.csv").write_text(
        county_parameters(sample.region, sample.documents), encoding="utf-8"
    )
    (home / "county.yml").write_text(county_file(sample.name, sample.region, sample.documents), encoding="utf-8")
    tell(steps, steps, "样例县完成")
