"""The contract of one department form: the single truth that reader, suites, dbt and documentation share.

One YAML file per form under `expectations/contracts/`. Nothing here reads a county's data.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import yaml

TYPES = (
    "text", "id18", "code12", "region", "money", "number", "date", "month", "quarter", "term", "datetime", "enum", "flag",
)  # fmt: skip
CADENCES = ("monthly", "quarterly", "term", "daily", "event")
ROWS_ARE = ("full_list", "comparison", "records")
SENSITIVE = ("", "person", "vault", "keyed")

TELLS = {"born_on": "DATE", "sex": "VARCHAR"}  # what an identity number says of its holder, and its type in the lake

_LAKE_TYPES = {
    "text": "VARCHAR",
    "id18": "VARCHAR",
    "code12": "VARCHAR",
    "region": "VARCHAR",
    "enum": "VARCHAR",
    "money": "BIGINT",
    "number": "DECIMAL(18,2)",
    "date": "DATE",
    "month": "DATE",
    "quarter": "DATE",
    "term": "DATE",
    "datetime": "TIMESTAMP",
    "flag": "BOOLEAN",
}


class ContractError(Exception):
    """A contract file that contradicts itself; the message names the form, the column and the fault."""


@dataclass(frozen=True)
class Column:
    """One column of a form.

    Attributes:
        id: ASCII name of the column.
        header: Chinese header as the form prints it.
        aliases: other headers seen for it.
        type: one of `TYPES`.
        unit: 元, 万元, 平方米 or nothing. Money is stored in fen whatever the unit.
        required: a blank cell rejects its row, a missing column refuses the file.
        sensitive: "" (may enter the lake), `person` (id: only a keyed hash enters the lake),
            `keyed` (only a keyed hash of the text), `vault` (only the vault holds it).
        values: for `enum`: canonical value -> synonyms.
        tells: for a person: what of `TELLS` the lake keeps from the identity number, beside the keyed hash.
        no_is_written: for a flag: 否 is written out, so that a blank is a value of its own (not stated). Elsewhere √ may
            mean yes and 否 be left blank: there the two cannot be told apart in a repeat.
    """

    id: str
    header: str
    type: str
    aliases: tuple[str, ...] = ()
    unit: str = ""
    required: bool = False
    sensitive: str = ""
    values: tuple[tuple[str, tuple[str, ...]], ...] = ()
    tells: tuple[str, ...] = ()
    no_is_written: bool = False

    @property
    def lake_name(self) -> str:
        """Name of the column in `lake/forms`: `_fen` for money, `_key` for a person, `has_` for vault columns."""
        if self.sensitive == "vault":
            return f"has_{self.id}"
        if self.sensitive == "person":
            return f"{self.id.removesuffix('_id')}_key"
        return f"{self.id}_fen" if self.type == "money" else self.id

    @property
    def lake_type(self) -> str:
        """DuckDB type of the column in `lake/forms`."""
        return "BOOLEAN" if self.sensitive == "vault" else _LAKE_TYPES[self.type]

    @property
    def synonyms(self) -> dict[str, str]:
        """Every accepted spelling of an enum's values -> its canonical value."""
        return {spelling: value for value, others in self.values for spelling in (value, *others)}


@dataclass(frozen=True)
class FormContract:
    """One department form.

    Attributes:
        form: id of the form, also its folder's name in `landing/`.
        label: Chinese name of the form.
        department: Chinese name of the department that sends it.
        cadence: one of `CADENCES`.
        rows_are: `full_list` and `comparison` are complete for their period; `records` stand for ever.
        key: ids of the columns that identify a row.
        columns: in the form's order.
    """

    form: str
    label: str
    department: str
    cadence: str
    rows_are: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]

    def column(self, column_id: str) -> Column:
        """The column of that id; raises KeyError when the form has none."""
        for column in self.columns:
            if column.id == column_id:
                return column
        raise KeyError(f"{self.form}.{column_id}")

    @property
    def lake_columns(self) -> tuple[tuple[str, str], ...]:
        """Name and DuckDB type of every column in `lake/forms`, in order, before the reader's own."""
        return tuple(
            named
            for column in self.columns
            for named in ((column.lake_name, column.lake_type), *((told, TELLS[told]) for told in column.tells))
        )

    @property
    def required(self) -> tuple[Column, ...]:
        """Columns that every file of the form must have."""
        return tuple(column for column in self.columns if column.required)

    @property
    def secret_columns(self) -> tuple[Column, ...]:
        """Columns whose raw values are kept in the vault only."""
        return tuple(column for column in self.columns if column.sensitive)


