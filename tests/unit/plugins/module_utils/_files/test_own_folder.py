# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import os
from pathlib import Path
import stat
import tempfile

import pytest

from ansible_collections.assumerole.s3.plugins.module_utils._files import own_folder


@pytest.fixture(autouse=True)
def place(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Where the folder would be."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path / f"assumerole.s3-{os.geteuid()}"


def test_it_is_made_for_this_user_alone(place: Path) -> None:
    assert own_folder.made("requests") == own_folder.made("requests") == str(place / "requests")
    assert [stat.S_IMODE(one.stat().st_mode) for one in (place, place / "requests")] == [0o700, 0o700]


@pytest.mark.parametrize("open_to_others", [".", "requests"])
def test_what_another_user_may_write_to_is_refused(place: Path, open_to_others: str) -> None:
    own_folder.made("requests")
    (place / open_to_others).chmod(0o777)
    with pytest.raises(PermissionError, match=r"another user may write to .*: remove it"):
        own_folder.made("requests")


def test_what_another_user_has_made_is_refused(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own_folder.made("requests")
    somebody = os.geteuid() + 1
    monkeypatch.setattr(own_folder, "path", lambda: str(place))
    monkeypatch.setattr(os, "geteuid", lambda: somebody)
    with pytest.raises(PermissionError, match="another user may write to"):
        own_folder.made("requests")


def test_a_link_and_a_file_in_its_place_are_refused(place: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir(mode=0o700)
    place.symlink_to(elsewhere)
    with pytest.raises(NotADirectoryError, match="is no folder: remove it"):
        own_folder.made("requests")
    assert list(elsewhere.iterdir()) == []
    place.unlink()
    place.write_text("in the way")
    with pytest.raises(NotADirectoryError, match="is no folder: remove it"):
        own_folder.made("requests")
