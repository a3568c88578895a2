"""Civil affairs and rural revitalisation: dibao rosters, the monitored register, procedures and measures."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import polars as pl

from pipelines.sample_county.care import CAUSES, FARM, HIT, ILL, MATCHING, PUBLIC_POST, RELIEF, Spell
from pipelines.sample_county.policy import poverty_line
from pipelines.sample_county.scene import Batch, Scene, after, choose, dates, fen, lags, monthly
from pipelines.sample_county.streams import Bools, Days, Ints
from pipelines.sample_county.timeline import NEVER, days_of, last_day, month_label

_CHANNELS = ("农户自主申报", "基层干部排查", "部门筛查预警", "社会监督发现")


@dataclass(frozen=True)
class Spells:
    """Episodes as arrays, one entry an episode; `start` and `end` are month numbers (end 10**6 while open)."""

    household: Ints
    start: Ints
    end: Ints
    found: Ints
    cause: Ints

    @staticmethod
    def of(spells: list[Spell], scene: Scene) -> Spells:
        """Episodes of the county's dealings."""
        columns = np.array([(s.household, s.start, s.end, s.found, s.cause) for s in spells], dtype=np.int64).reshape(
            -1, 5
        )
        begin = scene.timeline.start
        end = np.where(columns[:, 2] == NEVER, 10**6, columns[:, 2] + begin)
        return Spells(columns[:, 0], columns[:, 1] + begin, end, columns[:, 3] + begin, columns[:, 4])

    def identified_on(self) -> Days:
        """Days on which each episode began by decision."""
        return days_of(self.start, 6 + (self.household * 5) % 20)

    def eliminated_on(self, month: int) -> Days:
        """Days on which each episode ended, NaT where it is open at the end of a month."""
        ended = self.end <= month
        return np.where(
            ended, days_of(np.where(ended, self.end, 0), 8 + (self.household * 3) % 18), np.datetime64("NaT")
        )


def _roster(scene: Scene, month: int) -> pl.DataFrame:
    people, homes, care = scene.population.people, scene.population.households, scene.history.care
    spells = Spells.of(care.dibao_spells, scene)
    tekun = np.array([spell.tekun for spell in care.dibao_spells], dtype=np.bool_)
    live = np.flatnonzero((spells.start <= month) & (spells.end + 3 > month))
    spell_of = np.full(len(homes), -1)
    spell_of[spells.household[live]] = live
    heads = scene.heads(scene.present(month), month)
    household = people.life.household
    apiece = household % 5 < 3
    member = scene.present(month) & people.co_living & (spell_of[household] >= 0)
    who = np.flatnonzero(member & (apiece | (heads[household] == np.arange(len(people)))))
    spell, home = spell_of[household[who]], household[who]
    counts = np.bincount(home, minlength=len(homes))
    paid_step = np.minimum(scene.timeline.step(month), spells.end[spell] - scene.timeline.start)
    yuan = care.dibao[paid_step, home].astype(np.float64) / counts[home]
    category = np.where(tekun[spell], 2, np.where(homes.residence[home] == 2, 1, 0))
    ended = spells.end[spell] <= month
    return pl.DataFrame({
        "household_no": scene.household_no(home),
        "person_id": scene.person_id(who),
        "category": choose(("农村低保", "城市低保", "特困供养"), category),
        "single_person": np.zeros(len(who), dtype=np.bool_),
        "started_on": dates(days_of(spells.start[spell], 1)),
        "stopped_on": dates(np.where(ended, days_of(np.where(ended, spells.end[spell] + 1, 0), 1), np.datetime64("NaT"))),
        "monthly_amount": fen(yuan),
    })  # fmt: skip


def _margin(scene: Scene, month: int) -> pl.DataFrame:
    """Those beside dibao: 低保边缘 and 支出型困难 (no money), and 单人保 of the badly disabled outside dibao households."""
    people, care, step = scene.population.people, scene.history.care, scene.timeline.step(month)
    year = scene.timeline.step(max(month - (month % 12), scene.timeline.start + 12))
    household = people.life.household
    near = scene.history.yearly_per_head(year) < 1.2 * poverty_line(month)
    off = care.dibao[step] == 0
    head = scene.heads(scene.present(month), month)
    level, certified = scene.disability(month)
    luck = scene.draws("margin").random(len(people))
    heads = np.flatnonzero(
        (head[household] == np.arange(len(people))) & off[household] & (luck < 0.12 * near[household] + 0.002)
    )
    early = _a_year_before(certified, month)
    singles = np.flatnonzero(scene.present(month) & (level > 0) & (level < 3) & off[household] & (luck > 0.93) & early)
    who = np.concatenate([heads, singles])
    single = np.repeat([False, True], [len(heads), len(singles)])
    kind = np.where(single, 2, (who % 4 == 0).astype(np.int64))
    return pl.DataFrame({
        "household_no": scene.household_no(household[who]),
        "person_id": scene.person_id(who),
        "category": choose(("低保边缘", "支出型困难", "农村低保"), kind),
        "single_person": single,
        "started_on": dates(days_of(np.full(len(who), month - month % 12), 1)),
        "stopped_on": pl.Series([None] * len(who), dtype=pl.Date),
        "monthly_amount": fen(np.where(single, 320.0, 0.0), 1.0).replace(0, None),
    })  # fmt: skip


