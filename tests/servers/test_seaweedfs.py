# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The probes against SeaweedFS, which judges by code that has nothing to do with ours or the emulator's.

It is not AWS in three ways: ListBuckets shows everybody the buckets that they may see, and an external id and a role's
longest session are nothing to it. So no contract is verified there, and each case states all checks that do not pass.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
import json
from pathlib import Path
from typing import Any

import pytest

from lab.checkout import Json
from lab.emulator import Emulator
from lab.fixtures import nobodys_aws
from lab.world import World
from servers.seaweedfs import Role, running

__all__ = ["nobodys_aws"]

pytestmark = pytest.mark.servers

EXCESS, MISSING, UNTOLD = "excess_access", "missing_access", "inconclusive"
PREFIX = {"prefix": "team/"}

#: What SeaweedFS gives everybody.
ALWAYS = dict.fromkeys(("trust.longer_session", "role.list_buckets", "user.list_buckets"), EXCESS)

Make = Callable[[World], Json]
Change = Callable[[World], Any]


def nothing(_world: World) -> None:
    """The contract's user and bucket are left as they are."""


@dataclass(frozen=True)
class Case:
    """A contract, what is otherwise than it says, and what is found beside :data:`ALWAYS`.

    ``ends_at`` is a check after which nothing can be asked.
    """

    name: str
    found: dict[str, str] = field(default_factory=dict)
    terms: Json = field(default_factory=dict)
    trust: Make = World.trust
    permissions: Make = World.permissions
    change: Change = nothing
    ends_at: str = ""

    def world(self, server: Emulator) -> World:
        return World(server, self.terms, self.name)

    @property
    def role(self) -> Role:
        """What the server is started with."""
        world = self.world(Emulator(Path(), {}))
        return Role(world.role_arn, self.trust(world), self.permissions(world))

    def expected(self, checks: list[str]) -> dict[str, str]:
        """The outcomes that are not a pass, of these checks."""
        if not self.ends_at:
            return {**ALWAYS, **self.found}
        after = checks[checks.index(self.ends_at) + 1 :]
        return {self.ends_at: MISSING, **dict.fromkeys(after, UNTOLD)}


def trusts(user: str) -> Make:
    """Another user is trusted instead."""
    return lambda world: json.loads(json.dumps(world.trust()).replace(world.user_arn, f"{world.user_arn}{user}"))


def trust_denied(world: World) -> Json:
    """The user is denied what it is allowed."""
    (allowed,) = world.trust()["Statement"]
    return {**world.trust(), "Statement": [allowed, {**allowed, "Sid": "Not", "Effect": "Deny"}]}


def with_more(*more: Json, without: str = "") -> Make:
    """The contract's permissions without the statement of a Sid, and with more of them."""

    def document(world: World) -> Json:
        kept = [statement for statement in world.permissions()["Statement"] if statement["Sid"] != without]
        return {**world.permissions(), "Statement": [*kept, *of_bucket(world, more)]}

    return document


def bucket_policy_with(**statement: Any) -> Change:
    """The contract's bucket policy with one more statement; the user is meant by USER."""
    return lambda world: world.set_bucket_policy_with(*of_bucket(world, [statement]))


def user_with(**statement: Any) -> Change:
    """The user with a policy of its own."""
    return lambda world: world.give_user({"Version": "2012-10-17", "Statement": of_bucket(world, [statement])})


def of_bucket(world: World, statements: Iterable[Json]) -> list[Json]:
    """Statements in which BUCKET and USER stand for the ARNs."""
    text = json.dumps(list(statements)).replace("BUCKET", f"arn:aws:s3:::{world.bucket}")
    found: list[Json] = json.loads(text.replace("USER", world.user_arn))
    return found


def says(effect: str, action: str, resource: str, **more: Any) -> Json:
    """A statement of a policy."""
    return {"Effect": effect, "Action": action, "Resource": resource, **more}


def each(start: str, *names: str) -> dict[str, str]:
    """Excess access in checks that begin alike."""
    return {f"{start}.{name}": EXCESS for name in names or ("list", "read", "write", "delete")}


#: Where no object can be made, reading one shows nothing.
NO_OBJECT = dict.fromkeys(("role.read", "role.delete", "user.read", "anonymous.read", "plain_http.read"), UNTOLD)

CASES = (
    Case("plain"),
    Case("prefixed", terms=PREFIX),
    Case("trust-another", trust=trusts("-2"), ends_at="role.assume"),
    Case("trust-denied", trust=trust_denied, ends_at="role.assume"),
    Case("key-inactive", change=World.deactivate_key, ends_at="user.identity"),
    Case("reads-not", {"role.read": MISSING}, permissions=with_more(without="Read")),
    Case(
        "reads-denied",
        {"role.read": MISSING},
        change=bucket_policy_with(**says("Deny", "s3:GetObject", "BUCKET/*", Principal="*")),
    ),
    Case(
        "writes-denied",
        {"role.write": MISSING, **NO_OBJECT},
        permissions=with_more(says("Deny", "s3:PutObject", "BUCKET/*")),
    ),
    Case(
        "all-of-s3",
        {**each("role.outside"), **each("role", "outside.list_all", "bucket_policy")},
        PREFIX,
        permissions=with_more(says("Allow", "s3:*", "*")),
    ),
    Case(
        "prefix-without-slash",
        each("role.outside", "read"),
        PREFIX,
        permissions=with_more(says("Allow", "s3:GetObject", "BUCKET/team*")),
    ),
    Case(
        "lists-everything",
        each("role.outside", "list", "list_all"),
        PREFIX,
        permissions=with_more(says("Allow", "s3:ListBucket", "BUCKET")),
    ),
    Case(
        "reads-the-policy",
        each("role", "bucket_policy"),
        permissions=with_more(says("Allow", "s3:GetBucketPolicy", "BUCKET")),
    ),
    Case("plain-http", each("plain_http"), change=lambda world: world.s3.delete_bucket_policy(Bucket=world.bucket)),
    Case(
        "anybody-reads",
        {**each("anonymous", "read"), **each("user", "read")},
        change=bucket_policy_with(**says("Allow", "s3:GetObject", "BUCKET/*", Principal="*")),
    ),
    Case(
        "user-lists",
        each("user", "list"),
        change=bucket_policy_with(**says("Allow", "s3:ListBucket", "BUCKET", Principal={"AWS": "USER"})),
    ),
    Case("user-deletes", each("user", "delete"), change=user_with(**says("Allow", "s3:DeleteObject", "BUCKET/*"))),
)


@pytest.fixture(scope="module")
def seaweedfs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    with running(tmp_path_factory.mktemp("seaweedfs"), [case.role for case in CASES]) as server:
        yield server


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_exactly_these_checks_do_not_pass(case: Case, seaweedfs: Emulator) -> None:
    world = case.world(seaweedfs)
    world.s3.create_bucket(Bucket=world.bucket)
    world.set_bucket_policy(world.bucket_document())
    world.iam.create_user(UserName=world.user)
    world.key = world.iam.create_access_key(UserName=world.user)["AccessKey"]
    world.put(world.inside, world.beside)
    case.change(world)

    result = world.probe()

    found = {check["id"]: check["outcome"] for check in result["checks"]}
    assert result["enforced"] is True
    assert {check: outcome for check, outcome in found.items() if outcome != "pass"} == case.expected(list(found))


def test_there_are_as_many_cases_as_promised() -> None:
    assert len(CASES) - sum(case.expected([]) == ALWAYS for case in CASES if not case.ends_at) >= 12
