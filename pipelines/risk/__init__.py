"""The risk scorer at work: a night's scores, and the training that releases a scorer."""

from pipelines.risk.score import score_night

__all__ = ["score_night"]
