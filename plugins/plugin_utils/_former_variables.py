# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Variables under their former names: each works until the version that ``access_contract`` announces. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ansible.module_utils.common.validation import check_type_bool


@dataclass(frozen=True)
class Former:
    """A switch of former times that is now one ``value`` in the list of another ``field``."""

    field: str
    value: str


FORMER: Mapping[str, Former] = {"bucket_access_adopt_profile": Former("adopt", "profile")}


def renewed(values: Mapping[str, Any], former: Mapping[str, object]) -> dict[str, Any]:
    """The values, with what the former names say among them; a switch that is off says nothing."""
    new = dict(values)
    for name, value in former.items():
        meant = FORMER[name]
        if check_type_bool(value) and isinstance(new[meant.field], list) and meant.value not in new[meant.field]:
            new[meant.field] = [*new[meant.field], meant.value]
    return new


def announcements(former: Iterable[str]) -> list[str]:
    """A sentence for each former name that is used."""
    return [f"{name} is now bucket_access_{FORMER[name].field}: write {_now(FORMER[name])}." for name in former]


def unreadable(former: Mapping[str, object]) -> list[str]:
    """A sentence for each whose value is neither true nor false."""
    wrong = {name: value for name, value in former.items() if not _is_bool(value)}
    return [f"{name} is {value!r}: write {_now(FORMER[name])}." for name, value in wrong.items()]


def _now(former: Former) -> str:
    return f"bucket_access_{former.field}: [{former.value}]"


def _is_bool(value: object) -> bool:
    try:
        check_type_bool(value)
    except TypeError:
        return False
    return True
