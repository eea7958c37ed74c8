# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""obstore, which is Rust's object_store: a large file there and back, a listing, and it goes again."""

from __future__ import annotations

import os
from pathlib import Path

import obstore
from obstore.store import S3Store

place, large = os.environ["PLACE"], Path(os.environ["LARGE"])
bucket, _slash, prefix = place.partition("/")
store = S3Store(
    bucket,
    prefix=prefix,
    endpoint=os.environ["AWS_ENDPOINT_URL"],
    region=os.environ["AWS_REGION"],
    client_options={"root_certificate": Path(os.environ["AWS_CA_BUNDLE"]).read_bytes()},
)

obstore.put(store, "folder/large", large)
assert [item["path"] for page in obstore.list(store, "folder") for item in page] == ["folder/large"]
assert bytes(obstore.get(store, "folder/large").bytes()) == large.read_bytes()
obstore.delete(store, "folder/large")
