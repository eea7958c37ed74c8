# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The plan for the user's keys: what ``_keys/plan`` decides, as steps and reasons among all others. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from ansible_collections.assumerole.s3.plugins.module_utils._keys.notes import retired
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
        """What the plan does, in its order."""
        of = f"of the user {self.found.user}"
        if plan.remove:
            names = ", ".join(plan.remove)
            before, ids = {"access_keys": list(plan.remove)}, {"ids": list(plan.remove)}
            yield Step("unneeded_keys", DELETE, f"{names} {of}, a key that nobody needs", before, {}, ids)
        if plan.make:
            asked = {"ids": [key.id for key in self.found.keys], "note": self.note, "remove": list(plan.remove)}
            yield Step("key", MAKE, f"a key {of} in {self.found.store}", {}, {"kept_in": self.found.store}, asked)
        if plan.retire:
            yield self._retirement(plan, of)

    def _retirement(self, plan: Plan, of: str) -> Step:
        """The key is deactivated, not deleted, unless there is no grace: that can be undone."""
        after = {} if plan.remove_retired else {"status": "Inactive"}
        options = {
            "id": plan.retire,
            "note": retired([plan.retire], self.found.now),
            "delete": plan.remove_retired,
        }
        verb = DELETE if plan.remove_retired else CHANGE
        what = f"the key {plan.retire} {of}, once the stored key is proven"
        return Step("retired_key", verb, what, {"status": "Active"}, after, options)
