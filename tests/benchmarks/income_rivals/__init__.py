"""The same income rules, written the ways a county might have written them instead of this project.

Every rival reads the forms' Parquet of `tests/benchmarks/big_lake.py` and writes one Parquet file, one row per household and income
window (the 12 months to 2023-11 and the 12 before), with the columns of `COMPARED` (fen per year, per-capita figures in fen).
They know this one county: no other day, no other document than LS, no lineage, and only `hand_written` can be told to heed corrections.
"""

COMPARED = (
    "members",
    "months_covered",
    "disposable_income_fen",
    "net_income_fen",
    "total_income_fen",
    "rigid_spending_fen",
    "assessed_income_fen",
    "after_rigid_income_fen",
    "medical_borne_fen",
    "disposable_income_per_capita_fen",
    "assessed_income_per_capita_fen",
)
