# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""An account with planted surprises: who else reaches the place, gets into the role, or becomes the user."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
import json
from pathlib import Path
import re
import secrets
from typing import Any

from integration.contracts import Operator
from integration.test_report import INDEX, REPORT, errors
import pytest

from ansible_collections.assumerole.s3.plugins.module_utils._aws import account_details
from ansible_collections.assumerole.s3.plugins.module_utils._aws.held import held
from ansible_collections.assumerole.s3.plugins.module_utils._aws.readings import read_doors
from ansible_collections.assumerole.s3.plugins.module_utils._contract.callers import WrongCaller
from ansible_collections.assumerole.s3.plugins.module_utils._survey.sessions import (
    IS_ROOT,
    NOT_LET_IN,
    NOTHING_TO_ASK,
)
from ansible_collections.assumerole.s3.plugins.module_utils._verification.operator import with_key
from ansible_collections.assumerole.s3.plugins.module_utils._verification.surveying import surveyed as surveyed_by
from lab.account import allow, block_public_access, code_of, make_access_point, new_account, operator_of
from lab.checkout import Env, Json
from lab.emulator import Emulator
from lab.play import Ran
from lab.world import PUBLIC_ACCESS, World, provision

CERTAIN, PERHAPS, ITSELF = "certain", "under_conditions", "can_grant_itself"
STRANGER = "arn:aws:iam::210987654321:root"


@dataclass
class Surveyed:
    """A contract in an account of its own, whose operator is its root, and what one plants there."""

    world: World
    tag: str = field(default_factory=lambda: secrets.token_hex(3))
    operator: Env = field(default_factory=dict, repr=False)

    @property
    def iam(self) -> Any:
        return self.world.iam

    @property
    def account(self) -> str:
        return self.world.emulator.account

    @property
    def place(self) -> str:
        return f"{self.world.bucket}/{self.world.prefix}"

    def objects(self, *actions: str, **more: Any) -> Json:
        document = allow(list(actions) or "s3:GetObject", f"arn:aws:s3:::{self.world.bucket}/*")
        document["Statement"][0].update(more)
        return document

    def user(self, name: str, document: Json | None = None, **more: Any) -> str:
        arn = str(self.iam.create_user(UserName=name, **more)["User"]["Arn"])
        if document:
            self.iam.put_user_policy(UserName=name, PolicyName="own", PolicyDocument=json.dumps(document))
        return arn

    def role(self, name: str, trusts: Any, document: Json | None = None, **more: Any) -> str:
        statement = {"Effect": "Allow", "Principal": trusts, "Action": "sts:AssumeRole"}
        trust = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        arn = str(self.iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust, **more)["Role"]["Arn"])
        if document:
            self.iam.put_role_policy(RoleName=name, PolicyName="own", PolicyDocument=json.dumps(document))
        return arn

    def statement(self, whom: str, action: str, resource: str = "", **more: Any) -> Json:
        """One of a resource's policy."""
        place = resource or f"arn:aws:s3:::{self.place}*"
        return {"Effect": "Allow", "Principal": {"AWS": whom}, "Action": action, "Resource": place, **more}

    def access_point(self, name: str, whom: str) -> None:
        """Another door of the bucket, for one principal."""
        objects = f"arn:aws:s3:us-east-1:{self.account}:accesspoint/{name}/object/team/*"
        policy = {"Version": "2012-10-17", "Statement": [self.statement(whom, "s3:GetObject", objects)]}
        make_access_point(self.world.emulator, self.world.bucket, name, policy)

    def survey(self, *expected: str, **options: Any) -> Json:
        """What the module finds."""
        env, contract = {**self.world.emulator.env, **self.operator}, self.world.contract
        operator = self.world.identities(access_key=env["AWS_ACCESS_KEY_ID"], secret_key=env["AWS_SECRET_ACCESS_KEY"])
        found = with_key(read_doors(operator.user("s3"), contract), operator, contract.kms_key)
        self.meanwhile()
        store = {"key_store": "profile", "key_store_path": None}
        asked = {**store, "expected_principals": list(expected), **options}
        return surveyed_by(operator, contract, found, asked)

    def meanwhile(self) -> None:
        """What somebody does after the buckets' policies were read."""

    def found(self, **options: Any) -> list[tuple[str, str, str, str]]:
        """Of each finding its list, who, how sure, and where."""
        survey = self.survey(**options)["survey"]
        assert survey["unread"] == []
        return [(one["list"], one["principal"], one["certainty"], one["place"]) for one in survey["findings"]]


