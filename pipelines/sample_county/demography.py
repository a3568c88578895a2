"""Families: how they are made up, and births, deaths, marriages and moves step by step."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from pipelines.sample_county.streams import Bools, Days, Generator, Ints, pick, stream
from pipelines.sample_county.timeline import NEVER, Timeline, days_of

_HEAD, _SPOUSE, _FATHER, _MOTHER, _SON, _DAUGHTER, _WIFE_OF_SON, _GRANDSON, _GRANDDAUGHTER = 0, 1, 2, 3, 4, 5, 6, 8, 9
# old alone, old couple, couple with children, three generations, couple, one adult, grown children, with grandchildren,
# one parent
_FAMILIES = [0.08, 0.14, 0.23, 0.17, 0.11, 0.06, 0.14, 0.04, 0.03]
_HEAD_AGES = np.array([(66, 89), (61, 82), (27, 50), (32, 56), (45, 62), (36, 63), (46, 61), (58, 74), (30, 52)])
_LEFT_BEHIND = (2, 16)
STAYS, DIES, MOVES = 0, 1, 2


@dataclass(frozen=True)
class Demography:
    """One entry a person, sorted by household and role.

    Attributes:
        household: position of the household.
        role: relation to the head, position in the contract's order.
        male: sex.
        birth: day of birth.
        joins: step from which the person is in the household (0: before the county's first step).
        leaves: first step without the person, NEVER for those who stay.
        leaves_by: STAYS, DIES or MOVES.
        jailed: first step in prison, NEVER for others.
        freed: first step out of prison.
    """

    household: Ints
    role: Ints
    male: Bools
    birth: Days
    joins: Ints
    leaves: Ints
    leaves_by: Ints
    jailed: Ints
    freed: Ints

    def present(self, step: int) -> Bools:
        """Who lives in the household at a step."""
        return (self.joins <= step) & (step < self.leaves) & ~((self.jailed <= step) & (step < self.freed))


class _Roll:
    """Collects people role by role."""

    def __init__(self) -> None:
        self.parts: list[tuple[Ints, Ints, Bools, Ints, Ints]] = []

    def add(self, household: Ints, role: Ints | int, male: Bools | bool, age: Ints, *, joins: Ints | int = 0) -> None:
        """Add people: households (length n), and for each the role, sex, age in years, and joining step."""
        n = len(household)
        self.parts.append((
            household, np.broadcast_to(role, n), np.broadcast_to(male, n), np.asarray(age), np.broadcast_to(joins, n)
        ))  # fmt: skip

    def columns(self) -> tuple[Ints, Ints, Bools, Ints, Ints]:
        """All parts joined."""
        household, role, male, age, joins = (np.concatenate([part[k] for part in self.parts]) for k in range(5))
        return household, role, male.astype(np.bool_), age, joins


def _children(
    roll: _Roll, homes: Ints, head_age: Ints, counts: Ints, *, ages: tuple[int, int], draws: Generator
) -> None:
    roles = (_SON, _DAUGHTER) if ages != _LEFT_BEHIND else (_GRANDSON, _GRANDDAUGHTER)
    owner = np.repeat(homes, counts)
    male = draws.random(len(owner)) < 0.52
    oldest = np.minimum(ages[1], np.maximum(ages[0] + 1, head_age[owner] - 21))
    age = ages[0] + (draws.random(len(owner)) * (oldest - ages[0])).astype(np.int64)
    roll.add(owner, np.where(male, roles[0], roles[1]), male, age)


def _families(kind: Ints, head_age: Ints, draws: Generator) -> _Roll:
    roll = _Roll()
    every = np.arange(len(kind))
    single = np.isin(kind, [0, 5, 8])
    head_male = np.where(
        single, draws.random(len(kind)) < np.where(kind == 5, 0.8, 0.4), draws.random(len(kind)) < 0.92
    )
    roll.add(every, _HEAD, head_male, head_age)
    couples = every[np.isin(kind, [1, 2, 3, 4, 6]) | ((kind == 7) & (draws.random(len(kind)) < 0.6))]
    roll.add(
        couples, _SPOUSE, ~head_male[couples], np.maximum(20, head_age[couples] + draws.integers(-6, 3, len(couples)))
    )
    young = every[(kind == 2) | (kind == 3) | (kind == 8)]
    counts = np.where(
        kind[young] == 2, pick(draws, [0, 0.45, 0.43, 0.12], len(young)), pick(draws, [0, 0.6, 0.4], len(young))
    )
    _children(roll, young, head_age, counts, ages=(0, 21), draws=draws)
    grown = every[kind == 6]
    _children(roll, grown, head_age, pick(draws, [0, 0.75, 0.25], len(grown)), ages=(17, 32), draws=draws)
    left = every[kind == 7]
    _children(roll, left, head_age, pick(draws, [0, 0.7, 0.3], len(left)), ages=_LEFT_BEHIND, draws=draws)
    for role, male in ((_FATHER, True), (_MOTHER, False)):
        homes = every[(kind == 3) & (draws.random(len(kind)) < (0.62 if male else 0.75))]
        roll.add(homes, role, male, np.minimum(95, head_age[homes] + draws.integers(20, 31, len(homes))))
    return roll


def _newcomers(roll: _Roll, kind: Ints, steps: int, draws: Generator) -> None:
    every = np.arange(len(kind))
    fertile = every[np.isin(kind, [2, 3])]
    having = fertile[draws.random(len(fertile)) < 0.0022 * steps]
    boys = draws.random(len(having)) < 0.52
    roll.add(
        having,
        np.where(boys, _SON, _DAUGHTER),
        boys,
        np.zeros(len(having), dtype=np.int64),
        joins=draws.integers(1, steps, len(having)),
    )
    grown = every[kind == 6]
    marrying = grown[draws.random(len(grown)) < 0.0020 * steps]
    roll.add(
        marrying,
        _WIFE_OF_SON,
        False,
        draws.integers(21, 29, len(marrying)),
        joins=draws.integers(1, steps, len(marrying)),
    )


def _departures(
    age_months: Ints, joins: Ints, grown: Bools, male: Bools, *, steps: int, draws: Generator
) -> tuple[Ints, Ints]:
    n = len(age_months)
    leaves, by = np.full(n, NEVER, dtype=np.int64), np.zeros(n, dtype=np.int64)
    for step in range(1, steps):
        age = (age_months + step) / 12
        dying = draws.random(n) < np.interp(age, [0, 40, 60, 70, 80, 95], [3e-5, 4e-5, 5e-4, 1.6e-3, 5.5e-3, 2.2e-2])
        moving = grown & (age > 19) & (age < 33) & (draws.random(n) < np.where(male, 0.0010, 0.0025))
        open_ = (leaves == NEVER) & (joins < step)
        leaves[open_ & (dying | moving)] = step
        by[open_ & moving] = MOVES
        by[open_ & dying] = DIES
    return leaves, by


def live(households: int, timeline: Timeline, seed: int) -> tuple[Demography, Bools]:
    """Everyone's family and time in it; and, one entry a household, whether no one of working age lives there."""
    draws = stream(seed, "families")
    kind = pick(draws, _FAMILIES, households)
    low, high = _HEAD_AGES[kind].T
    head_age = low + (draws.random(households) * (high - low)).astype(np.int64)
    roll = _families(kind, head_age, draws)
    _newcomers(roll, kind, timeline.steps, draws)
    household, role, male, age, joins = roll.columns()
    n = len(household)
    newborn = (age == 0) & (joins > 0)
    birth_month = np.where(
        newborn, timeline.start + joins, timeline.start - age * 12 - draws.integers(0, 12, n) + joins * (joins > 0)
    )
    birth = days_of(birth_month, draws.integers(1, 29, n))
    leaves, by = _departures(
        timeline.start - birth_month, joins, np.isin(role, [_SON, _DAUGHTER]), male, steps=timeline.steps, draws=draws
    )
    jailed = np.where(
        (draws.random(n) < 3e-5 * timeline.steps) & male & (age > 18) & (role > 0),
        draws.integers(1, timeline.steps, n),
        NEVER,
    )
    order = np.lexsort((birth_month, role, household))
    life = Demography(household, role, male, birth, joins, leaves, by, jailed, jailed + draws.integers(6, 30, n))
    return Demography(*(getattr(life, field.name)[order] for field in fields(life))), np.isin(kind, [0, 1, 7])
