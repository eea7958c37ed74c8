# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Contracts side by side: in one play, on one bucket, with one user, with one role."""

from __future__ import annotations

import json
import re
import subprocess
from typing import Any

from contracts import KINDS, Operator, names, prefixed, reasons
import pytest

from lab.account import allow
from lab.checkout import BIN, Json
from lab.emulator import Emulator
from lab.home import environment
from lab.play import PLAY, Ran


@pytest.fixture
def operator(enforcing: Emulator, tmp_path_factory: pytest.TempPathFactory) -> Operator:
    return Operator.anew(enforcing, tmp_path_factory.mktemp("home"))


def succeeded(ran: Ran) -> Ran:
    assert ran.code == 0, ran.output[-3000:]
    return ran


# One play, one host, many contracts.

LOOP = (
    PLAY
    + """    - name: Each contract's verb is done
      ansible.builtin.include_role:
        name: assumerole.s3.bucket_access
        tasks_from: "{{ verb }}"
      vars:
        bucket_access_user: "{{ item }}-user"
        bucket_access_role: "{{ item }}-role"
        bucket_access_bucket: "{{ item }}-bucket-of-ours"
        bucket_access_prefix: "{{ prefixes[item] | default('') }}"
        bucket_access_external_id: "{{ external_ids[item] | default(none) }}"
        bucket_access_wait_timeout: 5
      loop: [backup, web, api]
"""
)
TERMS: Json = {"prefixes": {"backup": "daily/"}, "external_ids": {"web": "contract-4711"}}


def reach(operator: Operator, name: str) -> Json:
    """What a contract came to: whose it is, where its role may write, and on which condition it is assumed."""
    found = operator.state(names(name))
    (policy,) = found["role"]["inline"]
    (statement,) = found["role"]["trust"]
    return {
        "marks": [found[kind]["contract"] for kind in KINDS],
        "write": next(item["Resource"] for item in policy if item["Sid"] == "Write"),
        "trusts": statement["Principal"]["AWS"].rsplit("/", 1)[-1],
        "condition": statement.get("Condition"),
        "policies": found["user"]["inline"],
    }


def wanted(name: str, prefix: str = "", external_id: str = "") -> Json:
    return {
        "marks": [f"{name}-role"] * 3,
        "write": f"arn:aws:s3:::{name}-bucket-of-ours/{prefix}*",
        "trusts": f"{name}-user",
        "condition": {"StringEquals": {"sts:ExternalId": external_id}} if external_id else None,
        "policies": [],
    }


def test_each_turn_of_a_loop_over_item_sees_its_own_values_only(operator: Operator) -> None:
    """The users and roles have policies that the contract takes off, one by one: by then ``item`` is the caller's."""
    iam = operator.emulator.iam
    succeeded(operator.play(LOOP, verb="main", **TERMS))
    queues = json.dumps(allow("sqs:*"))
    iam.create_user(UserName="unrelated")
    for user in ("unrelated", "web-user"):
        for policy in ("backup-user", "api"):
            iam.put_user_policy(UserName=user, PolicyName=policy, PolicyDocument=queues)
    iam.put_role_policy(RoleName="web-role", PolicyName="backup-role", PolicyDocument=queues)
    succeeded(operator.play(LOOP, verb="main", **TERMS))
    assert [reach(operator, name) for name in ("backup", "web", "api")] == [
        wanted("backup", prefix="daily/"),
        wanted("web", external_id="contract-4711"),
        wanted("api"),
    ]
    assert sorted(iam.list_user_policies(UserName="unrelated")["PolicyNames"]) == ["api", "backup-user"]
    verified = succeeded(operator.play(LOOP, verb="verify", **TERMS))
    assert verified.stdout.count("verdict: verified") == 3
    succeeded(operator.play(LOOP, verb="teardown", **TERMS))
    assert [operator.state(names(name)) for name in ("backup", "web", "api")] == [dict.fromkeys(KINDS)] * 3


