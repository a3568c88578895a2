"""SQL statements whose names come from data: every part is quoted as it goes in, so none can change the statement."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, init=False)
class Name:
    """An identifier, such as a column, or a path of them, such as database, schema and table."""

    path: tuple[str, ...]

    def __init__(self, *path: str) -> None:
        object.__setattr__(self, "path", path)

    def __str__(self) -> str:
        return ".".join('"' + part.replace('"', '""') + '"' for part in self.path)


@dataclass(frozen=True)
class Text:
    """A string literal, where DuckDB takes no parameter (ATTACH, COMMENT)."""

    value: str

    def __str__(self) -> str:
        return "'" + self.value.replace("'", "''") + "'"


@dataclass(frozen=True)
class Renamed:
    """A column under another name."""

    column: Name
    name: Name

    def __str__(self) -> str:
        return f"{self.column} AS {self.name}"


@dataclass(frozen=True)
class Typed:
    """A column to be made: its name, and a type that our own source spells."""

    column: Name
    kind: str

    def __str__(self) -> str:
        return f"{self.column} {self.kind}"


Part = Name | Text | Renamed | Typed


def statement(template: str, **parts: Part | list[Name] | list[Text] | list[Renamed] | list[Typed]) -> str:
    """Fill `{part}` places of a template; a list is joined with commas.

    Raises KeyError for a place without its part. Plain strings are refused by the type checker on purpose.
    """
    texts = {place: ", ".join(map(str, part)) if isinstance(part, list) else str(part) for place, part in parts.items()}
    return template.format(**texts)
