"""Random numbers by name: every part of the county draws from its own stream of the seed.

A stream depends on the seed and its name only, so adding a draw to one part never changes another.
"""

from __future__ import annotations

import zlib

import numpy as np
from numpy.typing import NDArray

Generator = np.random.Generator
Floats = NDArray[np.floating]
Ints = NDArray[np.integer]
Bools = NDArray[np.bool_]
Days = NDArray[np.datetime64]


def stream(seed: int, *names: object) -> Generator:
    """The random stream called `names` of the county with this seed."""
    key = [seed & 0xFFFFFFFFFFFFFFFF, *(zlib.crc32(str(name).encode()) for name in names)]
    return np.random.Generator(np.random.SFC64(np.random.SeedSequence(key)))


def pick(draws: Generator, weights: list[float], size: int) -> Ints:
    """`size` positions of `weights`, each drawn with its weight (weights need not sum to one)."""
    edges = np.cumsum(np.asarray(weights, dtype=np.float64))
    return np.searchsorted(edges / edges[-1], draws.random(size), side="right").astype(np.int64)
