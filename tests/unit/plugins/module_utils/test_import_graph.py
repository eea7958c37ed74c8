# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Imports between the packages of ``module_utils`` go one way; what is pure reaches neither Ansible nor AWS's SDK."""

from __future__ import annotations

import ast
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
import re

import pytest

#: From the top to the bottom: each may import itself and those below.
PACKAGES = (
    "_report",
    "_verification",
    "_survey",
    "_provision",
    "_keys",
    "_checks",
    "_aws",
    "_policies",
    "_contract",
    "_files",
)
#: Packages that are pure as a whole. A module elsewhere is pure when its docstring says "Pure."
PURE = ("_survey", "_checks", "_policies", "_contract")
IMPURE = ("ansible", "boto3", "botocore", "ansible_collections.amazon")

MODULE_UTILS = Path(__file__).resolve().parents[4] / "plugins" / "module_utils"
COLLECTION = "ansible_collections.assumerole.s3"
OURS = f"{COLLECTION}.plugins.module_utils"
OUT = "module_utils may not import what imports it"

#: What each module imports: a module or package of ours as ``_package.module``, all else under its whole name.
Graph = Mapping[str, frozenset[str]]


def faults(root: Path) -> list[str]:
    """What is wrong with the imports below this folder, a line each."""
    sources = {".".join(path.relative_to(root).with_suffix("").parts): path for path in sorted(root.rglob("*.py"))}
    trees = {name: ast.parse(path.read_text(), str(path)) for name, path in sources.items()}
    graph = {name: frozenset(imported(name, tree, sources)) for name, tree in trees.items()}
    pure = {name for name, tree in trees.items() if package(name) in PURE or says_pure(tree)}
    return [*misplaced(graph), *strangers(graph), *upwards(graph), *cycles(graph), *impurities(graph, pure)]


def package(name: str) -> str:
    """The first part of a name."""
    return name.partition(".")[0]


def says_pure(tree: ast.Module) -> bool:
    """Whether the module promises it."""
    return re.search(r"\bPure\.", ast.get_docstring(tree) or "") is not None


def imported(name: str, tree: ast.Module, known: Iterable[str]) -> Iterator[str]:
    """What the module imports, wherever in it that stands."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (ours(alias.name, known) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (ours(f"{base(name, node)}.{alias.name}", known) for alias in node.names)


def base(name: str, node: ast.ImportFrom) -> str:
    """Where ``from`` leads: as many dots as there are, so many steps up from the module's full name."""
    if not node.level:
        return node.module or ""
    above = f"{OURS}.{name}".split(".")[: -node.level]
    return ".".join([*above, *([node.module] if node.module else [])])


def ours(full_name: str, known: Iterable[str]) -> str:
    """The module of ours that holds the name, or its package; another's name stays as it is."""
    if full_name != OURS and not full_name.startswith(f"{OURS}."):
        return full_name
    parts = full_name.removeprefix(OURS).lstrip(".").split(".")
    holders = [".".join(parts[:length]) for length in range(len(parts), 0, -1)]
    return next((holder for holder in holders if holder in known), parts[0])


def misplaced(graph: Graph) -> Iterator[str]:
    """Files outside of a package, and packages that nobody has put in order."""
    for name in graph:
        if "." not in name:
            yield f"{name}.py lies outside of a package: move it into one of {', '.join(PACKAGES)}"
        elif package(name) not in PACKAGES:
            yield f"{name} is in an unknown package: give {package(name)} its place in PACKAGES"


def strangers(graph: Graph) -> Iterator[str]:
    """Arrows out of ``module_utils`` into the rest of the collection."""
    for name, target in arrows(graph):
        if target.startswith(f"{COLLECTION}."):
            yield f"{name} → {target.removeprefix(f'{COLLECTION}.')}: {OUT}"


def upwards(graph: Graph) -> Iterator[str]:
    """Arrows from a package to one above it."""
    for name, target in arrows(graph):
        ends = (package(name), package(target))
        if set(ends) <= set(PACKAGES) and PACKAGES.index(ends[0]) > PACKAGES.index(ends[1]):
            yield f"{name} → {target}: upwards, {ends[0]} stands below {ends[1]}"


def cycles(graph: Graph) -> Iterator[str]:
    """Each shortest way from a module back to itself, told once."""
    ways = (way_to(graph, name, lambda target, name=name: target == name) for name in sorted(graph))
    told: set[frozenset[str]] = set()
    for way in ways:
        if way and frozenset(way) not in told:
            told.add(frozenset(way))
            yield f"{' → '.join(way)}: a cycle"


def impurities(graph: Graph, pure: Iterable[str]) -> Iterator[str]:
    """How pure modules reach what is not, the shortest way."""
    for name in sorted(pure):
        way = way_to(graph, name, is_impure)
        if way:
            yield f"{' → '.join(way)}: {name} is pure"


def is_impure(name: str) -> bool:
    """Whether it is Ansible's or AWS's."""
    return any(name == impure or name.startswith(f"{impure}.") for impure in IMPURE)


def arrows(graph: Graph) -> list[tuple[str, str]]:
    """Who imports whom, in order."""
    return [(name, target) for name in sorted(graph) for target in sorted(graph[name])]