@pytest.fixture
def surveyed(enforcing: Emulator) -> Surveyed:
    return Surveyed(provision(new_account(enforcing), prefix="team/"))


def test_an_account_with_nothing_but_the_contract_has_nobody_else(surveyed: Surveyed) -> None:
    assert surveyed.found() == []
    survey = surveyed.survey()["survey"]
    assert survey["counts"] == {
        "users": 1,
        "groups": 0,
        "roles": 1,
        "policies": 0,
        "buckets": 1,
        "access_points": 0,
    }
    assert survey["blind_spots"]


def test_planted_surprises_are_listed_exactly(surveyed: Surveyed) -> None:
    iam, world, place = surveyed.iam, surveyed.world, surveyed.place
    door = surveyed.role("door", {"AWS": world.user_arn}, allow("sqs:*"))
    admin = surveyed.user("admin")
    iam.create_group(GroupName="admins")
    iam.put_group_policy(GroupName="admins", PolicyName="all", PolicyDocument=json.dumps(allow("*")))
    iam.add_user_to_group(GroupName="admins", UserName="admin")
    office = {"IpAddress": {"aws:SourceIp": "192.0.2.0/24"}}
    at_the_office = surveyed.user("office", surveyed.objects(Condition=office))
    machine = surveyed.role("machine", {"Service": "ec2.amazonaws.com"}, surveyed.objects("s3:PutObject"))
    iam.create_instance_profile(InstanceProfileName="machines")
    iam.add_role_to_instance_profile(InstanceProfileName="machines", RoleName="machine")
    helper = surveyed.user("helper", allow("iam:AttachUserPolicy"))
    guest = surveyed.user("guest")
    surveyed.access_point("guests", guest)
    by_points = {"StringEquals": {"s3:DataAccessPointAccount": surveyed.account}}
    world.set_bucket_policy_with(
        surveyed.statement(STRANGER, "s3:GetObject"), surveyed.statement("*", "s3:GetObject", Condition=by_points)
    )
    found = surveyed.found()
    assert sorted(found) == sorted(
        [
            ("reaches", admin, CERTAIN, place),
            ("reaches", STRANGER, CERTAIN, place),
            ("reaches", at_the_office, PERHAPS, place),
            ("reaches", machine, CERTAIN, place),
            ("reaches", helper, ITSELF, place),
            ("reaches", guest, CERTAIN, place),
            ("enters", admin, ITSELF, world.role_arn),
            ("enters", helper, ITSELF, world.role_arn),
            ("becomes", admin, CERTAIN, world.user_arn),
            ("becomes", helper, ITSELF, world.user_arn),
            ("beyond", world.user_arn, CERTAIN, door),
        ]
    )
    survey = surveyed.survey()["survey"]
    by_place = {one["principal"]: one for one in survey["findings"] if one["list"] == "reaches"}
    assert by_place[admin]["through"] == ["all of the group admins"]
    assert by_place[machine]["through"] == ["own", "instance profile machines"]
    assert by_place[at_the_office]["conditions"] == ["aws:SourceIp ipaddress 192.0.2.0/24"]
    assert by_place[STRANGER]["kind"] == "account"
    assert by_place[helper]["actions"] == ["iam:AttachUserPolicy"]


