# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""pyarrow's datasets: one that is a folder is written, read back and found again, and goes."""

from __future__ import annotations

from pyarrow import dataset, fs
from pyarrow_place import files, place, table

dataset.write_dataset(table, f"{place}/set", filesystem=files, format="parquet", create_dir=False)
assert dataset.dataset(f"{place}/set", filesystem=files).count_rows() == 1000
for found in files.get_file_info(fs.FileSelector(f"{place}/set")):
    files.delete_file(found.path)
