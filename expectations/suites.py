"""What cells' types cannot tell of a form: a Great Expectations suite built from its contract.

Great Expectations is imported only when a suite is run (it costs seconds), in a context that leaves no trace on disk,
with results that say yes or no and never repeat a value.
"""

from __future__ import annotations

import contextlib
import datetime
import os
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from expectations.contract import FormContract

ERROR, WARN = "error", "warn"
_FIRST_DAY = datetime.date(1990, 1, 1)
_DATE_TYPES = ("date", "month", "quarter", "term")
# Columns that say when something happened, and so cannot lie after the file's period; others may look ahead.
_PLANNED = ("stopped_on", "ended_on", "eliminated_on", "effective_from", "published_on", "rebuilt_on")
_TOTALS = {
    "medical_settlement": ("total_cost", ("basic_paid", "major_paid", "aid_paid", "other_paid", "self_total")),
}
_ROUNDING_FEN = 1
_COMPARED_FROM = 20  # rows of the period before; fewer tell nothing by their number


@dataclass(frozen=True)
class SuiteContext:
    """What a form's rows are held against.

    Attributes:
        latest: last day that a date of the rows may bear (the end of the file's period, or the as-of day).
        previous_rows: rows of the period before; None when there is none to compare with.
        known_people: keys of everybody on the latest member list; None when there is none.
        bounds: column id -> least and greatest plausible amount in fen, both inclusive; from county parameters.
        row_change: rows may be between previous / row_change and previous * row_change.
        known_share: share of rows whose person must be known.
        unit_share: share of amounts that must be plausible, or their unit is taken to be wrong.
    """

    latest: datetime.date
    previous_rows: int | None = None
    known_people: pl.Series | None = None
    bounds: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    row_change: float = 2.0
    known_share: float = 0.9
    unit_share: float = 0.5


@dataclass(frozen=True)
class Rule:
    """One expectation of a form: its id, what it says (Chinese), and how grave a failure is.

    An `error` holds the form back, a `warn` is told to its department. `kind` and `arguments` are Great Expectations'.
    """

    id: str
    label: str
    severity: str
    kind: str
    arguments: Mapping[str, Any]


@dataclass(frozen=True)
class RuleResult:
    """What became of one rule; `problem` (Chinese) is "" when it held. `broken`: the rule itself could not be run."""

    form: str
    rule: str
    label: str
    severity: str
    passed: bool
    broken: bool
    problem: str


def form_rules(contract: FormContract, context: SuiteContext) -> tuple[Rule, ...]:
    """The rules of a form, in a fixed order; those that have nothing to compare with are left out."""
    rules = [_key_rule(contract), *_date_rules(contract, context), *_amount_rules(contract, context)]
    if contract.form in _TOTALS:
        total, parts = _TOTALS[contract.form]
        names = "、".join(contract.column(part).header for part in parts)
        label = f"{contract.column(total).header}等于{names}之和"
        rules.append(_between("total", label, "total_gap", (-_ROUNDING_FEN, _ROUNDING_FEN)))
    if context.previous_rows and context.previous_rows >= _COMPARED_FROM:
        severity = ERROR if contract.rows_are == "full_list" else WARN
        least, most = context.previous_rows / context.row_change, context.previous_rows * context.row_change
        bounds = {"min_value": int(least), "max_value": int(most) + 1}
        rules.append(
            Rule("row_count", "行数与上一期相比没有成倍增减", severity, "ExpectTableRowCountToBeBetween", bounds)
        )
    if context.known_people is not None and _person(contract):
        known = {"column": "person_known", "value_set": [True], "mostly": context.known_share}
        label = f"至少 {context.known_share:.0%} 的人员在家庭成员信息表中"
        rules.append(Rule("known_people", label, WARN, "ExpectColumnValuesToBeInSet", known))
    return tuple(rules)


def _key_rule(contract: FormContract) -> Rule:
    label = f"同一期内{'、'.join(contract.column(part).header for part in contract.key)}不重复"
    names = [contract.column(part).lake_name for part in contract.key]
    if len(names) == 1:
        return Rule("key", label, WARN, "ExpectColumnValuesToBeUnique", {"column": names[0]})
    return Rule("key", label, WARN, "ExpectCompoundColumnsToBeUnique", {"column_list": names})


def _between(rule: str, label: str, column: str, bounds: tuple[object, object], severity: str = WARN) -> Rule:
    arguments = {"column": column, "min_value": bounds[0], "max_value": bounds[1]}
    return Rule(rule, label, severity, "ExpectColumnValuesToBeBetween", arguments)


def _date_rules(contract: FormContract, context: SuiteContext) -> list[Rule]:
    dates = [column for column in contract.columns if column.type in _DATE_TYPES and column.id not in _PLANNED]
    return [
        _between(
            f"in_range.{column.id}",
            f"{column.header}在 {_FIRST_DAY:%Y年} 之后、{context.latest} 之前",
            column.lake_name,
            (
                datetime.datetime.combine(_FIRST_DAY, datetime.time()),
                datetime.datetime.combine(context.latest, datetime.time()),
            ),
            ERROR if column.id in contract.key and column.type == "month" else WARN,
        )
        for column in dates
    ]