EVERY_WAY = """
- name: The role is used in every way that Ansible has
  hosts: localhost
  connection: local
  gather_facts: false
  vars:
    ansible_python_interpreter: "{{ ansible_playbook_python }}"
    bucket_access_wait_timeout: 5
  roles:
    - role: assumerole.s3.bucket_access
      vars:
        bucket_access_user: one-user
        bucket_access_role: one-role
        bucket_access_bucket: one-bucket-of-ours
        bucket_access_prefix: daily/
    - role: assumerole.s3.bucket_access
      vars:
        bucket_access_user: two-user
        bucket_access_role: two-role
        bucket_access_bucket: two-bucket-of-ours
        bucket_access_external_id: contract-4711
  tasks:
    - name: A contract by import_role
      ansible.builtin.import_role:
        name: assumerole.s3.bucket_access
      vars:
        bucket_access_user: three-user
        bucket_access_role: three-role
        bucket_access_bucket: three-bucket-of-ours
        bucket_access_permissions: [write]

    - name: Another one by import_role
      ansible.builtin.import_role:
        name: assumerole.s3.bucket_access
      vars:
        bucket_access_user: four-user
        bucket_access_role: four-role
        bucket_access_bucket: four-bucket-of-ours

    - name: A contract by include_role
      ansible.builtin.include_role:
        name: assumerole.s3.bucket_access
      vars:
        bucket_access_user: five-user
        bucket_access_role: five-role
        bucket_access_bucket: five-bucket-of-ours
        bucket_access_prefix: weekly/
"""


def test_roles_import_role_and_include_role_may_stand_in_one_play(operator: Operator) -> None:
    succeeded(operator.play(EVERY_WAY))
    assert [reach(operator, name) for name in ("one", "two", "three", "four", "five")] == [
        wanted("one", prefix="daily/"),
        wanted("two", external_id="contract-4711"),
        wanted("three"),
        wanted("four"),
        wanted("five", prefix="weekly/"),
    ]
    (only_write,) = operator.state(names("three"))["role"]["inline"]
    assert [statement["Sid"] for statement in only_write] == ["Write"]
    assert succeeded(operator.play(EVERY_WAY)).recap["localhost"]["changed"] == 0


ONE_AFTER_THE_OTHER = (
    PLAY
    + """    - name: A contract is provisioned, and another one is verified
      ansible.builtin.include_role:
        name: assumerole.s3.bucket_access
        tasks_from: "{{ item.verb }}"
      vars:
        bucket_access_user: "{{ item.name }}-user"
        bucket_access_role: "{{ item.name }}-role"
        bucket_access_bucket: "{{ item.name }}-bucket-of-ours"
        bucket_access_wait_timeout: 5
      loop: "{{ turns }}"
"""
)


def test_the_plan_of_one_contract_is_not_taken_for_that_of_the_next(operator: Operator) -> None:
    """Verification asks for the key of its own user, and a session is that of its own role."""
    succeeded(operator.contract("provision", **names("later")))
    turns = [
        {"verb": verb, "name": name} for verb, name in (("main", "sooner"), ("verify", "later"), ("session", "later"))
    ]
    ran = succeeded(operator.play(ONE_AFTER_THE_OTHER, turns=turns))
    assert "verdict: verified" in ran.stdout


FREELY = """
- name: Each contract goes at its own pace
  hosts: contracts
  connection: local
  gather_facts: false
  strategy: free
  vars:
    ansible_python_interpreter: "{{ ansible_playbook_python }}"
  tasks:
    - name: The contract is provisioned
      ansible.builtin.include_role:
        name: assumerole.s3.bucket_access
"""


def test_each_host_goes_at_its_own_pace_with_its_own_values(operator: Operator) -> None:
    hosts = {
        "quick": prefixed(names("quick", prefix="daily/")),
        "slow": prefixed(names("slow", external_id="contract-4711")),
        "steady": prefixed(names("steady")),
    }
    inventory = operator.write("inventory.json", json.dumps({"contracts": {"hosts": hosts}}))
    succeeded(operator.play(FREELY, "-i", inventory, "--forks", "3"))
    assert [reach(operator, name) for name in hosts] == [
        wanted("quick", prefix="daily/"),
        wanted("slow", external_id="contract-4711"),
        wanted("steady"),
    ]


