# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""pyarrow's S3FileSystem: a table is written, read back and found in its folder, and it goes again."""

from __future__ import annotations

import os

import pyarrow
from pyarrow import fs, parquet

place, endpoint = os.environ["PLACE"], os.environ["AWS_ENDPOINT_URL"]
fs.initialize_s3(fs.S3LogLevel.Off)
files = fs.S3FileSystem(
    endpoint_override=endpoint.removeprefix("https://"),
    region=os.environ["AWS_REGION"],
    tls_ca_file_path=os.environ["AWS_CA_BUNDLE"],
)

table = pyarrow.table({"number": range(1000), "even": [number % 2 == 0 for number in range(1000)]})
parquet.write_table(table, f"{place}/folder/table", filesystem=files)
assert parquet.read_table(f"{place}/folder/table", filesystem=files).num_rows == 1000
(found,) = files.get_file_info(fs.FileSelector(f"{place}/folder"))
assert found.path == f"{place}/folder/table"
files.delete_file(found.path)
