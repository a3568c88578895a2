"""What a model may not say, so that DuckDB and Spark give the same answer: `make lint` reads every compiled model with it.

python -m tests.portable_sql FOLDER_OF_COMPILED_MODELS
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import sqlglot
from sqlglot import exp
from sqlglot.dialects.duckdb import DuckDB
from sqlglot.tokens import TokenType

# Both engines have these and agree on them, nulls included; measured, not assumed. Anything else goes through a macro
# with one spelling an engine, or is shown to agree and named here.
SAME_EVERYWHERE = frozenset(
    (
        "ABS", "AND", "CASE", "CAST", "COALESCE", "COUNT", "DENSE_RANK", "EXISTS", "EXTRACT", "GREATEST", "IF", "LAG",
        "LAST_DAY", "LEAD", "LEAST", "LENGTH", "MAX", "MEDIAN", "MIN", "NULLIF", "OR", "REPLACE", "ROW_NUMBER",
        "SUBSTRING", "SUM", "TIMESTAMP_TRUNC",
    )
)  # fmt: skip
MACRO_ONLY = frozenset(("HASH", "GROUP_CONCAT", "GETVARIABLE"))  # hash_of, joined_text, in_slice
DUCKDB_ONLY = (
    exp.Qualify, exp.Struct, exp.Array, exp.Lambda, exp.Bracket, exp.Unnest, exp.ILike, exp.SimilarTo, exp.RegexpLike,
    exp.Pivot, exp.Lateral, exp.Explode, exp.AtTimeZone,
)  # fmt: skip
JOINS = frozenset(("", "INNER", "OUTER", "CROSS"))


class _OtherNulls(DuckDB):
    """DuckDB's SQL in a world where nulls are small: what sorts differently here did not say where nulls go."""

    NULL_ORDERING = "nulls_are_small"


def faults(sql: str) -> Iterator[str]:
    """What in one compiled model would differ between the engines, in English, one sentence each."""
    tree = sqlglot.parse_one(sql, dialect="duckdb")
    for node in tree.walk():
        yield from _faults_of(node)
    for here, there in zip(
        tree.find_all(exp.Ordered), sqlglot.parse_one(sql, dialect=_OtherNulls).find_all(exp.Ordered), strict=True
    ):
        in_macro = isinstance(here.parent.parent, exp.GroupConcat)
        if not in_macro and here.args.get("nulls_first") != there.args.get("nulls_first"):
            yield f"nulls first or nulls last is not said: order by {here.this.sql()}"
    if any(token.token_type == TokenType.DCOLON for token in DuckDB().tokenize(sql)):
        yield "a cast is written cast(... as ...): ::"


def _faults_of(node: exp.Expression) -> Iterator[str]:
    """The faults of one node of the tree."""
    for is_fault, said in _RULES:
        if is_fault(node):
            yield f"{said}: {node.sql(dialect='duckdb')}"


def _is_cast(node: exp.Expression | None, kind: str) -> bool:
    """Whether the node, in whatever parentheses, is a cast to the type."""
    while isinstance(node, (exp.Paren, exp.Nullif)):
        node = node.this
    return isinstance(node, exp.Cast) and node.to.sql().upper() == kind


def _ends_as_date(node: exp.Expression) -> bool:
    """Whether the sum that an interval is part of is cast to a date."""
    parent = node.parent
    while isinstance(parent, (exp.Paren, exp.Add, exp.Sub, exp.Mul)):
        parent = parent.parent
    return _is_cast(parent, "DATE")


def _is_unknown_function(node: exp.Expression) -> bool:
    """Whether the node calls what is not known to give the same on both engines."""
    if not isinstance(node, exp.Func) or isinstance(node, DUCKDB_ONLY):
        return False
    name = node.name.upper() if isinstance(node, exp.Anonymous) else node.sql_name()
    return name not in SAME_EVERYWHERE | MACRO_ONLY


def _is_odd_join(node: exp.Expression) -> bool:
    """Whether a join is anti, semi, as-of or positional."""
    return isinstance(node, exp.Join) and bool(
        (node.args.get("kind") or "").upper() not in JOINS or node.args.get("method")
    )


_RULES: tuple[tuple[Callable[[exp.Expression], bool], str], ...] = (
    (
        lambda node: isinstance(node, exp.Div) and not _is_cast(node.left, "DOUBLE"),
        "money is divided by rounded_quotient, shares by ratio",
    ),
    (
        lambda node: isinstance(node, exp.Interval) and not _ends_as_date(node),
        "a date moved by an interval is cast to a date again (add_days, add_months)",
    ),
    (
        lambda node: isinstance(node, exp.TimestampTrunc) and not _is_cast(node.parent, "DATE"),
        "date_trunc gives a moment, cast it to a date",
    ),
    (lambda node: isinstance(node, DUCKDB_ONLY), "one engine only"),
    (
        lambda node: (
            isinstance(node, exp.Identifier) and node.quoted and isinstance(node.parent, (exp.Column, exp.Alias))
        ),
        "Spark takes a double-quoted name for a text; write it plainly after its table",
    ),
    (
        lambda node: (
            isinstance(node, exp.Star) and any(node.args.get(part) for part in ("except", "except_", "replace"))
        ),
        "columns are listed, not left out",
    ),
    (lambda node: isinstance(node, exp.Group) and bool(node.args.get("all")), "group by names its columns"),
    (
        lambda node: isinstance(node, exp.Distinct) and bool(node.args.get("on")),
        "distinct on is one engine's; number the rows",
    ),
    (_is_odd_join, "not exists instead of an anti join, a range instead of an as-of join"),
    (
        lambda node: isinstance(node, exp.Join) and bool(node.args.get("on") and node.args["on"].find(exp.Subquery)),
        "Spark takes no subquery in a join's condition",
    ),
    (_is_unknown_function, "not known to be the same on both engines"),
)


def main(folder: Path) -> int:
    """Print every fault of every compiled model below the folder; how many there are."""
    files = sorted(folder.rglob("*.sql"))
    if not files:
        raise SystemExit(f"no compiled model below {folder}")
    found = [f"{file.relative_to(folder)}: {fault}" for file in files for fault in faults(file.read_text("utf-8"))]
    print("\n".join([*found, f"{len(files)} models read, {len(found)} faults"]))
    return len(found)


if __name__ == "__main__":
    sys.exit(min(main(Path(sys.argv[1])), 1))
