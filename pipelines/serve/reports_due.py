"""Where each department's report of the last full month stands, as `shouwang forms` tells it."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl

from pipelines.county import County
from pipelines.intake.ledger import ledger_path
from pipelines.intake.monthly_status import STATES, monthly_status
from pipelines.serve.file_version import file_version
from pipelines.serve.nights import Desk

_SCHEMA = {
    "department": pl.String, "label": pl.String, "state": pl.String, "files": pl.Int64, "rows": pl.Int64,
    "rejected": pl.Int64, "due_on": pl.Date, "note": pl.String,
}  # fmt: skip


def last_full_month(as_of: date) -> date:
    """First day of the last month that is over at the end of the as-of day."""
    tomorrow = as_of + timedelta(days=1)
    return (tomorrow.replace(day=1) - timedelta(days=1)).replace(day=1)


def form_states(county: County, desk: Desk) -> pl.DataFrame:
    """One row per form that the night's month needs or that came: department, label, state (Chinese), files, rows, rejected, due_on, note."""
    day, known_on = (date.fromisoformat(text) for text in (desk.manifest.as_of, desk.manifest.known_on))

    def look() -> pl.DataFrame:
        status = monthly_status(county, last_full_month(day), known_on)
        shown = [form for form in status.forms if form.state != "not_due" or form.files]
        return pl.DataFrame(
            [
                (f.department, f.label, STATES[f.state], f.files, f.rows, f.rejected, f.due_on, f.note or None)
                for f in shown
            ],
            schema=_SCHEMA,
            orient="row",
        )

    return desk.once(look, "forms", file_version(ledger_path(county)))


def late_forms(county: County, desk: Desk) -> pl.DataFrame:
    """The rows of `form_states` that are still waited for: late, refused as a whole, or not due yet."""
    return form_states(county, desk).filter(
        pl.col("state").is_in([STATES["late"], STATES["refused"], STATES["waiting"]])
    )
