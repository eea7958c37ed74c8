# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The programs that people use with S3, and which permissions each needs for its job: the table of docs/clients.md."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

JOBS = Path(__file__).with_name("jobs")


@dataclass(frozen=True)
class Client:
    """One program. ``job`` is the file of ``jobs`` that uses it, whose first words say for what.

    ``needs`` are all permissions that the job takes, and without any of which it fails. ``prefix`` is where it works;
    empty, it needs the whole bucket. ``note`` is what one has to know of it.
    """

    name: str
    job: str
    needs: tuple[str, ...]
    prefix: str = "team/"
    note: str = ""

    @property
    def script(self) -> Path:
        """The file of its job."""
        return JOBS / self.job

    @property
    def row(self) -> str:
        """Its line of the table."""
        place = "yes" if self.prefix else "no"
        return f"| {self.name} | {', '.join(f'`{name}`' for name in self.needs)} | {place} | {self.note} |"


USUAL = ("list", "read", "write", "delete")
#: With the list of the whole bucket in the place of the list below the prefix.
ALL = ("list_all", "read", "write", "delete")

CLIENTS = (
    Client("AWS CLI", "aws_cli.sh", USUAL, note="`cp` of 20 MB, `ls`, `sync --delete`"),
    Client("boto3's transfer manager", "boto3_transfer.py", USUAL, note="20 MB in parts; deleting many at once"),
    Client(
        "s3fs",
        "s3fs_files.py",
        USUAL,
        note="`exists` of a key that is missing raises `PermissionError` below a prefix",
    ),
    Client(
        "pyarrow's S3FileSystem",
        "pyarrow_files.py",
        USUAL,
        note="single files",
    ),
    Client(
        "pyarrow's datasets",
        "pyarrow_dataset.py",
        ALL,
        note="a dataset that is a folder, with `create_dir=False`: it is looked for by its name without the slash",
    ),
    Client("obstore", "obstore_files.py", USUAL, note="Rust's `object_store`"),
    Client(
        "rclone",
        "rclone.sh",
        USUAL,
        note="`no_check_bucket = true`; `sync` and `copy` of folders, not `copyto` of a single new file",
    ),
    Client(
        "s3cmd",
        "s3cmd.sh",
        USUAL,
        note="20 MB there and back, `sync --delete-removed`",
    ),
    Client("restic", "restic.sh", ALL, note="it begins with HeadBucket, which S3 takes for a listing of all"),
)