def _column(form: str, raw: dict[str, Any]) -> Column:
    column = Column(
        id=str(raw["id"]),
        header=str(raw["header"]),
        type=str(raw["type"]),
        aliases=tuple(str(alias) for alias in raw.get("aliases") or ()),
        unit=str(raw.get("unit") or ""),
        required=bool(raw.get("required")),
        sensitive=str(raw.get("sensitive") or ""),
        values=tuple(
            (str(value), tuple(str(other) for other in others or ()))
            for value, others in (raw.get("values") or {}).items()
        ),
        tells=tuple(str(told) for told in raw.get("tells") or ()),
        no_is_written=bool(raw.get("no_is_written")),
    )
    faults = {
        "unknown type": column.type not in TYPES,
        "unknown kind of sensitivity": column.sensitive not in SENSITIVE,
        "an enum needs values, and only an enum": bool(column.values) != (column.type == "enum"),
        "money needs 元 or 万元": column.type == "money" and column.unit not in ("元", "万元"),
        "an id18 is a person": (column.type == "id18") != (column.sensitive == "person"),
        "only a person tells, and only what an identity number says": bool(column.tells)
        and (column.sensitive != "person" or not set(column.tells) <= set(TELLS)),
        "only a flag says no": column.no_is_written and column.type != "flag",
        "a spelling stands for two values": len(column.synonyms) != sum(1 + len(others) for _, others in column.values),
    }
    for fault, found in faults.items():
        if found:
            raise ContractError(f"{form}.{column.id}: {fault}")
    return column


def parse_contract(raw: dict[str, Any]) -> FormContract:
    """Build a contract from the content of its YAML file; raises ContractError when it contradicts itself."""
    form = str(raw["form"])
    contract = FormContract(
        form=form,
        label=str(raw["label"]),
        department=str(raw["department"]),
        cadence=str(raw["cadence"]),
        rows_are=str(raw["rows_are"]),
        key=tuple(str(part) for part in raw["key"]),
        columns=tuple(_column(form, column) for column in raw["columns"]),
    )
    ids = [column.id for column in contract.columns]
    names = [name for column in contract.columns for name in (column.header, *column.aliases)]
    faults = {
        "unknown cadence": contract.cadence not in CADENCES,
        "unknown rows_are": contract.rows_are not in ROWS_ARE,
        "a column id occurs twice": len(set(ids)) != len(ids),
        "a header stands for two columns": len(set(names)) != len(names),
        "the key names an unknown column": not set(contract.key) <= set(ids),
        "no required column": not contract.required,
    }
    for fault, found in faults.items():
        if found:
            raise ContractError(f"{form}: {fault}")
    return contract


@cache
def all_contracts() -> dict[str, FormContract]:
    """Every form's contract, by form id, in alphabetical order. Raises ContractError on a faulty file."""
    contracts = {}
    for file in sorted(resources.files("expectations").joinpath("contracts").iterdir(), key=lambda entry: entry.name):
        if file.name.endswith(".yml"):
            contract = parse_contract(yaml.safe_load(file.read_text(encoding="utf-8")))
            if file.name != f"{contract.form}.yml":
                raise ContractError(f"{file.name} holds the contract of {contract.form}")
            contracts[contract.form] = contract
    return contracts


def load_contract(form_id: str) -> FormContract:
    """One form's contract; raises KeyError for a form we do not know."""
    return all_contracts()[form_id]