def test_what_a_boundary_leaves_out_is_out_of_reach_and_what_can_take_it_off_is_told(surveyed: Surveyed) -> None:
    limit = surveyed.world.managed_policy(allow("sqs:*"))
    surveyed.user("bounded", allow("*"), PermissionsBoundary=limit)
    assert surveyed.found() == []
    more = surveyed.world.managed_policy(allow(["sqs:*", "iam:PutUserPolicy", "iam:DeleteUserPermissionsBoundary"]))
    freed = surveyed.user("freed", allow("*"), PermissionsBoundary=more)
    world = surveyed.world
    assert surveyed.found() == [
        ("reaches", freed, ITSELF, surveyed.place),
        ("enters", freed, ITSELF, world.role_arn),
        ("becomes", freed, ITSELF, world.user_arn),
    ]


def test_who_reads_the_store_holds_the_key(surveyed: Surveyed) -> None:
    reader = surveyed.user("reader", allow("ssm:GetParameter", f"arn:aws:ssm:*:{surveyed.account}:parameter/bucket-*"))
    below = surveyed.user(
        "below", allow("ssm:GetParametersByPath", f"arn:aws:ssm:*:{surveyed.account}:parameter/bucket-access")
    )
    surveyed.user("other", allow("ssm:GetParameter*", f"arn:aws:ssm:*:{surveyed.account}:parameter/other"))
    kept = f"arn:aws:ssm:us-east-1:{surveyed.account}:parameter/bucket-access/partner"
    found = surveyed.found(key_store="ssm", key_store_path="/bucket-access/partner")
    assert found == [("becomes", below, CERTAIN, kept), ("becomes", reader, CERTAIN, kept)]


def test_whom_the_secrets_own_policy_lets_read_it_holds_the_key(surveyed: Surveyed) -> None:
    vault = surveyed.world.emulator.client("secretsmanager")
    kept = vault.create_secret(Name="/bucket-access/partner", SecretString="{}")["ARN"]
    store = {"key_store": "secretsmanager", "key_store_path": "/bucket-access/partner"}
    reader = surveyed.user("reader", allow("secretsmanager:GetSecretValue", kept))
    surveyed.user("other", allow("secretsmanager:GetSecretValue", f"{kept}-of-others"))
    assert surveyed.found(**store) == [("becomes", reader, CERTAIN, kept)]
    guest = surveyed.user("guest")
    lets = [surveyed.statement(whom, "secretsmanager:GetSecretValue", "*") for whom in (guest, STRANGER)]
    policy = json.dumps({"Version": "2012-10-17", "Statement": lets})
    vault.put_resource_policy(SecretId=kept, ResourcePolicy=policy)
    assert sorted(surveyed.found(**store)) == sorted(
        [
            ("becomes", guest, CERTAIN, kept),
            ("becomes", reader, CERTAIN, kept),
            ("becomes", STRANGER, PERHAPS, kept),
        ]
    )


def test_a_secret_whose_policy_nobody_has_read_lets_no_check_pass(surveyed: Surveyed) -> None:
    store = {"key_store": "secretsmanager", "key_store_path": "/bucket-access/nobody"}
    found = surveyed.survey(STRANGER, **store)
    assert "The policy of the secret /bucket-access/nobody was not read" in " ".join(found["survey"]["unread"])
    assert {check["outcome"] for check in found["checks"]} == {"inconclusive"}


def test_who_may_hand_the_role_to_a_service_gets_into_it(enforcing: Emulator) -> None:
    emulator = new_account(enforcing)
    made = Surveyed(provision(emulator, account_id=emulator.account, trusted=[{"service": "lambda.amazonaws.com"}]))
    builder = made.user("builder", allow(["iam:PassRole", "lambda:CreateFunction"]))
    made.user("passes", allow("iam:PassRole"))
    assert made.found() == [("enters", builder, ITSELF, made.world.role_arn)]


def test_what_a_key_encrypts_takes_the_key_as_well(enforcing: Emulator) -> None:
    emulator = new_account(enforcing)
    made = Surveyed(provision(emulator, kms_key=emulator.new_key()))
    both = made.user("both", made.objects("s3:GetObject", "kms:Decrypt"))
    document = made.objects("s3:GetObject")
    document["Statement"] += allow("kms:Decrypt")["Statement"]
    made.iam.put_user_policy(UserName="both", PolicyName="own", PolicyDocument=json.dumps(document))
    keyless = made.user("keyless", made.objects("s3:GetObject"))
    assert made.found() == [("reaches", both, CERTAIN, made.place), ("reaches", keyless, PERHAPS, made.place)]