def way_to(graph: Graph, start: str, is_end: Callable[[str], bool]) -> list[str]:
    """The modules on the shortest way of one arrow or more; nothing when there is none."""
    ways, seen = deque([[start]]), set[str]()
    while ways:
        way = ways.popleft()
        for target in sorted(graph.get(way[-1], ())):
            if is_end(target):
                return [*way, target]
            if target not in seen:
                seen.add(target)
                ways.append([*way, target])
    return []


def test_imports_go_one_way_and_pure_modules_reach_neither_ansible_nor_the_sdk() -> None:
    assert "\n".join(faults(MODULE_UTILS)) == ""


def test_there_is_something_in_every_package() -> None:
    assert {path.parent.name for path in MODULE_UTILS.rglob("*.py")} >= set(PACKAGES)


UPWARDS = "_files.small → _keys.store: upwards, _files stands below _keys"
STORE = {"_keys/store.py": ""}


@pytest.mark.parametrize(
    ("tree", "said"),
    [
        ({"_report/page.py": f"from {OURS}._files import small", "_files/small.py": ""}, []),
        ({"_report/page.py": "from .sheet import a", "_report/sheet.py": "import json, boto3"}, []),
        ({**STORE, "_files/small.py": f"import {OURS}._keys.store"}, [UPWARDS]),
        ({**STORE, "_files/small.py": f"import json, {OURS}._keys.store as it"}, [UPWARDS]),
        ({**STORE, "_files/small.py": f"from {OURS}._keys import store"}, [UPWARDS]),
        ({**STORE, "_files/small.py": f"from {OURS}._keys import store as it"}, [UPWARDS]),
        ({**STORE, "_files/small.py": f"from {OURS}._keys.store import Key, Other"}, [UPWARDS]),
        ({**STORE, "_files/small.py": "from .._keys.store import Key"}, [UPWARDS]),
        ({**STORE, "_files/small.py": "from .._keys import store"}, [UPWARDS]),
        ({**STORE, "_files/small.py": "def f():\n    from .._keys import store"}, [UPWARDS]),
        ({**STORE, "_files/small.py": "try:\n    from .._keys import store\nexcept ImportError: pass"}, [UPWARDS]),
        (
            {"_files/small.py": "from .. import _keys"},
            ["_files.small → _keys: upwards, _files stands below _keys"],
        ),
        (
            {"_files/small.py": f"from {OURS}._keys.gone import a"},
            ["_files.small → _keys: upwards, _files stands below _keys"],
        ),
        ({"_keys/store.py": "from . import store"}, ["_keys.store → _keys.store: a cycle"]),
        (
            {"_keys/a.py": "from . import b", "_keys/b.py": "from .c import x", "_keys/c.py": "from . import a"},
            ["_keys.a → _keys.b → _keys.c → _keys.a: a cycle"],
        ),
        (
            {"_keys/a.py": "from .b import x", "_keys/b.py": "def f():\n    from .a import x"},
            ["_keys.a → _keys.b → _keys.a: a cycle"],
        ),
        (
            {"lost.py": ""},
            [f"lost.py lies outside of a package: move it into one of {', '.join(PACKAGES)}"],
        ),
        (
            {"_odd/lost.py": ""},
            ["_odd.lost is in an unknown package: give _odd its place in PACKAGES"],
        ),
        ({"_contract/rules.py": "import re, ansible_more, botocore_stubs"}, []),
        ({"_contract/rules.py": "import boto3.session"}, ["_contract.rules → boto3.session: _contract.rules is pure"]),
        (
            {"_policies/read.py": "from ansible.errors import AnsibleError"},
            ["_policies.read → ansible.errors.AnsibleError: _policies.read is pure"],
        ),
        (
            {"_checks/rules.py": "from ansible_collections.amazon.aws.plugins.module_utils import modules"},
            ["_checks.rules → ansible_collections.amazon.aws.plugins.module_utils.modules: _checks.rules is pure"],
        ),
        (
            {
                "_checks/rules.py": "from .._aws import calls",
                "_aws/calls.py": "def f():\n    import botocore",
            },
            ["_checks.rules → _aws.calls → botocore: _checks.rules is pure"],
        ),
        (
            {"_keys/plan.py": '"""What to do. Pure.\n\nMore.\n"""\nimport boto3'},
            ["_keys.plan → boto3: _keys.plan is pure"],
        ),
        ({"_keys/clock.py": '"""Waits. Pure but for the clock."""\nimport boto3'}, []),
        (
            {"_report/page.py": f"from {COLLECTION}.plugins.modules.access_check import main"},
            [f"_report.page → plugins.modules.access_check.main: {OUT}"],
        ),
        (
            {"_report/page.py": "from ...plugin_utils._in_process import InProcess"},
            [f"_report.page → plugins.plugin_utils._in_process.InProcess: {OUT}"],
        ),
    ],
)
def test_each_fault_is_named(tree: dict[str, str], said: list[str], tmp_path: Path) -> None:
    for name, text in tree.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    assert faults(tmp_path) == said
