# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The tags that the contract wants, beside those that are there: it adds its own and takes off nobody's. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from ansible_collections.assumerole.s3.plugins.module_utils._contract.contract import Contract
from ansible_collections.assumerole.s3.plugins.module_utils._provision.marks import (
    ABSENT,
    ADOPTED,
    BEGINNING,
    MARK,
    Whose,
)

Tags = Mapping[str, str]

#: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_tags.html#id_tags_rules
MOST = 50


def wished(contract: Contract, found: Whose, now: datetime) -> dict[str, str]:
    """The contract's tags and its mark; on what is being taken over, also when that was."""
    adopted = {} if found.ours or found.state == ABSENT else {ADOPTED: f"{now:%Y-%m-%dT%H:%M:%SZ}"}
    return {**contract.tags, MARK: contract.role, **adopted}


def lacking(there: Tags, wanted: Tags) -> dict[str, str]:
    """The tags that are not there, or with another value."""
    return {key: value for key, value in wanted.items() if there.get(key) != value}


def shown(there: Tags, wanted: Tags) -> dict[str, str]:
    """What is there of the tags that are wanted."""
    return {key: there[key] for key in wanted if key in there}


def without_ours(there: Tags) -> dict[str, str]:
    """What is left when a contract lets go of something: neither marks nor notes about keys."""
    return {key: value for key, value in there.items() if not key.startswith(BEGINNING)}


def too_many(there: Tags, wanted: Tags) -> bool:
    """Whether AWS would refuse the tags for their number."""
    return len({**there, **wanted}) > MOST