def test_the_accounts_block_shuts_out_whom_a_public_policy_lets_in(surveyed: Surveyed) -> None:
    world, place = surveyed.world, surveyed.place
    block = dict.fromkeys(PUBLIC_ACCESS, False)
    world.s3.put_public_access_block(Bucket=world.bucket, PublicAccessBlockConfiguration=block)
    world.set_bucket_policy_with(surveyed.statement("*", READS))
    # The contract's own user has no permission, and gets in by what is for everybody.
    partner = ("reaches", world.user_arn, CERTAIN, place)
    assert surveyed.found() == [("reaches", "*", CERTAIN, place), partner]
    stranger = world.emulator.in_account("210987654321").client("s3")
    world.put(f"{world.prefix}one")
    read = {"Bucket": world.bucket, "Key": f"{world.prefix}one"}
    assert code_of(stranger.get_object, **read) == "OK"
    block_public_access(world.emulator, **{**block, "RestrictPublicBuckets": True})
    assert code_of(stranger.get_object, **read) == "AccessDenied"
    assert surveyed.found() == [("reaches", "*", PERHAPS, place), partner]
    block_public_access(world.emulator, **{**block, "BlockPublicPolicy": True})
    assert surveyed.found() == [("reaches", "*", CERTAIN, place), partner]


def test_what_was_not_read_is_told_and_nobody_passes(surveyed: Surveyed) -> None:
    nobody = surveyed.user("reads-nothing", allow("sts:GetCallerIdentity"))
    key = surveyed.iam.create_access_key(UserName="reads-nothing")["AccessKey"]
    env = {"AWS_ACCESS_KEY_ID": key["AccessKeyId"], "AWS_SECRET_ACCESS_KEY": key["SecretAccessKey"]}
    emulator = surveyed.world.emulator
    blind = Surveyed(replace(surveyed.world, emulator=replace(emulator, env={**emulator.env, **env})))
    result = blind.survey(nobody)
    unread = result["survey"]["unread"]
    assert [sentence.partition(": ")[0] for sentence in unread] == [
        "The account's users and roles were not read",
        f"The policy of {surveyed.world.bucket} was not read",
        f"The block of public access of {surveyed.world.bucket} was not read",
        f"Access control lists count in {surveyed.world.bucket}, and nobody has read them.",
        f"The access points of {surveyed.world.bucket} were not read",
        "The account's block of public access was not read",
    ]
    assert {check["outcome"] for check in result["checks"]} == {"inconclusive"}


def test_an_account_is_read_to_its_last_page(surveyed: Surveyed) -> None:
    readers = [surveyed.user(f"reader-{number:02}", surveyed.objects()) for number in range(12)]
    asked = len(surveyed.world.emulator.requests())
    assert surveyed.found() == [("reaches", arn, CERTAIN, surveyed.place) for arn in readers]
    actions = [entry["action"] for entry in surveyed.world.emulator.requests()[asked:]]
    assert actions.count("GetAccountAuthorizationDetails") > 2


def test_details_that_lack_the_contracts_own_are_not_the_whole(
    surveyed: Surveyed, monkeypatch: pytest.MonkeyPatch
) -> None:
    """IAM tells of what is new with some delay; who gets into it is not known then."""
    monkeypatch.setattr(account_details, "lists_of", lambda _iam: {name: [] for name in account_details.LISTS.values()})
    result = surveyed.survey("arn:aws:iam::123456789012:user/known")
    assert result["survey"]["unread"] == [
        f"The {kind} {name} was not in the account's details, so who gets into it, and it itself, is not known."
        for kind, name in (("user", surveyed.world.user), ("role", surveyed.world.role))
    ]
    assert {check["outcome"] for check in result["checks"]} == {"inconclusive"}


def test_nothing_is_read_in_another_account_than_the_contracts(surveyed: Surveyed) -> None:
    surveyed.world.terms["account_id"] = "210987654321"
    surveyed.world.__dict__.pop("contract")
    with pytest.raises(WrongCaller, match="The operator works in account "):
        surveyed.survey()


