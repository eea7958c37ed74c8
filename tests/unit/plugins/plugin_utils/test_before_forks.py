# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from pathlib import Path

from ansible_collections.assumerole.s3.plugins.plugin_utils import _before_forks


def test_every_filter_is_loaded_before_a_process_is_forked() -> None:
    folder = Path(_before_forks.__file__).parents[1] / "filter"
    assert set(_before_forks.FILTERS) == {file.stem for file in folder.glob("[!_]*.py")}
