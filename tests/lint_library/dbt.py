# ruff: noqa: INP001
"""Stands in for dbt's own macros while sqlfluff renders a model: the shape of the SQL matters there, not its meaning."""


def __getattr__(name):
    def macro(*arguments, **options):
        words = [str(argument) for argument in (*arguments, *options.values())]
        return "varchar" if name.startswith("type_") else f"{name}({', '.join(words)})"

    return macro
