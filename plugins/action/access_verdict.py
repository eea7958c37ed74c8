# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Verifies a contract by other modules, one after the other; documented with the module of this name.

Each could be a task of its own, and each can be used so. For Ansible a task costs as much as a dozen requests to AWS.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from ansible.plugins.action import ActionBase
from ansible.utils.display import Display

from ansible_collections.amazon.aws.plugins.module_utils.modules import aws_argument_spec
from ansible_collections.assumerole.s3.plugins.action import access_audit, access_check, access_report, probe_objects
from ansible_collections.assumerole.s3.plugins.module_utils._checks.merge import merged
from ansible_collections.assumerole.s3.plugins.module_utils._report.ending import ending
from ansible_collections.assumerole.s3.plugins.module_utils._report.outputs import outputs
from ansible_collections.assumerole.s3.plugins.module_utils._report.spoken import spoken
from ansible_collections.assumerole.s3.plugins.modules.access_verdict import ARGUMENT_SPEC
from ansible_collections.assumerole.s3.plugins.plugin_utils import _verification as options_of
from ansible_collections.assumerole.s3.plugins.plugin_utils._lines import show
from ansible_collections.assumerole.s3.plugins.plugin_utils._module_defaults import with_defaults
from ansible_collections.assumerole.s3.plugins.plugin_utils._other_tasks import ANNOUNCED, connection_of, result_of
from ansible_collections.assumerole.s3.plugins.plugin_utils._validated import WrongArguments, validated

Result = dict[str, Any]

#: The actions of the steps, loaded here: Ansible would do so in a process of each contract.
ACTIONS = (access_audit, access_check, access_report, probe_objects)

#: The step that asks nobody, and has no connection.
LOCAL = "access_report"

#: The options by which the user's key is found, and what else is secret: of the check alone.
KEY = ("kept_in", "profile_files", "mfa_code")


class StepFailed(Exception):
    """A step has; its result says why."""

    def __init__(self, result: Result) -> None:
        super().__init__(str(result.get("msg")))
        self.result = result


class ActionModule(ActionBase):
    """The steps, and what they come to together."""

    _supports_async = False

    def run(self, tmp: Any = None, task_vars: Result | None = None) -> Result:
        """The verdict, or why there is none."""
        super().run(tmp, task_vars)
        options = validated(self._task.action, {**aws_argument_spec(), **ARGUMENT_SPEC}, self._task.args)
        wrong = options_of.not_agreed(options["agreed"])
        if wrong:
            raise WrongArguments(wrong)
        steps = Steps(self, task_vars or {})
        try:
            found = self._judged(options, steps, task_vars or {})
        except StepFailed as failed:
            earlier = failed.__context__
            said = [str(one) for one in (earlier, failed) if isinstance(one, StepFailed)]
            found = {**failed.result, "failed": True, "msg": " ".join(said)}
        return {**found, **steps.announced, "changed": steps.changed}

    def _judged(self, options: Result, steps: Steps, task_vars: Result) -> Result:
        agreed, key = options["agreed"], {name: options[name] for name in KEY if options[name]}
        judged = Judged(agreed, key, steps)
        result = judged.result()
        report = steps.tried(LOCAL, options_of.report(agreed, result))
        files = report.get("files")
        known = outputs(agreed, "verify", self._task.check_mode, **judged.about(result), report_files=files)
        lines = spoken(result, whole=Display().verbosity > 0)
        show([*lines, *(judged.put.get("obstacles") or []), *ending(known)], task_vars)
        problem = str(report["msg"]) if report.get("failed") else ""
        # The lines say it: with -v it does not come as JSON, too.
        return {"result": result, "outputs": known, "report_problem": problem, "_ansible_verbose_override": True}


class Judged:
    """A contract, and what each step has found of it so far."""

    def __init__(self, agreed: Result, key: Result, steps: Steps) -> None:
        self._agreed, self._key, self._steps = agreed, key, steps
        self.audited: Result = {}
        self.put: Result = {}
        self.probed: Result = {}
        self.swept: Result = {}

    def result(self) -> Result:
        """Read, ask, and leave nothing; raises :class:`StepFailed`."""
        self.audited = self._steps.taken("access_audit", options_of.audit(self._agreed))
        obstacle = options_of.not_to_be_asked(self._agreed, self.audited)
        if obstacle:
            raise StepFailed({"msg": obstacle})
        with self._nothing_left():
            self.put = self._steps.taken("probe_objects", options_of.putting(self._agreed, self.audited))
            asking = options_of.check(self._agreed, self.audited, self.put)
            self._steps.say(options_of.about_to_try(self.audited))
            self.probed = self._steps.taken("access_check", {**asking, **self._key})
        removed, left = (self.swept.get(name) or [] for name in ("removed", "left"))
        return merged(self.probed, self.audited, removed, left, self.audited.get("surveyed") or {})

    def about(self, result: Result) -> Result:
        """What the outputs are to say of it."""
        return {
            "role_arn": options_of.role_arn(self._agreed, self.audited),
            "user_arn": options_of.user_arn(self._agreed, self.audited),
            "verdict": result["verdict"],
        }

    @contextmanager
    def _nothing_left(self) -> Iterator[None]:
        """Whatever happens in the block, what the run has made is removed, as far as the operator can."""
        try:
            yield
        finally:
            left = options_of.sweeping(self._agreed, self.audited, self.put, self.probed)
            self.swept = self._steps.taken("probe_objects", left)


class Steps:
    """Takes steps, and keeps of all of them what Ansible is to be told in the end."""

    def __init__(self, action: ActionModule, task_vars: Result) -> None:
        self._action, self._task_vars = action, task_vars
        self._connection = connection_of(action)
        self.changed = False
        self.announced: dict[str, list[Any]] = {}

    def say(self, lines: list[str]) -> None:
        """What people are to know before a step is taken."""
        show(lines, self._task_vars)

    def taken(self, name: str, options: Mapping[str, Any]) -> Result:
        """The result of a step; raises :class:`StepFailed`. Without options it is not taken."""
        result = self.tried(name, options)
        if result.get("failed"):
            raise StepFailed(result)
        return result

    def tried(self, name: str, options: Mapping[str, Any]) -> Result:
        """The same, and a failure is a result, too."""
        if not options:
            return {}
        module, action = f"assumerole.s3.{name}", self._action
        connection = {} if name == LOCAL else self._connection
        given = with_defaults(module, {**connection, **options}, action._task, action._templar)
        result = result_of(module, given, action, self._task_vars)
        self.changed = self.changed or bool(result.get("changed"))
        for kind in ANNOUNCED:
            self.announced.setdefault(kind, []).extend(result.pop(kind, None) or [])
        return result
