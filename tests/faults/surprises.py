# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A contract in an account with surprises, which is surveyed: each call shows somebody whom no other shows.

So a survey that believes a part to be the whole has lost somebody, and that is seen.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
import json
import secrets
import shutil
from typing import Any, ClassVar

from bench import error, fault
from cells import Cell, Operation
from subject import Subject

from ansible_collections.assumerole.s3.plugins.module_utils._keys.store import Request, StoredKey, Surroundings
from ansible_collections.assumerole.s3.plugins.module_utils._keys.stores import open_store
from lab.account import allow, make_access_point
from lab.checkout import Json
from lab.play import Ran
from lab.world import World

#: How the numbers of these accounts begin, and so the access key ids of their operators.
BEGINNING = "4711"
STRANGER = "arn:aws:iam::210987654321:root"
#: Whom the key's own policy lets use it, beside another account.
USE_THE_KEY = ("keyed", "guest")
LISTS = ("reaches", "enters", "becomes", "beyond")
CERTAIN, ITSELF = "certain", "can_grant_itself"

#: A finding: its list, who, how sure, and where.
Finding = tuple[str, str, str, str]


@dataclass
class OwnAccount(Subject):
    """A contract in an account of its own, where nobody else is."""

    def __post_init__(self) -> None:
        """Both the operator's hands and the lane are the account's."""
        account = f"{BEGINNING}{secrets.randbelow(10**8):08}"
        self.bench = replace(self.bench, emulator=self.bench.emulator.in_account(account))
        self.lane = replace(self.lane, emulator=self.lane.emulator.in_account(account))

    @property
    def account(self) -> str:
        """Its number."""
        return self.bench.emulator.account

    def user_arn(self, name: str) -> str:
        """Of another user of the account."""
        return f"arn:aws:iam::{self.account}:user/{name}"


