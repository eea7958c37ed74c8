# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""pyarrow's S3FileSystem: a table is written, read back and found in its folder, and it goes again."""

from __future__ import annotations

from pyarrow import fs, parquet
from pyarrow_place import files, place, table

parquet.write_table(table, f"{place}/folder/table", filesystem=files)
assert parquet.read_table(f"{place}/folder/table", filesystem=files).num_rows == 1000
(found,) = files.get_file_info(fs.FileSelector(f"{place}/folder"))
assert found.path == f"{place}/folder/table"
files.delete_file(found.path)
