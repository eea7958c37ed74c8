# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The steps of a verification in their order; what a run has made is removed whatever happens."""

from __future__ import annotations

from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

import pytest

from ansible_collections.assumerole.s3.plugins.action import access_verdict
from ansible_collections.assumerole.s3.plugins.plugin_utils import _variables as variables

TERMS = {"user": "partner", "role": "exchange", "bucket": "example-partner", "account_id": "123456789012"}
CHECK = {"id": "role.identity", "outcome": "pass", "expected": "allowed", "observed": "allowed", "evidence": "asked"}
CHECK |= {"action": "sts:GetCallerIdentity", "resource": "*", "cause": "", "advice": "", "principal": "role"}
PROBED = {
    "verdict": "verified",
    "enforced": True,
    "checks": [CHECK],
    "summary": {},
    "leftovers": [],
    "caller": {},
    "changed": False,
}
PUT = {"changed": True, "urls": ["s3://example-partner/beside"], "outside_object": "beside"}

Result = dict[str, Any]


class Stage:
    """What each step returns, in the place of what a task of it would; and what was asked of whom."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, **terms: Any) -> None:
        self.results: dict[str, Result] = {"access_audit": {}, "probe_objects": PUT, "access_check": PROBED}
        self.asked: list[tuple[str, Result]] = []
        self.shown: list[str] = []
        values = variables.completed({**TERMS, **terms}, {}, "/", lambda _name, _files: {})
        found = variables.agreed(values, {}, lambda _name, _files: {})
        self.agreed = {**found, "no_role_arn": "Say the account.", "changed_at": ""}
        monkeypatch.setattr(access_verdict, "result_of", self.result_of)
        monkeypatch.setattr(access_verdict, "with_defaults", lambda _module, options, _task, _templar: options)
        monkeypatch.setattr(access_verdict, "show", lambda lines, _task_vars: self.shown.extend(lines))
        monkeypatch.setattr(access_verdict.ActionBase, "run", lambda *_arguments: {})

    def result_of(self, module: str, options: Mapping[str, Any], _action: Any, _task_vars: Any) -> Result:
        name = module.removeprefix("assumerole.s3.")
        self.asked.append((name, dict(options)))
        result = self.results.get(f"{name} {options.get('state')}", self.results.get(name, {}))
        if isinstance(result, BaseException):
            raise result
        return dict(result)

    def run(self, **args: Any) -> Result:
        action: Any = access_verdict.ActionModule.__new__(access_verdict.ActionModule)
        given = {"agreed": self.agreed, "region": "us-east-1", **args}
        action._task = SimpleNamespace(args=given, action="access_verdict", check_mode=False)
        action._templar = None
        result: Result = action.run(task_vars={})
        return result

    @property
    def steps(self) -> list[str]:
        return [" ".join([name, options.get("state", "")]).strip() for name, options in self.asked]


ALL = ["access_audit", "probe_objects present", "access_check", "probe_objects absent", "access_report"]


def test_the_steps_in_their_order(monkeypatch: pytest.MonkeyPatch) -> None:
    stage = Stage(monkeypatch, prefix="in/", report_dir="/reports")
    stage.results["access_report"] = {"changed": True, "files": ["/reports/access-report.json"]}
    result = stage.run()
    assert stage.steps == ALL
    assert (result["result"]["verdict"], result["changed"], result["report_problem"]) == ("verified", True, "")
    assert result["outputs"]["report_files"] == ["/reports/access-report.json"]
    assert stage.shown[0].startswith("verdict: verified")
    assert stage.shown[-1].startswith("Next: ")


def test_which_roles_the_user_tries_is_said_before_it_does(monkeypatch: pytest.MonkeyPatch) -> None:
    stage = Stage(monkeypatch, prefix="in/")
    roles = ["arn:aws:iam::123456789012:role/other"]
    surveyed = {"roles_to_try": roles, "survey": {"doors": {"found": 1, "to_try": 1, "tried": 0}}}
    stage.results["access_audit"] = {"surveyed": surveyed}
    stage.results["access_check"] = {"failed": True, "msg": "It does not answer."}
    stage.run()
    assert [line.partition(" that ")[0] for line in stage.shown] == ["The user asks to assume 1 of 1 other roles"]


def test_only_the_check_is_given_the_key(monkeypatch: pytest.MonkeyPatch) -> None:
    stage = Stage(monkeypatch, prefix="in/", report_dir="/reports")
    key = {"kept_in": {"store": "profile", "user_profile": "partner"}, "mfa_code": "123456"}
    stage.run(**key)
    holders = [name for name, options in stage.asked if {"kept_in", "mfa_code"} & set(options)]
    assert holders == ["access_check"]


def test_who_asks_aws_has_the_connection_and_asks_where_the_bucket_is(monkeypatch: pytest.MonkeyPatch) -> None:
    stage = Stage(monkeypatch, prefix="in/", report_dir="/reports")
    stage.results["access_audit"] = {"region": "eu-west-1"}
    stage.run(profile="operator")
    *asking, (_report, reporting) = stage.asked
    assert {options["profile"] for _name, options in asking} == {"operator"}
    assert [options["region"] for _name, options in asking] == ["us-east-1", "eu-west-1", "eu-west-1", "eu-west-1"]
    assert set(reporting) == {"result", "contract", "path"}


#: What fails, what is not done then, and what is.
BROKEN = [
    ("access_audit", ALL[:1]),
    ("probe_objects present", ALL[:2] + ALL[3:4]),
    ("access_check", ALL[:4]),
    ("probe_objects absent", ALL[:4]),
]


@pytest.mark.parametrize(("step", "taken"), BROKEN)
def test_after_a_failure_nothing_of_the_run_is_left(
    monkeypatch: pytest.MonkeyPatch, step: str, taken: list[str]
) -> None:
    stage = Stage(monkeypatch, prefix="in/", report_dir="/reports")
    stage.results[step] = {"failed": True, "msg": "It does not answer."}
    result = stage.run()
    assert stage.steps == taken
    assert (result["failed"], result["msg"]) == (True, "It does not answer.")
    assert "result" not in result
    assert stage.shown == []


def test_a_timeout_leaves_nothing_either(monkeypatch: pytest.MonkeyPatch) -> None:
    stage = Stage(monkeypatch, prefix="in/")
    stage.results["access_check"] = KeyboardInterrupt()  # type: ignore[assignment]
    with pytest.raises(KeyboardInterrupt):
        stage.run()
    assert stage.asked[-1][0] == "probe_objects"
    assert stage.asked[-1][1]["urls"] == PUT["urls"]


def test_two_failures_are_both_told(monkeypatch: pytest.MonkeyPatch) -> None:
    stage = Stage(monkeypatch, prefix="in/")
    stage.results["access_check"] = {"failed": True, "msg": "It does not answer."}
    stage.results["probe_objects absent"] = {"failed": True, "msg": "Nothing was removed."}
    assert stage.run()["msg"] == "It does not answer. Nothing was removed."


def test_who_must_not_be_asked_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    stage = Stage(monkeypatch, prefix="in/")
    stage.results["access_audit"] = {"quarantine": "AWS says that it leaked."}
    assert stage.run()["msg"] == "AWS says that it leaked."
    assert stage.steps == ALL[:1]


def test_a_report_that_cannot_be_written_hides_no_verdict(monkeypatch: pytest.MonkeyPatch) -> None:
    stage = Stage(monkeypatch, report_dir="/reports")
    stage.results["access_report"] = {"failed": True, "msg": "It is a file."}
    result = stage.run()
    assert not result.get("failed")
    assert (result["report_problem"], result["result"]["verdict"]) == ("It is a file.", "verified")
    assert result["outputs"]["report_files"] == []
    assert stage.shown[0].startswith("verdict: verified")


@pytest.mark.parametrize("failed", [False, True])
def test_what_the_steps_warn_of_is_told_once_each(monkeypatch: pytest.MonkeyPatch, failed: bool) -> None:
    stage = Stage(monkeypatch)
    stage.results["access_audit"] = {"warnings": ["first"]}
    stage.results["access_check"] = {**PROBED, "warnings": ["second"], "failed": failed, "msg": ""}
    result = stage.run()
    assert result["warnings"] == ["first", "second"]
    assert "warnings" not in result.get("result", {})


def test_what_is_no_agreement_is_told_before_anybody_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    stage = Stage(monkeypatch)
    for missing in (stage.agreed["settings"], stage.agreed):
        name = "audit" if "audit" in missing else "settings"
        del missing[name]
        told = rf"^agreed is not .* has no (settings\.)?{name}: give its result\.$"
        with pytest.raises(access_verdict.WrongArguments, match=told):
            stage.run()
    assert stage.asked == []


def test_with_v_the_lines_are_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    assert Stage(monkeypatch).run()["_ansible_verbose_override"] is True