PARTNER: Json = {"user": "partner", "role": "partner-exchange", "bucket": "example-surveyed", "prefix": "team/"}


def surveying(operator: Operator, *expected: str, **more: Any) -> Ran:
    """Verify, with a survey and a report."""
    reports = {"report_dir": str(operator.home / "report"), "report_index_dir": str(operator.home)}
    terms = {**PARTNER, "account_survey": True, "expected_principals": list(expected), **reports, **more}
    return operator.contract("verify", **terms)


def test_a_verdict_counts_whom_nobody_expects(enforcing: Emulator, tmp_path: Path) -> None:
    operator = Operator.anew(enforcing, tmp_path)
    bucket = f"example-{secrets.token_hex(4)}"
    assert operator.contract("provision", **{**PARTNER, "bucket": bucket}).code == 0
    informed = surveying(operator, bucket=bucket)
    assert (informed.code, "verdict: verified" in informed.output) == (0, True), informed.output
    assert "Who reaches the contract's places: 1 certain" in informed.output
    assert "What else the user and the role get into: none found" in informed.output

    expected = surveying(operator, operator.arn, bucket=bucket)
    assert (expected.code, "verdict: verified" in expected.output) == (0, True), expected.output
    page = (tmp_path / "report" / "access-report.html").read_text()
    assert (operator.arn in page, "Who else of the account" in page) == (True, True)
    report = json.loads((tmp_path / "report" / "access-report.json").read_text())
    index = json.loads((tmp_path / "access-report-index.json").read_text())
    assert errors(REPORT, report) == errors(INDEX, index) == []
    assert index["contracts"][0]["survey"]["unexpected"] == 0

    iam = operator.emulator.iam
    iam.create_user(UserName="stranger")
    all_of_s3 = json.dumps(allow("s3:*"))
    iam.put_user_policy(UserName="stranger", PolicyName="all-of-s3", PolicyDocument=all_of_s3)
    violated = surveying(operator, operator.arn, bucket=bucket)
    assert violated.code == 2
    assert "excess access: Nobody expects these to get to the contract's places, and they do" in violated.output
    assert f"arn:aws:iam::{operator.emulator.account}:user/stranger" in violated.output


def test_the_user_tries_the_doors_that_the_survey_names(enforcing: Emulator, tmp_path: Path) -> None:
    operator = Operator.anew(enforcing, tmp_path)
    bucket = f"example-{secrets.token_hex(4)}"
    assert operator.contract("provision", **{**PARTNER, "bucket": bucket}).code == 0
    iam, user = operator.emulator.iam, f"arn:aws:iam::{operator.emulator.account}:user/partner"
    conditions = {
        "open": {"DateGreaterThan": {"aws:CurrentTime": "2020-01-01T00:00:00Z"}},
        "near": {"IpAddress": {"aws:SourceIp": "127.0.0.0/8"}},
        "far": {"IpAddress": {"aws:SourceIp": "192.0.2.0/24"}},
    }
    for name, condition in conditions.items():
        statement = {"Effect": "Allow", "Principal": {"AWS": user}, "Action": "sts:AssumeRole", "Condition": condition}
        trust = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust)
    surveying(operator, operator.arn, bucket=bucket)
    report = json.loads((tmp_path / "report" / "access-report.json").read_text())
    ways = {one["place"].rpartition("/")[2]: one for one in report["survey"]["findings"] if one["list"] == "beyond"}
    assert {name: (one["certainty"], one["proven"]) for name, one in ways.items()} == {
        "open": (CERTAIN, "allowed"),
        "near": (PERHAPS, "allowed"),
        "far": (PERHAPS, "denied"),
    }
    (check,) = [check for check in report["checks"] if check["id"] == "survey.beyond"]
    assert check["outcome"] == "excess_access"
    assert "role/near" in check["cause"]
    assert "role/far" not in check["cause"]


HERE, ELSEWHERE = "127.0.0.0/8", "192.0.2.0/24"
LISTS, WRITES, READS = "s3:ListBucket", "s3:PutObject", "s3:GetObject"


