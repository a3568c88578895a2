"""Dagster's view of the night: nothing referenced that nobody makes, and the same end as `shouwang run`."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import dagster as dg
import pytest
import yaml

from expectations.contract import all_contracts
from pipelines.county import County
from pipelines.definitions import defs
from pipelines.defs.forms import form_key
from pipelines.defs.models import PROJECT as DBT
from pipelines.defs.models import read_manifest
from pipelines.defs.papers import KEYS as PAPER_KEYS
from pipelines.defs.scorer import SCORER
from pipelines.defs.timing import every_month, every_night, new_landing_files, night_config
from pipelines.night import run_night
from pipelines.sample_county import write_county
from pipelines.settings import PROJECT
from pipelines.warehouse.manifest import Manifest
from pipelines.warehouse.publish import current_folder

AS_OF = "2020-06-30"


@pytest.fixture(scope="module")
def definitions() -> dg.Definitions:
    return defs()


@pytest.fixture
def county(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> County:
    write_county(tmp_path / "county", 60, 3, as_of=date.fromisoformat(AS_OF), months=15)
    monkeypatch.setenv("SHOUWANG_HOME", str(tmp_path / "county"))
    return County.open(tmp_path / "county")


def test_no_asset_is_referenced_that_nothing_makes(definitions: dg.Definitions) -> None:
    graph = definitions.get_repository_def().asset_graph
    assert graph.get_all_asset_keys() - graph.materializable_asset_keys == set()


def test_every_form_is_an_asset_by_month_and_feeds_the_models(definitions: dg.Definitions) -> None:
    graph = definitions.get_repository_def().asset_graph
    for form in all_contracts():
        node = graph.get(form_key(form))
        assert isinstance(node.partitions_def, dg.MonthlyPartitionsDefinition)
        assert graph.get(dg.AssetKey(["raw", form])).child_keys, f"no model reads {form}"


def test_every_dbt_test_is_a_check_and_errors_block(definitions: dg.Definitions) -> None:
    graph = definitions.get_repository_def().asset_graph
    nodes = read_manifest(DBT.manifest_path)["nodes"].values()
    severities = {node["name"]: node["config"]["severity"] for node in nodes if node["resource_type"] == "test"}
    blocking = {key.name: graph.get(key).blocking for key in graph.asset_check_keys if key.name in severities}
    assert blocking == {name: severity.lower() == "error" for name, severity in severities.items()}


def test_every_form_has_its_suite_as_a_check(definitions: dg.Definitions) -> None:
    graph = definitions.get_repository_def().asset_graph
    assert {key.asset_key for key in graph.asset_check_keys if key.name == "great_expectations"} == {
        form_key(form) for form in all_contracts()
    }


def test_job_publishes_what_the_shell_publishes(definitions: dg.Definitions, county: County) -> None:
    result = definitions.resolve_job_def("night").execute_in_process(run_config=night_config(AS_OF))
    assert result.success
    by_job = current_folder(county)
    assert by_job is not None
    state = Manifest.read(by_job).state
    published = [event for event in result.all_events if event.event_type_value == "ASSET_MATERIALIZATION"]
    made = {event.asset_key for event in published}
    assert made >= set(PAPER_KEYS.values())
    months = [event for event in published if event.partition is not None]
    assert months, "no form's month was noted"
    checked = {evaluation.check_name for evaluation in result.get_asset_check_evaluations()}
    assert "great_expectations" in checked and "receipts_account_for_every_row" in checked
    report = run_night(county, date.fromisoformat(AS_OF))
    assert report.state == state
    assert report.folder == by_job


def test_one_month_of_one_form_can_be_taken_in_alone(definitions: dg.Definitions, county: County) -> None:
    asset = definitions.get_repository_def().assets_defs_by_key[form_key("employment")]
    result = dg.materialize([asset], partition_key="2020-05-01")
    (event,) = result.asset_materializations_for_node("lake__employment")
    assert int(str(event.metadata["dagster/row_count"].value)) > 0


def test_steps_cannot_be_run_out_of_order(definitions: dg.Definitions, county: County) -> None:
    job = definitions.resolve_job_def("night")
    result = job.execute_in_process(
        run_config=night_config(AS_OF), asset_selection=[dg.AssetKey(["published", "warehouse"])], raise_on_error=False
    )
    assert not result.success
    told = result.failure_data_for_node("published__warehouse")
    assert told is not None and "不能单独运行" in str(told.error)


def test_failure_in_a_run_quotes_no_cell(
    definitions: dg.Definitions, county: County, monkeypatch: pytest.MonkeyPatch
) -> None:
    cell = "350123199001011234"

    def fail(*_: object, **__: object) -> None:
        raise ValueError(f"Could not convert string '{cell}'")

    monkeypatch.setattr("pipelines.night.load_raw", fail)
    result = definitions.resolve_job_def("night").execute_in_process(
        run_config=night_config(AS_OF), raise_on_error=False
    )
    assert not result.success
    assert cell not in "".join(str(event) for event in result.all_events)


def test_the_scorer_is_checked_once_a_month_by_the_last_day_before_it_and_never_by_a_night(
    definitions: dg.Definitions,
) -> None:
    assert (every_month.cron_schedule, every_month.execution_timezone) == ("0 4 6 * *", "Asia/Shanghai")
    at = datetime(2020, 7, 6, 4, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
    request = every_month(dg.build_schedule_context(scheduled_execution_time=at))
    assert request.run_config == {"ops": {"risk__scorer": {"config": {"as_of": AS_OF}}}}  # type: ignore[union-attr]
    graph = definitions.get_repository_def().asset_graph
    assert graph.get(dg.AssetKey(["risk", "scores"])).parent_keys >= {SCORER}
    made = {job: definitions.resolve_job_def(job).asset_layer.executable_asset_keys for job in ("night", "refresh")}
    assert SCORER not in made["night"]
    assert made["refresh"] == {SCORER}


def test_schedule_is_half_past_one_in_china_about_the_day_before() -> None:
    assert (every_night.cron_schedule, every_night.execution_timezone) == ("30 1 * * *", "Asia/Shanghai")
    at = datetime(2020, 7, 1, 1, 30, tzinfo=ZoneInfo("Asia/Shanghai"))
    request = every_night(dg.build_schedule_context(scheduled_execution_time=at))
    assert request.run_config["resources"]["night"]["config"]["as_of"] == AS_OF  # type: ignore[union-attr]


def test_sensor_waits_for_files_to_be_still_and_asks_once(county: County) -> None:
    context = dg.build_sensor_context()
    kinds = []
    for _ in range(3):
        (answer,) = list(new_landing_files(context))  # type: ignore[arg-type, call-overload]
        kinds.append(type(answer))
    assert kinds == [dg.SkipReason, dg.RunRequest, dg.SkipReason]


def test_telemetry_is_off_and_one_run_writes_at_a_time() -> None:
    template = yaml.safe_load((PROJECT / "dagster.yaml").read_text(encoding="utf-8"))
    assert template["telemetry"] == {"enabled": False}
    assert template["concurrency"]["runs"]["max_concurrent_runs"] == 1


def test_dg_accepts_the_definitions(tmp_path: Path) -> None:
    (tmp_path / "dagster.yaml").write_text((PROJECT / "dagster.yaml").read_text(encoding="utf-8"), encoding="utf-8")
    environment = os.environ | {"DAGSTER_HOME": str(tmp_path), "VIRTUAL_ENV": sys.prefix}
    dg_command = Path(sys.executable).with_name("dg")
    done = subprocess.run(
        [dg_command, "check", "defs"], cwd=PROJECT, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "loaded successfully" in done.stdout + done.stderr
