"""`make audit` never passes for clean where nobody looked: no pip-audit, no service, packages the service does not know."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from pipelines.dependency_audit import LOCK, audit_dependencies
from pipelines.settings import PROJECT

CLEAN = {"name": "duckdb", "version": "2.0.0", "vulns": []}
HOLED = {"name": "jinja2", "version": "3.0", "vulns": [{"id": "PYSEC-1", "fix_versions": ["3.1"], "description": "x"}]}
UNKNOWN = {"name": "polars", "skip_reason": "Dependency not found on PyPI and could not be audited: polars (2.1.0)"}
CRASH = "Traceback (most recent call last):\\n  File x\\nConnectionError: no such host"


def answer(monkeypatch: pytest.MonkeyPatch, folder: Path, script: str) -> tuple[int, str]:
    """What is told when `pip-audit` is this shell script; none at all when it is empty."""
    if script:
        (folder / "pip-audit").write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
        (folder / "pip-audit").chmod(0o755)
    monkeypatch.setenv("PATH", str(folder))
    status, lines = audit_dependencies()
    return status, "\n".join(lines)


def found(*packages: object) -> str:
    return f"echo '{json.dumps({'dependencies': packages})}'; echo 'No known vulnerabilities found' >&2"


@pytest.mark.parametrize(
    ("script", "told"),
    [
        ("", "本机没有 pip-audit"),
        (f'printf "{CRASH}" >&2; exit 1', "漏洞库连不上"),
        ("exit 0", "漏洞库连不上"),
        (found(UNKNOWN), "1 个包没有核对（漏洞库没有答复）：polars"),
        (found(CLEAN, UNKNOWN), "核对了 1 个锁定的包，已知漏洞 0 个"),
        (found(), "一个也没有核对"),
    ],
)
def test_what_was_not_looked_up_is_told_loudly(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, script: str, told: str
) -> None:
    status, text = answer(monkeypatch, tmp_path, script)
    assert status != 0
    assert told in text and "!!!" in text and "Traceback" not in text


def test_a_known_hole_is_named_with_its_mended_version(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert answer(monkeypatch, tmp_path, f"{found(CLEAN, HOLED)}; exit 1") == (
        1,
        "jinja2 3.0：PYSEC-1，修正于 3.1\n核对了 2 个锁定的包，已知漏洞 1 个。",
    )


def test_all_looked_up_and_none_known_is_clean(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert answer(monkeypatch, tmp_path, found(CLEAN)) == (0, "核对了 1 个锁定的包，已知漏洞 0 个。")


def test_every_locked_package_has_a_hash_and_make_audit_asks_for_them() -> None:
    blocks = LOCK.read_text(encoding="utf-8").replace("\\\n", " ").splitlines()
    locked = [line for line in blocks if "==" in line]
    assert len(locked) > 50
    assert [line.split("==")[0] for line in locked if "--hash=sha256:" not in line] == []
    rule = subprocess.run(
        ["/usr/bin/make", "-n", "-C", str(PROJECT), "audit"], capture_output=True, text=True, check=True
    )
    assert "pipelines.dependency_audit" in rule.stdout
