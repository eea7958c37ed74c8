# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Malformed and hostile input from both sides: the contract's values, and AWS's answers. Never a traceback."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timezone
from io import BytesIO
import json
import os
from pathlib import Path
from typing import Any

from bench import Bench
from botocore.awsrequest import AWSResponse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
import pytest
from subject import RAW, Subject

from ansible_collections.assumerole.s3.plugins.module_utils._aws.identities import Connection, Identities
from ansible_collections.assumerole.s3.plugins.module_utils._aws.readings import read_configuration
from ansible_collections.assumerole.s3.plugins.module_utils._checks.audit import audit
from ansible_collections.assumerole.s3.plugins.module_utils._checks.rules import Subject as Audited
from ansible_collections.assumerole.s3.plugins.module_utils._checks.verdict import verdict
from ansible_collections.assumerole.s3.plugins.module_utils._contract.callers import WrongCaller
from ansible_collections.assumerole.s3.plugins.module_utils._contract.permissions import PERMISSIONS
from ansible_collections.assumerole.s3.plugins.module_utils._contract.problems import RULES, problems
from ansible_collections.assumerole.s3.plugins.module_utils._policies.documents import permissions_policy, trust_policy
from ansible_collections.assumerole.s3.plugins.module_utils._verification.access import check_access
from ansible_collections.assumerole.s3.plugins.module_utils._verification.canary import Unreachable
from lab.world import contract_of

#: ``make faults`` tries more.
EXAMPLES = int(os.environ.get("FAULT_EXAMPLES", "60"))

# The contract's values.

#: What people paste, and what attackers do.
NASTY = st.sampled_from(
    [
        "",
        " ",
        "\x00",
        "a\nb",
        "../../etc/passwd",
        "$(touch /tmp/x)",
        "{{ lookup('env', 'HOME') }}",
        "'; DROP TABLE users; --",
        "*",
        "${aws:username}",
        "arn:aws:iam::123456789012:root",
        "\u202egnp.exe",
        "\ud800",
        "\uff19\uff19\uff19",
        "x" * 5_000,
        "<script>alert(1)</script>",
    ]
)
SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(), NASTY, st.binary(max_size=20), st.dates()
)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4)
)


@given(st.fixed_dictionaries({}, optional=dict.fromkeys(RULES, VALUES)))
@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
def test_any_value_of_any_variable_is_a_sentence_or_no_problem(values: dict[str, Any]) -> None:
    for problem in problems(values):
        assert problem.startswith("bucket_access_")
        assert problem.endswith(".")
        assert "\n" not in problem
        assert len(problem) < 400


@given(st.sampled_from(sorted(RULES)), st.text() | NASTY)
@settings(max_examples=EXAMPLES, deadline=None)
def test_what_no_rule_refuses_goes_safely_into_the_documents(name: str, value: str) -> None:
    accepted = {"bucket": "a-bucket", name: value}
    if problems(accepted) or name not in ("bucket", "prefix", "external_id"):
        return
    contract = contract_of(**accepted)
    written = json.dumps(
        [permissions_policy(contract), trust_policy(contract, {contract.user: "arn:aws:iam::1:user/u"})]
    )
    statements = json.loads(written)[0]["Statement"]
    for statement in statements:
        resources = statement["Resource"] if isinstance(statement["Resource"], list) else [statement["Resource"]]
        assert all(resource.startswith(f"arn:aws:s3:::{contract.bucket}") for resource in resources)
        assert "${" not in "".join(resources)


HOSTILE = {
    "bucket": [None, "No_Bucket", "a", "../etc", "a..b", "192.168.0.1", "x" * 64, "b\nb"],
    "user": [None, "", "a b", "ü", "x" * 65, "$(id)", "a/b"],
    "role": ["", "{% raw %}", "a;b"],
    "prefix": ["*", "/x", "a//b", "${aws:username}", "x" * 1000],
    "permissions": [[], ["admin"], ["read", "read"]],
    "external_id": ["x", "a b", "x" * 1225],
    "account_id": ["1", "12345678901x"],
    "region": ["nowhere", "eu_central_1"],
    "max_session_duration": [0, 43201],
    "wait_timeout": [-1, 100000],
    "encryption": ["rot13"],
    "tags": [{"aws:x": "y"}, {"k": "v" * 300}],
    "user_profile": ["a]b", "a b"],
    "forbidden_buckets": [["UPPER"]],
}


@pytest.mark.parametrize("verb", os.environ.get("FAULT_VERBS", "provision").split(","))
def test_what_cannot_be_valid_is_refused_before_any_request(bench: Bench, tmp_path: Path, verb: str) -> None:
    subject = Subject(bench, bench.lanes[-1], tmp_path)
    hosts = {
        f"{name}-{number}": {**subject.extra_vars(), f"bucket_access_{name}": value}
        for name, values in HOSTILE.items()
        for number, value in enumerate(values)
    }
    file = tmp_path / "inventory.json"
    file.write_text(json.dumps({"contracts": {"hosts": hosts}}))
    before = len(subject.lane.requests())

    ran = subject.play_on(file, verb, "-e", json.dumps({"bucket_access_hosts": "contracts"}), "--forks", "4")

    assert subject.lane.requests()[before:] == []
    failures = dict(_failures(ran.output))
    assert sorted(failures) == sorted(hosts)
    for host, message in failures.items():
        assert f"bucket_access_{host.rsplit('-', 1)[0]}" in message
        assert not any(word in message for word in RAW)
    assert not (tmp_path / ".aws").exists()


