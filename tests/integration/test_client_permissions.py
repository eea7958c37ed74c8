# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What clients need beside the four permissions: used for real where it is granted, refused wherever it is not."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import pytest

from ansible_collections.assumerole.s3.plugins.module_utils._aws import probes
from ansible_collections.assumerole.s3.plugins.module_utils._contract.permissions import PERMISSIONS, USUAL
from lab.account import allow
from lab.checkout import Json
from lab.emulator import Emulator
from lab.world import World, provision

OTHERS = tuple(name for name in PERMISSIONS if name not in USUAL)
CHOICES = [
    *(("write", "delete", *some) for size in (1, len(OTHERS)) for some in combinations(OTHERS, size)),
    *(("write", *some) for some in combinations(OTHERS, 1)),
    *(("list", *some) for some in combinations(OTHERS, 1)),
    *combinations(OTHERS, 1),
    tuple(PERMISSIONS),
]


def findings(result: Json) -> dict[str, str]:
    return {check["id"]: check["outcome"] for check in result["checks"] if check["outcome"] != "pass"}


def check_of(result: Json, name: str) -> Json:
    (check,) = [check for check in result["checks"] if check["id"] == name]
    return dict(check)


def with_objects(made: World) -> dict[str, Any]:
    """An object on each side of the prefix and in the forbidden bucket, and the options that name them."""
    made.put(made.inside, made.beside)
    for bucket in made.forbidden_buckets:
        made.put("theirs", bucket=bucket)
    theirs = dict.fromkeys(made.forbidden_buckets, "theirs")
    return {
        "inside_object": made.inside,
        "outside_object": made.beside,
        "forbidden_objects": theirs,
        "object_versions": made.versions,
    }


def listed(action: str | list[str]) -> list[str]:
    return [action] if isinstance(action, str) else action


def uploads(made: World) -> list[str]:
    return [item["Key"] for item in made.emulator.s3.list_multipart_uploads(Bucket=made.bucket).get("Uploads", [])]


def tags(made: World, key: str) -> list[Any]:
    return list(made.emulator.s3.get_object_tagging(Bucket=made.bucket, Key=key)["TagSet"])


@pytest.mark.parametrize("permissions", CHOICES, ids="+".join)
def test_each_choice_is_verified_and_leaves_nothing_behind(enforcing: Emulator, permissions: tuple[str, ...]) -> None:
    made = provision(
        enforcing, permissions=permissions, prefix="team/", forbidden_buckets=(provision(enforcing).bucket,)
    )
    options = with_objects(made)
    result = made.check(**options)
    assert findings(result) == {}
    assert (result["verdict"], uploads(made)) == ("verified", [])
    stays = [] if "delete" in permissions or "write" not in permissions else ["team/.access-check"]
    assert made.objects() == sorted([made.inside, made.beside, *stays])
    assert [tags(made, key) for key in (made.inside, made.beside)] == [[], []]


def test_the_usual_contract_is_not_asked_for_them(enforcing: Emulator) -> None:
    asked = {check["id"].split("@")[0].split(".")[-1] for check in provision(enforcing).check()["checks"]}
    assert asked.isdisjoint(OTHERS)


ACTIONS = [(row.name, action) for row in PERMISSIONS.values() if not row.usual for action in row.actions]


@pytest.mark.parametrize(("permission", "action"), ACTIONS)
def test_each_action_too_much_is_found_and_named(enforcing: Emulator, permission: str, action: str) -> None:
    """The contract names another of them, so that this one is asked for."""
    other = next(name for name in OTHERS if name != permission)
    made = provision(enforcing, permissions=("write", "delete", other))
    made.give_user(allow(action))
    made.set_permissions(allow(action), "extra")
    result = made.check()
    assert findings(result) == dict.fromkeys([f"role.{permission}", f"user.{permission}"], "excess_access")
    assert check_of(result, f"user.{permission}")["action"] == action
    assert check_of(result, f"user.{permission}")["cause"] == f"The user may {action} without assuming the role."


@pytest.mark.parametrize(("permission", "action"), ACTIONS)
def test_each_action_too_little_is_found_and_named(enforcing: Emulator, permission: str, action: str) -> None:
    made = provision(enforcing, permissions=("write", "delete", permission))
    document = made.permissions()
    document["Statement"] = [
        {**item, "Action": kept}
        for item in document["Statement"]
        if (kept := [name for name in listed(item["Action"]) if name != action])
    ]
    made.set_permissions(document)
    result = made.check()
    assert findings(result)[f"role.{permission}"] == "missing_access"
    assert set(findings(result)) <= {f"role.{permission}"}
    assert check_of(result, f"role.{permission}")["action"] == action
    assert (uploads(made), made.objects()) == ([], [])


@pytest.mark.parametrize(("permission", "action"), [case for case in ACTIONS if not PERMISSIONS[case[0]].whole])
def test_each_action_beside_the_prefix_is_found(enforcing: Emulator, permission: str, action: str) -> None:
    made = provision(enforcing, permissions=("write", "delete", permission), prefix="team/")
    options = with_objects(made)
    made.set_permissions(allow(action, f"arn:aws:s3:::{made.bucket}", f"arn:aws:s3:::{made.bucket}/*"), "extra")
    result = made.check(**options)
    assert findings(result) == {f"role.outside.{permission}": "excess_access"}
    assert tags(made, made.beside) == []


def test_check_mode_asks_for_them_without_making_anything(enforcing: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    made = provision(enforcing, permissions=("write", "delete", *OTHERS))
    options = with_objects(made)
    for step in probes.MAKING:
        monkeypatch.delitem(probes.S3_PROBES, step)  # type: ignore[misc]
    result = made.check(traceless=True, **options)
    assert {name: check_of(result, f"role.{name}")["outcome"] for name in OTHERS} == dict.fromkeys(OTHERS, "pass")


def test_an_upload_that_cannot_be_aborted_is_named(enforcing: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    made = provision(enforcing, permissions=("write", "delete", "multipart"))
    monkeypatch.setitem(probes.S3_PROBES, "abort_upload", probes.S3_PROBES["list_parts"])  # type: ignore[index]
    document = made.permissions()
    next(item for item in document["Statement"] if item["Sid"] == "Multipart")["Action"] = "s3:ListMultipartUploadParts"
    made.set_permissions(document)
    result = made.check()
    assert findings(result) == {"role.multipart": "missing_access"}
    assert len(uploads(made)) == len(result["leftovers"]) > 0
    assert all("?uploadId=" in address for address in result["leftovers"])
