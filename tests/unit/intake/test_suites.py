"""A suite finds what types cannot, tells it without a value, and treats a rule that cannot run as an error."""

import datetime
import subprocess
import sys
from pathlib import Path

import polars as pl

from expectations import suites
from expectations.contract import load_contract
from expectations.suites import Rule, SuiteContext, run_suite

_MAY = datetime.date(2020, 5, 31)


def _settlements(**changed) -> pl.DataFrame:
    row = {
        "settlement_no": "A1",
        "person_key": "p1",
        "settled_on": datetime.date(2020, 5, 3),
        "total_cost_fen": 1000,
        "basic_paid_fen": 600,
        "major_paid_fen": 100,
        "aid_paid_fen": 100,
        "other_paid_fen": None,
        "self_total_fen": 200,
    }
    return pl.DataFrame([row, row | {"settlement_no": "A2"} | changed])


def _failed(frame, monkeypatch=None, **context) -> dict[str, str]:
    results = run_suite(load_contract("medical_settlement"), frame.lazy(), SuiteContext(_MAY, **context))
    return {result.rule: result.severity for result in results if not result.passed}


def test_a_sound_form_passes():
    assert _failed(_settlements(), known_people=pl.Series(["p1"]), bounds={"total_cost": (0, 10**9)}) == {}


def test_each_rule_finds_its_fault_and_no_more():
    assert _failed(_settlements(settlement_no="A1")) == {"key": "warn"}
    assert _failed(_settlements(settled_on=datetime.date(2020, 6, 1))) == {"in_range.settled_on": "warn"}
    assert _failed(_settlements(self_total_fen=190)) == {"total": "warn"}
    assert _failed(_settlements(), previous_rows=400) == {"row_count": "warn"}
    assert _failed(_settlements(person_key="p2"), known_people=pl.Series(["p1"])) == {"known_people": "warn"}
    dear = _settlements(total_cost_fen=2000, self_total_fen=1200)
    assert _failed(dear, bounds={"self_total": (0, 500)}) == {"plausible.self_total": "warn"}
    wrong_unit = {"plausible.self_total": "warn", "unit.self_total": "error"}
    assert _failed(_settlements(), bounds={"self_total": (0, 100)}) == wrong_unit


def test_a_rule_that_cannot_run_is_an_error(monkeypatch):
    broken = Rule("broken", "坏规则", "warn", "ExpectColumnValuesToBeUnique", {"column": "no_such_column"})
    monkeypatch.setattr(suites, "form_rules", lambda *_: (broken,))
    assert _failed(_settlements()) == {"broken": "error"}


_A_CHECK = """
import datetime, polars
from expectations.contract import load_contract
from expectations.suites import SuiteContext, run_suite
rows = polars.DataFrame({"person_key": ["p1"], "month": [datetime.date(2020, 5, 1)]})
wanted = {name: polars.Int64 for name, _ in load_contract("pension_payment").lake_columns if name not in rows.columns}
frame = rows.with_columns(polars.lit(None, kind).alias(name) for name, kind in wanted.items())
print(len(run_suite(load_contract("pension_payment"), frame.lazy(), SuiteContext(datetime.date(2020, 5, 31)))))
"""


def test_an_installed_spark_is_left_alone(tmp_path):
    # pyspark's own client does this when it is imported in a process whose main module has no file
    (tmp_path / "pyspark.py").write_text("import sys\nsys.exit(0)\n")
    path = f"import sys; sys.path.insert(0, {str(tmp_path)!r})\n"
    home = Path(suites.__file__).parents[1]
    child = subprocess.run(
        [sys.executable, "-c", path + _A_CHECK], cwd=home, capture_output=True, text=True, timeout=300, check=False
    )
    assert child.returncode == 0, child.stderr
    assert int(child.stdout) > 0
