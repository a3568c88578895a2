"""Choices and words that several pages share."""

from __future__ import annotations

from pipelines.deliver.paper import PaperColumn
from pipelines.serve.nights import Desk, Row

# The columns that say which household and where, in this order in every list.
PLACE = (
    PaperColumn("household_no", "户编号", 16),
    PaperColumn("township", "乡镇", 12),
    PaperColumn("village", "村（社区）", 14),
)


def townships(desk: Desk) -> list[Row]:
    """Code and name of the townships the user may see."""
    return desk.rows(
        "SELECT DISTINCT township_code AS code, township AS name FROM dim_household WHERE township_code IS NOT NULL ORDER BY 1"
    )
