# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes that are encrypted by a key of KMS: one in parts, and one by another key than the bucket's."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ansible_collections.assumerole.s3.plugins.module_utils._aws.answers import Answer
from ansible_collections.assumerole.s3.plugins.module_utils._aws.probes import Place, ask, written

Client = Any


def upload_in_parts(s3: Client, place: Place) -> Answer:
    """Uploads the object in one part, if there is none of its name. What cannot be ended is aborted, or its id told.

    S3 decrypts the parts before it puts them together, so that takes kms:Decrypt beside kms:GenerateDataKey.
    https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpuoverview.html#mpuAndPermissions
    """
    where = {**place.at, "Key": place.specimen.key}
    begun = ask(lambda: s3.create_multipart_upload(**where), lambda response: {"upload": response["UploadId"]})
    if not begun.succeeded:
        return begun
    its = {**where, "UploadId": begun.value["upload"]}
    done = _completed(s3, its, place.specimen.content)
    if done.succeeded or ask(lambda: s3.abort_multipart_upload(**its)).succeeded:
        return done
    return replace(done, value={**done.value, **begun.value})


def write_by(s3: Client, place: Place, key: str) -> Answer:
    """A write that names a key: https://docs.aws.amazon.com/AmazonS3/latest/userguide/specifying-kms-encryption.html"""
    named = {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": key}
    body = place.specimen.content
    params = {**place.at, **named, "Key": place.specimen.key, "Body": body, "IfNoneMatch": "*"}
    return ask(lambda: s3.put_object(**params), written)


def _completed(s3: Client, its: dict[str, Any], content: bytes) -> Answer:
    """https://docs.aws.amazon.com/AmazonS3/latest/API/API_CompleteMultipartUpload.html"""
    sent = ask(
        lambda: s3.upload_part(**its, PartNumber=1, Body=content), lambda response: {"etag": str(response["ETag"])}
    )
    if not sent.succeeded:
        return sent
    parts = {"Parts": [{"ETag": sent.value["etag"], "PartNumber": 1}]}
    return ask(lambda: s3.complete_multipart_upload(**its, MultipartUpload=parts, IfNoneMatch="*"), written)
