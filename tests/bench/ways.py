# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The ways that are measured against each other: each starts its own processes and returns when they ended."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
import json
from pathlib import Path
import sys

from lab import BIN, COLLECTIONS, EXAMPLE, Env, Lab, run

REGION = "us-east-1"
OBJECT = "hello.txt"
PLAIN_HTTP = "bucket_access_plain_http_endpoint_url"


@dataclass(frozen=True)
class Way:
    """``run`` is timed, ``tidy`` is not."""

    letter: str
    label: str
    run: Callable[[Lab], object]
    tidy: Callable[[Lab], object] = lambda _lab: None


def playbook(lab: Lab, verb: str, *variables: str) -> str:
    """One verb on the example contract, as the operator."""
    given = [word for variable in (f"@{EXAMPLE}", *variables) for word in ("-e", variable)]
    return run([str(BIN / "ansible-playbook"), f"playbooks/{verb}.yml", *given], lab.operator)


def by_hand(lab: Lab) -> None:
    """The seed's path with the AWS CLI, for which user, bucket and role stand ready: from the key to the listing.

    ``aws configure set`` puts secrets on the argument list of a process, where others can see them. The seed does that,
    so it is measured; the keys are the emulator's and worth nothing.
    """
    made = json.loads(aws(lab.operator, "iam", "create-access-key", "--user-name", lab.user))["AccessKey"]
    configure(lab, "executor", made, {"aws_access_key_id": "AccessKeyId", "aws_secret_access_key": "SecretAccessKey"})
    assume = ["sts", "assume-role", "--role-arn", lab.role_arn, "--role-session-name", "bench"]
    session = json.loads(aws(lab.environment, *assume, "--profile", "executor"))["Credentials"]
    settings = {"aws_access_key_id": "AccessKeyId", "aws_secret_access_key": "SecretAccessKey"}
    configure(lab, "maintainer", session, {**settings, "aws_session_token": "SessionToken"})
    file = lab.home / OBJECT
    file.write_text("hello\n")
    aws(lab.environment, "sts", "get-caller-identity", "--profile", "maintainer")
    aws(lab.environment, "s3", "cp", str(file), f"s3://{lab.bucket}/", "--profile", "maintainer")
    aws(lab.environment, "s3", "ls", f"s3://{lab.bucket}/", "--profile", "maintainer")


def configure(lab: Lab, profile: str, answer: dict[str, str], settings: dict[str, str]) -> None:
    """Store values of an answer in a profile, one command each, and the region."""
    values = {name: answer[member] for name, member in settings.items()}
    for name, value in {**values, "region": REGION}.items():
        aws(lab.environment, "configure", "set", name, value, "--profile", profile)


def tidy_by_hand(lab: Lab) -> None:
    """Delete the key and the object, so that the next round finds what this one found."""
    key = aws(lab.environment, "configure", "get", "aws_access_key_id", "--profile", "executor").strip()
    aws(lab.operator, "iam", "delete-access-key", "--user-name", lab.user, "--access-key-id", key)
    aws(lab.operator, "s3", "rm", f"s3://{lab.bucket}/{OBJECT}")


def aws(environment: Env, *arguments: str) -> str:
    """One call of the AWS CLI."""
    return run([str(BIN / "aws"), *arguments, "--output", "json"], environment)


def probes_alone(lab: Lab) -> None:
    """The playbook, where the operator has no rights and wants no report."""
    playbook(lab, "verify", "bucket_access_audit=false", f"{PLAIN_HTTP}={lab.plain_http}")


def verify(lab: Lab) -> None:
    """The playbook that a user runs, with probes, audit and report."""
    playbook(lab, "verify", f"bucket_access_report_dir={lab.home / 'report'}", f"{PLAIN_HTTP}={lab.plain_http}")


def bare(lab: Lab) -> None:
    """The same calls without Ansible and without a verdict."""
    script = str(Path(__file__).with_name("bare_boto3.py"))
    run([sys.executable, script, lab.user, lab.role_arn, lab.bucket, lab.plain_http], lab.environment)


def module(lab: Lab) -> None:
    """access_check in a process of its own, without what Ansible does to carry it to a host."""
    arguments = lab.home / "arguments.json"
    options = {
        "profile": lab.user,
        "region": REGION,
        "role_arn": lab.role_arn,
        "bucket": lab.bucket,
        "max_session_duration": 3600,
        "plain_http_endpoint_url": lab.plain_http,
    }
    arguments.write_text(json.dumps({"ANSIBLE_MODULE_ARGS": options}))
    name = "ansible_collections.assumerole.s3.plugins.modules.access_check"
    run([sys.executable, "-m", name, str(arguments)], {**lab.environment, "PYTHONPATH": str(COLLECTIONS)})


WAYS = (
    Way("a", "the seed's path, 12 calls of the AWS CLI", by_hand, tidy_by_hand),
    Way("b", "verify.yml with probes, audit and report", verify),
    Way("c", "bare boto3, the same calls as the module", bare),
    Way("d", "the module access_check by itself", module),
    Way("e", "verify.yml with probes alone", probes_alone),
)
