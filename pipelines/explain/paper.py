"""The document of one household on one printed page."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import typst

from pipelines.explain.bill import Bill
from pipelines.explain.cjk_font import chinese_family

_TEMPLATE = Path(__file__).with_name("bill.typ")
_SIZES = ("8pt", "7.5pt", "7pt", "6.5pt", "6pt", "7pt")  # the largest that keeps to one page, else the last on more


def write_pdf(bill: Bill, target: Path) -> int:
    """Write the bill as an A4 PDF; returns its number of pages, normally one.

    Raises MistakeError when no Chinese font is installed.
    """
    inputs, pages = _fitted(bill)
    draft = target.with_name(f".{target.name}")
    typst.compile(_TEMPLATE, output=draft, format="pdf", sys_inputs=inputs)
    draft.replace(target)
    return pages


def page_pictures(bill: Bill, resolution: float = 110) -> list[bytes]:
    """The pages of the bill as PNG pictures, `resolution` dots an inch."""
    pictures = typst.compile(_TEMPLATE, format="png", ppi=resolution, sys_inputs=_fitted(bill)[0])
    return pictures if isinstance(pictures, list) else [pictures]


def _fitted(bill: Bill) -> tuple[dict[str, str], int]:
    """The template's inputs with the largest letters that keep to one page, and how many pages that makes."""
    inputs = {"bill": json.dumps(asdict(bill), ensure_ascii=False, default=sorted), "font": chinese_family()}
    for size in _SIZES:
        inputs["size"] = size
        pages = int(json.loads(typst.query(_TEMPLATE, "<pages>", field="value", one=True, sys_inputs=inputs)))
        if pages == 1:
            break
    return inputs, pages
