# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writing a contract's statements into a bucket policy that others write at the same time.

S3 cannot be asked to write a policy only if it is still the one that was read. So it is read again after it was
written, and written again until the statements are as they should be.
https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketPolicy.html
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
import time
from typing import Any

from ansible_collections.assumerole.s3.plugins.module_utils._policies.canonical import same

Document = Mapping[str, Any]

#: How often the policy is written. A second writer is rare, and a third one at the same time is a loop of somebody's.
MOST = 5


class Contended(Exception):
    """Others write the policy faster than it can be kept."""


@dataclass(frozen=True)
class Place:
    """Where the policy is: how it is read, and how it is written. An empty one stands for none."""

    read: Callable[[], Document]
    write: Callable[[Document], None]
    pause: Callable[[float], None] = time.sleep


def settled(place: Place, merged: Callable[[Document], Document]) -> tuple[Document, Document]:
    """The policy before and after, once what was read is what it should be. Raises :class:`Contended`."""
    before = there = place.read()
    for attempt in range(MOST):
        if same(merged(there), there):
            return before, there
        if attempt:
            place.pause(attempt / 2)
            there = place.read()
        place.write(merged(there))
        there = place.read()
    if same(merged(there), there):
        return before, there
    raise Contended