def from_(network: str) -> Json:
    return {"Condition": {"IpAddress": {"aws:SourceIp": network}}}


@dataclass
class Trying(Surveyed):
    """A survey that tries sessions, by an operator who may read, and assume whom he is trusted by."""

    @classmethod
    def of(cls, surveyed: Surveyed, *actions: str) -> Trying:
        reads = allow(["iam:GetAccountAuthorizationDetails", "s3:GetBucket*", "s3:ListAccessPoints", *actions])
        return cls(surveyed.world, operator=operator_of(surveyed.world.emulator, [reads]))

    @property
    def trusts(self) -> Json:
        return {"AWS": f"arn:aws:iam::{self.account}:user/operator"}

    def reaching(self, name: str, *actions: str, trusts: Json | None = None, **more: Any) -> str:
        """A role that the operator may assume, and that may do this at the place."""
        document = allow(list(actions), f"arn:aws:s3:::{self.world.bucket}", f"arn:aws:s3:::{self.world.bucket}/*")
        document["Statement"][0].update(more)
        return self.role(name, trusts or self.trusts, document)

    def proven(self) -> dict[str, dict[str, tuple[str, str | None]]]:
        """By the role's name, of each action how sure it is and what a call has shown."""
        shown: dict[str, dict[str, tuple[str, str | None]]] = {}
        for one in self.tried["findings"]:
            name = one["principal"].rpartition("/")[2]
            if one["list"] == "reaches" and one["kind"] == "role":
                shown.setdefault(name, {}).update(
                    {action: (one["certainty"], one["proven"]) for action in one["actions"]}
                )
        return shown

    @cached_property
    def tried(self) -> Json:
        found: Json = self.survey(survey_sessions=True)["survey"]
        return found


def test_a_session_of_a_role_proves_what_can_be_asked_without_a_trace(surveyed: Surveyed) -> None:
    trying = Trying.of(surveyed)
    near = trying.reaching("near", LISTS, WRITES, READS, **from_(HERE))
    far = trying.reaching("far", LISTS, WRITES, **from_(ELSEWHERE))
    part = trying.role("part", trying.trusts, allow(WRITES, f"arn:aws:s3:::{trying.place}reports/*"))
    before, asked_before = trying.world.versions, len(trying.world.emulator.requests())
    assert trying.proven() == {
        "near": {LISTS: (PERHAPS, "allowed"), WRITES: (PERHAPS, "allowed"), READS: (PERHAPS, None)},
        "far": {LISTS: (PERHAPS, None), WRITES: (PERHAPS, None)},
        "part": {WRITES: (CERTAIN, "allowed")},
    }
    assert trying.tried["sessions"] == {"reaching": 3, "tried": [near, far, part], "not_tried": {}}
    assert trying.world.versions == before
    asked = trying.world.emulator.requests()[asked_before:]
    done = [
        entry for entry in asked if re.match("(PUT|POST|DELETE) /bucket", entry["action"]) and entry["status"] < 400
    ]
    assert done == []


def test_what_refuses_a_session_that_all_that_was_read_lets_in_was_not_read(surveyed: Surveyed) -> None:
    world = surveyed.world

    @dataclass
    class Overtaken(Trying):
        def meanwhile(self) -> None:
            everything = [f"arn:aws:s3:::{world.bucket}", f"arn:aws:s3:::{world.bucket}/*"]
            closed = {"Effect": "Deny", "Principal": {"AWS": self.role_arn}, "Action": LISTS, "Resource": everything}
            world.set_bucket_policy_with(closed)

        @property
        def role_arn(self) -> str:
            return f"arn:aws:iam::{self.account}:role/open"

    trying = Overtaken.of(surveyed)
    trying.reaching("open", LISTS, WRITES, READS)
    assert trying.proven() == {
        "open": {LISTS: (CERTAIN, "denied"), WRITES: (CERTAIN, "allowed"), READS: (CERTAIN, None)}
    }


