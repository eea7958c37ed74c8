# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The permissions policy of several places."""

from __future__ import annotations

from typing import Any

from ansible_collections.assumerole.s3.plugins.module_utils._contract.contract import Contract
from ansible_collections.assumerole.s3.plugins.module_utils._contract.permissions import PERMISSIONS
from ansible_collections.assumerole.s3.plugins.module_utils._policies.comparison import compare
from ansible_collections.assumerole.s3.plugins.module_utils._policies.documents import permissions_policy, size


def statements(*grants: dict[str, Any]) -> list[dict[str, Any]]:
    listed: list[dict[str, Any]] = permissions_policy(Contract.of({"grants": grants}))["Statement"]
    return listed


TEAM = {"bucket": "abc", "prefix": "team/", "permissions": ["list", "read"]}
LOGS = {"bucket": "abc", "prefix": "logs/", "permissions": ["list", "write"]}
OPEN = {"bucket": "xyz", "permissions": ["list", "locate"]}


def test_one_place_in_a_list_is_the_usual_contract_byte_for_byte() -> None:
    listed = Contract.of({"grants": [{"bucket": "abc", "prefix": "team"}]})
    alone = Contract.of({"bucket": "abc", "prefix": "team"})
    assert permissions_policy(listed) == permissions_policy(alone)
    assert [item["Sid"] for item in permissions_policy(alone)["Statement"]] == ["List", "Read", "Write", "Delete"]


def test_a_permission_names_the_keys_of_the_places_that_have_it() -> None:
    by_sid = {item["Sid"]: item for item in statements(TEAM, LOGS)}
    assert list(by_sid) == ["List", "Read", "Write"]
    assert by_sid["List"]["Resource"] == "arn:aws:s3:::abc"
    assert by_sid["List"]["Condition"] == {"StringLike": {"s3:prefix": ["team/*", "logs/*"]}}
    assert by_sid["Read"]["Resource"] == "arn:aws:s3:::abc/team/*"
    assert by_sid["Write"]["Resource"] == "arn:aws:s3:::abc/logs/*"


def test_a_prefix_of_one_bucket_is_never_a_condition_of_another() -> None:
    listing = [item for item in statements(TEAM, OPEN, {**LOGS, "bucket": "xya"}) if item["Action"] == "s3:ListBucket"]
    conditions = {
        item["Resource"]: item.get("Condition", {}).get("StringLike", {}).get("s3:prefix") for item in listing
    }
    assert conditions == {"arn:aws:s3:::xyz": None, "arn:aws:s3:::abc": "team/*", "arn:aws:s3:::xya": "logs/*"}


def test_sids_are_unique_and_do_not_change_with_what_stands_beside_them() -> None:
    grants = [{"bucket": f"bucket-{n}", "prefix": "a/", "permissions": list(PERMISSIONS)} for n in range(4)]
    made = statements(*grants)
    assert len({item["Sid"] for item in made}) == len(made)
    assert all(item["Sid"].isalnum() for item in made)
    fewer = {item["Sid"]: item for item in statements(*grants[1:])}
    assert {sid for sid in fewer if sid.startswith("List")} < {item["Sid"] for item in made}


def test_what_is_about_the_whole_bucket_is_said_once() -> None:
    (where,) = list(statements({**TEAM, "permissions": ["locate"]}, {**LOGS, "permissions": ["locate"]}))
    assert (where["Resource"], "Condition" in where) == ("arn:aws:s3:::abc", False)


def test_twenty_places_fit_and_are_understood_as_what_they_are() -> None:
    grants = [{"bucket": f"example-bucket-{n % 4}", "prefix": f"department/team-{n}"} for n in range(20)]
    document = permissions_policy(Contract.of({"grants": grants}))
    assert size(document) < 10240
    same = compare([document], document)
    assert [*same.extra, *same.lacking, *same.unproven, *same.unjudged] == []
    fewer = permissions_policy(Contract.of({"grants": grants[:-1]}))
    assert {atom.resource for atom in compare([fewer], document).lacking} >= {
        "arn:aws:s3:::example-bucket-3/department/team-19/*"
    }
    assert compare([document], fewer).extra


def test_white_space_between_words_is_not_counted_and_within_them_is() -> None:
    assert size({"Sid": "a b", "Action": ["x", "y"]}) == len('{"Sid":"a b","Action":["x","y"]}')
