"""What the papers tell people to type exists: commands, their options, make targets, and what the services start."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from typer.main import get_command

from pipelines.cli import app
from pipelines.settings import PROJECT

PAPERS = (
    "README.md",
    "README.zh-CN.md",
    *sorted(f"docs/{file.name}" for file in (PROJECT / "docs").glob("*.zh-CN.md")),
)
_COMMAND = re.compile(
    r"(?<![\w/-])(?:/opt/shouwang/shouwang/\.venv/bin/)?shouwang +(?!shouwang )([a-z][a-z-]*)((?: +[^`\n|；]*)?)"
)


def told(paper: str) -> list[tuple[str, list[str]]]:
    """Each command that a paper tells, with its options."""
    text = (PROJECT / paper).read_text(encoding="utf-8").replace("\\\n", " ")
    blocks = re.findall(r"```.*?```|`[^`\n]+`", text, re.DOTALL)
    found = []
    for block in blocks:
        for command, rest in _COMMAND.findall(block):
            found.append((command, re.findall(r"(?<!\S)--[a-z-]+", rest)))
    return found


def options(command: str) -> set[str]:
    """The options of a command; of a group, those of all its commands."""
    known = get_command(app).commands[command]
    parts = getattr(known, "commands", {"": known}).values()
    return {option for part in parts for parameter in part.params for option in parameter.opts} | {"--help"}


@pytest.mark.parametrize("paper", PAPERS)
def test_every_command_and_option_that_a_paper_tells_exists(paper):
    for command, used in told(paper):
        assert command in get_command(app).commands, f"{paper}: shouwang {command}"
        assert set(used) <= options(command), f"{paper}: shouwang {command} {used}"


def test_the_guide_tells_the_commands_of_installing_and_serving():
    assert {"init", "run", "user", "serve", "history", "notebook", "verify", "rollback"} <= {
        c for c, _ in told("docs/guide.zh-CN.md")
    }


@pytest.mark.parametrize("paper", PAPERS)
def test_every_make_target_that_a_paper_tells_exists(paper):
    targets = set(re.findall(r"^([a-z-]+):", (PROJECT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    text = re.sub(r"apt install[^`\n]*", "", (PROJECT / paper).read_text(encoding="utf-8"))
    used = {
        target
        for block in re.findall(r"```.*?```|`[^`\n]+`", text, re.DOTALL)
        for target in re.findall(r"\bmake ([a-z-]+)\b", block)
    }
    assert used <= targets


def test_every_picture_and_paper_that_a_paper_links_is_there():
    for paper in PAPERS:
        for target in re.findall(r"\]\(([^)#]+)", (PROJECT / paper).read_text(encoding="utf-8")):
            assert target.startswith("http") or (PROJECT / Path(paper).parent / target).exists(), f"{paper}: {target}"
