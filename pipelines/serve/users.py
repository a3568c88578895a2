"""Who may log in: a file that the county keeps, with roles and hashed passwords.

`HOME/users.yml` holds one entry per person. A page request looks the person up anew, so that a removed person, a new
role or another township counts at once.
"""

from __future__ import annotations

import fcntl
import os
import re
import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from functools import cache, lru_cache
from pathlib import Path

import argon2
import yaml

from pipelines.county import County
from pipelines.errors import DamageError, MistakeError
from pipelines.serve.file_version import Version, file_version

ROLES = {"analyst": "县级分析员", "official": "县领导", "township": "乡镇"}
SHORTEST = 10
_NAME = re.compile(r"[\w.-]{1,40}")
_TOWNSHIP = re.compile(r"[0-9]{9}")
_HASHER = argon2.PasswordHasher()
_ONE_AT_A_TIME = threading.Lock()  # one hash takes 64 MB: many logins at once must not take the machine


@dataclass(frozen=True)
class User:
    """One person.

    Attributes:
        name: what is typed at login.
        role: a key of `ROLES`.
        township: the 9-digit code a township's user is limited to; empty for the county's.
        password: the argon2 hash; never the password.
        must_change: whether the password was given by somebody else and has to be replaced at login.
    """

    name: str
    role: str
    township: str
    password: str
    must_change: bool


def users_file(county: County) -> Path:
    """Where the county keeps its users."""
    return county.home / "users.yml"


def read_users(county: County) -> dict[str, User]:
    """Every user by name; none before the first was added. Raises DamageError for a file that cannot be read.

    Asked at every click: the file is parsed anew only when it has changed.
    """
    file = users_file(county)
    version = file_version(file)
    return dict(_parsed(file, version)) if version else {}


@lru_cache(maxsize=4)
def _parsed(file: Path, _version: Version) -> dict[str, User]:
    """The users of one version of the file."""
    try:
        entries = yaml.safe_load(file.read_text(encoding="utf-8")) or {}
        users = {str(name): User(name=str(name), **entry) for name, entry in entries.items()}
    except (OSError, UnicodeDecodeError, yaml.YAMLError, TypeError, AttributeError) as error:
        raise DamageError(f"用户文件 {file} 无法读取。请从备份恢复，或删除后用 shouwang user add 重新添加。") from error
    for user in users.values():
        _check(user)
    return users


def add_user(county: County, name: str, role: str, township: str) -> str:
    """Add a user; returns the first password, which has to be changed at login.

    Raises MistakeError for a name that is taken, an unknown role, or a township that does not fit the role.
    """
    password = _fresh_password()
    user = User(name, role, township, hash_password(password), must_change=True)
    _check(user)
    with _changing(county) as users:
        if name in users:
            raise MistakeError(f"已经有用户“{name}”。如要重置密码，请用 shouwang user reset {name}。")
        users[name] = user
    return password


def reset_password(county: County, name: str) -> str:
    """Give a user a fresh password, to be changed at login; returns it. Raises MistakeError for an unknown user."""
    password = _fresh_password()
    _replace_password(county, name, password, must_change=True)
    return password


def change_password(county: County, name: str, password: str) -> None:
    """Set the password a user chose. Raises MistakeError when it is too short or an unknown user's."""
    if len(password) < SHORTEST:
        raise MistakeError(f"密码太短：至少 {SHORTEST} 个字符。")
    if password.lower().startswith(name.lower()):
        raise MistakeError("密码不能以用户名开头。")
    _replace_password(county, name, password, must_change=False)


def remove_user(county: County, name: str) -> None:
    """Remove a user, who is logged out with the next click. Raises MistakeError for an unknown user."""
    with _changing(county) as users:
        if users.pop(name, None) is None:
            raise MistakeError(_unknown(name, users))


def hash_password(password: str) -> str:
    """The argon2 hash of a password."""
    with _ONE_AT_A_TIME:
        return _HASHER.hash(password)


def is_right_password(user: User | None, password: str) -> bool:
    """Whether the password is the user's. An unknown user takes as long as a wrong password."""
    with _ONE_AT_A_TIME:
        try:
            return _HASHER.verify(user.password if user else _nobodys(), password) and user is not None
        except (argon2.exceptions.VerificationError, argon2.exceptions.InvalidHashError):
            return False


def _check(user: User) -> None:
    """Raise MistakeError for a user that cannot be."""
    if not _NAME.fullmatch(user.name):
        raise MistakeError(f"用户名“{user.name}”不能用：应为 1 到 40 个字母、汉字、数字、点、横线或下划线。")
    if user.role not in ROLES:
        told = "、".join(f"{role}（{label}）" for role, label in ROLES.items())
        raise MistakeError(f"用户“{user.name}”的角色“{user.role}”不对：应为 {told} 之一。")
    if user.role == "township" and not _TOWNSHIP.fullmatch(user.township):
        raise MistakeError(f"乡镇用户“{user.name}”须写明所属乡镇的 9 位代码（--township）。")
    if user.role != "township" and user.township:
        raise MistakeError(f"用户“{user.name}”不是乡镇用户，不能写乡镇代码。")


def _replace_password(county: County, name: str, password: str, *, must_change: bool) -> None:
    """Hash a password into the file."""
    hashed = hash_password(password)
    with _changing(county) as users:
        if name not in users:
            raise MistakeError(_unknown(name, users))
        users[name] = replace(users[name], password=hashed, must_change=must_change)


@contextmanager
def _changing(county: County) -> Iterator[dict[str, User]]:
    """The users, to be changed by one process at a time; written back in one step, readable by the owner only."""
    file = users_file(county)
    descriptor = os.open(county.home / ".users.lock", os.O_RDWR | os.O_CREAT, 0o600)
    with os.fdopen(descriptor) as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        users = read_users(county)
        yield users
        entries = {name: {k: v for k, v in asdict(user).items() if k != "name"} for name, user in users.items()}
        draft = file.with_name(f".{file.name}")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as stream:
            yaml.safe_dump(entries, stream, allow_unicode=True)
            stream.flush()
            os.fsync(stream.fileno())
        draft.replace(file)


def _unknown(name: str, users: dict[str, User]) -> str:
    """The sentence for a name that is none."""
    return f"没有用户“{name}”。现有：{'、'.join(users) or '无'}。"


def _fresh_password() -> str:
    """A password that can be read out over the telephone: four groups, 80 bits, no look-alike letters."""
    letters = "abcdefghjkmnpqrstuvwxyz23456789"
    return "-".join("".join(secrets.choice(letters) for _ in range(4)) for _ in range(4))


@cache
def _nobodys() -> str:
    """The hash of a password that nobody knows."""
    return _HASHER.hash(secrets.token_hex())
