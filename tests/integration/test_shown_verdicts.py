# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What verify prints, by default settings of Ansible: whole texts, which lie in the folder ``shown``."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
import json
import re

from contracts import Operator, names, prefixed
import pytest
from shown import assert_shown

from lab.account import allow
from lab.emulator import Emulator
from lab.play import Ran

TERMS = names("seller", prefix="in/")
FLEET = {name: names(f"{name}-fleet") for name in ("one", "two", "three")}
REVOKED = {"AWS_ACCESS_KEY_ID": "AKIAEXAMPLEEXAMPLE22", "AWS_SECRET_ACCESS_KEY": "x" * 40}
VERBS = ("provision", "verify", "rotate", "session", "teardown")


@pytest.fixture(scope="module")
def operator(enforcing: Emulator, tmp_path_factory: pytest.TempPathFactory) -> Operator:
    made = Operator.anew(enforcing, tmp_path_factory.mktemp("home"))
    assert made.contract("provision", **TERMS).code == 0
    return made


def assert_shows(ran: Ran, name: str, operator: Operator) -> None:
    """The whole text, but for random names of the operator's objects, and the lines of tasks that Ansible quotes."""
    stdout = re.sub(r"(access-check-operator)-[0-9]+-[0-9a-f]+", r"\1-RANDOM", ran.stdout)
    stdout = re.sub(r"^Origin: .*?(?=^fatal: )", "", stdout, flags=re.DOTALL | re.MULTILINE)
    words = {str(operator.home): "HOME", operator.emulator.account: "ACCOUNT"}
    assert_shown(replace(ran, stdout=stdout), name, words)


def verify(operator: Operator, *arguments: str, **more: object) -> Ran:
    return operator.contract("verify", *arguments, **{**TERMS, **more})


@contextmanager
def widened(operator: Operator, user: str) -> Iterator[None]:
    """For the time of the block the user may list every bucket."""
    iam, document = operator.emulator.iam, json.dumps(allow("s3:ListBucket"))
    iam.put_user_policy(UserName=user, PolicyName="for-now", PolicyDocument=document)
    try:
        yield
    finally:
        iam.delete_user_policy(UserName=user, PolicyName="for-now")


def own_lines(ran: Ran) -> list[str]:
    """What verify itself says, from the verdict on."""
    lines = ran.stdout.splitlines()
    return lines[next(number for number, line in enumerate(lines) if "verdict: " in line) :]


def test_a_verified_contract(operator: Operator) -> None:
    ran = verify(operator)
    assert_shows(ran, "verify-verified", operator)
    assert ran.code == 0


def test_a_violated_contract_whose_finding_comes_first_and_once(operator: Operator) -> None:
    with widened(operator, TERMS["user"]):
        ran = verify(operator, wait_timeout=0)
    assert_shows(ran, "verify-violated", operator)
    assert ran.code == 2
    assert any("excess access: " in line for line in own_lines(ran)[:5])
    advice = next(line.split("what to do: ")[1] for line in own_lines(ran) if "what to do: " in line)
    assert ran.output.count(advice) == 1


def test_a_report_that_cannot_be_written_fails_the_run_once_the_verdict_is_shown(operator: Operator) -> None:
    in_the_way = operator.home / "in-the-way"
    in_the_way.write_text("")
    ran = verify(operator, report_dir=str(in_the_way))
    lines = own_lines(ran)
    assert ran.code == 2
    assert lines[0].startswith("verdict: verified")
    sentence = f"The report cannot be written into {in_the_way}: it is a file, or below one. Choose another folder."
    assert sum(f"Action failed: {sentence}" in line for line in lines) == 1
    assert in_the_way.read_text() == ""


def test_an_inconclusive_contract_names_each_cause_once_and_fails_when_told(operator: Operator) -> None:
    """In check mode nothing is written, so what needs an object of the run cannot be judged."""
    ran = verify(operator, "--check")
    assert_shows(ran, "verify-inconclusive", operator)
    assert ran.code == 0
    failing = verify(operator, "--check", fail_on=["violated", "inconclusive"])
    assert failing.code == 2
    assert failing.sentence.endswith("what was found, and what to do, stands above.")


def test_the_verdicts_of_three_contracts_end_the_run_the_worst_first(operator: Operator) -> None:
    assert operator.fleet("provision", FLEET).code == 0
    with widened(operator, FLEET["two"]["user"]):
        ran = operator.fleet("verify", FLEET, "--forks", "1", wait_timeout=0)
    assert_shows(ran, "verify-three-contracts", operator)
    assert ran.code == 2
    shown = ran.stdout.partition("PLAY RECAP")[0].splitlines()
    lines = [line for line in shown if line.startswith(("one  ", "two  ", "three  "))]
    assert [line.split()[:2] for line in lines] == [["two", "violated"], ["one", "verified"], ["three", "verified"]]


def test_everything_is_shown_once_with_v(operator: Operator) -> None:
    """The result is not printed as one line of JSON, at no verbosity."""
    ran = verify(operator, "-v")
    assert ran.code == 0
    assert ran.output.count("user.bucket_policy") <= 1
    named = [line[:200] for line in ran.output.splitlines() if "role.list_buckets" in line]
    assert [line.split()[:2] for line in named] == [["pass", "role.list_buckets"]]
    assert "wait_timeout" not in ran.stdout  # the settings, which one line would hold
    assert max(map(len, ran.stdout.splitlines())) < 2000


def test_an_operator_whom_aws_refuses_ends_it_with_one_sentence(operator: Operator) -> None:
    given = json.dumps(prefixed(TERMS))
    ran = operator.run("playbooks/verify.yml", "-e", given, operator=REVOKED)
    assert_shows(ran, "verify-mistake-refused-operator", operator)
    assert ran.code == 2
    assert "verdict: " not in ran.output
    assert ran.sentence.startswith("AWS refuses the operator's credentials (InvalidClientTokenId)")


def test_without_an_operator_the_missing_audit_is_told_once(operator: Operator) -> None:
    ran = verify(operator, audit=False)
    assert ran.code == 0
    assert ran.output.count("the configuration was not compared") == 1


@pytest.mark.parametrize("verb", VERBS)
def test_in_another_account_no_verb_writes_or_judges_anything(operator: Operator, verb: str) -> None:
    before = len(operator.emulator.requests())
    ran = operator.contract(verb, account_id="999999999999", **TERMS)
    assert ran.code == 2
    assert "bucket_access_account_id is 999999999999" in ran.sentence
    assert "verdict: " not in ran.output
    assert operator.writes_since(before) == []


def test_a_mistyped_variable_and_a_verdict_that_never_fails(operator: Operator) -> None:
    assert_shows(verify(operator, prefx="in/"), "verify-mistake-unknown-variable", operator)
    assert_shows(verify(operator, fail_on=[]), "verify-mistake-fail-on", operator)


def test_a_contract_that_was_never_provisioned_says_what_to_do(operator: Operator) -> None:
    ran = operator.contract("verify", **names("never", wait_timeout=0))
    assert_shows(ran, "verify-mistake-not-provisioned", operator)
    assert "run provision" in ran.sentence
