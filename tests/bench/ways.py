# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The ways that are measured against each other: each starts its own processes and returns when they ended."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
import json
from pathlib import Path
import sys

from example import CONTRACT, Example, run

from lab.checkout import BIN, CHECKOUT, Env

COLLECTIONS = str(CHECKOUT / ".collections")
REGION = "us-east-1"
OBJECT = "hello.txt"
PLAIN_HTTP = "bucket_access_plain_http_endpoint_url"


@dataclass(frozen=True)
class Way:
    """``run`` is timed, ``tidy`` is not."""

    letter: str
    label: str
    run: Callable[[Example], object]
    tidy: Callable[[Example], object] = lambda _place: None


def playbook(place: Example, verb: str, *variables: str) -> str:
    """One verb on the example contract, as the operator."""
    given = [word for variable in (f"@{CONTRACT}", *variables) for word in ("-e", variable)]
    return run([str(BIN / "ansible-playbook"), f"playbooks/{verb}.yml", *given], place.operator)


def by_hand(place: Example) -> None:
    """The seed's path with the AWS CLI, for which user, bucket and role stand ready: from the key to the listing.

    ``aws configure set`` puts secrets on the argument list of a process, where others can see them. The seed does that,
    so it is measured; the keys are the emulator's and worth nothing.
    """
    made = json.loads(aws(place.operator, "iam", "create-access-key", "--user-name", place.user))["AccessKey"]
    configure(place, "executor", made, {"aws_access_key_id": "AccessKeyId", "aws_secret_access_key": "SecretAccessKey"})
    assume = ["sts", "assume-role", "--role-arn", place.role_arn, "--role-session-name", "bench"]
    session = json.loads(aws(place.environment, *assume, "--profile", "executor"))["Credentials"]
    settings = {"aws_access_key_id": "AccessKeyId", "aws_secret_access_key": "SecretAccessKey"}
    configure(place, "maintainer", session, {**settings, "aws_session_token": "SessionToken"})
    file = place.home / OBJECT
    file.write_text("hello\n")
    aws(place.environment, "sts", "get-caller-identity", "--profile", "maintainer")
    aws(place.environment, "s3", "cp", str(file), f"s3://{place.bucket}/", "--profile", "maintainer")
    aws(place.environment, "s3", "ls", f"s3://{place.bucket}/", "--profile", "maintainer")


def configure(place: Example, profile: str, answer: dict[str, str], settings: dict[str, str]) -> None:
    """Store values of an answer in a profile, one command each, and the region."""
    values = {name: answer[member] for name, member in settings.items()}
    for name, value in {**values, "region": REGION}.items():
        aws(place.environment, "configure", "set", name, value, "--profile", profile)


def tidy_by_hand(place: Example) -> None:
    """Delete the key and the object, so that the next round finds what this one found."""
    key = aws(place.environment, "configure", "get", "aws_access_key_id", "--profile", "executor").strip()
    aws(place.operator, "iam", "delete-access-key", "--user-name", place.user, "--access-key-id", key)
    aws(place.operator, "s3", "rm", f"s3://{place.bucket}/{OBJECT}")


def aws(environment: Env, *arguments: str) -> str:
    """One call of the AWS CLI."""
    return run([str(BIN / "aws"), *arguments, "--output", "json"], environment)


def probes_alone(place: Example) -> None:
    """The playbook, where the operator has no rights and wants no report."""
    playbook(place, "verify", "bucket_access_audit=false", f"{PLAIN_HTTP}={place.plain_http}")


def verify(place: Example) -> None:
    """The playbook that a user runs, with probes, audit and report."""
    playbook(place, "verify", f"bucket_access_report_dir={place.home / 'report'}", f"{PLAIN_HTTP}={place.plain_http}")


def bare(place: Example) -> None:
    """The same calls without Ansible and without a verdict."""
    script = str(Path(__file__).with_name("bare_boto3.py"))
    run([sys.executable, script, place.user, place.role_arn, place.bucket, place.plain_http], place.environment)


def module(place: Example) -> None:
    """access_check in a process of its own, without what Ansible does to carry it to a host."""
    arguments = place.home / "arguments.json"
    options = {
        "profile": place.user,
        "region": REGION,
        "role_arn": place.role_arn,
        "contract": {"user": place.user, "role": place.role, "bucket": place.bucket},
        "plain_http_endpoint_url": place.plain_http,
    }
    arguments.write_text(json.dumps({"ANSIBLE_MODULE_ARGS": options}))
    name = "ansible_collections.assumerole.s3.plugins.modules.access_check"
    run([sys.executable, "-m", name, str(arguments)], {**place.environment, "PYTHONPATH": COLLECTIONS})


#: What a person writes who does not use the role: user, bucket, role, policy and key, a task of amazon.aws each.
PLAIN = Path(__file__).with_name("plain.yml")


def plain(place: Example) -> None:
    """The same contract by five tasks of amazon.aws, without a proof and without a place for the key."""
    names = [f"{name}=plain-{getattr(place, name)}" for name in ("user", "role", "bucket")]
    given = [word for name in names for word in ("-e", name)]
    run([str(BIN / "ansible-playbook"), str(PLAIN), *given], place.operator)


def tidy_plain(place: Example) -> None:
    """All of it is gone, so that the next round makes it again."""
    user, role, bucket = (f"plain-{name}" for name in (place.user, place.role, place.bucket))
    iam, s3 = place.emulator.iam, place.emulator.s3
    for key in iam.list_access_keys(UserName=user)["AccessKeyMetadata"]:
        iam.delete_access_key(UserName=user, AccessKeyId=key["AccessKeyId"])
    iam.delete_user(UserName=user)
    iam.delete_role_policy(RoleName=role, PolicyName="bucket-access")
    iam.delete_role(RoleName=role)
    s3.delete_bucket(Bucket=bucket)


def provision_new(place: Example) -> None:
    """The playbook, for a contract of which nothing is there yet."""
    playbook(place, "provision", *new_names(place))


def tidy_new(place: Example) -> None:
    """It is torn down again."""
    playbook(place, "teardown", *new_names(place))


def new_names(place: Example) -> list[str]:
    """Names that nobody has."""
    return [f"bucket_access_{name}=new-{getattr(place, name)}" for name in ("user", "role", "bucket")]


WAYS = (
    Way("a", "the seed's path, 12 calls of the AWS CLI", by_hand, tidy_by_hand),
    Way("b", "verify.yml with probes, audit and report", verify),
    Way("c", "bare boto3, the same calls as the module", bare),
    Way("d", "the module access_check by itself", module),
    Way("e", "verify.yml with probes alone", probes_alone),
    Way("f", "provision.yml again, nothing to do", lambda place: playbook(place, "provision")),
    Way("g", "provision.yml of a new contract", provision_new, tidy_new),
    Way("h", "five plain tasks of amazon.aws", plain, tidy_plain),
)
