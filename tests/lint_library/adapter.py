# ruff: noqa: INP001
"""Stands in for dbt's adapter while sqlfluff renders a model."""


def dispatch(name, *_, **__):
    """A macro of that name, rendered as a call."""
    return lambda *arguments, **options: (
        f"{name}({', '.join(str(argument) for argument in (*arguments, *options.values()))})"
    )
