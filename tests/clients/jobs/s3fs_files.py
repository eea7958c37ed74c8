# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""s3fs, as pandas and dask use it: a large file there and back, a listing, and the folder goes again."""

from __future__ import annotations

import filecmp
import os

import s3fs

place, large, back = os.environ["PLACE"], os.environ["LARGE"], os.path.join(os.environ["WORK"], "back")
files = s3fs.S3FileSystem()

files.put(large, f"{place}/folder/large")
with files.open(f"{place}/folder/small", "wb") as file:
    file.write(b"small")
files.touch(f"{place}/kept")
assert files.ls(f"{place}/folder") == [f"{place}/folder/large", f"{place}/folder/small"]
files.get(f"{place}/folder/large", back)
assert filecmp.cmp(large, back, shallow=False)
files.rm(f"{place}/folder", recursive=True)
assert files.ls(place, refresh=True) == [f"{place}/kept"]
