# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
import sys

from ansible_collections.assumerole.s3.plugins import action as actions
from ansible_collections.assumerole.s3.plugins import filter as filters
from ansible_collections.assumerole.s3.plugins.plugin_utils._before_forks import load


@contextmanager
def forgotten(names: Iterable[str]) -> Iterator[None]:
    """For the block, these modules are not loaded yet."""
    loaded = {name: sys.modules.pop(name, None) for name in names}
    try:
        yield
    finally:
        sys.modules.update({name: module for name, module in loaded.items() if module})


def test_every_filter_is_loaded_before_a_process_is_forked() -> None:
    (folder,) = filters.__path__
    names = {f"{filters.__name__}.{file.stem}" for file in Path(folder).glob("[!_]*.py")}
    with forgotten(names):
        load()
        assert names
        assert names <= set(sys.modules)


def test_with_the_action_that_plans_first_comes_the_plans_own() -> None:
    names = {f"{actions.__name__}.{name}" for name in ("explained", "access_plan")}
    with forgotten(names):
        import_module(f"{actions.__name__}.explained")
        assert names <= set(sys.modules)