@dataclass
class SurveyedSubject(OwnAccount):
    """Others reach the place by every kind of policy, get into the role, become the user; and the user gets further."""

    truth: ClassVar[str] = "violated"

    @cached_property
    def world(self) -> World:
        """A place that a key encrypts, whose policy lets some use it who cannot by their own."""
        emulator = self.bench.emulator
        for name in USE_THE_KEY:
            emulator.iam.create_user(UserName=name)
        key_policy = {
            "Version": "2012-10-17",
            "Statement": [
                _lets(f"arn:aws:iam::{self.account}:root", "kms:*", "*"),
                *(_lets(self.user_arn(name), "kms:Decrypt", "*") for name in USE_THE_KEY),
                _lets(STRANGER, "kms:Decrypt", "*"),
            ],
        }
        terms = {"account_id": self.account, "prefix": "team/", "kms_key": emulator.new_key(Policy=key_policy)}
        return World(emulator, terms, self.tag)

    @property
    def report(self) -> Json | None:
        """What the last verification has reported."""
        path = self.home / "report" / "access-report.json"
        return json.loads(path.read_text()) if path.exists() else None

    def extra_vars(self) -> Json:
        """With a survey, whose findings no verdict passes over."""
        survey = {
            "bucket_access_account_survey": True,
            "bucket_access_expected_principals": [self.user_arn("known")],
            "bucket_access_fail_on": ["violated", "inconclusive"],
            "bucket_access_report_dir": str(self.home / "report"),
            "bucket_access_key_store": "secretsmanager",
        }
        return {**super().extra_vars(), **survey}

    def play(self, verb: str, *arguments: str, **environ: str) -> Ran:
        """Without the report of the run before."""
        shutil.rmtree(self.home / "report", ignore_errors=True)
        return super().play(verb, *arguments, **environ)

    def provision(self) -> None:
        """And all the others."""
        super().provision()
        world, iam = self.world, self.world.iam
        for name, document in self._policies().items():
            if name not in USE_THE_KEY:
                iam.create_user(UserName=name)
            if document:
                iam.put_user_policy(UserName=name, PolicyName="own", PolicyDocument=json.dumps(document))
        trust = {"Version": "2012-10-17", "Statement": [_lets(world.user_arn, "sts:AssumeRole")]}
        iam.create_role(RoleName=self._door, AssumeRolePolicyDocument=json.dumps(trust))
        world.kms.create_grant(
            KeyId=world.contract.kms_key, GranteePrincipal=self.user_arn("granted"), Operations=["Decrypt"]
        )
        objects = f"arn:aws:s3:us-east-1:{self.account}:accesspoint/guests-{self.tag}/object/team/*"
        guests = {"Version": "2012-10-17", "Statement": [_lets(self.user_arn("guest"), "s3:GetObject", objects)]}
        make_access_point(self.bench.emulator, world.bucket, f"guests-{self.tag}", guests)
        world.set_bucket_policy_with(*self._statements())
        self._keep_the_key()

    def _keep_the_key(self) -> None:
        """In the secret."""
        world = self.world
        request = Request(store="secretsmanager", owner=world.user_arn, path=f"/bucket-access/{world.user}")
        key = StoredKey(world.key["AccessKeyId"], world.key["SecretAccessKey"], world.user_arn)
        open_store(request, Surroundings(client=self.bench.emulator.client)).write(key)
        lets = _lets(self.user_arn("entrusted"), "secretsmanager:GetSecretValue", "*")
        document = json.dumps({"Version": "2012-10-17", "Statement": [lets]})
        self._vault.put_resource_policy(SecretId=request.path, ResourcePolicy=document)

    @property
    def _vault(self) -> Any:
        return self.bench.emulator.client("secretsmanager")

    @property
    def _secret(self) -> str:
        """Its ARN; the name alone while it is not there."""
        name = f"/bucket-access/{self.world.user}"
        filters = [{"Key": "name", "Values": [name]}]
        return next((str(one["ARN"]) for one in self._vault.list_secrets(Filters=filters)["SecretList"]), name)

    def wanted(self) -> Json:
        """With the key, and what the bucket's policy says of others."""
        wanted = super().wanted()
        policy = [*wanted["bucket"]["policy"], *self._statements()]
        return {**wanted, "bucket": {**wanted["bucket"], "encryption": ["aws:kms"], "policy": policy}}

    def broken_promises(self, ran: Ran) -> list[str]:
        """The survey tells the truth, or that it does not know it."""
        return super().broken_promises(ran) + self.lies(ran)

    def lies(self, ran: Ran) -> list[str]:
        """What a run says that is not so, in words. Without a verdict it has said nothing."""
        if "verdict: verified" in ran.output:
            return ["the verdict is verified, and others get in"]
        report = self.report
        if report is None:
            return ["there is a verdict and no report"] if "verdict: " in ran.output else []
        outcomes = {check["id"]: check["outcome"] for check in report["checks"]}
        passed = [name for name in LISTS if outcomes.get(f"survey.{name}", "pass") == "pass"]
        survey = report.get("survey") or {"findings": [], "unread": []}
        found = {(one["list"], one["principal"], one["certainty"], one["place"]) for one in survey["findings"]}
        gone, new = self.planted() - found, {_whom(one) for one in found} - {_whom(one) for one in self.planted()}
        silent = [] if survey["unread"] else sorted(gone)
        return [
            *(f"survey.{name} passes, and somebody is there" for name in passed),
            *(f"nothing is said to be unread, and {one} is gone" for one in silent),
            *(f"{one} is found, and is not so" for one in sorted(new)),
        ]

    def planted(self) -> set[Finding]:
        """All that a survey finds."""
        world, place = self.world, f"{self.world.bucket}/{self.world.prefix}"
        readers = (*(self.user_arn(name) for name in ("known", "stranger", "guest", "keyed", "granted")), STRANGER)
        return {
            *(("reaches", arn, CERTAIN, place) for arn in readers),
            ("enters", self.user_arn("opener"), ITSELF, world.role_arn),
            ("becomes", self.user_arn("maker"), CERTAIN, world.user_arn),
            ("becomes", self.user_arn("entrusted"), CERTAIN, self._secret),
            ("beyond", world.user_arn, CERTAIN, f"arn:aws:iam::{self.account}:role/{self._door}"),
        }

    def _policies(self) -> dict[str, Json | None]:
        """Of the other users."""
        reads = allow("s3:GetObject", f"arn:aws:s3:::{self.world.bucket}/team/*")
        return {
            "known": allow(["s3:*", "kms:*"]),
            "stranger": allow(["s3:*", "kms:*"]),
            "guest": None,
            "entrusted": None,
            "keyed": reads,
            "granted": reads,
            "opener": allow("iam:UpdateAssumeRolePolicy", self.world.role_arn),
            "maker": allow("iam:CreateAccessKey", self.world.user_arn),
        }

    def _statements(self) -> list[Json]:
        """Of the bucket's policy, for another account and for whomever an access point lets in."""
        objects = f"arn:aws:s3:::{self.world.bucket}/team/*"
        by_points = {"StringEquals": {"s3:DataAccessPointAccount": self.account}}
        by_a_point = {**_lets("*", "s3:GetObject", objects), "Condition": by_points}
        return [_lets(STRANGER, "s3:GetObject", objects), by_a_point]

    @property
    def _door(self) -> str:
        return f"door-{self.tag}"


