# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The partitions of AWS, as botocore's own table has them: their regions, and how the names of services end there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
import re
from typing import Any

from ansible_collections.assumerole.s3.plugins.module_utils._aws.models import models
from ansible_collections.assumerole.s3.plugins.module_utils._contract.arns import partition
from ansible_collections.assumerole.s3.plugins.module_utils._contract.contract import Contract

try:
    from botocore.exceptions import DataNotFoundError
    from botocore.loaders import Loader
except ImportError:
    Loader = None

#: What AWS's tools take for a region that no partition's pattern knows:
#: https://smithy.io/2.0/aws/rules-engine/library-functions.html#aws-partition-function
STANDARD = "aws"


class UnknownPartition(Exception):
    """The SDK is older than the partition, or not here, or there is no partition of this name."""


def partition_of(region: str) -> str:
    """``aws``, ``aws-cn``, ``aws-us-gov`` …; empty where the table is not at hand."""
    rows = _table()
    named = [str(row["id"]) for row in rows if region in row["regions"] or re.fullmatch(row["regionRegex"], region)]
    return next(iter(named), STANDARD if rows else "")


def located(contract: Contract) -> Contract:
    """The contract, which knows how S3 is called where its key is; only a policy about a key says it."""
    if not contract.kms_key:
        return contract
    return replace(contract, dns_suffix=dns_suffix(partition(contract.kms_key)))


def dns_suffix(name: str) -> str:
    """``amazonaws.com``, ``amazonaws.com.cn`` …"""
    if Loader is None:
        raise UnknownPartition("Without botocore here it is not known how S3 is called where kms_key is: install it.")
    found = next((str(row["outputs"]["dnsSuffix"]) for row in _table() if row["id"] == name), "")
    if not found:
        raise UnknownPartition(
            f"kms_key is a key of the partition {name}, which this botocore does not know: correct it, or install a "
            "newer botocore."
        )
    return found


def _table() -> list[Mapping[str, Any]]:
    """A row a partition; none without botocore, or with one that has no such table yet."""
    if Loader is None:
        return []
    try:
        return list(models(None).load_data("partitions")["partitions"])
    except DataNotFoundError:
        return []