def test_only_roles_that_may_let_the_operator_in_are_knocked_at(surveyed: Surveyed) -> None:
    trying = Trying.of(surveyed)
    stranger = trying.reaching("of-lambda", LISTS, trusts={"Service": "lambda.amazonaws.com"})
    account = trying.reaching("of-the-account", LISTS, trusts={"AWS": f"arn:aws:iam::{trying.account}:root"})
    reader = trying.reaching("reader", READS)
    secret = trying.reaching("secret", LISTS)
    statement = {"Effect": "Allow", "Principal": trying.trusts, "Action": "sts:AssumeRole"}
    condition = {"StringEquals": {"sts:ExternalId": "known-to-others"}}
    document = json.dumps({"Version": "2012-10-17", "Statement": [{**statement, "Condition": condition}]})
    trying.iam.update_assume_role_policy(RoleName="secret", PolicyDocument=document)
    trying.reaching("linked", LISTS)
    before = len(trying.world.emulator.requests())
    assert trying.tried["sessions"] == {
        "reaching": 5,
        "tried": [f"arn:aws:iam::{trying.account}:role/linked"],
        "not_tried": {
            stranger: NOT_LET_IN,
            account: NOT_LET_IN,
            reader: NOTHING_TO_ASK,
            secret: "no session could be opened (AccessDenied)",
        },
    }
    asked = [entry["action"] for entry in trying.world.emulator.requests()[before:]]
    assert asked.count("AssumeRole") == 2


def test_nobody_is_knocked_at_unless_one_asks_for_it(surveyed: Surveyed) -> None:
    trying = Trying.of(surveyed)
    trying.reaching("near", LISTS, **from_(HERE))
    before = len(trying.world.emulator.requests())
    assert "sessions" not in trying.survey()["survey"]
    assert "AssumeRole" not in [entry["action"] for entry in trying.world.emulator.requests()[before:]]


def test_the_root_user_can_assume_no_role(surveyed: Surveyed) -> None:
    trying = Trying(surveyed.world)
    role = trying.reaching("near", LISTS, trusts={"AWS": f"arn:aws:iam::{trying.account}:root"})
    assert trying.tried["sessions"] == {"reaching": 1, "tried": [], "not_tried": {role: IS_ROOT}}


def test_nothing_of_a_session_is_told(surveyed: Surveyed) -> None:
    before = held({})
    trying = Trying.of(surveyed)
    trying.reaching("near", LISTS)
    told = json.dumps(trying.tried)
    session = held({}) - before - {trying.operator["AWS_SECRET_ACCESS_KEY"]}
    assert len(session) >= 2
    assert not any(secret in told for secret in session)


def test_a_session_counts_in_the_verdict(enforcing: Emulator, tmp_path: Path) -> None:
    operator = Operator.anew(enforcing, tmp_path)
    bucket = f"example-{secrets.token_hex(4)}"
    assert operator.contract("provision", **{**PARTNER, "bucket": bucket}).code == 0
    trust = {"Effect": "Allow", "Principal": {"AWS": operator.arn}, "Action": "sts:AssumeRole"}
    made = operator.emulator.iam.create_role(
        RoleName="near", AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    )
    lists = allow(LISTS, f"arn:aws:s3:::{bucket}")
    lists["Statement"][0].update(from_(HERE))
    operator.emulator.iam.put_role_policy(RoleName="near", PolicyName="own", PolicyDocument=json.dumps(lists))
    ran = surveying(operator, operator.arn, bucket=bucket, survey_sessions=True)
    assert "Sessions of the roles that reach the places: 1 of 1 tried" in ran.output
    report = json.loads((tmp_path / "report" / "access-report.json").read_text())
    assert errors(REPORT, report) == []
    (check,) = [check for check in report["checks"] if check["id"] == "survey.reaches"]
    assert check["outcome"] == "excess_access"
    assert made["Role"]["Arn"] in check["cause"]


def test_a_survey_needs_an_operator(enforcing: Emulator, tmp_path: Path) -> None:
    refused = surveying(Operator.anew(enforcing, tmp_path), audit=False)
    assert refused.code == 2
    assert "bucket_access_account_survey is true and bucket_access_audit is false" in refused.output
