"""The county's features as the scorer declares them, as SQL makes them, and as the seed of feeds knows them."""

from __future__ import annotations

import csv
import re

import pytest

from expectations.contract import all_contracts
from models.county_features import COUNTY_SCHEMA
from pipelines.handbook import POLICY
from pipelines.settings import PROJECT

SQL = (PROJECT / "dbt_project" / "models" / "intermediate" / "int_risk_feature.sql").read_text(encoding="utf-8")


@pytest.mark.parametrize("feature", COUNTY_SCHEMA.features, ids=lambda feature: feature.name)
def test_a_feature_is_unknown_when_its_feed_is_missing(feature):
    (line,) = re.findall(rf"^ +(.*) as {feature.name},?$", SQL, re.MULTILINE)
    assert line.startswith(f"{{{{ from_feed('{feature.feed}', ")


def test_every_feed_has_its_limit_its_form_and_its_source():
    with (POLICY / "risk_feed.csv").open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    assert sorted(row["feed"] for row in rows) == sorted(COUNTY_SCHEMA.feeds)
    assert {row["form"] for row in rows} <= set(all_contracts())
    assert all(row["label"] and row["reference"] and row["effective_from"] for row in rows)
    assert all(row["limit_days"] == "" or int(row["limit_days"]) > 0 for row in rows)
    looking_back = {row["feed"] for row in rows if row["reach_months"]}
    summed = {feature.feed for feature in COUNTY_SCHEMA.features if "近12个月" in feature.phrase}
    assert looking_back == {row["feed"] for row in rows if row["feed"] in summed and row["limit_days"]}
    listed = re.search(r"for feed in \[(.*?)\]", SQL)
    assert listed is not None
    assert sorted(re.findall(r"'(\w+)'", listed[1])) == sorted(COUNTY_SCHEMA.feeds)
