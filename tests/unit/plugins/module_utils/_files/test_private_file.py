# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
import multiprocessing
import os
from pathlib import Path
import resource
import stat
from typing import Any

import pytest

from ansible_collections.assumerole.s3.plugins.module_utils._files import private_file
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
