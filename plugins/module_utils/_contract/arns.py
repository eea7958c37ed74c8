# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""ARNs, and what can be read off them. Pure.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-arns
"""

from __future__ import annotations

#: An account's id as somebody writes it: AWS's, or Ceph's, whose accounts begin with ``RGW``.
#: https://docs.ceph.com/en/latest/radosgw/account/
ACCOUNT_ID = r"(?:[0-9]{12}|RGW[0-9]{17})"

#: The same inside of an ARN that an endpoint wrote: whatever it calls its accounts, but no pattern.
ANY_ACCOUNT = r"[^:*?$]+"

#: The region that amazon.aws falls back on when nobody has named one.
LAST_REGION = "us-east-1"


def partition(arn: str) -> str:
    """``aws``, ``aws-cn`` or ``aws-us-gov``: the second part of an ARN."""
    return arn.split(":")[1]


def account(arn: str) -> str:
    """The account's id."""
    return arn.split(":")[4]


def region(arn: str) -> str:
    """The region; empty for what is of none."""
    return arn.split(":")[3]


def sibling(arn: str, kind: str, name: str, path: str = "/") -> str:
    """The ARN of a user or role, by default without a path, in the account and partition of another principal."""
    return f"arn:{partition(arn)}:iam::{account(arn)}:{kind}{path}{name}"


def path(arn: str) -> str:
    """Where a user or role stands: ``/`` or a path that begins and ends in a slash.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-friendly-names
    """
    _kind, slash, rest = _resource(arn).partition("/")
    return slash + rest.rpartition("/")[0] + (slash if "/" in rest else "")


def who(arn: str) -> tuple[str, str, str]:
    """Account, kind and name. Names are unique in an account whatever their path, so the path does not count.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-friendly-names
    """
    kind, _slash, rest = _resource(arn).partition("/")
    return account(arn), kind, rest.rsplit("/", 1)[-1]


def is_root(arn: str) -> bool:
    """Whether it is the root user of an account."""
    return _resource(arn) == "root"


def is_session(arn: str) -> bool:
    """Whether it is a session of a role."""
    return arn.split(":")[2] == "sts" and _resource(arn).startswith("assumed-role/")


def is_session_of(session_arn: str, role_arn: str) -> bool:
    """Whether an assumed-role ARN, which has lost the role's path, is of this role."""
    kind, name, *_session = [*_resource(session_arn).split("/"), ""]
    return kind == "assumed-role" and (account(session_arn), name) == (account(role_arn), who(role_arn)[2])


def _resource(arn: str) -> str:
    return arn.split(":", 5)[5]
