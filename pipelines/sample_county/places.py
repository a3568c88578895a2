"""Townships and villages: codes, names, and what makes one differ from another."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pipelines.sample_county.names import township_names, village_names
from pipelines.sample_county.streams import Floats, Ints, stream


@dataclass(frozen=True)
class Places:
    """The county's divisions; arrays of villages have one entry a village, in code order.

    Attributes:
        county: six-digit county code.
        township_code: nine-digit codes, one a township.
        township: names, one a township.
        effort: how readily a township's cadres find and recognise hardship, around 1.
        village_code: twelve-digit codes.
        village: names.
        township_of: position of each village's township.
        remoteness: 0 near the county town, 1 far.
        welfare: effect of the place on log income.
        exposure: how far drought and flood reach its fields, 0 to 1.
    """

    county: str
    township_code: list[str]
    township: list[str]
    effort: Floats
    village_code: list[str]
    village: list[str]
    township_of: Ints
    remoteness: Floats
    welfare: Floats
    exposure: Floats


def make_places(region: str, households: int, seed: int) -> Places:
    """Divisions for a county of so many households: 3-20 townships of 3-16 villages."""
    draws = stream(seed, "places")
    townships = int(np.clip(round(households / 1500), 3, 20))
    each = int(np.clip(round(households / townships / 250), 3, 16))
    township_code = [f"{region}{101 + k}" for k in range(townships)]
    names = village_names(townships * each, draws)
    count = townships * each
    remoteness = draws.beta(2, 3, count)
    return Places(
        county=region,
        township_code=township_code,
        township=township_names(townships),
        effort=np.exp(draws.normal(0.0, 0.45, townships)),
        village_code=[f"{code}{200 + j}" for code in township_code for j in range(each)],
        village=names,
        township_of=np.repeat(np.arange(townships), each),
        remoteness=remoteness,
        welfare=draws.normal(0.0, 0.10, count) - 0.25 * (remoteness - 0.4),
        exposure=draws.beta(1.2, 1.2, count),
    )
