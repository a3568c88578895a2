"""What Dagster shows and runs: everything under `defs/`, one step at a time in one process."""

from pathlib import Path

import dagster as dg


@dg.definitions
def defs() -> dg.Definitions:
    """The folder's definitions, with the in-process executor: the warehouse has one writer anyway."""
    found = dg.load_from_defs_folder(path_within_project=Path(__file__).parent)
    return dg.Definitions.merge(found, dg.Definitions(executor=dg.in_process_executor))
