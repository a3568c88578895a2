"""The promotion gate: whether a trained scorer may be used by nights. It can say no, and says why in Chinese."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models import metrics
from models.comparison import Comparison
from models.schema import FeatureSchema, Floats

MIN_EVENTS = 30
MAX_CALIBRATION_ERROR = 0.03
LEVEL_RANGE = (0.8, 1.25)
MAX_AUC = 0.95
MAX_SINGLE_AUC = 0.90
WORSE_MARGIN = -0.01
MIN_SLICE_RECALL = 0.5


@dataclass(frozen=True)
class Criterion:
    """One question put to a candidate: its name, what was found (both Chinese), and whether it passed."""

    name: str
    found: str
    passed: bool


@dataclass(frozen=True)
class Decision:
    """The gate's answer with every question behind it."""

    criteria: tuple[Criterion, ...]

    @property
    def promoted(self) -> bool:
        """Whether nights may use the candidate: every question passed."""
        return all(criterion.passed for criterion in self.criteria)

    def as_facts(self) -> dict[str, Any]:
        """The decision as JSON values for the model card."""
        return {"promoted": self.promoted, "criteria": [asdict(criterion) for criterion in self.criteria]}


@dataclass(frozen=True)
class Evidence:
    """What the gate looks at, all of it from rows the candidate never saw.

    events counts distinct test events. comparison holds the candidate, the floors, and the scorer in use if any.
    expected and observed are sums over the test rows. single_auc is the best AUC any one feature reaches alone.
    slice_recall is each slice's recall over the overall one, for slices with enough events, on the lists as they will
    be; mitigated says that visits are kept for some of them.
    """

    candidate: str
    floors: tuple[str, ...]
    incumbent: str | None
    events: int
    comparison: Comparison
    calibration_error: float
    expected: float
    observed: float
    single_auc: float
    slice_recall: Mapping[str, float]
    mitigated: bool = False


def judge(evidence: Evidence) -> Decision:
    """Put every question to a candidate."""
    auc = evidence.comparison.figures[evidence.candidate]["roc_auc"]
    level = evidence.observed / evidence.expected if evidence.expected > 0 else float("inf")
    criteria = [
        Criterion("检验样本中的事件数", f"{evidence.events} 起，至少 {MIN_EVENTS} 起", evidence.events >= MIN_EVENTS),
        *(_beats(evidence, floor) for floor in evidence.floors),
        Criterion(
            "校准误差",
            f"{evidence.calibration_error:.3f}，至多 {MAX_CALIBRATION_ERROR}",
            evidence.calibration_error <= MAX_CALIBRATION_ERROR,
        ),
        Criterion(
            "实际与预期之比",
            f"{level:.2f}，应在 {LEVEL_RANGE[0]} 至 {LEVEL_RANGE[1]} 之间",
            LEVEL_RANGE[0] <= level <= LEVEL_RANGE[1],
        ),
        Criterion(
            "没有好得可疑",
            f"AUC {auc.value:.3f}，单项特征最高 {evidence.single_auc:.3f}",
            _plausible(auc.value, evidence),
        ),
        _fair(evidence),
    ]
    if evidence.incumbent is not None:
        lead = evidence.comparison.leads[evidence.candidate, evidence.incumbent]["roc_auc"]
        criteria.append(Criterion("不差于现用模型", f"AUC 差 {lead}", lead.low >= WORSE_MARGIN or lead.value >= 0))
    return Decision(tuple(criteria))


def _beats(evidence: Evidence, floor: str) -> Criterion:
    """Ahead of a floor in ranking and in visits, and surely ahead in one of three; no figure surely behind."""
    leads = evidence.comparison.leads[evidence.candidate, floor]
    auc, precision, recall = leads["roc_auc"], leads["pr_auc"], leads["listed_recall"]
    sure = any(lead.low > 0 for lead in (auc, precision, recall))
    behind = any(lead.high < 0 for lead in (auc, precision, recall))
    found = f"AUC 差 {auc}，PR 差 {precision}，名单查出率差 {recall}"
    return Criterion(f"胜过“{floor}”", found, auc.value > 0 and recall.value >= 0 and sure and not behind)


def _plausible(auc: float, evidence: Evidence) -> bool:
    """A score nearly without fault has seen the answer."""
    return auc <= MAX_AUC and evidence.single_auc <= MAX_SINGLE_AUC


def _fair(evidence: Evidence) -> Criterion:
    """No group of people is found less than half as often as all."""
    worst = min(evidence.slice_recall.items(), key=lambda item: item[1], default=("无", 1.0))
    passed = worst[1] >= MIN_SLICE_RECALL
    note = "（已按记录的措施保留走访名额）" if evidence.mitigated else ""
    return Criterion("各类人群都查得到", f"最低为{worst[0]}：查出率是总体的 {worst[1]:.2f} 倍{note}", passed)


def best_single_auc(
    matrix: Floats, labels: NDArray[np.int8], weights: Floats, schema: FeatureSchema
) -> tuple[str, float]:
    """The feature that ranks best alone, in either direction, and its AUC; an unknown value ranks in the middle."""
    best = ("", 0.5)
    for place, name in enumerate(schema.names):
        column = matrix[:, place]
        if np.isnan(column).all():
            continue
        filled = np.where(np.isnan(column), np.nanmedian(column), column)
        positives, negatives = metrics.Ranking.of(filled).blocks(labels, weights)
        auc = metrics.roc_auc(positives, negatives)
        if max(auc, 1 - auc) > best[1]:
            best = (name, max(auc, 1 - auc))
    return best
