# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a role may be allowed to do at a place: one row a permission. Pure.

Policies, questions to AWS, options and reports all read these rows. The probes are those of ``_aws/probes``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

#: What a permission is about: the bucket as a whole, or the objects below the prefix.
BUCKET, OBJECTS = "bucket", "objects"

#: When in a round a permission is used: first what makes the round's object, last what removes it.
MAKES, READS, FINDS, REMOVES = range(4)


@dataclass(frozen=True)
class Permission:
    """One permission. ``words`` stand between "can" and the place in a sentence.

    ``usable`` is the probe that uses it for real, on the object that the round makes and removes; ``harmless`` the one
    that asks for it without leaving a trace. ``needs`` is the permission without which there is nothing to use it on:
    it is asked harmlessly then. ``of_bucket`` are the actions on the bucket of a permission about objects. ``whole``
    says that it is about the whole bucket, whatever the prefix, and ``usual`` that contracts have it unless they say
    otherwise. ``extends`` is the permission that this one gives without the prefix.
    https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html (actions)
    """

    name: str
    actions: tuple[str, ...]
    on: str
    turn: int
    usable: str
    harmless: str
    words: str
    needs: str | None = None
    of_bucket: tuple[str, ...] = ()
    whole: bool = False
    usual: bool = True
    extends: str = ""

    @property
    def action(self) -> str:
        """The action by which the permission is known in checks."""
        return self.actions[0]

    def about(self, action: str) -> str:
        """Whether one of its actions is on the bucket or on objects."""
        return BUCKET if action in self.of_bucket else self.on

    @property
    def parts(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """Its actions, by what they are on."""
        found = ((on, tuple(action for action in self.actions if self.about(action) == on)) for on in (OBJECTS, BUCKET))
        return tuple((on, actions) for on, actions in found if actions)

    def probe(self, held: Iterable[str]) -> str:
        """How it is shown to work, by somebody who holds these permissions."""
        return self.usable if self.needs is None or self.needs in held else self.harmless


ROWS = (
    Permission("list", ("s3:ListBucket",), BUCKET, FINDS, "list", "list", "list"),
    Permission("read", ("s3:GetObject",), OBJECTS, READS, "read_back", "read", "read"),
    Permission("write", ("s3:PutObject",), OBJECTS, MAKES, "create", "write", "write"),
    Permission("delete", ("s3:DeleteObject",), OBJECTS, REMOVES, "remove", "delete", "delete", needs="write"),
    Permission(
        "multipart",
        ("s3:AbortMultipartUpload", "s3:ListMultipartUploadParts"),
        OBJECTS,
        READS,
        "upload_and_abort",
        "multipart",
        "abort uploads and list their parts",
        needs="write",
        usual=False,
    ),
    Permission(
        "tags",
        ("s3:GetObjectTagging", "s3:PutObjectTagging"),
        OBJECTS,
        READS,
        "tag_and_read_back",
        "tags",
        "read and write tags",
        needs="write",
        usual=False,
    ),
    Permission(
        "locate",
        ("s3:GetBucketLocation",),
        BUCKET,
        FINDS,
        "locate",
        "locate",
        "see the region",
        whole=True,
        usual=False,
    ),
    Permission(
        "list_all",
        ("s3:ListBucket",),
        BUCKET,
        FINDS,
        "list_all",
        "list_all",
        "list all keys",
        whole=True,
        usual=False,
        extends="list",
    ),
    Permission(
        "versions",
        ("s3:GetObjectVersion", "s3:ListBucketVersions"),
        OBJECTS,
        READS,
        "versions_read_back",
        "versions",
        "list and read versions",
        needs="write",
        of_bucket=("s3:ListBucketVersions",),
        usual=False,
    ),
)

PERMISSIONS = {row.name: row for row in ROWS}

#: Which actions are on the bucket as a whole, and which on objects: none is on both.
ON = {action: row.about(action) for row in ROWS for action in row.actions}

#: What a contract grants that names no permissions.
USUAL = tuple(row.name for row in ROWS if row.usual)

#: The permissions in the order in which a round asks for them.
IN_TURN = tuple(sorted(ROWS, key=lambda row: row.turn))


def asked(held: Iterable[str]) -> tuple[str, ...]:
    """The permissions that are asked for where these are held: the others too, once one of them is.

    The usual contract costs no more requests for what it has never heard of; the audit compares all of it anyway. What
    extends another is asked for beside the prefix in any case.
    """
    named = frozenset(held)
    return USUAL if named <= set(USUAL) else tuple(row.name for row in ROWS if not row.extends or row.name in named)
