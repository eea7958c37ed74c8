# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import fcntl
import multiprocessing
import os
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.assumerole.s3.plugins.module_utils._files import shared_file

SOMEBODY = 4711


def write(folder: Path, text: str = "new") -> Path:
    with shared_file.locked(str(folder)):
        shared_file.replace(str(folder / "report"), text)
    return folder / "report"


def test_missing_folders_are_made_for_everybody_to_read(tmp_path: Path) -> None:
    path = write(tmp_path / "a" / "b")
    assert path.read_text() == "new"
    assert path.stat().st_mode & 0o777 == 0o644
    assert os.listdir(path.parent) == ["report"]


@pytest.mark.parametrize("target", ["theirs", "nowhere", "/dev/null"])
def test_nothing_is_read_or_written_through_a_link(tmp_path: Path, target: str) -> None:
    (tmp_path / "theirs").write_text("old")
    link = tmp_path / "report"
    link.symlink_to(target)
    sentence = f"{link} is a symbolic link, which is never written through: remove it"
    for access in (lambda: shared_file.read(str(link)), lambda: write(tmp_path)):
        with pytest.raises(OSError, match="symbolic link") as caught:
            access()
        assert caught.value.strerror == sentence
    assert (tmp_path / "theirs").read_text() == "old"
    assert not (tmp_path / "nowhere").exists()


def test_a_link_that_appears_meanwhile_is_replaced_and_not_followed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "theirs").write_text("old")

    def lay_a_link_first(draft: str, target: str) -> None:
        os.symlink(tmp_path / "theirs", target)
        real(draft, target)

    real = os.replace
    monkeypatch.setattr(os, "replace", lay_a_link_first)
    path = write(tmp_path)
    assert (path.read_text(), (tmp_path / "theirs").read_text()) == ("new", "old")
    assert not path.is_symlink()


def test_the_folder_may_be_a_link_that_is_surely_ones_own(tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    (tmp_path / "here").symlink_to("there")
    write(tmp_path / "here")
    assert (tmp_path / "there" / "report").read_text() == "new"


def test_the_folder_is_no_link_that_somebody_may_have_laid(tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    (tmp_path / "shared").mkdir()
    (tmp_path / "shared").chmod(0o777)
    link = tmp_path / "shared" / "here"
    link.symlink_to(tmp_path / "there")
    with pytest.raises(OSError, match="another user may have laid") as caught:
        write(link)
    assert caught.value.strerror == f"{link} is a symbolic link that another user may have laid"
    assert os.listdir(tmp_path / "there") == []


def test_a_fifo_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "report")
    with pytest.raises(OSError, match="is no regular file"):
        shared_file.read(str(tmp_path / "report"))
    with pytest.raises(PermissionError, match="is no file of this user's"):
        write(tmp_path)


def test_a_file_of_another_user_stays_theirs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(tmp_path, "theirs")
    monkeypatch.setattr(os, "geteuid", lambda: path.stat().st_uid + 1)
    with pytest.raises(PermissionError, match="is no file of this user's"):
        shared_file.replace(str(path), "ours")
    assert path.read_text() == "theirs"


def test_lines_are_put_at_the_end_for_everybody_to_read(tmp_path: Path) -> None:
    path = tmp_path / "a" / "b" / "log"
    for line in ("one\n", "two\nthree\n"):
        shared_file.append(str(path), line)
    assert path.read_text() == "one\ntwo\nthree\n"
    assert path.stat().st_mode & 0o777 == 0o644
    assert os.listdir(path.parent) == ["log"]


def test_a_log_keeps_the_mode_that_it_was_given(tmp_path: Path) -> None:
    (tmp_path / "log").touch(0o600)
    shared_file.append(str(tmp_path / "log"), "one\n")
    assert (tmp_path / "log").stat().st_mode & 0o777 == 0o600


def test_a_line_that_somebody_left_unfinished_stays_by_itself(tmp_path: Path) -> None:
    (tmp_path / "log").write_text('{"half')
    shared_file.append(str(tmp_path / "log"), "whole\n")
    assert (tmp_path / "log").read_text() == '{"half\nwhole\n'


def test_where_not_all_lines_have_room_none_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shared_file.append(str(tmp_path / "log"), "one\n")

    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        shared_file.append(str(tmp_path / "log"), "two\n")
    assert (tmp_path / "log").read_text() == "one\n"


@pytest.mark.parametrize("kind", ["a link", "a FIFO", "a folder", "a device", "another user's"])
def test_lines_are_put_into_a_file_of_ones_own_only(tmp_path: Path, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "log"
    makers: dict[str, Any] = {
        "a link": lambda: path.symlink_to("elsewhere"),
        "a FIFO": lambda: os.mkfifo(path),
        "a folder": path.mkdir,
        "another user's": lambda: (path.touch(), monkeypatch.setattr(os, "geteuid", lambda: path.stat().st_uid + 1)),
    }
    if kind == "a device":
        path = Path("/dev/null")
    else:
        makers[kind]()
    with pytest.raises(OSError, match=r"symbolic link, which|no file of this user's|Is a directory"):
        shared_file.append(str(path), "one\n")
    assert not (tmp_path / "elsewhere").exists()


def test_a_log_that_somebody_keeps_locked_is_not_waited_for_for_ever(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "log").touch()
    monkeypatch.setattr(shared_file.lock, "PATIENCE", 0.05)
    with (tmp_path / "log").open() as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        with pytest.raises(TimeoutError, match="another process has kept"):
            shared_file.append(str(tmp_path / "log"), "one\n")


def append_often(path: str, name: str, together: Any) -> None:
    together.wait()
    for _time in range(20):
        shared_file.append(path, f"{name * 5000}\n" * 3)


def test_lines_of_several_processes_do_not_mix(tmp_path: Path) -> None:
    fork = multiprocessing.get_context("fork")
    together = fork.Barrier(4)
    writers = [fork.Process(target=append_often, args=(str(tmp_path / "log"), name, together)) for name in "abcd"]
    for process in writers:
        process.start()
    for process in writers:
        process.join()
    lines = (tmp_path / "log").read_text().splitlines()
    assert [process.exitcode for process in writers] == [0] * 4
    assert [len(set(lines[number : number + 3])) for number in range(0, 240, 3)] == [1] * 80
    assert {(len(line), len(set(line))) for line in lines} == {(5000, 1)}


@pytest.fixture
def given(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int]]:
    """What root gives to whom. A test need not be run by root, so whoever runs it says to be."""
    gifts: list[tuple[str, int]] = []

    def note(handle: int, user: int, _group: int) -> None:
        if user >= 0:
            gifts.append((Path(os.readlink(f"/proc/self/fd/{handle}")).name.split(".")[0], user))

    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(os, "fchown", note)
    return gifts


def test_what_root_writes_belongs_to_the_folders_owner(
    tmp_path: Path, given: list[tuple[str, int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    real: Any = os.stat
    monkeypatch.setattr(os, "stat", lambda path, **more: somebodys(real(path, **more)))
    write(tmp_path / "new")
    assert given == [("new", SOMEBODY), ("", SOMEBODY), ("report", SOMEBODY)]


def test_another_user_hands_nothing_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1 + tmp_path.stat().st_uid)
    monkeypatch.setattr(os, "fchown", lambda _handle, user, _group: pytest.fail("given away") if user >= 0 else None)
    write(tmp_path)


def somebodys(state: os.stat_result) -> os.stat_result:
    return os.stat_result([SOMEBODY if number in (4, 5) else value for number, value in enumerate(state[:10])])
