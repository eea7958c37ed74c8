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


#: What extends another permission has its action.
ACTIONS = [
    (row.name, action) for row in PERMISSIONS.values() if not row.usual and not row.extends for action in row.actions
]


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


def test_the_list_of_the_whole_bucket_is_found_where_it_is_too_much_and_where_it_is_missing(
    enforcing: Emulator,
) -> None:
    """Where the contract does not name it, the list beside the prefix says so; where it does, nothing is beside it."""
    made = provision(enforcing, prefix="team/")
    made.set_permissions(allow("s3:ListBucket"), "extra")
    wrong = findings(made.check(**with_objects(made)))
    assert wrong == dict.fromkeys(["role.outside.list_all", "role.outside.list"], "excess_access")
    made = provision(enforcing, prefix="team/", permissions=("list_all", "read", "write", "delete"))
    assert findings(made.check(**with_objects(made))) == {}
    below = {"Condition": {"StringLike": {"s3:prefix": "team/*"}}}
    document = made.permissions()
    document["Statement"] = [{**item, **(below if item["Sid"] == "ListAll" else {})} for item in document["Statement"]]
    made.set_permissions(document)
    assert findings(made.check(**with_objects(made))) == {"role.list_all": "missing_access"}


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


def keep_versions(made: World) -> None:
    made.s3.put_bucket_versioning(Bucket=made.bucket, VersioningConfiguration={"Status": "Enabled"})


def every_version(made: World) -> list[str]:
    found = made.emulator.s3.list_object_versions(Bucket=made.bucket)
    return [item["Key"] for kind in ("Versions", "DeleteMarkers") for item in found.get(kind, [])]


@pytest.mark.parametrize("permissions", [("write", "delete", "versions"), ("write", "versions"), ("versions",)])
def test_versions_are_proven_where_the_bucket_keeps_them(enforcing: Emulator, permissions: tuple[str, ...]) -> None:
    """What the role has made it may not remove for good: each version and marker is named, for the operator."""
    made = provision(enforcing, permissions=permissions, prefix="team/")
    keep_versions(made)
    result = made.check(**with_objects(made))
    assert findings(result) == {}
    assert all("?versionId=" in address for address in result["leftovers"])
    own = [key for key in every_version(made) if key not in (made.inside, made.beside, "team/.access-check")]
    assert len(own) == len(result["leftovers"])


@pytest.mark.parametrize("unknown", ["inside", "beside"])
def test_without_a_known_version_nothing_is_said(enforcing: Emulator, unknown: str) -> None:
    made = provision(enforcing, permissions=("list", "read", "versions"), prefix="team/")
    options = with_objects(made)
    del options["object_versions"][f"s3://{made.bucket}/{getattr(made, unknown)}"]
    result = made.check(**options)
    of_it = {"inside": {"role.versions", "user.versions", "anonymous.versions"}, "beside": {"role.outside.versions"}}
    assert findings(result) == dict.fromkeys(of_it[unknown], "inconclusive")
    assert result["verdict"] == "inconclusive"


def test_of_an_object_that_stays_the_operators_tells_the_version(enforcing: Emulator) -> None:
    made = provision(enforcing, permissions=("write", "versions"), prefix="team/")
    options = with_objects(made)
    assert findings(made.check(**options)) == {}
    assert findings(made.check(**options)) == {}


@pytest.mark.parametrize("name", ["Versions", "VersionsOnBucket"])
def test_other_versions_are_not_the_runs_own(enforcing: Emulator, name: str) -> None:
    """A policy that lets the role at the documented names alone gives it less than the contract does."""
    made = provision(enforcing, permissions=("list", "read", "versions"), prefix="team/")
    options = with_objects(made)
    document = made.permissions()
    statement = next(item for item in document["Statement"] if item["Sid"] == name)
    statement |= (
        {"Resource": f"{statement['Resource'][:-1]}.access-check*"}
        if name == "Versions"
        else {"Condition": {"StringLike": {"s3:prefix": "team/.access-check*"}}}
    )
    made.set_permissions(document)
    assert findings(made.check(**options)) == {"role.versions": "missing_access"}