@dataclass
class UnsurveyedSubject(SurveyedSubject):
    """The same account, and nobody surveys it."""

    def extra_vars(self) -> Json:
        """Without the survey."""
        asked = ("bucket_access_account_survey", "bucket_access_expected_principals")
        return {name: value for name, value in super().extra_vars().items() if name not in asked}

    def lies(self, ran: Ran) -> list[str]:
        """It says nothing of others."""
        return []


def _lets(whom: str, action: str, resource: str = "") -> Json:
    """A statement of a resource's policy."""
    where = {"Resource": resource} if resource else {}
    return {"Effect": "Allow", "Principal": {"AWS": whom}, "Action": action, **where}


def _whom(finding: Finding) -> tuple[str, str, str]:
    return finding[0], finding[1], finding[3]


#: What the audit reads as well, and the survey goes by.
READ_FOR_IT = (
    "GetBucketPolicy",
    "GetPublicAccessBlock",
    "GetBucketOwnershipControls",
    "GetKeyPolicy",
    "ListGrants",
)

#: The door that the survey lets the user try.
MORE = (Operation("sts", "AssumeRole", "AKIA", "door-"),)


def is_read_for_it(operation: Operation) -> bool:
    """Whether the survey goes by what the operation reads."""
    return operation.by_operator and operation.name in READ_FOR_IT


def page(*inside: str, lists: bool = True) -> str:
    """A page of the account's details with nothing in its lists."""
    name = "GetAccountAuthorizationDetails"
    empty = ("UserDetailList", "GroupDetailList", "RoleDetailList", "Policies") if lists else ()
    text = "".join((*(f"<{each}/>" for each in empty), *inside))
    return f"<{name}Response><{name}Result>{text}</{name}Result></{name}Response>"


ENDS, GOES_ON = "<IsTruncated>false</IsTruncated>", "<IsTruncated>true</IsTruncated>"
DETAILS = {"service": "iam", "operation": "GetAccountAuthorizationDetails"}


def of_details(verb: str) -> tuple[Cell, ...]:
    """What can be amiss with pages: a list is no whole because it has come."""
    return (
        Cell(verb, "details / the second page is refused", (error("AccessDenied", on=[2], **DETAILS),)),
        Cell(verb, "details / the second page never comes", (error("InternalFailure", on=[*range(2, 30)], **DETAILS),)),
        Cell(verb, "details / the second page is cut", (fault("cut", keep=0.5, on=[2], **DETAILS),)),
        Cell(verb, "details / the list goes on, and not where", (fault("body", body=page(GOES_ON), **DETAILS),)),
        Cell(verb, "details / a page lacks its lists", (fault("body", body=page(ENDS, lists=False), **DETAILS),)),
        Cell(verb, "details / a page is from nowhere", (fault("body", body="<html>Hello</html>", on=[2], **DETAILS),)),
    )


SCENARIOS = (
    *of_details("verify"),
    Cell("verify", "details / nobody is there", (fault("body", body=page(ENDS), **DETAILS),)),
    Cell(
        "verify",
        "access points / an answer lacks the list",
        (fault("body", body="<ListAccessPointsResult/>", service="s3", operation="ListAccessPoints"),),
    ),
    Cell(
        "verify",
        "access points / a policy is none",
        (
            fault(
                "body",
                body="<GetAccessPointPolicyResult><Policy>{</Policy></GetAccessPointPolicyResult>",
                service="s3",
                operation="GetAccessPointPolicy",
            ),
        ),
    ),
    Cell(
        "verify",
        "access points / an answer lacks the policy",
        (fault("body", body="<GetAccessPointPolicyResult/>", service="s3", operation="GetAccessPointPolicy"),),
    ),
    *(
        Cell("verify", f"key / {name} says nothing", (fault("body", body="{}", service="kms", operation=name),))
        for name in ("GetKeyPolicy", "ListGrants")
    ),
)
