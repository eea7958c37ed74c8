# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Variables that look like the role's and are none: a mistyped prefix would give the role the whole bucket. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

from ansible_collections.assumerole.s3.plugins.module_utils._contract.fields import FIELDS
from ansible_collections.assumerole.s3.plugins.plugin_utils._former_variables import FORMER

PREFIX = "bucket_access_"

#: What the role itself leaves for the tasks that follow, and what its playbooks read.
PUBLIC = ("hosts", "key", "outputs", "result", "session")


def unknown(variables: Iterable[str], others: Iterable[str]) -> list[str]:
    """A sentence for each variable that is neither the role's nor among the ``others`` that its user has allowed."""
    known = [PREFIX + name for name in (*FIELDS, *PUBLIC)]
    beyond = sorted({name for name in variables if name.startswith(PREFIX)} - {*known, *FORMER, *others})
    return [_sentence(name, get_close_matches(name, known, n=1)) for name in beyond]


def _sentence(name: str, similar: list[str]) -> str:
    asked = f"did you mean {similar[0]}? If it is your own, name it" if similar else "check its name, or name it"
    return f"{name} is unknown: {asked} in bucket_access_other_variables."
