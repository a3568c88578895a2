"""The users' file: hashed passwords, roles that fit, and sentences for what does not."""

from __future__ import annotations

import socket

import pytest

from pipelines.cli import run
from pipelines.county import County
from pipelines.errors import DamageError, MistakeError
from pipelines.serve.sessions import FAILURES, IDLE_SECONDS, LONGEST_SECONDS, PAUSE_SECONDS, Lockout, Sessions
from pipelines.serve.users import add_user, change_password, is_right_password, read_users, remove_user, users_file


@pytest.fixture
def county(tmp_path) -> County:
    (tmp_path / "county.yml").write_text("name: 测试县\nregion: '350123'\ndocuments: [FQ]\n", encoding="utf-8")
    return County.open(tmp_path)


def test_a_password_is_kept_hashed_and_has_to_be_changed_at_first(county):
    password = add_user(county, "张三", "township", "350123101")
    user = read_users(county)["张三"]
    assert user.must_change and user.password.startswith("$argon2id$")
    assert password not in users_file(county).read_text(encoding="utf-8")
    assert users_file(county).stat().st_mode & 0o777 == 0o600
    assert is_right_password(user, password)
    assert not is_right_password(user, password + "x")
    assert not is_right_password(None, password)


@pytest.mark.parametrize(
    ("name", "role", "township", "told"),
    [
        ("a b", "analyst", "", "用户名"),
        ("a", "root", "", "角色"),
        ("a", "township", "", "9 位代码"),
        ("a", "township", "35012310", "9 位代码"),
        ("a", "analyst", "350123101", "不是乡镇用户"),
    ],
)
def test_users_that_cannot_be_are_refused(county, name, role, township, told):
    with pytest.raises(MistakeError, match=told):
        add_user(county, name, role, township)
    assert read_users(county) == {}


def test_weak_and_taken_are_refused(county):
    add_user(county, "lisi", "analyst", "")
    with pytest.raises(MistakeError, match="已经有用户"):
        add_user(county, "lisi", "analyst", "")
    with pytest.raises(MistakeError, match="太短"):
        change_password(county, "lisi", "123456789")
    with pytest.raises(MistakeError, match="用户名开头"):
        change_password(county, "lisi", "LiSi123456")
    remove_user(county, "lisi")
    with pytest.raises(MistakeError, match="没有用户"):
        remove_user(county, "lisi")


@pytest.mark.parametrize("content", ["[1, 2]", "a: {role: analyst}", "a: 1", "\t:"])
def test_a_broken_file_lets_nobody_in_and_says_so(county, content):
    users_file(county).write_text(content, encoding="utf-8")
    with pytest.raises(DamageError, match="用户文件"):
        read_users(county)


def test_the_commands_add_reset_list_and_remove(county, capsys):
    home = ["--home", str(county.home)]
    assert run(["user", "add", "wang", "--role", "township", "--township", "350123102", *home]) == 0
    first = capsys.readouterr().out
    assert "初始密码" in first
    assert run(["user", "reset", "wang", *home]) == 0
    assert capsys.readouterr().out != first
    assert run(["user", "list", *home]) == 0
    assert capsys.readouterr().out.split() == ["wang", "乡镇", "350123102"]
    assert run(["user", "remove", "wang", *home]) == 0
    assert run(["user", "remove", "wang", *home]) == 2
    assert "没有用户" in capsys.readouterr().err


def test_serving_wants_users_and_beyond_this_machine_a_certificate(county, capsys):
    home = ["--home", str(county.home)]
    assert run(["serve", *home]) == 2
    assert "还没有用户" in capsys.readouterr().err
    add_user(county, "lisi", "analyst", "")
    assert run(["serve", "--address", "192.168.1.1", *home]) == 2
    assert "TLS" in capsys.readouterr().err
    assert run(["serve", "--address", "10.0.0.1", "--certificate", "nothing.pem", "--key", "nothing.pem", *home]) == 2
    assert "找不到文件" in capsys.readouterr().err


class Clock:
    def __init__(self):
        self.now = 0.0

    def __call__(self):
        return self.now


def test_a_session_ends_when_idle_and_in_any_case_after_a_working_day():
    clock = Clock()
    sessions = Sessions(clock)
    idle, busy = sessions.open("a", "h"), sessions.open("b", "h")
    clock.now += IDLE_SECONDS - 1
    assert sessions.find(busy, by_hand=True) == ("b", "h")
    assert sessions.find(idle, by_hand=False) == ("a", "h")
    clock.now += 1
    assert sessions.find(idle, by_hand=True) is None, "what a page asks by itself keeps nobody logged in"
    while clock.now < LONGEST_SECONDS - 60:
        clock.now += 60
        assert sessions.find(busy, by_hand=True)
    clock.now += 120
    assert sessions.find(busy, by_hand=True) is None
    again = sessions.open("b", "h")
    sessions.close(again)
    assert sessions.find(again, by_hand=True) is None


def test_a_name_is_locked_for_a_while_and_only_that_name():
    clock = Clock()
    lockout = Lockout(clock)
    assert [lockout.failed("a") for _ in range(FAILURES)] == [False] * (FAILURES - 1) + [True]
    assert lockout.is_locked("a") and not lockout.is_locked("b")
    clock.now += PAUSE_SECONDS
    assert not lockout.is_locked("a")
    lockout.failed("a")
    lockout.cleared("a")
    assert not any(lockout.failed("a") for _ in range(FAILURES - 1))


def test_what_a_server_cannot_start_with_is_told(county, tmp_path, capsys):
    add_user(county, "zhang", "analyst", "")
    junk = tmp_path / "junk.pem"
    junk.write_text("hello\n", encoding="utf-8")
    serve = ["serve", "--home", str(county.home)]
    assert run([*serve, "--port", "0", "--certificate", str(junk), "--key", str(junk)]) == 2
    assert "证书或私钥不能用" in capsys.readouterr().err
    with socket.create_server(("127.0.0.1", 0)) as taken:
        assert run([*serve, "--port", str(taken.getsockname()[1])]) == 2
    told = capsys.readouterr()
    assert "端口已被占用" in told.err
    assert "http://" not in told.out


def test_a_changed_file_counts_with_the_next_question(county):
    add_user(county, "zhang", "analyst", "")
    assert set(read_users(county)) == {"zhang"}
    add_user(county, "li", "official", "")
    assert set(read_users(county)) == {"zhang", "li"}
    read_users(county).clear()  # what one asker does to the answer is nobody else's
    assert set(read_users(county)) == {"zhang", "li"}