def _failures(output: str) -> list[tuple[str, str]]:
    """Host and message of every failure, in the order in which they were printed."""
    lines = [line for line in output.splitlines() if line.startswith("fatal: [")]
    found = [(line.split("[")[1].split("]")[0], line.split("=> ", 1)[1]) for line in lines]
    return [(host, str(json.loads(result)["msg"])) for host, result in found]


# AWS's answers.

#: Elements that botocore looks for in the answers to what is asked here.
NAMES = st.from_regex(
    r"Arn|Account|UserId|Credentials|AccessKeyId|SecretAccessKey|SessionToken|Expiration|AssumedRoleUser|AssumedRoleId"
    r"|Error|Code|Message|RequestId|Contents|Key|Policy|User|UserName|Role|RoleName|PolicyNames|member|CreateDate|Status"
    r"|AccessKeyMetadata|AssumeRolePolicyDocument|PolicyDocument|Rule|ObjectOwnership|SSEAlgorithm",
    fullmatch=True,
)
TEXTS = st.sampled_from(
    [
        "",
        "x",
        "arn:aws:iam::1:user/u",
        "arn:aws:sts::1:assumed-role",
        "2026-13-45T99:99:99Z",
        "{",
        "%7B%22a",
        "AccessDenied",
    ]
) | st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"], exclude_characters="<&"), max_size=30)
ELEMENTS = st.recursive(
    TEXTS,
    lambda inner: st.lists(st.tuples(NAMES, inner), max_size=5).map(
        lambda items: "".join(f"<{name}>{text}</{name}>" for name, text in items)
    ),
    max_leaves=20,
)
ROOTS = ("GetCallerIdentityResponse", "AssumeRoleResponse", "Error", "ErrorResponse", "ListBucketResult", "html")
XML = st.builds(
    lambda root, inner: (
        f"<{root}><{root.replace('Response', 'Result')}>{inner}</{root.replace('Response', 'Result')}></{root}>"
    ),
    st.sampled_from(ROOTS),
    ELEMENTS,
).map(str.encode)
BODIES = st.one_of(
    st.binary(max_size=200), XML, st.sampled_from([b"", b"null", b"{}", b"<a>" * 5000, b"<" + b"x" * 200_000])
)
STATUSES = st.sampled_from([200, 200, 200, 204, 301, 400, 403, 404, 409, 500, 503])


class Hostile(Identities):
    """Clients whose every request is answered by ``answer``; nothing reaches a network."""

    def __init__(self, answer: Callable[[], tuple[int, bytes]]) -> None:
        quick = {"retries": {"total_max_attempts": 1}}
        where = Connection("us-east-1", "https://aws.test", config=quick, access_key="AKIAEXAMPLE", secret_key="x")
        super().__init__(where)
        self._answer = answer

    def _client(self, service: str, session: Any = None, **options: Any) -> Any:
        client = super()._client(service, session, **options)

        def answered(request: Any, **_more: Any) -> AWSResponse:
            status, body = self._answer()
            return AWSResponse(request.url, status, {"Content-Type": "text/xml"}, Raw(body))

        client.meta.events.register("before-send", answered)
        return client


class Raw(BytesIO):
    """A body as urllib3 hands it over."""

    def stream(self, **_options: Any) -> Any:
        """All of it at once."""
        yield self.read()


OPTIONS = {
    "role_arn": "arn:aws:iam::000000000000:role/r",
    "contract": {
        "user": "u",
        "role": "r",
        "bucket": "a-bucket",
        "prefix": "team/",
        "permissions": list(PERMISSIONS),
        "external_id": "contract",
        "forbidden_buckets": ["another-bucket"],
    },
    "session_name": "hostile",
    "duration_seconds": 900,
    "caller_arn": None,
    "wait_timeout": 0,
    "outside_object": "team.outside",
}


@given(st.lists(st.tuples(STATUSES, BODIES), min_size=1, max_size=4))
@settings(max_examples=EXAMPLES // 2, deadline=None, suppress_health_check=list(HealthCheck))
def test_any_answer_to_any_question_is_judged_and_never_verified(few: list[tuple[int, bytes]]) -> None:
    count = iter(range(10_000))
    with suppress(Unreachable, WrongCaller):  # both are sentences that end the module as a failure
        result = check_access(Hostile(lambda: few[next(count) % len(few)]), OPTIONS)
        assert result["verdict"] != "verified"
        json.dumps(result)


@given(st.lists(st.tuples(STATUSES, BODIES), min_size=1, max_size=4))
@settings(max_examples=EXAMPLES // 2, deadline=None, suppress_health_check=list(HealthCheck))
def test_any_answer_to_the_audit_is_judged_and_never_verified(few: list[tuple[int, bytes]]) -> None:
    count = iter(range(10_000))
    operator = Hostile(lambda: few[next(count) % len(few)])
    found = read_configuration(
        operator.user("iam"), operator.user("s3"), contract_of(user="u", role="r", bucket="a-bucket")
    )
    checks = audit(Audited(contract_of(bucket="a-bucket", user="u", role="r"), found))
    assert verdict(checks) != "verified"
    json.dumps(checks, default=lambda value: value.isoformat())


def test_a_huge_answer_costs_no_more_than_its_length() -> None:
    began = datetime.now(timezone.utc)
    huge = b"<GetCallerIdentityResponse>" + b"<a>x</a>" * 2_000_000
    with pytest.raises(Unreachable, match=r"cut off, or not from AWS"):
        check_access(Hostile(lambda: (200, huge)), OPTIONS)
    assert (datetime.now(timezone.utc) - began).total_seconds() < 120
