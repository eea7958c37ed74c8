# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.assumerole.s3.plugins.modules.change_note import main
from ansible_collections.assumerole.s3.plugins.plugin_utils._module_call import call


def note(path: Path, **more: Any) -> dict[str, Any]:
    return call(main, {"path": str(path), **more}, {})


def test_the_moment_stands_in_the_file_for_its_owner_alone_and_nothing_counts_as_changed(tmp_path: Path) -> None:
    path, before = tmp_path / "made" / "changed-at", datetime.now(timezone.utc).replace(microsecond=0)
    result = note(path)
    assert (result["noted"], result["changed"]) == (True, False)
    assert before <= datetime.fromisoformat(path.read_text().replace("Z", "+00:00")) <= datetime.now(timezone.utc)
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_later_moment_takes_the_place_of_an_earlier_one(tmp_path: Path) -> None:
    path = tmp_path / "changed-at"
    path.write_text("2026-01-01T00:00:00Z")
    assert note(path)["noted"]
    assert path.read_text() > "2026-01-01T00:00:00Z"


def test_check_mode_writes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "made" / "changed-at"
    assert note(path, _ansible_check_mode=True)["noted"] is False
    assert not path.parent.exists()


@pytest.mark.parametrize("obstacle", ["a file where its folder should be", "a folder where the file should be"])
def test_nothing_fails_for_a_note_that_cannot_be_written(tmp_path: Path, obstacle: str) -> None:
    path = tmp_path / "made" / "changed-at"
    if obstacle.startswith("a file"):
        path.parent.write_text("")
    else:
        path.mkdir(parents=True)
    result = note(path)
    assert (result["noted"], result.get("failed", False)) == (False, False)
