"""The papers that come with the product, readable from the pages."""

from __future__ import annotations

from pathlib import Path

from markdown_it import MarkdownIt

from pipelines.errors import MistakeError
from pipelines.settings import PROJECT

PAPERS = {"guide": "使用手册", "connect": "连接其他工具", "handbook": "政策手册", "operations": "运维手册"}
DICTIONARY = PROJECT / "dbt_project" / "target" / "static_index.html"
_DOCS = PROJECT / "docs"
_PICTURES = _DOCS / "pictures"


def help_page(paper: str) -> str:
    """One paper as HTML, its pictures from this server. Raises MistakeError when there is none such."""
    file = _DOCS / f"{paper}.zh-CN.md"
    if paper not in PAPERS or not file.is_file():
        raise MistakeError("没有这份手册。")
    text = file.read_text(encoding="utf-8").replace("](pictures/", "](/help/pictures/")
    for other in PAPERS:
        text = text.replace(f"]({other}.zh-CN.md", f"](/help/{other}")
    return str(MarkdownIt("commonmark", {"html": False}).enable("table").render(text))


def picture(name: str) -> Path:
    """The file of a picture. Raises MistakeError when there is none such."""
    known = {file.name: file for file in _PICTURES.glob("*.png")}
    if name not in known:
        raise MistakeError("没有这幅图。")
    return known[name]
