# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Python of this collection is compiled once, also where Ansible's importer of collections is at work."""

from __future__ import annotations

from importlib.machinery import SourceFileLoader
import os
from pathlib import Path
import subprocess
import sys

import pytest

from ansible_collections.assumerole.s3.plugins.plugin_utils._bytecode import PLUGINS, OwnFiles
from lab.checkout import CHECKOUT

IMPORTS = """
from ansible.utils.collection_loader._collection_finder import _AnsibleCollectionFinder
_AnsibleCollectionFinder([{collections!r}])._install()
import ansible_collections.assumerole.s3.plugins.action.{action}
import ansible_collections.amazon.aws.plugins.module_utils.botocore
"""


def kept(folder: Path, **more: str) -> list[str]:
    """What Python keeps when Ansible imports an action."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    code = IMPORTS.format(collections=str(CHECKOUT / ".collections"), action="change_note")
    environment |= {"PYTHONPYCACHEPREFIX": str(folder), **more}
    subprocess.run([sys.executable, "-c", code], env=environment, check=True, cwd=folder)
    ours = CHECKOUT / ".collections" / "ansible_collections"
    return [str(file.relative_to(f"{folder}{ours}")) for file in folder.rglob("*.pyc") if str(ours) in str(file)]


def test_each_file_that_an_action_imports_is_compiled_once(tmp_path: Path) -> None:
    files = kept(tmp_path)
    for name in ("action/change_note", "modules/change_note", "module_utils/_files/whole", "plugin_utils/_in_process"):
        assert any(f"assumerole/s3/plugins/{name}.cpython" in file for file in files), name


def test_files_of_other_collections_are_left_to_ansible(tmp_path: Path) -> None:
    assert not [file for file in kept(tmp_path) if not file.startswith("assumerole/s3/")]


def test_nothing_is_kept_where_nothing_may_be(tmp_path: Path) -> None:
    assert kept(tmp_path, PYTHONDONTWRITEBYTECODE="1") == []


def test_a_file_is_loaded_by_pythons_own_loader(tmp_path: Path) -> None:
    (tmp_path / "some.py").write_text("")
    spec = OwnFiles().find_spec(f"{PLUGINS}filter.some", [str(tmp_path)])
    assert spec is not None
    assert isinstance(spec.loader, SourceFileLoader)
    assert spec.origin == str(tmp_path / "some.py")


@pytest.mark.parametrize(
    "name", [f"{PLUGINS}filter.package", f"{PLUGINS}filter.missing", "ansible_collections.other.s3.plugins.filter.some"]
)
def test_what_is_no_file_of_ours_is_left_to_ansible(tmp_path: Path, name: str) -> None:
    (tmp_path / "some.py").write_text("")
    (tmp_path / "package").mkdir()
    assert OwnFiles().find_spec(name, [str(tmp_path)]) is None
