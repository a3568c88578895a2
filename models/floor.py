"""The floor: the mean of two years' incomes plus the warning rules, for a county too young to learn from.

Its weights are set by hand and fixed. They rank households; the probability is an order of magnitude, no more, and is
said to be so wherever it is shown.
"""

from __future__ import annotations

import numpy as np

from models.schema import FeatureSchema
from models.score_table import ScoreTables, Steps, flat

_BASE = -3.6
_INCOME = Steps(
    np.array([0.5, 0.8, 1.0, 1.2, 1.5, 2.0, 3.0]), np.array([2.4, 2.0, 1.6, 1.1, 0.6, 0.1, -0.6, -1.2]), missing=0.6
)


def _from(cut: float, value: float) -> Steps:
    """`value` above the cut, nothing below or where it is unknown."""
    return Steps(np.array([cut]), np.array([0.0, value]), 0.0)


_RULES = {
    "medical_12_ratio": Steps(np.array([0.2, 0.5, 1.0]), np.array([0.0, 0.4, 0.9, 1.3]), 0.0),
    "severely_disabled": _from(0.5, 0.5),
    "grave_ill": _from(0.5, 0.7),
    "lost_job_6": _from(0.5, 0.6),
    "full_labour": Steps(np.array([0.5]), np.array([0.5, 0.0]), 0.0),
    "dropout": _from(0.5, 0.6),
    "home_unsafe": _from(0.5, 0.8),
    "water_unsafe": _from(0.5, 0.5),
    "loss_ratio": Steps(np.array([0.1, 0.5]), np.array([0.0, 0.5, 1.0]), 0.0),
    "past_episodes": _from(0.5, 0.6),
    "reports_90": _from(0.5, 0.6),
    "visit_no_12": _from(0.5, 0.9),
}


def floor_tables(schema: FeatureSchema, income: str = "income_ratio_mean") -> ScoreTables:
    """The floor as score tables over a schema: the named income ratio, and every rule whose feature the schema has."""
    known = {income: _INCOME, **_RULES}
    steps = tuple(known.get(name, flat()) for name in schema.names)
    typical = np.array(
        [
            float(step.values[-1] if name == "full_labour" else 0.0)
            for name, step in zip(schema.names, steps, strict=True)
        ]
    )
    return ScoreTables(base=_BASE, steps=steps, reference=typical)
