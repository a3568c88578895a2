"""The sealed truth table: what really happened, for evaluation only. The product never reads it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl

from pipelines.sample_county.economy import History
from pipelines.sample_county.policy import poverty_line
from pipelines.sample_county.population import Population
from pipelines.sample_county.shocks import Blows
from pipelines.sample_county.streams import Bools, Ints
from pipelines.sample_county.timeline import first_day


def _struck(blows: Blows, homes: Ints, shape: tuple[int, int]) -> tuple[Bools, Bools]:
    """Whether a blow of a kind fell on a household in a step, and whether one that nothing foretold (steps x households)."""
    hit, unforeseen = np.zeros(shape, dtype=np.bool_), np.zeros(shape, dtype=np.bool_)
    hit[blows.step, homes] = True
    unforeseen[blows.step[blows.unforeseen], homes[blows.unforeseen]] = True
    return hit, unforeseen


def shock_tables(population: Population, history: History) -> dict[str, Bools]:
    """Shocks by kind, steps x households; `unforeseen` where a shock had no slow cause that records show."""
    life, shape = population.people.life, history.income.shape
    work, illness = history.work, history.illness
    kinds = {
        "illness": _struck(illness.blows, life.household[illness.blows.whom], shape),
        "job_loss": _struck(work.blows, work.household[work.blows.whom], shape),
        "disaster": _struck(history.losses.blows, history.losses.blows.whom, shape),
        "misfortune": _struck(history.misfortune.blows, history.misfortune.blows.whom, shape),
    }
    death = np.zeros(shape, dtype=np.bool_)
    died = (life.leaves_by == 1) & (life.leaves < shape[0])
    death[life.leaves[died], life.household[died]] = True
    schooling = np.zeros(shape, dtype=np.bool_)
    for step in range(shape[0]):
        if population.timeline.month(step) % 12 == 8:
            starting = life.present(step) & (population.people.age(population.timeline.month(step)) == 19)
            schooling[step, life.household[starting & (population.people.leaves_school > 19)]] = True
    tables = {f"shock_{kind}": hit for kind, (hit, _) in kinds.items()}
    tables |= {"shock_death": death, "shock_schooling": schooling}
    tables["shock_unforeseen"] = np.logical_or.reduce([unforeseen for _, unforeseen in kinds.values()])
    return tables


def truth_table(population: Population, history: History, twin: History) -> pl.DataFrame:
    """One row a household and month, from the first reported month to a year after the last.

    Columns: household_no, month (its first day), members, income_per_capita and income_per_capita_without_help (true
    disposable income of the 12 months, yuan a head), line (yuan a year), poor, poor_without_help, monitored, dibao, and
    the shocks that struck in the month. `twin` is the same county without dibao and help.
    """
    timeline, homes = population.timeline, population.households
    shocks = shock_tables(population, history)
    parts = []
    for step in range(timeline.burn_in, timeline.steps):
        line = poverty_line(timeline.month(step))
        income, without = history.yearly_per_head(step), twin.yearly_per_head(step)
        parts.append(pl.DataFrame({
            "household_no": homes.number,
            "month": pl.Series([first_day(timeline.month(step))]).new_from_index(0, len(homes)),
            "members": history.members[step],
            "income_per_capita": income.round(2),
            "income_per_capita_without_help": without.round(2),
            "line": np.full(len(homes), line),
            "poor": income < line,
            "poor_without_help": without < line,
            "monitored": history.care.monitored[step],
            "dibao": history.care.dibao[step] > 0,
            **{name: table[step] for name, table in shocks.items()},
        }))  # fmt: skip
    return pl.concat(parts)


def write_truth(population: Population, history: History, twin: History, folder: Path) -> None:
    """Write the truth table to `folder`/truth.parquet."""
    folder.mkdir(parents=True, exist_ok=True)
    truth_table(population, history, twin).write_parquet(folder / "truth.parquet", compression="zstd", statistics=False)
