# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which partition of AWS a region belongs to, as botocore's own table says, where botocore is installed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
import re
from typing import Any

try:
    from botocore.exceptions import DataNotFoundError
    from botocore.loaders import Loader
except ImportError:
    Loader = None

#: What AWS's tools take for a region that no partition's pattern knows:
#: https://smithy.io/2.0/aws/rules-engine/library-functions.html#aws-partition-function
STANDARD = "aws"


def partition_of(region: str) -> str:
    """``aws``, ``aws-cn``, ``aws-us-gov`` …; empty where the table is not at hand."""
    if Loader is None:
        return ""
    try:
        table = Loader().load_data("partitions")
    except DataNotFoundError:
        return ""
    return _found(table["partitions"], region)


def _found(partitions: Iterable[Mapping[str, Any]], region: str) -> str:
    named = [row["id"] for row in partitions if region in row["regions"] or re.fullmatch(row["regionRegex"], region)]
    return str(named[0]) if named else STANDARD
