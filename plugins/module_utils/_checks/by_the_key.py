# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the key that encrypts is used for, and by whom it must not be: the questions about it. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from ansible_collections.assumerole.s3.plugins.module_utils._checks.catalogue import row_of
from ansible_collections.assumerole.s3.plugins.module_utils._checks.questions import (
    Expectation,
    asking,
    controlled,
)
from ansible_collections.assumerole.s3.plugins.module_utils._contract.contract import Contract


def of_the_key(contract: Contract, usable: list[Expectation]) -> Iterator[Expectation]:
    """What the key that encrypts is used for, and by whom it must not be. Nothing where the contract names none."""
    if not contract.kms_key:
        return
    by_the_key = list(_encrypted(contract))
    yield from by_the_key
    yield from controlled(by_the_key or usable, _not_by_key(contract))


#: What is seen to be encrypted in each bucket, by which probe, where the contract gives what.
_ENCRYPTED = (
    ("role.key.write", "written_by_key", "write"),
    ("role.key.upload", "uploaded_by_key", "write"),
    ("role.key.read", "read_by_key", "read"),
)


def _encrypted(contract: Contract) -> Iterator[Expectation]:
    for bucket in contract.buckets:
        held = contract.at(bucket).held
        form = "{name}" if bucket == contract.bucket else "{name}@{{bucket}}"
        for name, probe, permission in _ENCRYPTED:
            if permission in held:
                question = asking(row_of(form.format(name=name)), contract.kms_key, probe, bucket)
                yield replace(question, fenced=contract.conditions.of_requests)


def _not_by_key(contract: Contract) -> Iterator[Expectation]:
    """By another key, and by the key outside of S3. Who may not write is asked for no other key."""
    written = next((grant.bucket for grant in contract.grants if grant.allows("write")), "")
    for key in contract.forbidden_kms_keys if written else ():
        found = asking(row_of("role.other_key@{bucket}"), key, "write_by_another_key", key.rpartition("/")[2])
        yield replace(found, bucket=written)
    for who in ("role", "user") if contract.has_user else ("role",):
        for probe in ("encrypt_directly", "decrypt_directly"):
            yield asking(row_of(f"{who}.key.{probe}"), contract.kms_key, probe, contract.bucket)
