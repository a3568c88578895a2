"""What may stand in no source: pickles, SQL pieced together, and options that lose data or safety without a word."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipelines.settings import PROJECT

ROOMS = ("pipelines", "models", "expectations", "notebooks")
PICKLES = {"pickle", "cloudpickle", "dill", "joblib", "marshal", "shelve", "skops"}
RUNS_SQL = {"execute", "executemany", "sql", "query", "frame", "from_query"}
FORBIDDEN_WORDS = ("ignore_errors", "utf8-lossy", "store_rejects", "force_mbedtls_unsafe", "allow_unsigned_extensions")
FORBIDDEN_KEYWORDS = {("shell", True), ("verify", False)}


def sources() -> list[Path]:
    files = [file for room in ROOMS for file in sorted((PROJECT / room).rglob("*.py"))]
    return [file for file in files if "__pycache__" not in file.parts]


def faults_of(source: str) -> Iterator[str]:
    """What of a source is forbidden, with the line."""
    for node in ast.walk(ast.parse(source)):
        line = getattr(node, "lineno", 0)
        if isinstance(node, ast.Import):
            yield from (f"{line}: {name.name}" for name in node.names if name.name.split(".")[0] in PICKLES)
        elif isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] in PICKLES:
            yield f"{line}: {node.module}"
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield from (f"{line}: {word}" for word in FORBIDDEN_WORDS if word in node.value)
        elif isinstance(node, ast.Call):
            yield from (f"{line}: {fault}" for fault in _call_faults(node))


def _call_faults(call: ast.Call) -> Iterator[str]:
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    if name in ("eval", "exec"):
        yield name
    if name in RUNS_SQL and call.args and _is_pieced(call.args[0]):
        yield f"SQL pieced together in {name}()"
    for keyword in call.keywords:
        if isinstance(keyword.value, ast.Constant) and (keyword.arg, keyword.value.value) in FORBIDDEN_KEYWORDS:
            yield f"{keyword.arg}={keyword.value.value}"
        if keyword.arg in FORBIDDEN_WORDS and name != "rmtree":
            yield str(keyword.arg)


def _is_pieced(argument: ast.expr) -> bool:
    """An f-string with values, `%` or `.format` anywhere in what is run; `statement` quotes its parts and may stay."""
    return any(
        (isinstance(node, ast.JoinedStr) and any(isinstance(value, ast.FormattedValue) for value in node.values))
        or (isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod))
        or (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "format")
        for node in ast.walk(argument)
    )


@pytest.mark.parametrize("room", ROOMS)
def test_no_source_does_what_is_forbidden(room: str) -> None:
    files = [file for file in sources() if file.relative_to(PROJECT).parts[0] == room]
    assert files
    found = [
        f"{file.relative_to(PROJECT)}:{fault}"
        for file in files
        for fault in faults_of(file.read_text(encoding="utf-8"))
    ]
    assert found == []


def test_no_query_turns_errors_into_silence() -> None:
    files = [*(PROJECT / "dbt_project").rglob("*.sql"), PROJECT / "dbt_project" / "profiles.yml"]
    assert len(files) > 50
    found = [
        (file.name, word)
        for file in files
        if "target" not in file.parts
        for word in FORBIDDEN_WORDS
        if word in file.read_text(encoding="utf-8")
    ]
    assert found == []


@pytest.mark.parametrize(
    "source",
    [
        "import pickle",
        "from joblib import load",
        "import sklearn.externals, cloudpickle",
        'connection.execute(f"SELECT * FROM {name}")',
        'connection.sql("SELECT * FROM %s" % name)',
        'connection.execute("SELECT {}".format(name))',
        'source.frame("SELECT 1 " + f"WHERE n = {n}")',
        "read_csv(file, ignore_errors=True)",
        "connection.execute(\"FROM read_csv('a', ignore_errors = true)\")",
        "subprocess.run(text, shell=True)",
        "eval(text)",
    ],
)
def test_the_rules_see_what_they_are_for(source: str) -> None:
    assert list(faults_of(source))


@pytest.mark.parametrize(
    "source",
    [
        'connection.execute(statement("SELECT * FROM {t}", t=Name(name)))',
        'connection.execute("SELECT * FROM t WHERE n = $1", [n])',
        "shutil.rmtree(folder, ignore_errors=True)",
        'raise MistakeError(f"没有 {name}")',
    ],
)
def test_the_rules_leave_alone_what_is_right(source: str) -> None:
    assert list(faults_of(source)) == []
