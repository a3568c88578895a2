"""Who may see what. A township's limit lies in the views its queries run on, never in a page or a link.

Every query of a page names tables without a schema. The schema in use is `county` or `township`; in the latter every
table is a view on the rows of one township, and a table without a rule here is not there at all. Which township it is
stands in a variable of the connection, set by a parameter from the user's own entry in the users' file.
"""

from __future__ import annotations

import duckdb

from pipelines.serve.users import User
from pipelines.warehouse.sql import Name, statement

NIGHT = "night"
SEES_HOUSEHOLDS = frozenset({"analyst", "township"})

# What names no household and no township, and is the same for everybody.
_COMMON = frozenset(
    {"dim_region", "dim_policy_line", "dim_policy_parameter", "ops_run", "fct_risk_feed", "fct_risk_run"}
)
_OF_TOWNSHIP = "CREATE VIEW township.{table} AS FROM {source} WHERE township_code = getvariable('township')"
_OF_HOUSEHOLDS = (
    "CREATE VIEW township.{table} AS FROM {source} SEMI JOIN"
    " (SELECT household_no FROM {homes} WHERE township_code = getvariable('township')) USING (household_no)"
)


def make_views(connection: duckdb.DuckDBPyConnection) -> None:
    """Make the schemas `county` and `township` over the night attached as `night`."""
    tables: dict[str, set[str]] = {}
    for table, column in connection.execute(
        "SELECT table_name, column_name FROM duckdb_columns() WHERE database_name = $1 AND schema_name = 'main'"
        " AND table_name IN (SELECT table_name FROM duckdb_tables() WHERE database_name = $1)",
        [NIGHT],
    ).fetchall():
        tables.setdefault(table, set()).add(column)
    connection.execute("CREATE SCHEMA county")
    connection.execute("CREATE SCHEMA township")
    for table, columns in tables.items():
        places = {
            "table": Name(table),
            "source": Name(NIGHT, "main", table),
            "homes": Name(NIGHT, "main", "dim_household"),
        }
        connection.execute(statement("CREATE VIEW county.{table} AS FROM {source}", **places))
        if table in _COMMON:
            connection.execute(statement("CREATE VIEW township.{table} AS FROM {source}", **places))
        elif "township_code" in columns:
            connection.execute(statement(_OF_TOWNSHIP, **places))
        elif "household_no" in columns:
            connection.execute(statement(_OF_HOUSEHOLDS, **places))


def limit(connection: duckdb.DuckDBPyConnection, user: User) -> None:
    """Let the connection see what the user may see, and nothing else by a plain name."""
    connection.execute("SET VARIABLE township = $1", [user.township])
    connection.execute("USE memory.township" if user.role == "township" else "USE memory.county")