REFUSED_THEN_MADE = (
    PLAY
    + """    - name: A contract that is refused does not stop the play
      block:
        - name: The contract of somebody else's user
          ansible.builtin.include_role:
            name: assumerole.s3.bucket_access
          vars:
            bucket_access_user: theirs
            bucket_access_role: theirs-role
            bucket_access_bucket: theirs-bucket-of-ours
            bucket_access_prefix: daily/
      rescue:
        - name: The next contract
          ansible.builtin.include_role:
            name: assumerole.s3.bucket_access
          vars:
            bucket_access_user: next-user
            bucket_access_role: next-role
            bucket_access_bucket: next-bucket-of-ours
            bucket_access_wait_timeout: 5

    - name: What the role leaves behind is known
      ansible.builtin.debug:
        msg: "left: {{ vars | select('match', 'bucket_access_') | sort }}"
"""
)


def test_a_contract_that_is_refused_leaves_nothing_for_the_next(operator: Operator) -> None:
    operator.emulator.iam.create_user(UserName="theirs")
    ran = succeeded(operator.play(REFUSED_THEN_MADE))
    assert "the user theirs was made by somebody else" in ran.output
    assert reach(operator, "next") == wanted("next")
    assert "left: ['bucket_access_outputs']" in ran.stdout  # the next one's, which is public


# One bucket, many partners.


def partners(operator: Operator) -> tuple[Json, Json]:
    """The first has the bucket made, the second only uses it."""
    shared = f"shared-{operator.emulator.account}"
    first = names("first", bucket=shared, prefix="a/")
    return first, names("second", bucket=shared, prefix="b/", manage=["user", "role"])


def objects(operator: Operator, bucket: str) -> list[str]:
    return [item["Key"] for item in operator.emulator.s3.list_objects_v2(Bucket=bucket).get("Contents", [])]


def test_partners_share_a_bucket_and_one_leaves_without_a_trace_of_the_other(operator: Operator) -> None:
    first, second = partners(operator)
    shared = first["bucket"]
    succeeded(operator.contract("provision", **first))
    refused = operator.contract("provision", **{**second, "manage": list(KINDS)})
    assert f"the bucket {shared} belongs to the contract first-role (by its tag" in refused.sentence
    succeeded(operator.contract("provision", **second))
    for terms in (first, second):
        assert "verdict: verified" in succeeded(operator.contract("verify", **terms)).stdout
    for key in ("a/data", "b/data"):
        operator.emulator.s3.put_object(Bucket=shared, Key=key, Body=b"x")

    before = operator.state(first)
    succeeded(operator.contract("teardown", **second, force_destroy=True))
    assert operator.state(first) == before
    assert objects(operator, shared) == ["a/data", "b/data"]
    assert [operator.state(second)[kind] for kind in ("user", "role")] == [None, None]


@pytest.mark.parametrize("arguments", [["--check"], []])
def test_objects_of_another_partner_stop_the_teardown_of_whoever_owns_the_bucket(
    operator: Operator, arguments: list[str]
) -> None:
    first, _second = partners(operator)
    shared = first["bucket"]
    succeeded(operator.contract("provision", **first))
    for key in ("a/data", "b/data"):
        operator.emulator.s3.put_object(Bucket=shared, Key=key, Body=b"x")
    before, requests = operator.state(first), len(operator.emulator.requests())
    refused = operator.contract("teardown", *arguments, **first, force_destroy=True)
    assert refused.sentence == (
        f"bucket_access_bucket: {shared} has objects outside of a/ (b/data), which are not the contract's, so nothing "
        "was taken down: remove them, or leave bucket out of bucket_access_manage."
    )
    assert operator.writes_since(requests) == []
    assert operator.state(first) == before


# One user with two roles, one role with two buckets.


def listing(operator: Operator, role: str, bucket: str) -> str:
    """What the AWS CLI lists with the role's profile, or why not."""
    command = [str(BIN / "aws"), "--profile", role, "s3api", "list-objects-v2", "--bucket", bucket]
    env = environment(operator.home, operator.emulator.keyless)
    done = subprocess.run(command, check=False, env=env, capture_output=True, text=True)
    return "OK" if done.returncode == 0 else done.stderr


