# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a deletion of objects has done, what it has not, and what to do about that, in words. It asks nobody.

Codes: https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
import re

from ansible_collections.assumerole.s3.plugins.module_utils._aws.answers import Answer
from ansible_collections.assumerole.s3.plugins.module_utils._aws.listings import KINDS, MARKER, OBJECT, UPLOAD, VERSION
from ansible_collections.assumerole.s3.plugins.module_utils._aws.objects import Deleted, Left
from ansible_collections.assumerole.s3.plugins.module_utils._aws.said import TROUBLES
from ansible_collections.assumerole.s3.plugins.module_utils._contract.rules import quoted

#: How many keys the sentence names.
MOST_NAMED = 3

NOUNS: Mapping[str, str] = {
    OBJECT: "object",
    VERSION: "noncurrent version",
    MARKER: "delete marker",
    UPLOAD: "unfinished multipart upload",
}


@dataclass(frozen=True)
class Row:
    """Advises on an answer whose code and message the patterns match; the wording of a message chooses nothing else."""

    code: str
    message: str
    advice: str


AGAIN = Row("", "", "Run this again: it goes on where it stopped.")

LOCKED = Row(
    "AccessDenied",
    "object lock",
    "Object Lock protects what is left: run this again when its retention is over{until}, "
    "or ask whoever set the retention or the legal hold to end it.",
)

#: Read from the top. Object Lock and MFA delete:
#: https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock.html and
#: https://docs.aws.amazon.com/AmazonS3/latest/userguide/MultiFactorAuthenticationDelete.html
OF_WHAT_IS_LEFT = (
    LOCKED,
    Row(
        "AccessDenied",
        r"\bmfa\b",
        "The bucket demands MFA for deleting versions: ask the account's root user to switch MFA delete off.",
    ),
    Row(
        "AccessDenied",
        "",
        "Allow the operator s3:DeleteObject, s3:DeleteObjectVersion and s3:AbortMultipartUpload there, "
        "and look for a Deny in the bucket policy, and for Object Lock.",
    ),
    AGAIN,
)

OF_WHAT_IS_NOT_LISTED = (
    Row(
        "AccessDenied",
        "",
        "Allow the operator s3:ListBucketVersions and s3:ListBucketMultipartUploads on the bucket, "
        "and look which account owns it.",
    ),
    Row("NoCredentialsError|PartialCredentialsError", "", "Log in, or give a profile or a key."),
    Row("UnreadableAnswer", "", "Look at endpoint_url, and at proxies on the way, and run this again."),
    Row("SSLError", "", TROUBLES["SSLError"][1]),
    Row(r"\w*Error", "connect|endpoint|SSL|proxy|timeout", "Check the network, the region and endpoint_url."),
    AGAIN,
)


def sentence(done: Deleted, bucket: str, prefix: str, check_mode: bool = False, until: str | None = None) -> str:
    """What was deleted; and what was not, with what to do about it. ``until`` is when Object Lock ends, if known."""
    parts = [_deleted(done, bucket, prefix, check_mode)]
    if done.left:
        parts.append(f"{len(done.left)} could not be: {_named(done.left)}")
    if done.unlisted:
        what = "what else" if any(done.counts.values()) else "what"
        parts.append(f"{what} there is could not be listed: {_worded(done.unlisted[0])}")
    return " ".join(["; ".join(parts) + ".", *advice(done, until)])


def advice(done: Deleted, until: str | None = None) -> list[str]:
    """A sentence for each reason why something is left, once."""
    rows = [
        *_rows(OF_WHAT_IS_LEFT, (kept.answer for kept in done.left)),
        *_rows(OF_WHAT_IS_NOT_LISTED, done.unlisted),
    ]
    return [row.advice.format(until=f", on {until}" if until else "") for row in dict.fromkeys(rows)]


def is_locked(kept: Left) -> bool:
    """Whether S3 says that Object Lock is why it is left."""
    return _row(OF_WHAT_IS_LEFT, kept.answer) is LOCKED


def _deleted(done: Deleted, bucket: str, prefix: str, check_mode: bool) -> str:
    counts = [(NOUNS[kind], done.counts[kind]) for kind in KINDS if done.counts[kind]]
    below = f" below {quoted(prefix)}" if prefix else ""
    if not counts and done.complete:
        return f"There is nothing{below} in {quoted(bucket)}"
    one = sum(number for _noun, number in counts) <= 1
    verb = "would be" if check_mode else "was" if one else "were"
    listed = [f"{number} {noun}{'' if number == 1 else 's'}" for noun, number in counts] or ["Nothing"]
    return f"{_joined(listed)}{below} {verb} deleted from {quoted(bucket)}"


def _named(left: list[Left]) -> str:
    named = [f"{quoted(kept.item.key)} ({kept.answer.code})" for kept in left[:MOST_NAMED]]
    return _joined(named + ([f"{len(left) - MOST_NAMED} more"] if len(left) > MOST_NAMED else []))


def _worded(answer: Answer) -> str:
    message = " ".join(answer.message.split()).rstrip(".")
    return f"{answer.code} ({message})" if message else str(answer.code)


def _joined(words: list[str]) -> str:
    return " and ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else words[0]


def _rows(table: tuple[Row, ...], answers: Iterable[Answer]) -> list[Row]:
    chosen = {_row(table, answer) for answer in answers}
    return [row for row in table if row in chosen]


def _row(table: tuple[Row, ...], answer: Answer) -> Row:
    """The first that fits; the last one always does."""
    return next(
        row
        for row in table
        if re.fullmatch(row.code or ".*", str(answer.code), re.DOTALL)
        and re.search(row.message, answer.message, re.IGNORECASE)
    )
