# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A sample of the matrix, the same in every run; ``make faults`` runs the whole. And what the matrix is made of."""

from __future__ import annotations

import json
from pathlib import Path

from bench import Bench
from cells import Cell, Operation, cells, faults_for, sample
from faults import problems
from matrix import VERBS, Matrix, Result, false_claims, says_done, table
import orphaned
from orphaned import OrphanedSubject, Told
import pytest
from rich import RichSubject
from subject import Subject, unclear
import surprises
from surprises import BEGINNING, LISTS, SurveyedSubject

from lab.play import Ran

#: One of each sort: told late, cut off, done and not told.
SAMPLE = {
    "verify": [
        "the new role is refused, accepted, refused, accepted",
        "user AssumeRole / cut body",
    ],
    "teardown": ["operator DeleteUser / 500 after"],
}


def test_every_promise_is_kept_in_a_sample_of_the_matrix(bench: Bench, tmp_path: Path) -> None:
    matrix = Matrix(bench, bench.lanes[:-1], tmp_path)
    operations = [
        Operation("sts", "AssumeRole", "AKIA"),
        Operation("iam", "DeleteUser", "test"),
    ]
    found = {str(cell): cell for verb in SAMPLE for cell in cells(verb, operations)}
    chosen = [found[f"{verb} / {name}"] for verb, names in SAMPLE.items() for name in names]
    results = matrix.run_all(chosen, lambda result: print(result.line()))
    print(table(results))
    assert [result.line() for result in results if result.broken] == []


def test_every_promise_is_kept_for_a_contract_with_all_that_one_may_have(bench: Bench, tmp_path: Path) -> None:
    matrix = Matrix(bench, bench.lanes[:-1], tmp_path, kind=RichSubject)
    operations = [Operation("iam", "AddRoleToInstanceProfile", "test"), Operation("kms", "GetKeyPolicy", "test")]
    found = {str(cell): cell for verb in ("provision", "verify") for cell in cells(verb, operations)}
    lost, unread = "AddRoleToInstanceProfile / 500 after", "GetKeyPolicy / denied"
    chosen = [found[f"provision / operator {lost}"], found[f"verify / operator {unread}"]]
    assert [result.line() for result in matrix.run_all(chosen, lambda _result: None) if result.broken] == []


#: A part that does not come, and says so; and one that does not.
OF_A_SURVEY = ["details / the second page is refused", "operator GetAccessPointPolicy / denied"]
OF_A_DISCOVERY = ["details / the list goes on, and not where", "operator GetBucketTagging / throttled"]


def test_every_promise_is_kept_where_the_account_is_surveyed(bench: Bench, tmp_path: Path) -> None:
    matrix = Matrix(bench, bench.lanes[:-1], tmp_path, kind=SurveyedSubject)
    made = cells("verify", [Operation("s3", "GetAccessPointPolicy", BEGINNING)], scenarios=False)
    found = {str(cell): cell for cell in (*made, *surprises.SCENARIOS)}
    chosen = [found[f"verify / {name}"] for name in OF_A_SURVEY]
    results = matrix.run_all(chosen, lambda _result: None)
    assert [result.line() for result in results if result.broken or result.end != "success"] == []


def test_every_promise_is_kept_where_what_is_orphaned_is_looked_for(bench: Bench, tmp_path: Path) -> None:
    matrix = Matrix(bench, bench.lanes[:-1], tmp_path, kind=OrphanedSubject)
    made = cells("discover", [Operation("s3", "GetBucketTagging", BEGINNING)])
    found = {str(cell): cell for cell in (*made, *orphaned.SCENARIOS)}
    chosen = [found[f"discover / {name}"] for name in OF_A_DISCOVERY]
    results = matrix.run_all(chosen, lambda _result: None)
    assert [(result.end, result.broken) for result in results] == [("failure", ()), ("success", ())]


# What it is made of.

CREATE = Operation("iam", "CreateUser", "test")
GET = Operation("iam", "GetUser", "test")
ASSUME = Operation("sts", "AssumeRole", "AKIA")


