"""Homes and drinking water: which are unsafe, since when and until when."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pipelines.sample_county.scene import Scene
from pipelines.sample_county.streams import Bools, Floats, Ints
from pipelines.sample_county.timeline import NEVER, Timeline


@dataclass(frozen=True)
class Dwelling:
    """One entry a household; month numbers.

    Attributes:
        sound: grade while safe, 0 (A) or 1 (B).
        broken: grade once unsafe, 2 (C) or 3 (D).
        since: month from which the home is unsafe, NEVER for most.
        rebuilt: month in which it was made safe, NEVER while it is not.
        dry_luck: how prone the household's water is to fail, 0 to 1, low is prone.
        dry_phase: month of the year in which it fails.
        exposure: drought exposure of the village.
        timeline: the county's timeline.
    """

    sound: Ints
    broken: Ints
    since: Ints
    rebuilt: Ints
    dry_luck: Floats
    dry_phase: Ints
    exposure: Floats
    timeline: Timeline

    @staticmethod
    def of(scene: Scene) -> Dwelling:
        """The county's homes."""
        draws, homes, timeline = scene.draws("dwelling"), scene.population.households, scene.timeline
        n = len(homes)
        risk = np.exp(-1.2 * homes.standing)
        first = timeline.start + draws.integers(0, timeline.steps, n)
        since = np.where(draws.random(n) < 0.012 * risk, first, NEVER * 10)
        mended = since + draws.integers(5, 15, n)
        return Dwelling(
            sound=draws.integers(0, 2, n) | (homes.standing < 0),
            broken=2 + (draws.random(n) < 0.35),
            since=since,
            rebuilt=np.where(draws.random(n) < 0.85, mended, NEVER * 10),
            dry_luck=draws.random(n),
            dry_phase=draws.integers(0, 36, n),
            exposure=scene.population.places.exposure[homes.village],
            timeline=timeline,
        )

    def grade(self, month: int) -> Ints:
        """Grade on file at the end of a month, 0 (A) to 3 (D); a mended home keeps it, with its day of completion."""
        return np.where(self.since <= month, self.broken, self.sound)

    def unsafe(self, month: int) -> Bools:
        """Whose home is C or D and not mended."""
        return np.asarray((self.since <= month) & (self.rebuilt > month))

    def dry(self, month: int) -> Bools:
        """Whose water is unsafe in the quarter of a month."""
        phase = (month // 3) % 12 * 3
        ordinary = (self.dry_luck < 0.015) & (self.dry_phase // 3 == phase // 3)
        drought = (month in self.timeline.drought) & (self.dry_luck > 1 - 0.035 * self.exposure)
        return np.asarray(ordinary | drought)
