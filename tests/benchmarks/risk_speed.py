"""Scoring a million households with reasons, against the bare model's predict in the same run.

Run: python -m tests.benchmarks.risk_speed [households]. The last lines are the figures. Exit status 1 over 4 times.
"""

from __future__ import annotations

import sys
import time
from datetime import date

import numpy as np
import polars as pl

from models.additive import Boosting, grow, read_tables
from models.county_features import COUNTY_SCHEMA
from models.reasons import reason_frame, strongest_themes

LIMIT = 4.0


def main(households: int) -> int:
    """Grow the champion on 20,000 made-up households and score `households` of them both ways; returns 0 or 1."""
    lots = np.random.default_rng(1)
    width = len(COUNTY_SCHEMA.features)
    matrix = lots.normal(1.0, 0.7, (households, width))
    matrix[lots.random(matrix.shape) < 0.1] = np.nan
    train = matrix[:20_000]
    risk = -2.0 - 1.5 * np.nan_to_num(train[:, 1]) + np.nan_to_num(train[:, 12])
    labels = (lots.random(len(train)) < 1 / (1 + np.exp(-risk))).astype(np.int8)
    model = grow(train, labels, np.ones(len(train)), COUNTY_SCHEMA, seed=1, boosting=Boosting())
    tables = read_tables(model, width).referred_to(train)

    start = time.process_time()
    bare = model.decision_function(matrix)
    bare_cpu = time.process_time() - start

    keys = pl.DataFrame({"household_no": np.arange(households)})
    days = dict.fromkeys(COUNTY_SCHEMA.feeds, date(2020, 11, 30))
    start = time.process_time()
    contributions = tables.contributions(matrix)
    scores = tables.reference_log_odds + contributions.sum(axis=1)
    reasons = reason_frame(COUNTY_SCHEMA, matrix, strongest_themes(COUNTY_SCHEMA, matrix, contributions), keys, days)
    own_cpu = time.process_time() - start

    print(f"households {households:,} x features {width}; reason rows {reasons.height:,}")
    print(f"largest difference from the bare model's log-odds: {np.abs(bare - scores).max():.2e}")
    print(
        f"bare predict: {bare_cpu:.1f} CPU s; scores with reasons: {own_cpu:.1f} CPU s; ratio {own_cpu / bare_cpu:.2f} (at most {LIMIT})"
    )
    return int(own_cpu > LIMIT * bare_cpu)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000))
