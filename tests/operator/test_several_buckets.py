# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A contract of two buckets, for an operator whose policies have both wherever the published ones have the bucket."""

from __future__ import annotations

import json

from account import Account, account, as_the_emulator_asks, enforcing
from policies import filled, in_buckets
import pytest
from situations import failure, verdict_missing

from lab.account import OPERATOR
from lab.checkout import Env, Json

pytestmark = pytest.mark.whole


def exactly(place: Account, operator: Env, buckets: list[str], *policies: str) -> Env:
    """The operator, who now has these policies and no others."""
    iam = place.iam
    for name in iam.list_user_policies(UserName=OPERATOR)["PolicyNames"]:
        iam.delete_user_policy(UserName=OPERATOR, PolicyName=name)
    for name in policies:
        document = as_the_emulator_asks(in_buckets(filled(name, place.names), place.bucket, buckets))
        iam.put_user_policy(UserName=OPERATOR, PolicyName=name, PolicyDocument=json.dumps(document))
    return operator


def test_each_verb_works_in_both_buckets() -> None:
    with enforcing() as emulator, account(emulator) as place:
        buckets = [place.bucket, f"{place.bucket}-archive"]
        operator = place.operator([])
        grants: list[Json] = [
            {"bucket": buckets[0], "prefix": "in/", "permissions": ["list", "read"]},
            {"bucket": buckets[0], "prefix": "out/", "permissions": ["write"]},
            {"bucket": buckets[1], "permissions": ["read"]},
        ]
        place.terms = {**{name: place.terms[name] for name in ("user", "role")}, "bucket": buckets[0], "grants": grants}

        def run(verb: str, *policies: str, **more: object) -> str:
            given = {"bucket_access_prefix": "", "bucket_access_force_destroy": True, **more}
            ran = place.play(verb, exactly(place, operator, buckets, *policies), **given)
            return failure(ran) or (verdict_missing(ran) if verb == "verify" else "")

        assert run("provision", "provision") == ""
        assert run("verify", "verify") == ""
        fewer = {"bucket_access_grants": grants[:2]}
        assert run("provision", "provision", **fewer) == ""
        assert run("provision", "provision") == ""
        for bucket, key in ((buckets[0], "in/a"), (buckets[0], "out/b"), (buckets[1], "c")):
            place.s3.put_object(Bucket=bucket, Key=key, Body=b"x")
        assert run("teardown", "teardown", "teardown-objects") == ""
        assert [bucket["Name"] for bucket in place.s3.list_buckets()["Buckets"]] == []
