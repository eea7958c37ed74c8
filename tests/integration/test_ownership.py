# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""In an account that is not empty: what is not the contract's is left alone, or taken over and saved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cached_property
from itertools import combinations
import json
from pathlib import Path
import stat
from typing import Any

from contracts import KINDS, Operator, names, prefixed, reasons
import pytest

from ansible_collections.assumerole.s3.plugins.module_utils._provision.marks import ADOPTED, MARK
from ansible_collections.assumerole.s3.plugins.plugin_utils._variables import REGION_VARIABLES
from lab.account import allow
from lab.checkout import Json
from lab.emulator import Emulator
from lab.home import config_file, credentials_file
from lab.play import Ran

#: A trust policy, and policies, of somebody else's.
FOR_EC2 = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}],
}
QUEUES = allow("sqs:*")


def trail(bucket: str) -> Json:
    """A statement on which somebody else depends."""
    return {
        "Sid": "CloudTrailWrite",
        "Effect": "Allow",
        "Principal": {"Service": "cloudtrail.amazonaws.com"},
        "Action": "s3:PutObject",
        "Resource": f"arn:aws:s3:::{bucket}/AWSLogs/*",
    }


def tags(**named: str) -> list[Json]:
    return [{"Key": key, "Value": value} for key, value in named.items()]