def _a_year_before(days: Days, month: int) -> Bools:
    """Which days lie at least a year before the end of a month (NaT: no)."""
    return np.asarray(days <= np.datetime64(last_day(month - 12)))


def assistance_roster(scene: Scene) -> Iterator[Batch]:
    """Everyone on social assistance, each month; some households by member, some by head."""
    for month in scene.timeline.reported:
        frame = pl.concat([_roster(scene, month), _margin(scene, month)]).unique(
            ["household_no", "person_id", "category", "started_on"], keep="first", maintain_order=True
        )
        yield Batch(
            "assistance_roster", month_label(month), after(month, scene.draws("assistance_roster", month)), frame
        )


def _monitor_class(scene: Scene, spells: Spells) -> pl.Series:
    if "LY" in scene.documents:
        return choose(("困难边缘户",), np.zeros(len(spells.start), dtype=np.int64))
    sudden = (spells.start >= scene.timeline.policy_break) & np.isin(spells.cause, [ILL, HIT])
    registered = scene.population.households.registered[spells.household]
    return choose(("脱贫不稳定户", "边缘易致贫户", "突发严重困难户"), np.where(registered, 0, np.where(sudden, 2, 1)))


def monitored_register(scene: Scene) -> Iterator[Batch]:
    """The monitored register of each month, those eliminated within two years included."""
    spells = Spells.of(scene.history.care.monitor_spells, scene)
    draws, n = scene.draws("monitored_register"), len(spells.start)
    names = scene.population.people.name
    every = pl.DataFrame({
        "household_no": scene.household_no(spells.household),
        "monitor_class": _monitor_class(scene, spells),
        "identified_on": dates(spells.identified_on()),
        "main_cause": choose(CAUSES, spells.cause),
        "found_through": choose(_CHANNELS, np.searchsorted([0.2, 0.75, 0.95], draws.random(n), side="right")),
        "helper": names.gather(draws.integers(0, len(names), n)),
        "helper_rank": choose(("副科级", "科员", "村干部"), draws.integers(0, 3, n)),
        "partner": names.gather(draws.integers(0, len(names), n)),
    })  # fmt: skip
    for month in scene.timeline.reported:
        rows = np.flatnonzero((spells.start <= month) & (spells.end > month - 24))
        if len(rows):
            ended = spells.eliminated_on(month)[rows]
            frame = every[rows].with_columns(eliminated=pl.Series(~np.isnat(ended)), eliminated_on=dates(ended))
            yield Batch("monitored_register", month_label(month), after(month, scene.draws("monitored", month)), frame)


_STEPS = (
    ("调查发现", 44, 40),
    ("个人申请", 39, 36),
    ("民主评议", 35, 32),
    ("公开公示", 31, 9),
    ("乡镇审核", 8, 5),
    ("县级审批", 4, 0),
)
"""Each step of a case, and how many days before the decision it begins and ends; a notice spans any holiday."""
_CASE_MONTHS = 2
"""Months that a case may take; only cases whose every step is reported are written."""
_HURRIED = 25
"""One case in so many posts its notice a fortnight late, and so for too few working days."""


def _case_rows(homes: pl.Series, cases: str, numbers: Ints, decided: Days, purpose: str) -> pl.DataFrame:
    """The steps of cases, in order; `cases` begins their numbers."""
    late = np.where(numbers % _HURRIED == 0, 14, 0)
    named = pl.Series([f"{cases}{k:06d}" for k in numbers], dtype=pl.String)
    return pl.concat([
        pl.DataFrame({
            "household_no": homes, "case_no": named, "purpose": pl.Series([purpose] * len(homes), dtype=pl.String),
            "step": pl.Series([step] * len(homes), dtype=pl.String),
            "started_on": dates(decided - (begin - late * (step == "公开公示")).astype("timedelta64[D]")), "ended_on": dates(decided - np.timedelta64(end, "D")),
            "outcome": pl.Series(["通过"] * len(homes), dtype=pl.String), "reason": pl.Series([None] * len(homes), dtype=pl.String),
        })
        for step, begin, end in _STEPS
    ])  # fmt: skip


