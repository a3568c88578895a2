"""Great Expectations at the door: one check per form, its suite built from the form's contract."""

from collections.abc import Iterator

import dagster as dg

from expectations.contract import all_contracts
from expectations.suites import ERROR
from pipelines.defs.forms import RECEIPTS, form_key
from pipelines.defs.resources import configured_county, told_in_chinese
from pipelines.intake.quality import FormQuality, check_quality

NAME = "great_expectations"
_SPECS = [
    dg.AssetCheckSpec(
        NAME, asset=form_key(form), additional_deps=[RECEIPTS], description=f"{contract.label}最近一期的数据质量"
    )
    for form, contract in all_contracts().items()
]


@dg.multi_asset_check(specs=_SPECS, name=NAME)
def form_quality() -> Iterator[dg.AssetCheckResult]:
    """Run every form's suite on its latest period; a form that never came passes, with a word."""
    with told_in_chinese():
        qualities = {quality.contract.form: quality for quality in check_quality(configured_county())}
    for form in all_contracts():
        yield _result(form, qualities.get(form))


def _result(form: str, quality: FormQuality | None) -> dg.AssetCheckResult:
    """One form's verdict, with its rules as a table; no value of any row is shown."""
    if quality is None:
        return dg.AssetCheckResult(
            asset_key=form_key(form), check_name=NAME, passed=True, metadata={"说明": "还没有收到"}
        )
    failed = [result for result in quality.results if not result.passed]
    rules = [
        dg.TableRecord({"检查": result.label, "结果": "通过" if result.passed else result.problem or "未通过"})
        for result in quality.results
    ]
    return dg.AssetCheckResult(
        asset_key=form_key(form),
        check_name=NAME,
        passed=not failed,
        severity=(
            dg.AssetCheckSeverity.ERROR
            if any(result.severity == ERROR for result in failed)
            else dg.AssetCheckSeverity.WARN
        ),
        metadata={
            "期": quality.period,
            "行数": quality.rows,
            "检查项": dg.MetadataValue.table(
                rules, schema=dg.TableSchema([dg.TableColumn("检查"), dg.TableColumn("结果")])
            ),
        },
    )


@dg.definitions
def defs() -> dg.Definitions:
    """The checks."""
    return dg.Definitions(asset_checks=[form_quality])
