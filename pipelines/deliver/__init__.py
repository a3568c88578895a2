"""The papers that leave the warehouse: township lists, reports, postings, household files."""

from pipelines.deliver.night_papers import Delivered, write_all

__all__ = ["Delivered", "write_all"]
