# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The plan for the user's keys: what ``_keys/plan`` decides, as steps and reasons among all others. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from ansible_collections.assumerole.s3.plugins.module_utils._keys.notes import moment
from ansible_collections.assumerole.s3.plugins.module_utils._keys.plan import (
    Plan,
    Situation,
    plan_provision,
    plan_rotation,
)
from ansible_collections.assumerole.s3.plugins.module_utils._provision.steps import CHANGE, DELETE, MAKE, Step


@dataclass(frozen=True)
class Keys:
    """The keys as they are; ``note`` is the tag that tells of a request, as it was read after them."""

    found: Situation
    note: str = ""

    def unless_it_belongs_to_another(self, stored: Mapping[str, Any], owner: str, adopt: bool) -> Keys:
        """A store that was read before the account was known may hold a key of the same name's user in another one."""
        whose = stored.get("owner") or owner
        if whose == owner or adopt or self.found.obstacle:
            return self
        obstacle = (
            f"{self.found.store} belongs to {whose}: choose another one, or set bucket_access_adopt to [profile]."
        )
        return replace(self, found=replace(self.found, obstacle=obstacle))

    def provision(self) -> Plan:
        """The user has a key that is stored."""
        return plan_provision(self.found)

    def rotation(self, after_days: float, grace: int) -> Plan:
        """The stored key is replaced when that is due."""
        return plan_rotation(self.found, after_days, timedelta(seconds=grace))

    def steps(self, plan: Plan) -> Iterator[Step]:
        """What the plan does, in its order; one task does it all."""
        of = f"of the user {self.found.user}"
        if plan.remove:
            yield Step("unneeded_keys", DELETE, self._unneeded(plan, of), {"access_keys": list(plan.remove)})
        if plan.make:
            yield Step("key", MAKE, f"a key {of} in {self.found.store}", {}, {"kept_in": self.found.store})
        elif self._is_left_open:
            what = f"the note {of} that a key is asked for, which an interrupted run has left"
            yield Step("key_note", CHANGE, what, {"note": self.note}, {"note": "done"})
        if plan.retire:
            verb, after = (DELETE, {}) if plan.remove_retired else (CHANGE, {"status": "Inactive"})
            what = f"the key {plan.retire} {of}, once the stored key is proven"
            yield Step("retired_key", verb, what, {"status": "Active"}, after)

    def _unneeded(self, plan: Plan, of: str) -> str:
        why = "retired before" if self.found.retired and {*plan.remove} <= {*self.found.retired.ids} else "not needed"
        return f"the key {' and '.join(plan.remove)} {of}, {why}"

    def outcome(self, plan: Plan, grace: int) -> dict[str, str]:
        """The stored key as it is before the plan is carried out, and the key that is retired afterwards."""
        retired_id, since = self._retired_after(plan)
        over = since + timedelta(seconds=grace) if since else None
        return {
            "access_key_id": self.found.stored.id if self.found.stored else "",
            "key_place": self.found.store,
            "retired_key_id": retired_id,
            "retired_key_deleted_after": moment(over) if over else "",
        }

    def _retired_after(self, plan: Plan) -> tuple[str, datetime | None]:
        """The inactive key that a later rotation deletes, and since when it is inactive."""
        if plan.retire:
            return ("", None) if plan.remove_retired else (plan.retire, self.found.now)
        noted = self.found.retired
        for key in self.found.keys:
            if noted and key.id in noted.ids and not key.active and key.id not in plan.remove:
                return key.id, noted.since
        return "", None

    def as_options(self, plan: Plan) -> dict[str, Any]:
        """What M(assumerole.s3.kept_access_key) is given; nothing when there is nothing to do."""
        if not (plan.changes or self._is_left_open) or plan.problem:
            return {}
        return {
            "make": plan.make,
            "note": self.note,
            "ids": [key.id for key in self.found.keys],
            "remove": list(plan.remove),
            "retire": plan.retire,
            "delete_retired": plan.remove_retired,
        }

    @property
    def _is_left_open(self) -> bool:
        return self.found.requested is not None and not self.found.requested.done