def _refused_cases(scene: Scene) -> pl.DataFrame:
    """Applications that a township turned down."""
    draws, homes = scene.draws("refused cases"), scene.population.households
    months = np.repeat(np.array(scene.timeline.reported[_CASE_MONTHS:], dtype=np.int64), 1 + len(homes) // 4000)
    rows = draws.integers(0, len(homes), len(months))
    decided = days_of(months, draws.integers(10, 29, len(months)))
    frame = _case_rows(scene.household_no(rows), "SX8", np.arange(len(rows)), decided, "纳入")
    frame = frame.filter(pl.col("step") != "县级审批")
    final = pl.col("step") == "乡镇审核"
    return frame.with_columns(
        outcome=pl.when(final).then(pl.lit("不通过")).otherwise("outcome"),
        reason=pl.when(final).then(pl.lit("收入核实高于标准")).otherwise("reason"),
    )


def procedure_event(scene: Scene) -> Iterator[Batch]:
    """Steps of cases in and out, in the file of the month in which they ended."""
    spells = Spells.of(scene.history.care.monitor_spells, scene)
    since, until = scene.timeline.first + _CASE_MONTHS, scene.timeline.last + 1
    inside = np.flatnonzero((spells.start >= since) & (spells.start <= until))
    left = np.flatnonzero((spells.end >= since) & (spells.end <= until))
    identified, eliminated = spells.identified_on(), spells.eliminated_on(scene.timeline.last + 1)
    every = pl.concat([
        _case_rows(scene.household_no(spells.household[inside]), "SX1", inside, identified[inside], "纳入"),
        _case_rows(scene.household_no(spells.household[left]), "SX2", left, eliminated[left], "退出"),
        _refused_cases(scene),
    ]).with_columns(_month=pl.col("ended_on").dt.year().cast(pl.Int64) * 12 + pl.col("ended_on").dt.month() - 1)  # fmt: skip
    for month in scene.timeline.reported:
        rows = every.filter(pl.col("_month") == month).drop("_month")
        if len(rows):
            yield Batch(
                "procedure_event", month_label(month), after(month, scene.draws("procedure_event", month)), rows
            )


_MEASURES = {
    FARM: ("产业到户补助", "产业帮扶", "农业农村局"),
    RELIEF: ("发放临时救助金", "临时救助", "民政局"),
    MATCHING: ("推送就业岗位", "岗位推送", "人社局"),
    PUBLIC_POST: ("安置公益性岗位", "公益岗位", "人社局"),
}


def assistance_measure(scene: Scene) -> Iterator[Batch]:
    """Measures of help, noted up to three months after they began."""
    given = scene.history.care.measures
    columns = np.array([(m.household, m.kind, m.start, m.months) for m in given], dtype=np.int64).reshape(-1, 4)
    draws, n = scene.draws("assistance_measure"), len(given)
    start = scene.timeline.start + columns[:, 2]
    texts = [_MEASURES[int(kind)] for kind in columns[:, 1]]
    ends = np.where(columns[:, 3] > 0, days_of(start + columns[:, 3], 20), np.datetime64("NaT"))
    yuan = np.select(
        [columns[:, 1] == FARM, columns[:, 1] == RELIEF], [3000.0 + 0 * start, [m.yuan for m in given]], 0.0
    )
    every = pl.DataFrame({
        "household_no": scene.household_no(columns[:, 0]),
        "person_id": pl.Series([None] * n, dtype=pl.String),
        "measure": pl.Series([text[0] for text in texts], dtype=pl.String),
        "kind": pl.Series([text[1] for text in texts], dtype=pl.String),
        "started_on": dates(days_of(start, draws.integers(1, 29, n))),
        "ended_on": dates(ends),
        "amount": fen(yuan, 1.0).replace(0, None),
        "department": pl.Series([text[2] for text in texts], dtype=pl.String),
        "_month": start,
    }).with_columns(lags(draws, n, 0.4, 3))  # fmt: skip
    months = ((m, every.filter(pl.col("_month") == m).drop("_month")) for m in scene.timeline.reported)
    yield from monthly("assistance_measure", scene, months)
