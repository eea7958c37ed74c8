# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a plan knows of the keys before it is carried out: which one is stored, and which one stays inactive."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from ansible_collections.assumerole.s3.plugins.module_utils._keys.notes import Retired
from ansible_collections.assumerole.s3.plugins.module_utils._keys.plan import Key, Plan, Situation
from ansible_collections.assumerole.s3.plugins.module_utils._provision.keys import Keys

NOW = datetime(2026, 6, 15, 12, 0, tzinfo=timezone.utc)
GRACE = 86400
OLD = Key("AKIAOLDEXAMPLE", False, NOW - timedelta(days=2))
NEW = Key("AKIANEWEXAMPLE", True, NOW - timedelta(days=1))
AN_HOUR_AGO = Retired((OLD.id,), NOW - timedelta(hours=1))
UNKNOWN = Retired(("AKIATHIRDEXAMPLE",), NOW - timedelta(hours=1))

#: What there is, the plan, and the retired key with the date from which on it is deleted.
CASES = {
    "nothing is retired": ((NEW,), None, Plan(), "", ""),
    "the stored key is retired now": ((NEW,), None, Plan(retire=NEW.id), NEW.id, "2026-06-16T12:00:00Z"),
    "it is deleted at once": ((NEW,), None, Plan(retire=NEW.id, remove_retired=True), "", ""),
    "one was retired before": ((OLD, NEW), AN_HOUR_AGO, Plan(), OLD.id, "2026-06-16T11:00:00Z"),
    "that one is deleted now": ((OLD, NEW), AN_HOUR_AGO, Plan(remove=(OLD.id,)), "", ""),
    "somebody else has deactivated one": ((OLD, NEW), UNKNOWN, Plan(), "", ""),
}


@pytest.mark.parametrize("case", CASES)
def test_the_retired_key_and_its_end(case: str) -> None:
    keys, noted, plan, retired, after = CASES[case]
    found = Situation("partner", keys, NEW.id, "the store", NOW, retired=noted)
    assert Keys(found).outcome(plan, GRACE) == {
        "access_key_id": NEW.id,
        "key_place": "the store",
        "retired_key_id": retired,
        "retired_key_deleted_after": after,
    }


@pytest.mark.parametrize("stored", ["", "AKIAGONEEXAMPLE"])
def test_a_key_that_the_user_has_not_is_not_in_use(stored: str) -> None:
    found = Situation("partner", (NEW,), stored, "the store", NOW)
    assert Keys(found).outcome(Plan(), GRACE)["access_key_id"] == ""


def test_only_a_key_that_a_rotation_retired_is_called_so() -> None:
    noted = Situation("partner", (OLD, NEW), NEW.id, "the store", NOW, retired=AN_HOUR_AGO)
    lost = Situation("partner", (OLD, NEW), NEW.id, "the store", NOW)
    wanted = Plan(remove=(OLD.id,))
    said = [step.what for found in (noted, lost) for step in Keys(found).steps(wanted)]
    assert said == [
        "the key AKIAOLDEXAMPLE of the user partner, retired before",
        "the key AKIAOLDEXAMPLE of the user partner, not needed",
    ]
