# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from datetime import datetime, timezone

import pytest

from ansible_collections.assumerole.s3.plugins.module_utils._aws.identities import Connection, Identities
from ansible_collections.assumerole.s3.plugins.module_utils._contract.contract import Contract
from ansible_collections.assumerole.s3.plugins.module_utils._contract.rules import external_id_problem
from ansible_collections.assumerole.s3.plugins.module_utils._verification.access import (
    circumstances,
    scope,
    seconds_left,
)
from ansible_collections.assumerole.s3.plugins.module_utils._verification.ways_in import ways_in

NOW = datetime(2026, 1, 1, 12, 0, 0, tzinfo=timezone.utc)

PATIENCE = [
    (120, None, 120),
    (120, "2026-01-01T12:00:00Z", 120),
    (120, "2026-01-01T11:59:00+00:00", 60),
    (120, "2026-01-01T12:59:00+01:00", 60),
    (120, "2026-01-01T11:58:05+00:00", 10),
    (120, "2020-01-01T00:00:00+00:00", 10),
    (5, "2020-01-01T00:00:00+00:00", 5),
    (0, "2020-01-01T00:00:00+00:00", 0),
    (120, "2026-01-01T12:05:00+00:00", 120),
]


@pytest.mark.parametrize(("wait_timeout", "changed_at", "seconds"), PATIENCE)
def test_propagation_is_waited_for_while_the_objects_are_young(
    wait_timeout: float, changed_at: str | None, seconds: float
) -> None:
    assert seconds_left(wait_timeout, changed_at, NOW) == seconds


@pytest.mark.parametrize(
    ("changed_at", "seconds"),
    [
        (None, 120),
        ("2026-01-01T11:59:00+00:00", 60),
        ("2026-01-01T11:58:05+00:00", 5),
        ("2020-01-01T00:00:00+00:00", 0),
    ],
)
def test_nobody_waits_where_every_change_is_known_to_be_old(changed_at: str | None, seconds: float) -> None:
    assert seconds_left(120, changed_at, NOW, least=0) == seconds


KEY = {"region": "eu-central-1", "access_key": "AKIAUSEREXAMPLE", "secret_key": "user-secret"}
OPTIONS = {"role_arn": "arn:aws:iam::123456789012:role/partner", "session_name": "check", "duration_seconds": 900}


def test_the_role_is_assumed_as_the_options_say() -> None:
    how = circumstances(Contract.of({"bucket": "abc"}), OPTIONS, traceless=False)
    assert how.assume_params == {
        "RoleArn": "arn:aws:iam::123456789012:role/partner",
        "RoleSessionName": "check",
        "DurationSeconds": 900,
    }
    given = circumstances(Contract.of({"bucket": "abc", "external_id": "contract-4711"}), OPTIONS, traceless=False)
    assert given.assume_params["ExternalId"] == "contract-4711"


@pytest.mark.parametrize("external_id", ["ab", "contract-4711", "x" * 1224])
def test_the_ways_in_that_must_be_refused_differ_in_one_thing_each(external_id: str) -> None:
    contract = Contract.of({"bucket": "abc", "external_id": external_id, "max_session_duration": 7200})
    how = circumstances(contract, OPTIONS, traceless=False)
    (way,) = ways_in(Identities(Connection(**KEY)), contract.principals, how.assume_params, None)
    without, wrong, longer = (
        way.variations(7200)[name]
        for name in ("assume_without_external_id", "assume_with_wrong_external_id", "assume_for_too_long")
    )
    assert {**without, "ExternalId": external_id} == how.assume_params
    assert {**wrong, "ExternalId": external_id} == how.assume_params
    assert wrong["ExternalId"] != external_id
    assert external_id_problem(wrong["ExternalId"]) is None
    assert {**longer, "DurationSeconds": 900} == how.assume_params
    assert longer["DurationSeconds"] == 7201


AWS, ELSEWHERE = {"region": "eu-central-1"}, {"region": "eu-central-1", "endpoint_url": "https://s3.example.test"}
PLAIN_HTTP = [
    (AWS, {}, True),
    (AWS, {"plain_http": False}, True),
    (ELSEWHERE, {"plain_http": True}, False),
    (ELSEWHERE, {"plain_http": False}, True),
    ({**ELSEWHERE, "plain_http_endpoint_url": "http://s3.example.test"}, {}, True),
]


@pytest.mark.parametrize(("where", "options", "there"), PLAIN_HTTP)
def test_what_is_left_out_is_no_less_a_question(where: dict[str, str], options: dict[str, bool], there: bool) -> None:
    key = {"access_key": "AKIAUSEREXAMPLE", "secret_key": "user-secret"}
    assert scope(Identities(Connection(**where, **key)), options).plain_http is there
