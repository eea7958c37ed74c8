# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What contracts say of each other: the same role, bucket, place or profile for two of them. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
import re
from typing import Any

from ansible_collections.assumerole.s3.plugins.module_utils._contract.contract import grant_of
from ansible_collections.assumerole.s3.plugins.module_utils._contract.grants import Grant
from ansible_collections.assumerole.s3.plugins.module_utils._contract.rules import items


@dataclass(frozen=True)
class Member:
    """One contract of many: its file, and its fields as far as they are known, which are sound."""

    file: str
    values: Mapping[str, Any]

    def text(self, name: str) -> str:
        """A field; empty where it is not known."""
        return str(self.values.get(name) or "")

    @property
    def grants(self) -> list[Grant]:
        """Its places."""
        listed = [dict(entry) for entry in items(self.values.get("grants")) if isinstance(entry, Mapping)]
        return [grant_of(entry) for entry in [*listed, *([] if listed else [self.values])] if entry.get("bucket")]

    @property
    def owned(self) -> set[str]:
        """The buckets that it makes and keeps."""
        return {grant.bucket for grant in self.grants} if "bucket" in items(self.values.get("manage")) else set()

    @property
    def profiles(self) -> dict[tuple[str, str], str]:
        """What it writes into AWS files: by file and profile, whose profile it is."""
        if not self.text("user"):
            return {}
        mine = f"the user {self.text('user')}", f"the role {self.text('role')}"
        kept = self.text("key_store") == "profile"
        said = [
            *(
                [("credentials_file", "user_profile", mine[0]), ("config_file", "user_profile", mine[0])]
                if kept
                else []
            ),
            ("config_file", "role_profile", mine[1]),
        ]
        return {
            (self.text(file), self.text(profile)): whose
            for file, profile, whose in said
            if self.text(file) and self.text(profile)
        }


def clashes(members: Sequence[Member]) -> list[str]:
    """A sentence for each two contracts that cannot both be kept, naming the later file and its variable."""
    return [*_of_one_role(members), *_of_one_bucket(members), *_of_one_place(members), *_of_one_profile(members)]


def groups(member: Member) -> dict[str, str]:
    """The groups of a contract by account and by tag, and what each is made of."""
    account = member.text("account_id")
    tags = member.values.get("tags") or {}
    by_tag = {_group(f"tag_{key}_{value}"): f"{key}={value}" for key, value in tags.items()}
    return {**({_group(f"account_{account}"): account} if account else {}), **by_tag}


def mixed_groups(members: Sequence[Member]) -> list[str]:
    """A sentence for each group that two different tags would share: whoever limits a run to it gets both."""
    meant: dict[str, tuple[str, str]] = {}
    found = []
    for member in members:
        for group, said in groups(member).items():
            other, file = meant.setdefault(group, (said, member.file))
            if other != said:
                found.append(
                    f"{member.file}: bucket_access_tags has {said}, and {file} has {other}, which both make the group "
                    f"{group}: write the tag the same way in both."
                )
    return found


def _group(name: str) -> str:
    """A name that Ansible takes for a group's."""
    return re.sub(r"[^A-Za-z0-9_]", "_", name)


def _of_one_role(members: Sequence[Member]) -> Iterator[str]:
    """IAM does not distinguish names by case.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html#reference_iam-quotas-names
    """
    for _role, one, other in _pairs(members, lambda member: filter(None, [member.text("role").lower()])):
        if _in_one_account(one, other):
            role, before = other.text("role"), one.text("role")
            same = "so it is" if role == before else f"it is {before}, which IAM takes for the same,"
            yield (
                f"{other.file}: bucket_access_role is {role}, and {same} in {one.file}{_account(one, other)}: a role "
                "has one contract, so name another role, or remove one of the files."
            )


def _of_one_bucket(members: Sequence[Member]) -> Iterator[str]:
    for bucket, one, other in _pairs(members, lambda member: member.owned):
        yield (
            f"{other.file}: bucket_access_manage has bucket, and {bucket} is kept by {one.file} already: a bucket has "
            "one owner, so leave bucket out of bucket_access_manage in one of them."
        )


def _of_one_place(members: Sequence[Member]) -> Iterator[str]:
    """Each would let its role to the objects of the other's, whom verification would find there."""
    for _bucket, one, other in _pairs(members, lambda member: {grant.bucket for grant in member.grants}):
        shared = next((pair for pair in _each(one.grants, other.grants) if pair[0].overlaps(pair[1])), None)
        if shared:
            yield (
                f"{other.file}: bucket_access_prefix: the place {shared[1].name} and {shared[0].name} of {one.file} "
                "overlap: give each contract a prefix of its own, or a bucket."
            )


def _of_one_profile(members: Sequence[Member]) -> Iterator[str]:
    told: set[tuple[str, str, str]] = set()
    for place, one, other in _pairs(members, lambda member: member.profiles):
        file, profile = place
        first, second = one.profiles[place], other.profiles[place]
        same = first.lower() == second.lower() and _in_one_account(one, other)
        if not same and (one.file, other.file, profile) not in told:
            told.add((one.file, other.file, profile))
            variable = "user_profile" if second.startswith("the user") else "role_profile"
            yield (
                f"{other.file}: bucket_access_{variable}: the profile {profile} in {file} is that of {first} in "
                f"{one.file} already: name another profile, or another file."
            )


def _pairs(members: Sequence[Member], keys: Callable[[Member], Iterable[Any]]) -> Iterator[tuple[Any, Member, Member]]:
    """Each two that have a key in common, and the key."""
    by_key: dict[Hashable, list[Member]] = defaultdict(list)
    for member in members:
        for key in keys(member):
            by_key[key].append(member)
    for key, sharing in by_key.items():
        for one, other in combinations(sharing, 2):
            yield key, one, other


def _each(ones: Iterable[Grant], others: Sequence[Grant]) -> Iterator[tuple[Grant, Grant]]:
    return ((one, other) for one in ones for other in others)


def _in_one_account(one: Member, other: Member) -> bool:
    """Whether both may be of one account: one that does not say which may be of any."""
    said = {one.text("account_id"), other.text("account_id")} - {""}
    return len(said) < 2


def _account(one: Member, other: Member) -> str:
    both = one.text("account_id") and other.text("account_id")
    return f" for the account {one.text('account_id')}" if both else ", and they do not both name an account"