def test_every_fault_is_one_that_the_bench_knows() -> None:
    every = [one for verb in VERBS for cell in cells(verb, [CREATE, GET, ASSUME]) for one in cell.faults]
    assert problems(every) == []


def test_only_what_the_server_did_can_be_lost_on_the_way_back() -> None:
    assert set(faults_for(CREATE)) - set(faults_for(GET)) == {"reset after", "500 after", "slow"}
    assert "lagging read" in faults_for(GET)
    assert {"flapping", "unknown key"} <= set(faults_for(ASSUME))


def test_s3_is_throttled_in_its_own_words() -> None:
    put = Operation("s3", "PutObject", "ASIA")
    assert faults_for(put)["throttled"]["code"] == "SlowDown"
    assert faults_for(ASSUME)["throttled"]["code"] == "Throttling"


def test_a_seed_always_chooses_the_same_cells() -> None:
    every = cells("verify", [ASSUME, GET])
    assert sample(every, 5, 1) == sample(every, 5, 1) != sample(every, 5, 2)
    assert len(sample(every, 5, 1)) == 5


def test_the_table_counts_every_cell_once() -> None:
    results = [
        Result(Cell("verify", "user AssumeRole / reset", ()), "success", (), 1, 1.0),
        Result(Cell("verify", "user AssumeRole / reset", ()), "failure", ("it hung",), 1, 1.0),
    ]
    assert table(results).splitlines()[-1].split() == ["all", "2", "cells", "1", "0", "0", "1"]


@pytest.mark.parametrize(
    ("message", "clear"),
    [
        ("bucket_access_user: AWS does not know u as a principal yet: run provision again in a minute.", True),
        ("Task failed: Module failed: Unable to parse response", False),
        ("Traceback (most recent call last)", False),
        ("it did not work", False),
    ],
)
def test_a_failure_is_clear_when_it_says_what_to_do(message: str, clear: bool) -> None:
    ran = Ran(2, f'fatal: [localhost]: FAILED! => {{\n    "msg": "{message}"\n}}\n')
    assert (unclear(ran) == []) is clear


# Each promise can be seen to break.


@pytest.fixture
def subject(bench: Bench, tmp_path: Path) -> Subject:
    made = Subject(bench, bench.lanes[-1], tmp_path)
    made.provision()
    return made


GOOD = Ran(0, "")


def test_what_provision_makes_is_no_difference(subject: Subject) -> None:
    assert subject.differences() == []
    assert subject.broken_promises(GOOD) == []


def test_a_third_key_a_leftover_and_an_open_file_are_broken_promises(subject: Subject) -> None:
    subject.world.s3.put_object(Bucket=subject.world.bucket, Key=".access-check-1", Body=b"")
    subject.credentials.chmod(0o644)
    broken = subject.broken_promises(GOOD)
    assert "object .access-check-1 was left, and not a word of it" in broken
    assert "the credentials file has mode 644" in broken


def test_a_printed_secret_is_a_broken_promise(subject: Subject) -> None:
    key = subject.lane.emulator.client("iam").create_access_key(UserName=subject.world.user)["AccessKey"]
    assert subject.broken_promises(Ran(0, f"... {key['SecretAccessKey']} ...")) == ["a secret was printed"]


def test_a_broken_credentials_file_is_a_broken_promise(subject: Subject) -> None:
    subject.credentials.write_text("no section\n")
    assert any("cannot be read" in promise for promise in subject.broken_promises(GOOD))


def test_a_run_that_says_that_it_is_done_and_is_not_is_a_broken_promise() -> None:
    (struck,) = (cell for cell in cells("provision", [CREATE]) if cell.name == "operator CreateUser / 500")
    (deceived,) = (cell for cell in cells("provision", [GET]) if cell.name == "operator GetUser / lagging read")
    assert false_claims(struck, ["role is gone"]) == ["it says that it is done, and role is gone"]
    assert false_claims(struck, []) == false_claims(deceived, ["role is gone"]) == []