def test_a_user_may_have_two_roles_and_keeps_the_one_when_the_other_goes(operator: Operator) -> None:
    one = names("single")
    other = names("double", user=one["user"], manage=["role", "bucket"], create_key=False)
    succeeded(operator.contract("provision", **one))
    refused = operator.contract("provision", **{**other, "manage": list(KINDS)})
    assert "the user single-user belongs to the contract single-role" in refused.sentence
    succeeded(operator.contract("provision", **other))
    for terms in (one, other):
        assert listing(operator, terms["role"], terms["bucket"]) == "OK"
    unnamed = operator.contract("verify", **one)
    assert unnamed.code == 2
    assert "config.user.other_roles" in unnamed.sentence
    agreed = operator.contract("verify", **one, other_roles=[other["role"]])
    assert "verdict: verified" in succeeded(agreed).stdout
    before = operator.state(one)
    succeeded(operator.contract("teardown", **other))
    assert operator.state(one) == before
    assert listing(operator, "single-role", one["bucket"]) == "OK"
    assert "verdict: verified" in succeeded(operator.contract("verify", **one)).stdout


def test_a_role_is_not_moved_to_another_bucket_unless_that_is_asked_for(operator: Operator) -> None:
    first = names("x")
    second = {**first, "bucket": "x2-bucket-of-ours"}
    succeeded(operator.contract("provision", **first))
    before, requests = operator.state(first), len(operator.emulator.requests())
    refused = operator.contract("provision", **second)
    assert refused.sentence.startswith(
        "bucket_access_role: the role x-role already gives access to x-bucket-of-ours, which this would take away."
    )
    assert operator.writes_since(requests) == []
    assert operator.state(first) == before
    assert listing(operator, "x-role", first["bucket"]) == "OK"
    succeeded(operator.contract("provision", **second, adopt=["role"]))
    assert listing(operator, "x-role", second["bucket"]) == "OK"
    assert re.search("AccessDenied", listing(operator, "x-role", first["bucket"]))


def test_two_contracts_write_the_policy_of_one_bucket_one_after_the_other(operator: Operator) -> None:
    """Ours are known by their Sids, so the second finds them there already, and everybody else's, too."""
    terms: dict[str, Any] = names("policy")
    succeeded(operator.contract("provision", **terms))
    theirs = {"Sid": "Theirs", "Effect": "Deny", "Principal": "*", "Action": "s3:PutObjectAcl", "Resource": "*"}
    theirs["Resource"] = f"arn:aws:s3:::{terms['bucket']}/*"
    statements = operator.state(terms)["bucket"]["policy"]
    widened = [{**statements[0], "Action": "s3:GetObject"}, theirs]
    document = {"Version": "2012-10-17", "Statement": widened}
    operator.emulator.s3.put_bucket_policy(Bucket=terms["bucket"], Policy=json.dumps(document))
    succeeded(operator.contract("provision", **terms))
    assert sorted(operator.state(terms)["bucket"]["policy"], key=lambda item: item["Sid"]) == [statements[0], theirs]


def test_a_teardown_says_once_that_every_contract_has_stopped_and_not_while_one_goes_on(operator: Operator) -> None:
    contracts = {"first": names("first"), "second": names("second")}
    succeeded(operator.fleet("provision", contracts))
    for terms in contracts.values():
        operator.emulator.s3.put_object(Bucket=terms["bucket"], Key="kept", Body=b"")
    stopped = operator.fleet("teardown", contracts)
    assert stopped.code != 0
    assert stopped.output.count("Every contract of this play has stopped.") == 1
    operator.emulator.s3.delete_object(Bucket=contracts["first"]["bucket"], Key="kept")
    one_goes_on = operator.fleet("teardown", contracts)
    assert set(reasons(one_goes_on)) == {"second"}
    assert "has stopped" not in one_goes_on.output
    assert operator.state(contracts["first"]) == dict.fromkeys(KINDS)
