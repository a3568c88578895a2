# ruff: noqa: INP001
"""Stands in for dbt's adapter while sqlfluff renders a model."""


def dispatch(name, *_, **__):
    """A macro of that name, rendered as a call; an argument without a letter or digit is a separator, and quoted."""

    def written(argument):
        text = str(argument)
        return text if any(letter.isalnum() for letter in text) else f"'{text}'"

    return lambda *arguments, **options: f"{name}({', '.join(map(written, (*arguments, *options.values())))})"
