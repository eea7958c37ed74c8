# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""ansible-test runs these tests in the collection alone, and those of modules where there is no more of Ansible than a
target has.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

HERE = Path(__file__).resolve().parent
#: Packages of a checkout's other tests.
WITH_THE_CHECKOUT = ("lab", "emulators", "mutations", "servers", "faults")
PLUGINS = "ansible_collections.assumerole.s3.plugins."
#: What of ours does without a controller.
THERE = ("modules", "module_utils", "plugin_utils", "doc_fragments")


def imported(tree: ast.Module) -> Iterator[str]:
    """The full names of what is imported, wherever that stands."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def test_tests_of_the_collection_do_without_the_checkout() -> None:
    """It is built with these tests and no others."""
    wrong = [
        f"{path.relative_to(HERE)} imports {name}"
        for path in sorted(HERE.rglob("*.py"))
        for name in imported(ast.parse(path.read_text()))
        if name.partition(".")[0] in WITH_THE_CHECKOUT
    ]
    assert not wrong


def test_tests_of_modules_import_no_plugin() -> None:
    tests = [path for folder in ("modules", "module_utils") for path in sorted((HERE / folder).rglob("*.py"))]
    assert len(tests) > 50
    wrong = [
        f"{path.relative_to(HERE)} imports {name}: move what needs it to tests/unit/plugins/{kind}"
        for path in tests
        for name in imported(ast.parse(path.read_text()))
        if name.startswith(PLUGINS) and (kind := name.removeprefix(PLUGINS).split(".")[0]) not in THERE
    ]
    assert not wrong
