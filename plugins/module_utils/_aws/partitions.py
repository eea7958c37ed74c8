# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How the names of AWS's services end in each partition, as botocore's own table says."""

from __future__ import annotations

from dataclasses import replace

from ansible_collections.assumerole.s3.plugins.module_utils._contract.arns import partition
from ansible_collections.assumerole.s3.plugins.module_utils._contract.contract import Contract

try:
    from botocore.loaders import Loader
except ImportError:
    Loader = None


class UnknownPartition(Exception):
    """The SDK is older than the partition, or not here, or there is no partition of this name."""


def located(contract: Contract) -> Contract:
    """The contract, which knows how S3 is called where its key is; only a policy about a key says it."""
    if not contract.kms_key:
        return contract
    return replace(contract, dns_suffix=dns_suffix(partition(contract.kms_key)))


def dns_suffix(name: str) -> str:
    """``amazonaws.com``, ``amazonaws.com.cn`` …"""
    if Loader is None:
        raise UnknownPartition("Without botocore here it is not known how S3 is called where kms_key is: install it.")
    rows = Loader().load_data("partitions")["partitions"]
    found = next((str(row["outputs"]["dnsSuffix"]) for row in rows if row["id"] == name), "")
    if not found:
        raise UnknownPartition(
            f"kms_key is a key of the partition {name}, which this botocore does not know: correct it, or install a "
            "newer botocore."
        )
    return found
