"""The department forms: one asset each, by month, and the step that takes in whatever has landed."""

from collections.abc import Iterable
from datetime import date

import dagster as dg

from expectations.contract import FormContract, all_contracts
from pipelines.defs.plots import bar_chart
from pipelines.defs.resources import configured_county, told_in_chinese
from pipelines.intake.ledger import read_receipts
from pipelines.intake.receipt import Receipt
from pipelines.intake.receive import receive
from pipelines.night import Night
from pipelines.vault.rewrite import finish
from pipelines.warehouse.lake_check import note_sums
from pipelines.warehouse.lock import hold

MONTHS = dg.MonthlyPartitionsDefinition(start_date="2010-01-01", timezone="Asia/Shanghai", end_offset=1)
RECEIPTS = dg.AssetKey(["lake", "receipts"])
GROUP = "intake"


def form_key(form: str) -> dg.AssetKey:
    """The asset of a form's accepted rows."""
    return dg.AssetKey(["lake", form])


def _form_asset(contract: FormContract) -> dg.AssetsDefinition:
    """The asset of one form: materialising a month takes in what has landed and reports that month's files."""

    @dg.asset(
        key=form_key(contract.form),
        partitions_def=MONTHS,
        group_name=GROUP,
        kinds={"parquet"},
        description=f"{contract.label}（{contract.department}）：每月收到的文件，逐行入湖或退回",
    )
    def form(context: dg.AssetExecutionContext) -> dg.MaterializeResult[None]:
        with told_in_chinese():
            county = configured_county()
            with hold(county, f"接收{contract.label}"):
                finish(county)
                taken = receive(county)
                note_sums(county, {receipt.content for receipt in taken})  # or the night would read them all again
            month = date.fromisoformat(context.partition_key)
            found = [receipt for receipt in read_receipts(county) if _is_of(receipt, contract.form, month)]
        return dg.MaterializeResult(metadata=_account(found))

    return form


def _is_of(receipt: Receipt, form: str, month: date) -> bool:
    """Whether a file is of the form and its period begins in the month."""
    start = receipt.period_start
    return receipt.form == form and start is not None and start.replace(day=1) == month


def _account(receipts: Iterable[Receipt]) -> dict[str, dg.MetadataValue]:
    """Rows in, accepted and rejected over some files, and each file's own account."""
    receipts = list(receipts)
    files = [
        dg.TableRecord(
            {
                "文件": receipt.file,
                "行数": receipt.rows,
                "入湖": receipt.loaded,
                "退回": receipt.rejected,
                "整份退回": receipt.refused.reason if receipt.refused else "",
            }
        )
        for receipt in receipts
    ]
    columns = [
        dg.TableColumn(name, "int" if name in ("行数", "入湖", "退回") else "string")
        for name in ("文件", "行数", "入湖", "退回", "整份退回")
    ]
    return {
        "dagster/row_count": dg.MetadataValue.int(sum(receipt.loaded for receipt in receipts)),
        "退回行数": dg.MetadataValue.int(sum(receipt.rejected for receipt in receipts)),
        "整份退回": dg.MetadataValue.int(sum(receipt.refused is not None for receipt in receipts)),
        "文件": dg.MetadataValue.table(files, schema=dg.TableSchema(columns)),
    }


@dg.asset(
    key=RECEIPTS,
    group_name=GROUP,
    kinds={"parquet"},
    description="收件：读取 landing/ 下所有新文件，逐份记账；同时记入各报表当月的分区",
)
def receipts(context: dg.AssetExecutionContext, night: dg.ResourceParam[Night]) -> dg.MaterializeResult[None]:
    """Take in every new file, and note the months of the forms that came."""
    with told_in_chinese():
        night.receive()
    parts: dict[tuple[str, date], list[Receipt]] = {}
    for receipt in night.received:
        if receipt.period_start is not None:
            parts.setdefault((receipt.form, receipt.period_start.replace(day=1)), []).append(receipt)
    for (form, month), of_month in sorted(parts.items()):
        context.log_event(
            dg.AssetMaterialization(form_key(form), partition=month.isoformat(), metadata=_account(of_month))
        )
    labels = {form: contract.label for form, contract in all_contracts().items()}
    rows = [(labels[receipt.form], receipt.loaded) for receipt in night.received if receipt.form]
    return dg.MaterializeResult(metadata={**_account(night.received), "各报表入湖行数": bar_chart(rows, "报表", "行")})


@dg.definitions
def defs() -> dg.Definitions:
    """One asset per contract, and the receipts."""
    return dg.Definitions(assets=[receipts, *(_form_asset(contract) for contract in all_contracts().values())])
