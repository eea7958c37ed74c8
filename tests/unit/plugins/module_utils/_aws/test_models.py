# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from pathlib import Path
from typing import Any

from botocore.awsrequest import AWSResponse
import pytest

from ansible_collections.assumerole.s3.plugins.module_utils._aws import models as module
from ansible_collections.assumerole.s3.plugins.module_utils._aws.identities import Connection, Identities
from ansible_collections.assumerole.s3.plugins.module_utils._aws.models import models, read_ahead
from ansible_collections.assumerole.s3.tests.unit.plugins.module_utils._aws.on_the_wire import answered

USER = Connection(region="us-east-1", access_key="AKIAUSEREXAMPLE", secret_key="user-secret")

ROLE = """<Arn>arn:aws:iam::123456789012:role/partner</Arn><RoleName>partner</RoleName><Path>/</Path>
<AssumeRolePolicyDocument>%7B%22Statement%22%3A%5B%5D%7D</AssumeRolePolicyDocument>"""
PAGES = {
    "ListRoles": f"<Roles><member>{ROLE}</member></Roles><IsTruncated>true</IsTruncated><Marker>more</Marker>",
    "GetRole": f"<Role>{ROLE}</Role>",
}


def read_so_far(data_path: str | None = None) -> set[str]:
    """The names of the tables and descriptions that have been read."""
    return {str(key) for key in models(data_path)._cache}  # botocore has no other way to tell


def test_what_is_read_ahead_suffices_for_a_client() -> None:
    models.cache_clear()
    read_ahead("s3", "iam", "sts")
    before = read_so_far()
    for service in ("s3", "iam", "sts"):
        Identities(USER).user(service)
    assert not [name for name in read_so_far() - before if "service-2" in name or "endpoint" in name]


def test_a_folder_of_the_users_own_is_looked_into_and_is_not_shared(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_DATA_PATH", str(tmp_path))
    Identities(USER).user("sts")
    assert models(str(tmp_path)).search_paths[0] == str(tmp_path)
    assert str(tmp_path) not in models(None).search_paths


def test_without_botocore_nothing_is_read_and_nothing_breaks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "Loader", None)
    monkeypatch.delattr(module, "DataNotFoundError")
    monkeypatch.delattr(module, "create_loader")
    read_ahead("s3", "iam", "sts")


def _answer(request: Any, operation: str) -> AWSResponse:
    return answered(
        request,
        200,
        f"<{operation}Response><{operation}Result>{PAGES[operation]}</{operation}Result></{operation}Response>",
    )


def test_of_listed_roles_the_trust_is_read_alone_and_of_one_role_everything() -> None:
    iam = Identities(USER).user("iam")
    for operation in PAGES:
        iam.meta.events.register(
            f"before-send.iam.{operation}", lambda request, o=operation, **_more: _answer(request, o)
        )
    page = iam.list_roles()
    arn = "arn:aws:iam::123456789012:role/partner"
    assert page["Roles"] == [{"Arn": arn, "AssumeRolePolicyDocument": "%7B%22Statement%22%3A%5B%5D%7D"}]
    assert (page["IsTruncated"], page["Marker"]) == (True, "more")
    whole = {"Arn": arn, "RoleName": "partner", "Path": "/", "AssumeRolePolicyDocument": {"Statement": []}}
    assert iam.get_role(RoleName="partner")["Role"] == whole
