"""A county of its own for the pages, copied from the published one, with a user of each role and two published nights."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import duckdb
import yaml
from starlette.testclient import TestClient

from pipelines.county import County
from pipelines.serve.app import build_app
from pipelines.serve.users import User, hash_password, users_file
from pipelines.settings import Settings
from pipelines.warehouse.gates import ANALYST_FILE
from pipelines.warehouse.manifest import Manifest, hash_folder
from pipelines.warehouse.publish import current_folder, make_current
from tests.integration.published_county import published_county

PASSWORD = "Hui-ju-2020"  # noqa: S105 - of users that exist in tests only
HERE = "http://127.0.0.1"
ROLES = {"analyst": "fenxi", "official": "lingdao", "township": "xiangzhen"}


@dataclass(frozen=True)
class Served:
    """The copied county; its user's township and another; household numbers, those with a warning first, of the one and of all others."""

    county: County
    township: str
    other_township: str
    own: tuple[str, ...]
    others: tuple[str, ...]


def served_county(folder: Path) -> Served:
    """Copy the county into `folder` and add its users."""
    home = folder / "county"
    shutil.copytree(published_county().home, home, symlinks=True, ignore=shutil.ignore_patterns("landing", "originals"))
    county = County.open(home)
    night = current_folder(county)
    with duckdb.connect(night / ANALYST_FILE, read_only=True) as connection:
        homes = connection.execute(
            "SELECT dim_household.township_code, household_no FROM dim_household LEFT JOIN fct_warning USING (household_no)"
            " ORDER BY dim_household.township_code, warning_no IS NULL, household_no"
        ).fetchall()
    township = homes[0][0]
    write_users(county, township)
    return Served(
        county,
        township,
        homes[-1][0],
        tuple(number for code, number in homes if code == township),
        tuple(number for code, number in homes if code != township),
    )


@cache
def _hashed() -> str:
    return hash_password(PASSWORD)


def write_users(county: County, township: str) -> None:
    """One user per role, all with `PASSWORD`."""
    users = {
        name: {
            "role": role,
            "township": township if role == "township" else "",
            "password": _hashed(),
            "must_change": False,
        }
        for role, name in ROLES.items()
    }
    users_file(county).write_text(yaml.safe_dump(users), encoding="utf-8")


def user(role: str, township: str = "") -> User:
    """A user of a role."""
    return User(ROLES[role], role, township, _hashed(), must_change=False)


def publish_another(county: County, as_of: str, without: str = "", **told: str) -> Path:
    """Publish the current night again as one of another day; returns its folder, which is current now.

    `without` is a table that it lacks, `told` what its manifest says otherwise.
    """
    now = current_folder(county)
    manifest = Manifest.read(now)
    folder = now.with_name(f"{as_of}-{'0' * 12}")
    shutil.copytree(now, folder)
    (folder / "manifest.json").unlink()
    if without:
        (folder / ANALYST_FILE).chmod(0o600)
        with duckdb.connect(folder / ANALYST_FILE) as connection:
            connection.execute(f"DROP TABLE {without}")
    replace(manifest, as_of=as_of, run_id=folder.name, files=hash_folder(folder), **told).write(folder)
    make_current(county, folder)
    return folder


@contextmanager
def browser(county: County, role: str = "") -> Iterator[TestClient]:
    """A client of the pages, logged in as the user of a role."""
    with TestClient(
        build_app(county, Settings.from_environment(), ("127.0.0.1",)), base_url=HERE, follow_redirects=False
    ) as client:
        client.headers["Origin"] = HERE
        if role:
            entered = client.post("/login", data={"name": ROLES[role], "password": PASSWORD, "next": "/"})
            assert entered.status_code == 303, entered.text
        yield client
