# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
import fcntl
import grp
import multiprocessing
import os
from pathlib import Path
import pwd
import resource
import signal
import stat
import time
from typing import Any

import pytest

from ansible_collections.assumerole.s3.plugins.module_utils._files import lock, private_file
from ansible_collections.assumerole.s3.plugins.module_utils._keys.profiles import settings_of, with_section


def mode_of(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@contextmanager
def umask(mask: int) -> Iterator[None]:
    before = os.umask(mask)
    try:
        yield
    finally:
        os.umask(before)


def test_a_missing_file_reads_as_empty(tmp_path: Path) -> None:
    assert private_file.read(str(tmp_path / "credentials")) == ""


@pytest.mark.parametrize("mask", [0o000, 0o022, 0o077])
def test_the_file_gets_exactly_the_mode_whatever_the_umask(tmp_path: Path, mask: int) -> None:
    with umask(mask):
        private_file.replace(str(tmp_path / "private"), "[a]\n", 0o600)
        private_file.replace(str(tmp_path / "shared"), "[a]\n", 0o644)
    assert (mode_of(tmp_path / "private"), mode_of(tmp_path / "shared")) == (0o600, 0o644)


def test_what_is_written_is_read(tmp_path: Path) -> None:
    path = tmp_path / "credentials"
    path.write_text("[old]\n")
    private_file.replace(str(path), "[a]\nx = ü\n", 0o600)
    assert private_file.read(str(path)) == "[a]\nx = ü\n"
    assert os.listdir(tmp_path) == ["credentials"]


def test_an_empty_text_removes_the_file(tmp_path: Path) -> None:
    path = tmp_path / "credentials"
    path.write_text("[a]\n")
    private_file.replace(str(path), "", 0o600)
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize("call", ["replace", "fsync", "fchmod"])
def test_a_failure_keeps_the_old_file_and_leaves_no_draft(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    path = tmp_path / "credentials"
    path.write_text("[old]\nx = 1\n")

    def fail(*_arguments: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(private_file.os, call, fail)
    with pytest.raises(OSError, match="No space left on device"):
        private_file.replace(str(path), "[new]\n", 0o600)
    assert path.read_text() == "[old]\nx = 1\n"
    assert os.listdir(tmp_path) == ["credentials"]


def test_an_interruption_keeps_the_old_file_and_leaves_no_draft(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "credentials"
    path.write_text("[old]\n")

    def interrupt(*_arguments: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(private_file.os, "replace", interrupt)
    with pytest.raises(KeyboardInterrupt):
        private_file.replace(str(path), "[new]\n", 0o600)
    assert path.read_text() == "[old]\n"
    assert os.listdir(tmp_path) == ["credentials"]


def test_a_link_stays_and_its_target_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "vault").mkdir()
    target, link = tmp_path / "vault" / "credentials", tmp_path / "credentials"
    target.write_text("[old]\n")
    link.symlink_to(target)
    private_file.replace(str(link), "[new]\n", 0o600)
    assert link.is_symlink()
    assert target.read_text() == "[new]\n"
    assert os.listdir(tmp_path / "vault") == ["credentials"]


def test_a_missing_folder_is_made_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "home" / ".aws" / "credentials"
    with umask(0o022), private_file.locked(str(path)):
        private_file.replace(str(path), "[a]\n", 0o600)
    assert mode_of(path.parent) == 0o700
    assert path.read_text() == "[a]\n"


def test_an_existing_folder_keeps_its_mode(tmp_path: Path) -> None:
    folder = tmp_path / ".aws"
    folder.mkdir()
    folder.chmod(0o755)
    with private_file.locked(str(folder / "credentials")):
        pass
    assert mode_of(folder) == 0o755


def test_the_lock_is_given_back_after_a_failure(tmp_path: Path) -> None:
    path = str(tmp_path / "credentials")
    with pytest.raises(ValueError, match="inside"), private_file.locked(path):
        raise ValueError("inside")
    with private_file.locked(path):
        pass


WRITERS, SECTIONS = 8, 5


def write_sections(path: str, writer: int, together: Any) -> None:
    together.wait()
    for number in range(SECTIONS):
        with private_file.locked(path):
            text = with_section(private_file.read(path), f"w{writer}-{number}", {"x": str(writer)}, "nobody")
            private_file.replace(path, text, 0o600)


def test_writers_at_the_same_time_lose_nothing(tmp_path: Path) -> None:
    path = str(tmp_path / "credentials")
    fork = multiprocessing.get_context("fork")
    together = fork.Barrier(WRITERS)
    writers = [fork.Process(target=write_sections, args=(path, writer, together)) for writer in range(WRITERS)]
    for process in writers:
        process.start()
    for process in writers:
        process.join()
    assert [process.exitcode for process in writers] == [0] * WRITERS
    text = private_file.read(path)
    for writer in range(WRITERS):
        for number in range(SECTIONS):
            assert settings_of(text, f"w{writer}-{number}") == {"x": str(writer)}
    assert os.listdir(tmp_path) == ["credentials"]


def test_nothing_is_in_the_way_of_a_new_file(tmp_path: Path) -> None:
    assert private_file.obstacle(str(tmp_path / "not" / "there" / "yet")) == ""
    (tmp_path / "credentials").write_text("[a]\n")
    assert private_file.obstacle(str(tmp_path / "credentials")) == ""


def test_a_folder_in_its_place_is_in_the_way(tmp_path: Path) -> None:
    assert private_file.obstacle(str(tmp_path)) == f"{tmp_path} is a folder: name a file in it."


def test_a_home_that_is_a_file_is_in_the_way(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("")
    path = tmp_path / "home" / ".aws" / "credentials"
    home = tmp_path / "home"
    assert private_file.obstacle(str(path)) == (
        f"{path} cannot be written, because {home} is no folder that this user may write to: choose another."
    )


def test_a_folder_that_is_read_only_is_in_the_way(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    assert "is no folder that this user may write to" in private_file.obstacle(str(tmp_path / "credentials"))


def test_a_file_of_another_user_is_in_the_way_and_stays_theirs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "credentials"
    path.write_text("[theirs]\n")
    monkeypatch.setattr(os, "geteuid", lambda: path.stat().st_uid + 1)
    assert "belongs to another user" in private_file.obstacle(str(path))
    with pytest.raises(PermissionError, match="belongs to another user"):
        private_file.replace(str(path), "[ours]\n", 0o600)
    with pytest.raises(PermissionError, match="belongs to another user"):
        private_file.replace(str(path), "", 0o600)
    assert path.read_text() == "[theirs]\n"


def write_with_no_room(path: str) -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))
    with pytest.raises(OSError, match="File too large"):
        private_file.replace(path, "x" * 1000, 0o600)


def test_a_disk_without_room_keeps_the_old_file_and_leaves_no_draft(tmp_path: Path) -> None:
    """The kernel refuses to write, as it does on a full disk."""
    path = tmp_path / "credentials"
    path.write_text("[old]\n")
    writer = multiprocessing.get_context("fork").Process(target=write_with_no_room, args=(str(path),))
    writer.start()
    writer.join()
    assert writer.exitcode == 0
    assert path.read_text() == "[old]\n"
    assert os.listdir(tmp_path) == ["credentials"]


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_line_endings_are_read_and_written_as_they_are(tmp_path: Path, ending: str) -> None:
    path = tmp_path / "credentials"
    path.write_bytes(f"[a]{ending}x = 1{ending}".encode())
    private_file.replace(str(path), private_file.read(str(path)), 0o600)
    assert path.read_bytes() == f"[a]{ending}x = 1{ending}".encode()


def test_a_name_as_long_as_a_name_may_be(tmp_path: Path) -> None:
    path = tmp_path / ("ü" * 127)
    with private_file.locked(str(path)):
        private_file.replace(str(path), "[a]\n", 0o600)
    assert path.read_text() == "[a]\n"


def test_the_group_that_may_read_a_file_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "config"
    path.write_text("[default]\n")
    given: list[tuple[int, int]] = []
    monkeypatch.setattr(os, "fchown", lambda _handle, *owner: given.append(owner))
    private_file.replace(str(path), "[new]\n", 0o640)
    assert given[-1] == (-1, path.stat().st_gid)


def test_file_and_folder_are_on_the_disk_before_it_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[str] = []
    monkeypatch.setattr(os, "fsync", lambda handle: synced.append(os.readlink(f"/proc/self/fd/{handle}")))
    private_file.replace(str(tmp_path / "credentials"), "[a]\n", 0o600)
    assert [Path(name).parent for name in synced] == [tmp_path, tmp_path.parent]


# What is no regular file: nothing waits for it, and nothing takes its place.


def a_fifo(path: Path) -> None:
    os.mkfifo(path)


def a_socket(path: Path) -> None:
    os.mknod(path, stat.S_IFSOCK | 0o600)


def a_link_to_a_device(path: Path) -> None:
    path.symlink_to("/dev/full")


@pytest.mark.parametrize("make", [a_fifo, a_socket, a_link_to_a_device])
def test_what_is_no_regular_file_is_refused_at_once(tmp_path: Path, make: Callable[[Path], None]) -> None:
    path = tmp_path / "credentials"
    make(path)
    kind = stat.S_IFMT(path.stat().st_mode)
    assert private_file.obstacle(str(path)) == (
        f"{path} is no regular file, but a device, a socket or a FIFO: name another."
    )
    with pytest.raises(OSError, match=r"no regular file|No such device"):
        private_file.read(str(path))
    for text in ("[a]\n", ""):
        with pytest.raises(OSError, match="is no regular file"):
            private_file.replace(str(path), text, 0o600)
    assert stat.S_IFMT(path.stat().st_mode) == kind


def test_the_null_device_reads_as_empty_and_is_never_replaced() -> None:
    assert private_file.read("/dev/null") == ""
    assert "is no regular file" in private_file.obstacle("/dev/null")


# Where a secret is not safe.


def belongs_to_another(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Give it to somebody, or be somebody else: only root may give away."""
    if os.geteuid() == 0:
        os.chown(path, 4711, 4711)
    else:
        monkeypatch.setattr(os, "geteuid", lambda: path.stat().st_uid + 1)


@pytest.mark.parametrize("mode", [0o777, 0o702])
def test_no_secret_is_put_where_others_may_write(tmp_path: Path, mode: int) -> None:
    tmp_path.chmod(mode)
    path = tmp_path / "credentials"
    assert private_file.obstacle(str(path)) == (
        f"{path} would hold a secret in {tmp_path}, where other users may write: choose a folder of your own, or close "
        "this one with chmod go-w."
    )
    assert private_file.obstacle(str(path), secret=False) == ""


SAFE = [
    ("a folder like /tmp, where each file is its owner's", 0o1777, "credentials"),
    ("a folder that is made for it", 0o777, "new/credentials"),
]


@pytest.mark.parametrize(("_what", "mode", "name"), SAFE, ids=[case[0] for case in SAFE])
def test_a_secret_is_safe_in(tmp_path: Path, _what: str, mode: int, name: str) -> None:
    tmp_path.chmod(mode)
    assert private_file.obstacle(str(tmp_path / name)) == ""


def group(name: str, *members: str) -> grp.struct_group:
    return grp.struct_group((name, "x", 0, list(members)))


GROUPS = [
    ("of one's own", group, True),
    ("of one's own, with oneself in it", lambda me: group(me, me), True),
    ("of root", lambda _me: group("root"), True),
    ("of one's own, with somebody else in it", lambda me: group(me, me, "somebody"), False),
    ("of many", lambda _me: group("users"), False),
]


@pytest.mark.parametrize(("_what", "made", "safe"), GROUPS, ids=[case[0] for case in GROUPS])
def test_a_group_may_write_when_nobody_else_is_in_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, _what: str, made: Callable[[str], grp.struct_group], *, safe: bool
) -> None:
    tmp_path.chmod(0o775)
    me = pwd.getpwuid(os.geteuid()).pw_name
    monkeypatch.setattr(grp, "getgrgid", lambda _number: made(me))
    assert (private_file.obstacle(str(tmp_path / "credentials")) == "") is safe


@pytest.mark.parametrize("name", ["credentials", ".aws/credentials"])
def test_no_secret_is_put_into_somebody_elses_home_not_even_by_root(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    home = tmp_path / "home"
    home.mkdir()
    belongs_to_another(home, monkeypatch)
    path = home / name
    assert private_file.obstacle(str(path)) == (
        f"{path} would hold a secret in {home}, which belongs to another user: choose a folder of your own, or run "
        "this as that user."
    )
    assert os.listdir(home) == []


def test_a_link_that_somebody_may_have_laid_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    shared = tmp_path / "shared"
    shared.mkdir()
    shared.chmod(0o777)
    (shared / "home").symlink_to(tmp_path / "mine")
    path = shared / "home" / "credentials"
    assert private_file.obstacle(str(path)) == (
        f"{path} leads over the link {shared / 'home'}, which another user may have laid: name the file that is meant."
    )
    shared.chmod(0o1777)
    assert private_file.obstacle(str(path)) == "", "in a folder like /tmp nobody else can lay a link that is mine"


def test_somebody_elses_link_in_a_folder_like_tmp_is_not_followed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tmp_path.chmod(0o1777)
    (tmp_path / "file").write_text("")
    link = tmp_path / "credentials"
    link.symlink_to(tmp_path / "file")
    theirs = os.lstat(link)
    monkeypatch.setattr(os, "lstat", lambda path: somebodys(theirs) if path == str(link) else os.stat(path))
    assert f"over the link {link}," in private_file.obstacle(str(link))


def somebodys(state: os.stat_result) -> os.stat_result:
    return os.stat_result([4711 if number == 4 else value for number, value in enumerate(state[:10])])


# The lock.


def test_whoever_may_read_the_folder_cannot_hold_the_lock(tmp_path: Path) -> None:
    path = str(tmp_path / "credentials")
    handle = os.open(tmp_path, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        with private_file.locked(path):
            assert mode_of(tmp_path / lock.NAME) == 0o600
    finally:
        os.close(handle)


def test_nothing_of_the_lock_is_left(tmp_path: Path) -> None:
    with private_file.locked(str(tmp_path / "credentials")):
        pass
    assert os.listdir(tmp_path) == []


def test_a_lock_that_is_held_is_waited_for_and_not_for_ever(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lock, "PATIENCE", 0.2)
    path = str(tmp_path / "credentials")
    with private_file.locked(path):
        begun = time.monotonic()
        sentence = private_file.obstacle(path)
        assert 0.2 <= time.monotonic() - begun < 3
        with pytest.raises(OSError, match="another process has kept the lock"), private_file.locked(path):
            pass
    assert sentence == (
        f"{path} cannot be written: another process has kept the lock {tmp_path / lock.NAME} for 0.2 seconds: wait "
        "until it has ended, or remove that file when there is none."
    )
    assert private_file.obstacle(path) == ""


def test_a_lock_that_a_killed_process_left_hinders_nobody(tmp_path: Path) -> None:
    path = str(tmp_path / "credentials")
    holder = multiprocessing.get_context("fork").Process(target=hold_and_be_killed, args=(path,))
    holder.start()
    holder.join()
    assert os.listdir(tmp_path) == [lock.NAME]
    assert private_file.obstacle(path) == ""
    with private_file.locked(path):
        pass
    assert os.listdir(tmp_path) == []


def hold_and_be_killed(path: str) -> None:
    with private_file.locked(path):
        os.kill(os.getpid(), signal.SIGKILL)


@pytest.mark.parametrize("make", [a_fifo, a_link_to_a_device, Path.mkdir])
def test_what_lies_in_the_locks_place_is_named(tmp_path: Path, make: Callable[[Path], None]) -> None:
    make(tmp_path / lock.NAME)
    path = tmp_path / "credentials"
    assert private_file.obstacle(str(path)) == (
        f"{path} cannot be written: {tmp_path / lock.NAME} is in the place of a lock: remove it."
    )


def test_a_lock_that_was_removed_meanwhile_is_no_lock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The one before removes the file between our opening and our locking it."""
    removed: list[int] = []

    def remove_first(handle: int, how: int) -> None:
        if not removed:
            os.unlink(tmp_path / lock.NAME)
        removed.append(handle)
        real(handle, how)

    real = fcntl.flock
    monkeypatch.setattr(fcntl, "flock", remove_first)
    with private_file.locked(str(tmp_path / "credentials")):
        assert len(removed) == 2
        assert os.listdir(tmp_path) == [lock.NAME]


def test_a_lock_that_goes_while_it_is_looked_at_is_had(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / lock.NAME).touch()
    real = os.lstat

    def seen_and_gone(path: str) -> os.stat_result:
        monkeypatch.setattr(os, "lstat", real)
        found = real(path)
        os.unlink(path)
        return found

    monkeypatch.setattr(os, "lstat", seen_and_gone)
    with private_file.locked(str(tmp_path / "credentials")):
        assert os.listdir(tmp_path) == [lock.NAME]


def test_the_lock_of_another_user_is_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its file cannot be opened, which is no reason to give up at once."""
    (tmp_path / lock.NAME).write_text("")

    def refused(path: str, *_given: object) -> int:
        raise PermissionError(13, "Permission denied", path)

    monkeypatch.setattr(lock, "PATIENCE", 0.1)
    monkeypatch.setattr(lock.os, "open", refused)
    assert "another process has kept the lock" in private_file.obstacle(str(tmp_path / "credentials"))
