"""One month of the county's hidden life, as every part of it sees it."""

from __future__ import annotations

from dataclasses import dataclass

from pipelines.sample_county.streams import Bools, Generator, Ints


@dataclass(frozen=True)
class Moment:
    """A step of the timeline.

    Attributes:
        step: the step.
        month: its month number.
        present: who lives in the county (one entry a person).
        age: full years of everyone.
        members: people of each household, at least 1.
        draws: this step's random numbers.
    """

    step: int
    month: int
    present: Bools
    age: Ints
    members: Ints
    draws: Generator
