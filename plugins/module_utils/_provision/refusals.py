# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Why a verb must not begin: what it would touch is not the contract's. One sentence each. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from ansible_collections.assumerole.s3.plugins.module_utils._contract.arns import is_session, path, who
from ansible_collections.assumerole.s3.plugins.module_utils._contract.contract import Contract
from ansible_collections.assumerole.s3.plugins.module_utils._provision import tags
from ansible_collections.assumerole.s3.plugins.module_utils._provision.marks import ANOTHERS, MARK, UNMARKED, Whose
from ansible_collections.assumerole.s3.plugins.module_utils._provision.there import Bucket, Role, There, User


def not_ours(kind: str, name: str, found: Whose, would: str, contract: Contract) -> Iterator[str]:
    """Somebody else's, which ``bucket_access_adopt`` does not name."""
    if found.state in (UNMARKED, ANOTHERS) and kind not in contract.adopt:
        yield (
            f"bucket_access_{_field(kind, contract)}: the {kind} {name} {_whose(found)}, and this would {would}. "
            f"Choose another name, leave {kind} out of bucket_access_manage to use it as it is, or set "
            f"bucket_access_adopt to [{kind}] to take it over"
        )


def _field(kind: str, contract: Contract) -> str:
    """The field that names it."""
    return contract.places if kind == "bucket" else kind


def not_to_be_removed(kind: str, name: str, found: Whose, contract: Contract) -> Iterator[str]:
    """Somebody else's, which teardown leaves alone."""
    if found.state in (UNMARKED, ANOTHERS):
        yield (
            f"bucket_access_{_field(kind, contract)}: the {kind} {name} {_whose(found)}, so teardown does not remove "
            f"it. Check the name, or leave {kind} out of bucket_access_manage to take down the rest"
        )


def missing(kind: str, name: str, contract: Contract) -> str:
    """What somebody else was to make."""
    return (
        f"bucket_access_{_field(kind, contract)}: there is no {kind} {name}, and bucket_access_manage leaves it to "
        f"others. Have it made first, or add {kind} to bucket_access_manage"
    )


def own(contract: Contract, there: There) -> Iterator[str]:
    """The operator's own user or role, which it would lock itself out of."""
    _account, kind, name = who(there.operator)
    if is_session(there.operator):
        kind, name = "role", there.operator.split("/")[1]
    if (kind, name) in (("user", contract.user), ("role", contract.role)):
        yield (
            f"bucket_access_{kind}: {name} is the {kind} of these credentials ({there.operator}), and a contract would "
            "take its permissions away. Choose another name"
        )


def another_account(contract: Contract, there: There) -> Iterator[str]:
    """Credentials of an account that is not the contract's."""
    account = who(there.operator)[0]
    if contract.account_id not in (None, account):
        yield (
            f"bucket_access_account_id is {contract.account_id}, and these credentials belong to account {account} "
            f"({there.operator}), so nothing was touched: use credentials of the contract's account"
        )


def another_path(kind: str, there: User | Role, found: Whose, contract: Contract) -> Iterator[str]:
    """A path is a part of the ARN, which policies of others may name, so it is kept; IAM cannot change a role's.

    What was there before the contract stands where it stood, unless the contract names a path.
    """
    stands = path(there.arn)
    if stands != contract.path and (found.ours_alone or contract.path != "/"):
        yield (
            f"bucket_access_path is {contract.path}, and the {kind} {there.name} stands at {stands}: set "
            f"bucket_access_path to {stands}, or take the contract down first to have it made anew"
        )


def quarantined(there: There) -> Iterator[str]:
    """AWS says that a key of the user has leaked, and not to remove its policy."""
    if there.user and there.user.quarantine:
        yield there.user.quarantine


def _whose(found: Whose) -> str:
    if found.state == ANOTHERS:
        return f"belongs to the contract {found.contract} (by its tag {MARK})"
    return f"was made by somebody else (it has no tag {MARK})"


def other_places(contract: Contract, there: There) -> Iterator[str]:
    """A role that reaches another bucket with the contract's mark and none of its own belongs to another contract."""
    if there.other_places and not there.reached & {*contract.buckets} and "role" not in contract.adopt:
        others = ", ".join(there.other_places)
        yield (
            f"bucket_access_role: the role {contract.role} already gives access to {others}, which this would take "
            f"away. Give each bucket a role of its own, take {others} down first, or set bucket_access_adopt to [role] "
            "to replace what the role may do"
        )


def left_behind(contract: Contract, there: There) -> Iterator[str]:
    """A bucket that the contract no longer names: the role does not reach it any more, and nothing deletes it."""
    if "role" in contract.manage and there.reached & {*contract.buckets}:
        for bucket in there.other_places:
            yield (
                f"the bucket {bucket} is no longer in the contract: the role loses its access to it, and nothing "
                f"deletes it; it keeps the tag {MARK}, so delete it by hand when nobody needs it"
            )


def several_regions(contract: Contract, there: There) -> Iterator[str]:
    """Sessions and the role's profile have one region, so what is elsewhere would not be found by who uses them."""
    first = next(iter(there.buckets), None)
    for other in there.more_buckets:
        if first and other.region != first.region:
            yield (
                f"bucket_access_{contract.places}: the bucket {other.name} is in {other.region}, and {first.name} is "
                f"in {first.region}: give the buckets of each region a contract of their own"
            )


def too_many_tags(every: Iterable[tuple[str, Mapping[str, str], Mapping[str, str]]]) -> Iterator[str]:
    """AWS's limit, counted with the tags that are there."""
    for kind, held, wanted in every:
        if tags.too_many(held, wanted):
            number = len({**held, **wanted})
            yield f"bucket_access_tags: the {kind} would have {number} tags, and AWS takes {tags.MOST}. Leave some out"


def not_empty(contract: Contract, there: Bucket, force: bool) -> Iterator[str]:
    """A bucket with objects, which are deleted only when that is asked for, and only those of the contract's places."""
    prefixes = ", ".join(grant.prefix for grant in contract.grants)
    if there.inside and not force:
        yield (
            f"bucket_access_{contract.places}: {there.name} has objects, so nothing was taken down: empty it, or set "
            "bucket_access_force_destroy to true"
        )
    if there.outside:
        yield (
            f"bucket_access_{contract.places}: {there.name} has objects outside of {prefixes} ({there.outside}), which "
            "are not the contract's, so nothing was taken down: remove them, or leave bucket out of "
            "bucket_access_manage"
        )


def not_to_be_rotated(contract: Contract, there: There, found: Whose) -> Iterator[str]:
    """A user that is not there, or whose keys are somebody else's to keep."""
    name = contract.user
    if there.user is None:
        yield f"bucket_access_user: there is no user {name} in account {who(there.operator)[0]}: run provision"
    elif "user" not in contract.manage:
        yield (
            f"bucket_access_manage leaves the user {name} to others, and its keys with it: rotate them where the user "
            "is made"
        )
    elif not found.ours:
        yield (
            f"bucket_access_user: the user {name} {_whose(found)}, so its keys are not the contract's to rotate. Run "
            "provision with bucket_access_adopt set to [user] to take it over first"
        )
