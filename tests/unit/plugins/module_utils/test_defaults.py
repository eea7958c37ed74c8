# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Python 3.11 takes no mapping for the default of a dataclass's field, not even one that cannot be changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from ansible_collections.assumerole.s3.plugins import module_utils

PACKAGE = module_utils.__name__


def modules() -> Iterator[Any]:
    """Every file of module_utils."""
    for folder in map(Path, module_utils.__path__):
        for path in sorted(folder.rglob("*.py")):
            yield import_module(".".join([PACKAGE, *path.relative_to(folder).with_suffix("").parts]))


def test_no_field_has_a_mapping_for_its_default() -> None:
    classes = {found for module in modules() for found in vars(module).values() if isinstance(found, type)}
    seen = [(found, field) for found in classes if is_dataclass(found) for field in fields(found)]
    assert len(seen) > 100
    assert [f"{found.__name__}.{field.name}" for found, field in seen if isinstance(field.default, Mapping)] == []