class Others:
    """Somebody else, who made things in the account before."""

    def __init__(self, emulator: Emulator) -> None:
        self.emulator, self.iam, self.s3 = emulator, emulator.iam, emulator.s3

    def user(self, name: str, *, marked: str = "") -> None:
        """With a console password, two keys and policies of both kinds."""
        self.iam.create_user(UserName=name, Tags=self._tags(marked))
        self.iam.create_login_profile(UserName=name, Password="Abcdefg1!")
        self.iam.put_user_policy(UserName=name, PolicyName="own", PolicyDocument=json.dumps(QUEUES))
        self.iam.attach_user_policy(UserName=name, PolicyArn=self.managed(f"{name}-managed"))
        self.iam.create_access_key(UserName=name)
        self.iam.create_access_key(UserName=name)

    def role(self, name: str, *, marked: str = "") -> None:
        """Of an EC2 instance, with an instance profile and policies of both kinds."""
        self.iam.create_role(
            RoleName=name,
            AssumeRolePolicyDocument=json.dumps(FOR_EC2),
            Description="Runs the shop",
            MaxSessionDuration=7200,
            Tags=self._tags(marked),
        )
        self.iam.put_role_policy(RoleName=name, PolicyName="other", PolicyDocument=json.dumps(QUEUES))
        self.iam.attach_role_policy(RoleName=name, PolicyArn=self.managed(f"{name}-managed"))
        self.iam.create_instance_profile(InstanceProfileName=name)
        self.iam.add_role_to_instance_profile(InstanceProfileName=name, RoleName=name)

    def bucket(self, name: str, *, marked: str = "") -> None:
        """With a policy, versions, a key of the customer's, and half of the blocks."""
        s3 = self.s3
        s3.create_bucket(Bucket=name)
        s3.put_bucket_policy(Bucket=name, Policy=json.dumps({"Version": "2012-10-17", "Statement": [trail(name)]}))
        s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
        rule = {"ApplyServerSideEncryptionByDefault": self.encryption}
        s3.put_bucket_encryption(Bucket=name, ServerSideEncryptionConfiguration={"Rules": [rule]})
        s3.put_public_access_block(Bucket=name, PublicAccessBlockConfiguration=self.blocks)
        owner = {"Rules": [{"ObjectOwnership": "ObjectWriter"}]}
        s3.put_bucket_ownership_controls(Bucket=name, OwnershipControls=owner)
        s3.put_bucket_tagging(Bucket=name, Tagging={"TagSet": self._tags(marked)})
        s3.put_object(Bucket=name, Key="AWSLogs/log", Body=b"somebody's")

    def managed(self, name: str) -> str:
        made = self.iam.create_policy(PolicyName=name, PolicyDocument=json.dumps(QUEUES))
        return str(made["Policy"]["Arn"])

    @cached_property
    def kms_key(self) -> str:
        """A customer's key, without which nobody could put anything."""
        return self.emulator.new_key()

    @property
    def encryption(self) -> Json:
        return {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": self.kms_key}

    @property
    def blocks(self) -> Json:
        return {
            "BlockPublicAcls": True,
            "IgnorePublicAcls": True,
            "BlockPublicPolicy": False,
            "RestrictPublicBuckets": False,
        }

    def make(self, kind: str, terms: Json, **more: str) -> None:
        {"user": self.user, "role": self.role, "bucket": self.bucket}[kind](terms[kind], **more)

    @staticmethod
    def _tags(marked: str) -> list[Json]:
        return tags(team="web") + ([{"Key": MARK, "Value": marked}] if marked else [])


@pytest.fixture(scope="module")
def operator(enforcing: Emulator, tmp_path_factory: pytest.TempPathFactory) -> Operator:
    return Operator.anew(enforcing, tmp_path_factory.mktemp("home"))


@pytest.fixture(scope="module")
def others(operator: Operator) -> Others:
    return Others(operator.emulator)


def settings(others: Others, bucket: str) -> Json:
    """What a bucket's owner has set."""
    s3 = others.s3
    encrypted = s3.get_bucket_encryption(Bucket=bucket)["ServerSideEncryptionConfiguration"]["Rules"][0]
    return {
        "versioning": s3.get_bucket_versioning(Bucket=bucket).get("Status"),
        "encryption": encrypted["ApplyServerSideEncryptionByDefault"],
        "public_access": s3.get_public_access_block(Bucket=bucket)["PublicAccessBlockConfiguration"],
        "ownership": s3.get_bucket_ownership_controls(Bucket=bucket)["OwnershipControls"]["Rules"][0][
            "ObjectOwnership"
        ],
    }


# Somebody else's: nothing is begun.

STRANGERS: dict[str, Json] = {
    **{f"unmarked-{kind}": names(f"unmarked-{kind}") for kind in KINDS},
    **{f"anothers-{kind}": names(f"anothers-{kind}") for kind in KINDS},
    "operators-own": {**names("own"), "user": "operator"},
    "not-there": names("not-there", manage=["user", "role"]),
}


def refused_with(name: str, kind: str, verb: str) -> str:
    """How the reason begins."""
    whose = {
        "unmarked": f"was made by somebody else (it has no tag {MARK})",
        "anothers": f"belongs to the contract another-role (by its tag {MARK})",
    }[name.split("-", maxsplit=1)[0]]
    what = f"bucket_access_{kind}: the {kind} {STRANGERS[name][kind]} {whose}"
    then = {"provision": ", and this would ", "teardown": ", so teardown does not remove it."}
    return what + then.get(verb, ", so its keys are not the contract's to rotate.")


@pytest.fixture(scope="module")
def strangers(operator: Operator, others: Others) -> dict[str, Json]:
    """What there is of each contract beforehand: one of its three parts is somebody else's."""
    for kind in KINDS:
        others.make(kind, STRANGERS[f"unmarked-{kind}"])
        others.make(kind, STRANGERS[f"anothers-{kind}"], marked="another-role")
    return {name: operator.state(terms) for name, terms in STRANGERS.items()}


@pytest.fixture(scope="module")
def verbs(operator: Operator, strangers: dict[str, Json]) -> dict[str, tuple[Ran, list[str]]]:
    """Every verb that changes something, for all strangers, and what it asked for that does."""
    assert strangers
    found = {}
    for verb, arguments in (
        ("provision", ()),
        ("provision", ("--check",)),
        ("teardown", ()),
        ("teardown", ("--check",)),
    ):
        before = len(operator.emulator.requests())
        ran = operator.fleet(verb, STRANGERS, *arguments, force_destroy=True)
        found["".join([verb, *arguments])] = (ran, operator.writes_since(before))
    before = len(operator.emulator.requests())
    users = {name: STRANGERS[name] for name in ("unmarked-user", "anothers-user")}
    found["rotate"] = (operator.fleet("rotate", users), operator.writes_since(before))
    return found


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("whose", ["unmarked", "anothers"])
@pytest.mark.parametrize("verb", ["provision", "provision--check", "teardown", "teardown--check"])
def test_what_is_somebody_elses_stops_the_run_in_a_sentence(
    verbs: dict[str, tuple[Ran, list[str]]], verb: str, whose: str, kind: str
) -> None:
    name = f"{whose}-{kind}"
    said = reasons(verbs[verb][0])[name]
    assert said.startswith(refused_with(name, kind, verb.removesuffix("--check")))
    assert f"leave {kind} out of bucket_access_manage" in said


@pytest.mark.parametrize("name", ["unmarked-user", "anothers-user"])
def test_the_keys_of_somebody_elses_user_are_not_rotated(verbs: dict[str, tuple[Ran, list[str]]], name: str) -> None:
    assert reasons(verbs["rotate"][0])[name].startswith(refused_with(name, "user", "rotate"))


@pytest.mark.parametrize("verb", ["provision", "provision--check", "teardown", "teardown--check", "rotate"])
def test_nothing_was_touched_before_it_was_refused(
    operator: Operator, strangers: dict[str, Json], verbs: dict[str, tuple[Ran, list[str]]], verb: str
) -> None:
    ran, written = verbs[verb]
    failed = {name: counts["failed"] for name, counts in ran.recap.items()}
    gone = {"not-there"} if verb.startswith("teardown") else set()
    assert failed == {name: 0 if name in gone else 1 for name in failed}
    assert written == []
    assert {name: operator.state(terms) for name, terms in STRANGERS.items()} == strangers
    assert not credentials_file(operator.home).exists()
    assert not config_file(operator.home).exists()


@pytest.mark.parametrize("verb", ["provision", "teardown"])
def test_the_operators_own_user_is_refused_and_adoption_does_not_help(
    operator: Operator, verbs: dict[str, tuple[Ran, list[str]]], verb: str
) -> None:
    sentence = f"bucket_access_user: operator is the user of these credentials ({operator.arn}), and a contract would"
    assert reasons(verbs[verb][0])["operators-own"].startswith(sentence)
    before = len(operator.emulator.requests())
    ran = operator.contract(verb, **STRANGERS["operators-own"], adopt=["user", "role", "bucket", "profile"])
    assert sentence in ran.sentence
    assert operator.writes_since(before) == []


def test_what_others_were_to_make_must_be_there(verbs: dict[str, tuple[Ran, list[str]]]) -> None:
    assert reasons(verbs["provision"][0])["not-there"] == (
        "bucket_access_bucket: there is no bucket not-there-bucket-of-ours, and bucket_access_manage leaves it to "
        "others. Have it made first, or add bucket to bucket_access_manage."
    )


# Adoption.

ADOPT = {"adopt": list(KINDS)}
ADOPTION: dict[str, Json] = {
    "as-it-is": names("as-it-is", **ADOPT),
    "as-named": names("as-named", **ADOPT, versioning=False, encryption="AES256"),
}


@pytest.fixture(scope="module")
def before(operator: Operator, others: Others) -> dict[str, Json]:
    """Each contract's parts are somebody else's; the users have no keys, of which nobody has the secret."""
    for terms in ADOPTION.values():
        for kind in KINDS:
            others.make(kind, terms)
        for key in others.iam.list_access_keys(UserName=terms["user"])["AccessKeyMetadata"]:
            others.iam.delete_access_key(UserName=terms["user"], AccessKeyId=key["AccessKeyId"])
    return {name: operator.state(terms) for name, terms in ADOPTION.items()}


@pytest.fixture(scope="module")
def checked(operator: Operator, before: dict[str, Json]) -> tuple[Ran, dict[str, Json]]:
    """What check mode says, and the plans that it keeps."""
    requests = len(operator.emulator.requests())
    ran = operator.fleet("provision", ADOPTION, "--check", "--diff")
    assert operator.writes_since(requests) == []
    assert {name: operator.state(terms) for name, terms in ADOPTION.items()} == before
    return ran, {name: operator.plan(name) for name in ADOPTION}


@pytest.fixture(scope="module")
def adopted(operator: Operator, checked: tuple[Ran, dict[str, Json]]) -> Ran:
    assert checked[0].code == 0, checked[0].output[-3000:]
    return operator.fleet("provision", ADOPTION)


def timeless(plan: Json) -> Json:
    """A plan without the moment when it was made."""
    moments = {plan["moment"], f"{plan['moment'][:4]}-{plan['moment'][4:6]}-{plan['moment'][6:8]}"}
    text = json.dumps({name: plan[name] for name in ("steps", "lines", "counts", "refusals", "saved")})
    for step in plan["steps"]:
        moments.add(step["options"].get("tags", {}).get(ADOPTED, ""))
    for moment in sorted(moments - {""}, key=len, reverse=True):
        text = text.replace(moment, "NOW")
    found: Json = json.loads(text)
    return found


@pytest.mark.parametrize("name", ADOPTION)
def test_check_mode_plans_exactly_what_the_run_does(
    operator: Operator, checked: tuple[Ran, dict[str, Json]], adopted: Ran, name: str
) -> None:
    assert adopted.recap[name]["failed"] == 0, adopted.output[-3000:]
    assert timeless(checked[1][name]) == timeless(operator.plan(name))
    assert all(f"\n{name}: {line}\n" in checked[0].stdout for line in checked[1][name]["lines"])


def test_check_mode_shows_every_policy_and_setting_that_changes(
    checked: tuple[Ran, dict[str, Json]],
) -> None:
    shown = checked[0].stdout
    for text in (
        '-        "Action": "sqs:*"',  # of the policies that go
        '"Service": "ec2.amazonaws.com"',  # of the trust policy that goes
        '+          "Sid": "OnlyThisUserMayAssumeTheRole"',
        '+          "Sid": "AssumeroleS3DenyPlainHttp"',
        '"s3:ListBucket"',
        '-    "versioning": true',
        '+    "versioning": false',
        '-    "encryption": "aws:kms"',
        '+    "encryption": "AES256"',
    ):
        assert text.replace(" ", "") in shown.replace(" ", ""), text
    assert checked[1]["as-it-is"]["lines"][-1] == "plan: 2 to make, 3 to adopt, 1 to change, 2 to delete"


@pytest.mark.parametrize("name", ADOPTION)
def test_what_is_taken_over_is_saved_whole(
    operator: Operator, others: Others, before: dict[str, Json], adopted: Ran, name: str
) -> None:
    (path,) = (operator.home / ".aws" / "bucket-access-saved").glob(f"{name}-role-*.json")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert str(path) in adopted.stdout
    terms, account = ADOPTION[name], operator.emulator.account
    assert before[name]["user"]
    assert json.loads(path.read_text()) == {
        f"the user {terms['user']}": {
            "arn": f"arn:aws:iam::{account}:user/{terms['user']}",
            "tags": {"team": "web"},
            "managed_policies": [f"arn:aws:iam::{account}:policy/{terms['user']}-managed"],
            "inline_policies": {"own": QUEUES},
            "permissions_boundary": "",
        },
        f"the role {terms['role']}": {
            "arn": f"arn:aws:iam::{account}:role/{terms['role']}",
            "trust_policy": FOR_EC2,
            "inline_policies": {"other": QUEUES},
            "managed_policies": [f"arn:aws:iam::{account}:policy/{terms['role']}-managed"],
            "permissions_boundary": "",
            "description": "Runs the shop",
            "max_session_duration": 7200,
            "tags": {"team": "web"},
        },
        f"the bucket {terms['bucket']}": {
            "region": "us-east-1",
            "policy": {"Version": "2012-10-17", "Statement": [trail(terms["bucket"])]},
            "versioning": "Enabled",
            "encryption": {**others.encryption, "BucketKeyEnabled": False},
            "public_access": others.blocks,
            "ownership": "ObjectWriter",
            "tags": {"team": "web"},
        },
    }


def test_settings_that_the_contract_does_not_name_stay(others: Others, adopted: Ran) -> None:
    assert adopted.recap["as-it-is"]["failed"] == 0
    assert settings(others, ADOPTION["as-it-is"]["bucket"]) == {
        "versioning": "Enabled",
        "encryption": others.encryption,
        "public_access": others.blocks,
        "ownership": "ObjectWriter",
    }
    named = settings(others, ADOPTION["as-named"]["bucket"])
    assert (named["versioning"], named["encryption"]["SSEAlgorithm"]) == ("Suspended", "AES256")
    assert (named["public_access"], named["ownership"]) == (others.blocks, "ObjectWriter")


@pytest.mark.parametrize("name", ADOPTION)
def test_statements_and_tags_of_others_stay_beside_ours(operator: Operator, adopted: Ran, name: str) -> None:
    assert adopted.recap[name]["failed"] == 0
    found = operator.state(ADOPTION[name])
    theirs, ours = found["bucket"]["policy"]
    assert theirs == trail(ADOPTION[name]["bucket"])
    assert ours["Sid"] == "AssumeroleS3DenyPlainHttp"
    for kind in KINDS:
        assert found[kind]["contract"] == f"{name}-role"
        assert found[kind]["tags"] == tags(team="web")


#: The modules of amazon.aws by which this collection changes something.


def modules_of_amazon_aws(ran: Ran) -> set[str]:
    """As -vvv names them."""
    lines = [line for line in ran.stdout.splitlines() if "Using module file" in line and "/amazon/aws/" in line]
    return {line.rsplit("/", 1)[-1].removesuffix(".py") for line in lines}


def test_a_second_provision_changes_nothing_and_runs_no_module_that_could(operator: Operator, adopted: Ran) -> None:
    assert adopted.code == 0
    requests = len(operator.emulator.requests())
    again = operator.fleet("provision", ADOPTION, "-vvv")
    assert {name: (counts["changed"], counts["failed"]) for name, counts in again.recap.items()} == dict.fromkeys(
        ADOPTION, (0, 0)
    ), again.output[-3000:]
    assert operator.writes_since(requests) == []
    assert modules_of_amazon_aws(again) == set()
    assert [operator.plan(name)["steps"] for name in ADOPTION] == [[], []]


@pytest.fixture(scope="module")
def let_go(operator: Operator, adopted: Ran) -> tuple[Ran, Ran, dict[str, tuple[Json, Json]]]:
    """Teardown in check mode, the teardown itself, and both plans of each contract; a person has made a key before."""
    assert adopted.code == 0
    for terms in ADOPTION.values():
        operator.emulator.iam.create_access_key(UserName=terms["user"])
    requests = len(operator.emulator.requests())
    check = operator.fleet("teardown", ADOPTION, "--check", force_destroy=True)
    assert operator.writes_since(requests) == []
    first = {name: operator.plan(name) for name in ADOPTION}
    ran = operator.fleet("teardown", ADOPTION, force_destroy=True)
    return check, ran, {name: (first[name], operator.plan(name)) for name in ADOPTION}


@pytest.mark.parametrize("name", ADOPTION)
def test_teardown_in_check_mode_says_the_same_as_the_run(
    let_go: tuple[Ran, Ran, dict[str, tuple[Json, Json]]], name: str
) -> None:
    check, ran, plans = let_go
    assert (check.recap[name]["failed"], ran.recap[name]["failed"]) == (0, 0), ran.output[-3000:]
    first, second = plans[name]
    assert (first["lines"], first["steps"]) == (second["lines"], second["steps"])
    assert all(f"\n{name}: {line}\n" in output.stdout for line in first["lines"] for output in (check, ran))


@pytest.mark.parametrize("name", ADOPTION)
def test_of_what_was_adopted_only_our_parts_go_and_the_saved_file_is_named(
    operator: Operator, let_go: tuple[Ran, Ran, dict[str, tuple[Json, Json]]], name: str
) -> None:
    found, terms = operator.state(ADOPTION[name]), ADOPTION[name]
    assert found["bucket"]["policy"] == [trail(terms["bucket"])]
    assert found["bucket"]["objects"] == ["AWSLogs/log"]
    assert found["role"]["inline"] == []
    assert found["user"]
    keys = operator.emulator.iam.list_access_keys(UserName=terms["user"])["AccessKeyMetadata"]
    assert len(keys) == 1, "the contract's key goes, and the person's stays"
    assert keys[0]["AccessKeyId"] not in str(let_go[2][name])
    for kind in KINDS:
        assert (found[kind]["contract"], found[kind]["tags"]) == (None, tags(team="web"))
    listed = operator.emulator.iam.list_user_tags(UserName=terms["user"])["Tags"]
    assert listed == tags(team="web")
    (path,) = (operator.home / ".aws" / "bucket-access-saved").glob(f"{name}-role-*.json")
    for output in let_go[:2]:
        assert f"\n{name}:   before    {path} holds what was there before the contract\n" in output.stdout


def test_a_bucket_with_the_settings_as_they_were_is_left(
    others: Others, let_go: tuple[Ran, Ran, dict[str, tuple[Json, Json]]]
) -> None:
    assert let_go[1].code == 0
    assert settings(others, ADOPTION["as-it-is"]["bucket"])["versioning"] == "Enabled"


# What the contract makes and keeps, in each combination.

MANAGED: dict[str, Json] = {
    "-".join(["only", *kinds]): names("-".join(["only", *kinds]), manage=list(kinds), create_key="user" in kinds)
    for number in (1, 2)
    for kinds in combinations(KINDS, number)
}


@pytest.fixture(scope="module")
def managed(operator: Operator, others: Others) -> tuple[dict[str, Json], Ran, Ran]:
    """What there was beforehand, and a whole life: what a contract does not manage is somebody else's."""
    for terms in MANAGED.values():
        for kind in set(KINDS) - set(terms["manage"]):
            others.make(kind, terms)
    first = {name: operator.state(terms) for name, terms in MANAGED.items()}
    made = operator.fleet("provision", MANAGED)
    for name, terms in MANAGED.items():
        assert made.recap[name]["failed"] == 0, made.output[-3000:]
        found = operator.state(terms)
        for kind in KINDS:
            if kind in terms["manage"]:
                assert found[kind]["contract"] == terms["role"], (name, kind)
            else:
                assert found[kind] == first[name][kind], (name, kind)
        steps = {step["name"].split("_")[0] for step in operator.plan(name)["steps"]}
        assert steps - {"key"} == set(terms["manage"])
    return first, made, operator.fleet("teardown", MANAGED, force_destroy=True)


@pytest.mark.parametrize("name", MANAGED)
def test_teardown_removes_what_is_managed_and_leaves_the_rest_as_it_was(
    operator: Operator, managed: tuple[dict[str, Json], Ran, Ran], name: str
) -> None:
    first, _made, gone = managed
    assert gone.recap[name]["failed"] == 0, gone.output[-3000:]
    found, terms = operator.state(MANAGED[name]), MANAGED[name]
    assert {kind: found[kind] for kind in KINDS} == {
        kind: None if kind in terms["manage"] else first[name][kind] for kind in KINDS
    }


# The plan as a file.


def test_the_plan_is_kept_as_a_private_file_before_the_first_step(operator: Operator) -> None:
    terms = names("planned", tags={"team": "exchange"})
    ran = operator.fleet("provision", {"planned": terms}, "--check")
    assert ran.code == 0, ran.output[-3000:]
    path = operator.home / "planned.plan.json"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    plan = operator.plan("planned")
    assert set(plan) >= {"steps", "options", "refusals", "counts", "lines", "saved", "account", "region", "moment"}
    assert set(plan["steps"][0]) == {"name", "verb", "what", "before", "after", "options", "saved"}
    assert (plan["account"], plan["region"], plan["refusals"]) == (operator.emulator.account, "us-east-1", [])
    made = {step["name"]: step["after"] for step in plan["steps"]}
    assert made["bucket"]["tags"] == {"team": "exchange", MARK: "planned-role"}
    assert made["role_policy"]["document"]["Statement"][0]["Sid"] == "List"


def test_a_plan_that_is_refused_is_kept_too(operator: Operator, verbs: dict[str, tuple[Ran, list[str]]]) -> None:
    ran = operator.fleet("provision", {"unmarked-user": STRANGERS["unmarked-user"]})
    plan = operator.plan("unmarked-user")
    assert verbs
    assert plan["steps"] == []
    assert plan["refusals"] == [ran.sentence]


# As many tags as AWS takes.


def of_the_contract(number: int) -> dict[str, str]:
    return {f"team-{place}": f"of {number}" for place in range(number)}


def test_a_contract_with_forty_eight_tags_lives_until_its_teardown(operator: Operator) -> None:
    terms, iam = names("forty-eight", tags=of_the_contract(48)), operator.emulator.iam

    def counted() -> list[int]:
        listed = (
            iam.list_user_tags(UserName=terms["user"])["Tags"],
            iam.list_role_tags(RoleName=terms["role"])["Tags"],
            operator.emulator.s3.get_bucket_tagging(Bucket=terms["bucket"])["TagSet"],
        )
        return [len(tags) for tags in listed]

    for verb, changes in (("provision", True), ("provision", False), ("rotate", True), ("rotate", True)):
        before = len(operator.emulator.requests())
        ran = operator.contract(verb, **terms)
        assert ran.code == 0, ran.output[-3000:]
        assert bool(operator.writes_since(before)) is changes, verb
        assert counted() == [50, 50, 49], verb
    assert operator.contract("session", **terms).code == 0
    operator.emulator.s3.delete_bucket(Bucket=terms["bucket"])
    assert operator.contract("provision", **terms).code == 0
    assert counted() == [50, 50, 49]
    assert operator.contract("teardown", **terms).code == 0
    assert operator.state(terms) == dict.fromkeys(KINDS)


def test_a_forty_ninth_tag_is_refused_before_anything_is_asked(operator: Operator) -> None:
    before = len(operator.emulator.requests())
    ran = operator.contract("provision", **names("forty-nine", tags=of_the_contract(49)))
    assert ran.code == 2
    assert ran.sentence == (
        "bucket_access_tags has 49 tags, and AWS takes 50 with those by which a contract knows its own: leave 48."
    )
    assert operator.emulator.requests()[before:] == []


def test_a_user_that_has_no_room_for_our_tags_is_left_as_it_is(operator: Operator) -> None:
    terms, iam = names("full", tags=of_the_contract(48)), operator.emulator.iam
    iam.create_user(UserName=terms["user"])
    before = len(operator.emulator.requests())
    ran = operator.contract("provision", **terms, adopt=["user"])
    assert ran.code == 2
    assert ran.sentence == "bucket_access_tags: the user would have 51 tags, and AWS takes 50. Leave some out."
    assert operator.writes_since(before) == []
    assert operator.contract("provision", **{**terms, "tags": of_the_contract(47)}, adopt=["user"]).code == 0
    for _turn in range(2):
        assert operator.contract("rotate", **{**terms, "tags": of_the_contract(47)}).code == 0
    assert len(iam.list_user_tags(UserName=terms["user"])["Tags"]) == 50
    assert operator.contract("teardown", **{**terms, "tags": of_the_contract(47)}).code == 0
    assert iam.list_access_keys(UserName=terms["user"])["AccessKeyMetadata"] == []


# As people write YAML, and as they say who they are.


def test_names_and_the_account_may_be_written_as_numbers(operator: Operator) -> None:
    text = (
        "bucket_access_user: 4711\nbucket_access_role: 815\nbucket_access_bucket: 20261231\n"
        f"bucket_access_account_id: {operator.emulator.account}\nbucket_access_tags: {{cost-center: 42}}\n"
        "bucket_access_wait_timeout: 5\n"
    )
    ran = operator.run("playbooks/provision.yml", "-e", "@" + operator.write("numbers.yml", text))
    assert ran.code == 0, ran.output[-3000:]
    found = operator.state({"user": "4711", "role": "815", "bucket": "20261231"})
    for kind in KINDS:
        assert (found[kind]["contract"], found[kind]["tags"]) == ("815", [{"Key": "cost-center", "Value": "42"}])
    gone = operator.run("playbooks/teardown.yml", "-e", "@" + operator.write("numbers.yml", text))
    assert gone.code == 0, gone.output[-3000:]
    assert operator.state({"user": "4711", "role": "815", "bucket": "20261231"}) == dict.fromkeys(KINDS)


BY_DEFAULTS = """
- name: An operator who is given to all modules at once
  hosts: localhost
  connection: local
  gather_facts: false
  vars:
    ansible_python_interpreter: "{{ ansible_playbook_python }}"
  module_defaults:
    group/assumerole.s3.aws:
      profile: my operator
  tasks:
    - name: The contract is provisioned
      ansible.builtin.include_role:
        name: assumerole.s3.bucket_access
"""

AS_A_PROFILE: list[tuple[str, Mapping[str, str]]] = [
    ("playbooks/provision.yml", {"AWS_PROFILE": "operator"}),
    ("playbooks/provision.yml", {"AWS_DEFAULT_PROFILE": "operator"}),
    ("playbooks/provision.yml", {"AWS_PROFILE": "my operator"}),
    ("module_defaults", {}),
]


@pytest.fixture
def european(operator: Operator, tmp_path: Path) -> Operator:
    """The operator's key and region stand in profiles of a home of its own, as ``aws configure`` writes them."""
    home = tmp_path / "home"
    credentials_file(home).parent.mkdir(parents=True)
    key = "".join(f"{name.lower()} = {value}\n" for name, value in operator.key.items())
    credentials_file(home).write_text(f"[operator]\n{key}[my operator]\n{key}")
    credentials_file(home).chmod(0o600)
    config_file(home).write_text(
        "[profile operator]\nregion = eu-central-1\n[profile 'my operator']\nregion = eu-central-1\n"
    )
    regionless = {name: value for name, value in operator.emulator.env.items() if name not in REGION_VARIABLES}
    return Operator(home, replace(operator.emulator, env=regionless), operator.key)


@pytest.mark.parametrize(("playbook", "exported"), AS_A_PROFILE)
def test_the_bucket_is_made_in_the_region_of_the_operators_profile(
    operator: Operator, european: Operator, playbook: str, exported: Mapping[str, str]
) -> None:
    if playbook == "module_defaults":
        playbook = european.write("defaults.yml", BY_DEFAULTS)
    plan_file = european.home / "plan.json"
    given: dict[str, Any] = prefixed(names("european", plan_file=str(plan_file)))
    ran = european.run(playbook, "-e", json.dumps(given), operator=exported)
    try:
        assert ran.code == 0, ran.output[-3000:]
        assert json.loads(plan_file.read_text())["region"] == "eu-central-1"
        place = operator.emulator.s3.get_bucket_location(Bucket=given["bucket_access_bucket"])
        assert place["LocationConstraint"] == "eu-central-1"
        assert "region = eu-central-1\n" in config_file(european.home).read_text().split("[profile european-role]")[1]
    finally:
        gone = european.contract("teardown", **names("european"))
        assert gone.code == 0, gone.output[-3000:]


def test_a_bucket_in_another_region_than_agreed_is_refused_and_found(european: Operator) -> None:
    given, exported = names("abroad"), {"AWS_PROFILE": "operator"}
    elsewhere = prefixed({**given, "region": "us-west-2", "wait_timeout": 0})
    try:
        made = european.run("playbooks/provision.yml", "-e", json.dumps(prefixed(given)), operator=exported)
        assert made.code == 0, made.output[-3000:]
        refused = european.run("playbooks/provision.yml", "-e", json.dumps(elsewhere), operator=exported)
        assert refused.code == 2
        assert f"and the bucket {given['bucket']} is in eu-central-1: name that." in refused.output
        found = european.run("playbooks/verify.yml", "-e", json.dumps(elsewhere), operator=exported)
        assert found.code == 2
        assert "missing access: config.bucket.region" in found.output
        assert "The bucket is in eu-central-1, and the contract says us-west-2." in found.output
    finally:
        gone = european.contract("teardown", **given)
        assert gone.code == 0, gone.output[-3000:]
