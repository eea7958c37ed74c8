# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads the access contract from the role's variables; documented with the module of this name."""

from __future__ import annotations

from collections.abc import Mapping
import os
from typing import Any

from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase
from ansible.plugins.loader import lookup_loader
from ansible.utils.display import Display

from ansible_collections.assumerole.s3.plugins.module_utils._contract.fields import FIELDS
from ansible_collections.assumerole.s3.plugins.module_utils._contract.problems import problems
from ansible_collections.assumerole.s3.plugins.module_utils._contract.rules import items, moment_problem
from ansible_collections.assumerole.s3.plugins.module_utils._files import whole
from ansible_collections.assumerole.s3.plugins.modules.access_contract import ARGUMENT_SPEC
from ansible_collections.assumerole.s3.plugins.plugin_utils import _variables as variables
from ansible_collections.assumerole.s3.plugins.plugin_utils._former_variables import (
    FORMER,
    announcements,
    renewed,
    unreadable,
)
from ansible_collections.assumerole.s3.plugins.plugin_utils._orphaned_hosts import live_problem
from ansible_collections.assumerole.s3.plugins.plugin_utils._places_of_hosts import places_of_others
from ansible_collections.assumerole.s3.plugins.plugin_utils._unknown_variables import PREFIX, unknown
from ansible_collections.assumerole.s3.plugins.plugin_utils._validated import validated

Result = dict[str, Any]


class ActionModule(ActionBase):
    """One reading of all variables, in the place of a reading of each wherever it is used."""

    _supports_async = False

    def run(self, tmp: Any = None, task_vars: dict[str, Any] | None = None) -> Result:
        """The contract, or a sentence for each problem."""
        super().run(tmp, task_vars)
        options = validated(self._task.action, ARGUMENT_SPEC, self._task.args)
        values = variables.completed(self._given(task_vars or {}), os.environ, os.getcwd(), self._profile)
        former = self._templated({name: name for name in FORMER}, task_vars or {})
        wrong = [*unknown(task_vars or {}, map(str, items(values["other_variables"]))), *unreadable(former)]
        values = values if wrong else renewed(values, former)
        wrong += problems(values)
        if wrong:
            raise AnsibleActionFail(" ".join(wrong))
        live = live_problem(self._task, task_vars or {}, values)
        if live:
            raise AnsibleActionFail(live)
        if options["needs_user"] and not values["user"]:
            raise AnsibleActionFail(variables.NO_USER)
        for sentence in announcements(former):
            Display().deprecated(sentence, version="1.0.0", collection_name="assumerole.s3")
        unseen = variables.seen_of_nobody(values)
        if unseen:
            Display().warning(unseen)
        others = list(places_of_others(self._task, task_vars or {})) if options["finds_siblings"] else []
        agreed = variables.agreed(values, os.environ, self._profile, others)
        unknown_role = "" if agreed["role_arn"] else variables.no_role_arn(values)
        if options["needs_role_arn"]:
            self._refuse(values, agreed, unknown_role if not (options["reads_role_arn"] and values["audit"]) else "")
        told = variables.environment(values, os.environ, os.getcwd())
        note = variables.change_note(values)
        more = {"no_role_arn": unknown_role, "environment": told, "change_note": note, "changed_at": _noted(note)}
        return {"changed": False, **agreed, **more, **_quiet()}

    def _refuse(self, values: Result, agreed: Mapping[str, Any], unknown_role: str) -> None:
        """End where the role is not known, or its profile is another role's."""
        told = agreed["profile_role_arn"]
        wrong = variables.other_role(values, told) if told else unknown_role
        if wrong:
            raise AnsibleActionFail(wrong)

    def _given(self, task_vars: Mapping[str, Any]) -> Result:
        """What the caller wrote, with the templates in it replaced."""
        return self._templated({name: PREFIX + name for name in FIELDS}, task_vars)

    def _templated(self, named: Mapping[str, str], task_vars: Mapping[str, Any]) -> Result:
        given = {name: task_vars[variable] for name, variable in named.items() if variable in task_vars}
        return {name: self._templar.template(value) for name, value in given.items()}

    def _profile(self, name: str, files: Mapping[str, Any]) -> Mapping[str, str]:
        """What is not secret in a profile of these files."""
        lookup = lookup_loader.get("assumerole.s3.aws_profile", loader=self._loader, templar=self._templar)
        settings: Mapping[str, str] = lookup.run([name], {}, **files)[0]
        return settings


def _quiet() -> Result:
    """With -v every setting there is would stand on one line, which nobody reads; with -vv it does."""
    return {"_ansible_verbose_override": True} if Display().verbosity == 1 else {}


def _noted(path: str) -> str:
    """The moment in the note; empty where there is none that can be read."""
    try:
        noted = whole.read(path).strip()
    except (OSError, ValueError):
        return ""
    return "" if moment_problem(noted) else noted
