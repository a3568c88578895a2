"""Drawing PDFs from one typst template, in several threads at a time."""

from __future__ import annotations

import json
import threading
from pathlib import Path
from typing import Any

import typst

_NOTHING = Path(__file__).with_name("nothing.typ")
_REMEMBERED = 10  # drawings of which typst keeps all that it worked out, in case the next is like one of them
_LONG = 48_000  # characters of content: of these it keeps tens of megabytes


class Drawing:
    """One template in one Chinese font; its content comes as JSON under the name that the template reads it by."""

    def __init__(self, template: Path, name: str, font: str) -> None:
        self._template, self._name, self._font = template, name, font
        self._of_thread = threading.local()  # a compiler serves one thread, and looks through the machine's fonts once

    def write(self, content: dict[str, Any], target: Path) -> None:
        """Write one PDF that nobody may change; the same content gives the same bytes."""
        if not hasattr(self._of_thread, "compiler"):
            self._of_thread.compiler = typst.Compiler(self._template)
        inputs = {self._name: json.dumps(content, ensure_ascii=False), "font": self._font}
        target.parent.mkdir(parents=True, exist_ok=True)
        self._of_thread.compiler.compile(output=target, format="pdf", sys_inputs=inputs, pdf_tags=False)
        target.chmod(0o440)
        if len(inputs[self._name]) > _LONG:
            _forget()


def _forget() -> None:
    """Make typst let go of the drawings it remembers: it does when others come after them, here empty ones."""
    nothing = typst.Compiler(_NOTHING, ignore_system_fonts=True)
    for _ in range(_REMEMBERED + 1):
        nothing.compile(format="svg")
