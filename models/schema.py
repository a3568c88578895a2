"""What a feature is: its place, its words for an officer, and which way it may push the risk."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

Floats = NDArray[np.float64]


class FeatureError(Exception):
    """A frame whose columns are not those of the schema; the message names them."""


@dataclass(frozen=True)
class Feature:
    """One column of the feature frame.

    `theme` groups correlated features into one reason, `feed` names the department feed it stands on. `direction` is
    +1 where more of it may only raise the risk, -1 where it may only lower it, 0 where it is free. `phrase` (Chinese)
    holds one `{}` for the value, shown as `shown_as`: times, share, count or flag (no place for a value). `watched`: its
    drift stops its feed; not so where it moves with the calendar, with one place, or with a calamity.
    """

    name: str
    theme: str
    feed: str
    direction: int
    phrase: str
    shown_as: str = "count"
    watched: bool = True


@dataclass(frozen=True)
class FeatureSchema:
    """The features of one scorer, in the order of its matrix."""

    features: tuple[Feature, ...]

    @property
    def names(self) -> list[str]:
        """Column names in order."""
        return [feature.name for feature in self.features]

    @property
    def directions(self) -> list[int]:
        """Monotone direction of each feature."""
        return [feature.direction for feature in self.features]

    @property
    def themes(self) -> list[str]:
        """Themes in the order they first appear."""
        return list(dict.fromkeys(feature.theme for feature in self.features))

    @property
    def feeds(self) -> list[str]:
        """Feeds in the order they first appear."""
        return list(dict.fromkeys(feature.feed for feature in self.features))

    @property
    def version(self) -> str:
        """A hash of everything a feature is; a release fits only the schema it was made with."""
        text = json.dumps([asdict(feature) for feature in self.features], ensure_ascii=False, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    def columns_of_feed(self, feed: str) -> list[int]:
        """Places of a feed's features in the matrix."""
        return [place for place, feature in enumerate(self.features) if feature.feed == feed]

    def columns_of_theme(self, theme: str) -> list[int]:
        """Places of a theme's features in the matrix."""
        return [place for place, feature in enumerate(self.features) if feature.theme == theme]

    def matrix(self, frame: pl.DataFrame, keys: tuple[str, ...] = ()) -> Floats:
        """The frame's features as a float matrix (rows x features); null becomes NaN.

        Raises FeatureError for a column that is neither a feature nor one of `keys`: what nobody declared, a score or
        a training run must not see. Also for a missing feature, and for an infinite value.
        """
        unknown = [name for name in frame.columns if name not in set(self.names) | set(keys)]
        missing = [name for name in self.names if name not in frame.columns]
        if unknown or missing:
            raise FeatureError(f"undeclared columns {unknown}, missing features {missing}")
        matrix = frame.select(pl.col(name).cast(pl.Float64) for name in self.names).to_numpy().astype(np.float64)
        if np.isinf(matrix).any():
            raise FeatureError(
                "a feature is infinite: " + ", ".join(np.array(self.names)[np.isinf(matrix).any(axis=0)])
            )
        return matrix