def _amount_rules(contract: FormContract, context: SuiteContext) -> list[Rule]:
    rules = []
    for column in contract.columns:
        if column.type == "money" and column.id in context.bounds:
            least, most = context.bounds[column.id]
            between = f"{column.header}在 {least / 100:.0f} 至 {most / 100:.0f} 元之间"
            every = _between(f"plausible.{column.id}", between, column.lake_name, (least, most))
            mostly = {**every.arguments, "mostly": context.unit_share}
            rules += [
                every,
                Rule(
                    f"unit.{column.id}",
                    f"至少 {context.unit_share:.0%} 的{between}（单位无误）",
                    ERROR,
                    every.kind,
                    mostly,
                ),
            ]
    return rules


def _person(contract: FormContract) -> str | None:
    """The lake column of the person that a form's rows are about."""
    people = [column for column in contract.columns if column.sensitive == "person" and column.required]
    return people[0].lake_name if people else None


def _with_derived(contract: FormContract, frame: pl.LazyFrame, context: SuiteContext) -> pl.LazyFrame:
    """The columns that rules look at beside the lake's own."""
    if contract.form in _TOTALS:
        total, parts = _TOTALS[contract.form]
        summed = pl.sum_horizontal([pl.col(contract.column(part).lake_name).fill_null(0) for part in parts])
        frame = frame.with_columns((pl.col(contract.column(total).lake_name) - summed).alias("total_gap"))
    person = _person(contract)
    if context.known_people is not None and person:
        frame = frame.with_columns(pl.col(person).is_in(context.known_people.implode()).alias("person_known"))
    return frame.with_columns(pl.col(pl.Date).cast(pl.Datetime("us")))


def _looked_at(rules: tuple[Rule, ...], frame: pl.LazyFrame) -> pl.DataFrame:
    """The columns that rules name; texts as numbers, equal for equal ones, which is all that rules ask of them."""
    named = {name for rule in rules for name in (rule.arguments.get("column"), *rule.arguments.get("column_list", ()))}
    kept = frame.select([name for name in frame.collect_schema().names() if name in named])
    return kept.with_columns(pl.col(pl.String).cast(pl.Categorical).to_physical()).collect()


@contextlib.contextmanager
def _hidden(module: str) -> Iterator[None]:
    """As if a module were not installed.

    Great Expectations imports pyspark where it finds it, and pyspark's Connect client ends a process whose main module
    has no name of its own (a worker, `python -c`), with status 0.
    """
    standing = sys.modules.pop(module, None)
    sys.modules[module] = None  # type: ignore[assignment]  # Python's own word for "not there"
    try:
        yield
    finally:
        del sys.modules[module]
        if standing is not None:
            sys.modules[module] = standing


def run_suite(contract: FormContract, frame: pl.LazyFrame, context: SuiteContext) -> tuple[RuleResult, ...]:
    """Hold a form's rows (lake columns, one period, repeats left out) against its rules, in the rules' order.

    Only the columns that rules name are read.
    """
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    with _hidden("pyspark"):
        import great_expectations as gx  # noqa: PLC0415
        import great_expectations.expectations as kinds  # noqa: PLC0415

    rules = form_rules(contract, context)
    session = gx.get_context(mode="ephemeral")
    session.variables.progress_bars = {"globally": False}  # type: ignore[assignment]
    asset = session.data_sources.add_pandas("lake").add_dataframe_asset(contract.form)
    rows = _looked_at(rules, _with_derived(contract, frame, context)).to_pandas()
    batch = asset.add_batch_definition_whole_dataframe("whole").get_batch({"dataframe": rows})
    suite = gx.ExpectationSuite(name=contract.form)
    for rule in rules:
        suite.add_expectation(getattr(kinds, rule.kind)(**rule.arguments, meta={"rule": rule.id}))
    validated = batch.validate(suite, result_format="BOOLEAN_ONLY")
    found = {
        result.expectation_config.meta["rule"]: result
        for result in validated.results
        if result.expectation_config and result.expectation_config.meta
    }
    return tuple(_result(contract, rule, found[rule.id]) for rule in rules)


def _is_broken(exception_info: Mapping[str, Any]) -> bool:
    """Whether an expectation could not be computed; the information is flat or one entry per metric."""
    entries = [exception_info, *(entry for entry in exception_info.values() if isinstance(entry, Mapping))]
    return any(entry.get("raised_exception") for entry in entries)


def _result(contract: FormContract, rule: Rule, found: Any) -> RuleResult:  # noqa: ANN401
    broken = _is_broken(found.exception_info or {})
    passed = bool(found.success) and not broken
    problem = ""
    if broken:
        problem = f"《{contract.label}》的检查“{rule.label}”无法执行，视为未通过。请联系系统管理员。"
    elif not passed:
        effect = "本期数据暂不接收，请核对后重报" if rule.severity == ERROR else "数据照常使用，请部门核对"
        problem = f"《{contract.label}》不符合“{rule.label}”：{effect}。"
    return RuleResult(contract.form, rule.id, rule.label, ERROR if broken else rule.severity, passed, broken, problem)
