# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""boto3's transfer manager: a large file there and back, a listing, and it goes again."""

from __future__ import annotations

import filecmp
import os

import boto3

place, large, back = os.environ["PLACE"], os.environ["LARGE"], os.path.join(os.environ["WORK"], "back")
name, _slash, prefix = place.partition("/")
bucket = boto3.resource("s3").Bucket(name)

bucket.upload_file(large, f"{prefix}/large")
assert [item.key for item in bucket.objects.filter(Prefix=f"{prefix}/")] == [f"{prefix}/large"]
bucket.download_file(f"{prefix}/large", back)
assert filecmp.cmp(large, back, shallow=False)
deleted = bucket.objects.filter(Prefix=f"{prefix}/").delete()
assert not any("Errors" in answer for answer in deleted)