def test_verify_is_done_with_a_verdict() -> None:
    provision, verify = (cells(verb, [ASSUME])[0] for verb in ("provision", "verify"))
    assert says_done(provision, GOOD)
    assert says_done(verify, Ran(0, "verdict: verified (39 pass)"))
    assert not says_done(verify, Ran(0, "verdict: inconclusive"))
    assert not says_done(verify, Ran(0, "verdict: verified (39 pass)\n  left behind: s3://bucket/.access-check-1"))
    assert not says_done(provision, Ran(2, ""))


def test_every_part_of_the_contract_can_differ(subject: Subject) -> None:
    iam, s3 = subject.world.iam, subject.world.s3
    iam.create_access_key(UserName=subject.world.user)
    iam.delete_role_policy(RoleName=subject.world.role, PolicyName="bucket-access")
    s3.delete_bucket_policy(Bucket=subject.world.bucket)
    differing = {text.split()[0] for text in subject.differences()}
    assert differing == {"user", "role", "bucket", "profile"}
    assert len(subject.remains()) == 4


@pytest.fixture
def surveyed(bench: Bench, tmp_path: Path) -> SurveyedSubject:
    return SurveyedSubject(bench, bench.lanes[-1], tmp_path)


VIOLATED = Ran(2, "verdict: violated (1 excess access)")


def reported(
    subject: SurveyedSubject, *, without: str = "-", more: str = "", unread: tuple[str, ...] = (), passing: str = ""
) -> list[str]:
    """What is wrong with a run that has reported so of whom it has found."""
    names = ("list", "principal", "certainty", "place")
    planted = [one for one in sorted(subject.planted()) if not one[1].endswith(without)]
    told = [*planted, *([("reaches", more, "certain", "somewhere")] if more else [])]
    survey = {"findings": [dict(zip(names, one, strict=True)) for one in told], "unread": list(unread)}
    checks = [{"id": f"survey.{name}", "outcome": "pass" if name == passing else "inconclusive"} for name in LISTS]
    (subject.home / "report").mkdir(exist_ok=True)
    (subject.home / "report" / "access-report.json").write_text(json.dumps({"survey": survey, "checks": checks}))
    return subject.lies(VIOLATED)


def test_a_survey_that_loses_somebody_in_silence_is_a_broken_promise(surveyed: SurveyedSubject) -> None:
    assert reported(surveyed) == reported(surveyed, without="guest", unread=("The access points were not read",)) == []
    (gone,) = reported(surveyed, without="guest")
    assert gone.startswith("nothing is said to be unread, and ('reaches', ")
    assert "user/guest" in gone
    (new,) = reported(surveyed, more="somebody", unread=("Something was not read",))
    assert new == "('reaches', 'somebody', 'somewhere') is found, and is not so"


def test_a_check_that_passes_whoever_is_there_is_a_broken_promise(surveyed: SurveyedSubject) -> None:
    told = reported(surveyed, passing="enters", unread=("Something was not read",))
    assert told == ["survey.enters passes, and somebody is there"]
    assert surveyed.lies(Ran(0, "verdict: verified")) == ["the verdict is verified, and others get in"]
    (surveyed.home / "report" / "access-report.json").unlink()
    assert surveyed.lies(VIOLATED) == ["there is a verdict and no report"]
    assert surveyed.lies(Ran(2, "it ended before")) == []


def test_an_empty_list_of_what_is_orphaned_is_a_broken_promise(bench: Bench, tmp_path: Path) -> None:
    subject = OrphanedSubject(bench, bench.lanes[-1], tmp_path)
    planted = subject.planted()
    listed = {"orphaned": {"hosts": [*planted]}, "_meta": {"hostvars": planted}}
    some = {**listed, "orphaned": {"hosts": [*planted][:1]}}
    for said, right in ((listed, True), (some, False), ({"_meta": {"hostvars": {}}}, False)):
        told = Told(0, f"loading\n{json.dumps(said, indent=2)}\n")
        assert (subject.lies(told) == []) is right, said
    assert subject.lies(Told(4, "", "[ERROR]: discover: AWS does not\ngive it")) == []
    assert Told(4, "", "x\n[ERROR]: discover: AWS does not\ngive it").sentence == "discover: AWS does not give it"
    assert subject.lies(Told(1, "")) == ["it ends with 1"]
