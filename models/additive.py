"""The champion: an additive, monotone gradient-boosted model, read out as exact score tables."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.ensemble import HistGradientBoostingClassifier
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from models.schema import FeatureSchema, Floats
from models.score_table import ScoreTables, Steps

Labels = NDArray[np.int8]
_FEW_ROWS = 20_000
_VALUES = 128


@dataclass(frozen=True)
class Boosting:
    """How the trees are grown; fixed beforehand, never tuned on what is judged."""

    max_iter: int = 200
    learning_rate: float = 0.08
    max_leaf_nodes: int = 8
    min_samples_leaf: int = 60
    l2_regularization: float = 5.0
    max_features: float = 0.5


def grow(
    matrix: Floats,
    labels: Labels,
    weights: Floats,
    schema: FeatureSchema | None,
    *,
    seed: int,
    boosting: Boosting | None = None,
) -> HistGradientBoostingClassifier:
    """Fit trees on rows x features. With a schema they are additive and keep its directions; without, unrestricted.

    The same input gives the same trees.
    """
    how = boosting or Boosting()
    limits: dict[str, Any] = (
        {} if schema is None else {"interaction_cst": "no_interactions", "monotonic_cst": schema.directions}
    )
    model = HistGradientBoostingClassifier(
        max_iter=how.max_iter,
        learning_rate=how.learning_rate,
        max_leaf_nodes=how.max_leaf_nodes,
        min_samples_leaf=how.min_samples_leaf,
        l2_regularization=how.l2_regularization,
        max_features=how.max_features,
        early_stopping=False,
        random_state=seed,
        **limits,
    )
    with threadpool_limits(1 if len(labels) < _FEW_ROWS else None):  # few rows wait for each other's threads
        return model.fit(snapped(matrix), labels, sample_weight=weights)


def snapped(matrix: Floats) -> Floats:
    """A copy whose columns hold few distinct values: each value becomes the nearest of _VALUES quantiles.

    The trees then cut half-way between those, and need not look for weighted quantiles, which costs more than growing.
    A column of which nothing is known is all zeros: nothing can be learnt from it, and scikit-learn refuses one that is empty.
    """
    copy = matrix.copy()
    for place in range(matrix.shape[1]):
        known = ~np.isnan(matrix[:, place])
        if not known.any():
            copy[:, place] = 0.0
        column = matrix[known, place]
        if len(np.unique(column)) > _VALUES:
            values = np.unique(np.quantile(column, np.linspace(0, 1, _VALUES), method="inverted_cdf"))
            halfway = values[:-1] + (values[1:] - values[:-1]) / 2
            copy[known, place] = values[np.searchsorted(halfway, column, side="left")]
    return copy


def read_tables(model: HistGradientBoostingClassifier, features: int) -> ScoreTables:
    """The score tables of an additive model: the same log-odds as its decision_function, up to rounding.

    Raises ValueError when a tree looks at two features: such a model is not additive.
    """
    base = float(model._baseline_prediction.ravel()[0])
    trees: list[list[NDArray[np.void]]] = [[] for _ in range(features)]
    for (predictor,) in model._predictors:
        nodes = predictor.nodes
        splits = nodes[nodes["is_leaf"] == 0]
        if len(splits) == 0:
            base += float(nodes["value"][0])
            continue
        looked_at = np.unique(splits["feature_idx"])
        if len(looked_at) != 1:
            raise ValueError("a tree looks at more than one feature")
        trees[int(looked_at[0])].append(nodes)
    steps = tuple(_steps(of_feature) for of_feature in trees)
    return ScoreTables(base=base, steps=steps, reference=np.zeros(features))


def _steps(trees: list[NDArray[np.void]]) -> Steps:
    """The sum of one feature's trees as a step function."""
    cuts = [nodes["num_threshold"][nodes["is_leaf"] == 0] for nodes in trees]
    edges = np.unique(np.concatenate([*cuts, np.empty(0)]))
    edges = edges[np.isfinite(edges)]
    points = np.append(edges, np.inf)  # the upper end of every step
    values = np.zeros(len(points))
    missing = 0.0
    for nodes in trees:
        values += _walk(nodes, points)
        missing += float(_walk(nodes, np.array([np.nan]))[0])
    return Steps(edges, values, missing)


def _walk(nodes: NDArray[np.void], points: Floats) -> Floats:
    """The leaf value of each point in one tree."""
    place = np.zeros(len(points), dtype=np.int64)
    while True:
        node = nodes[place]
        inner = node["is_leaf"] == 0
        if not inner.any():
            return np.asarray(node["value"], dtype=np.float64)
        left = np.where(np.isnan(points), node["missing_go_to_left"] == 1, points <= node["num_threshold"])
        place = np.where(inner, np.where(left, node["left"], node["right"]), place)
