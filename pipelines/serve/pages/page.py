"""What a page is: a place in the menu, who may open it, and what it shows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from pipelines.county import County
from pipelines.serve.access import SEES_HOUSEHOLDS
from pipelines.serve.listing import Listing
from pipelines.serve.nights import Desk
from pipelines.serve.trend import Trend
from pipelines.serve.trials import Trials
from pipelines.serve.users import ROLES, User
from pipelines.settings import Settings

EVERYBODY = frozenset(ROLES)
COUNTY = frozenset({"analyst", "official"})
ANALYST = frozenset({"analyst"})


@dataclass(frozen=True)
class Asked:
    """One request: who asks, on which night, with which choices, and what the server keeps.

    choices: the query of the address, as the browser sent it: never to be trusted, only to be used as a parameter.
    place: the part of the address that names one thing, such as a household; empty for the page itself.
    """

    user: User
    desk: Desk
    choices: Mapping[str, str]
    place: str
    county: County
    settings: Settings
    trend: Trend
    trials: Trials

    @property
    def sees_households(self) -> bool:
        """Whether the user may see single households."""
        return self.user.role in SEES_HOUSEHOLDS

    def choice(self, name: str) -> str:
        """One choice, empty when it was not made."""
        return self.choices.get(name, "").strip()


@dataclass(frozen=True)
class Shown:
    """What a page shows: words and figures for its template, and its tables by name."""

    facts: dict[str, Any] = field(default_factory=dict)
    listings: tuple[Listing, ...] = ()

    def listing(self, name: str) -> Listing | None:
        """The table of that name; None when the user is shown none such."""
        return next((listing for listing in self.listings if listing.name == name), None)


@dataclass(frozen=True)
class Page:
    """One page: its name in addresses (also its template's), its label in the menu, its roles, its content."""

    name: str
    label: str
    roles: frozenset[str]
    show: Callable[[Asked], Shown]

    @property
    def address(self) -> str:
        """Where it is; the first page is the root."""
        return "/" if self.name == "overview" else f"/{self.name}"
