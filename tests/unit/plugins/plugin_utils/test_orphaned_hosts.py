# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An orphaned host that has what another host has, or may have, is left alone; any other is not even looked at."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from ansible import constants
import pytest

from ansible_collections.assumerole.s3.plugins.plugin_utils._orphaned_hosts import ORPHANED, live_problem
from ansible_collections.assumerole.s3.plugins.plugin_utils._variables import completed

ACCOUNT = "123456789012"
ORPHAN = {"account_id": ACCOUNT, "role": "Its-Role", "user": "its-user", "bucket": "its-bucket", "prefix": "team/"}


class Unreadable(dict[str, Any]):
    """Variables of which one cannot be read."""

    def __init__(self, name: str, **said: Any) -> None:
        super().__init__({**said, f"bucket_access_{name}": None})
        self.name = f"bucket_access_{name}"

    def __getitem__(self, name: str) -> Any:
        if name == self.name:
            raise RuntimeError(name)
        return super().__getitem__(name)


class Hosts(dict[str, Any]):
    """All hosts, one of which may not be readable at all."""

    def __getitem__(self, name: str) -> Any:
        found = super().__getitem__(name)
        if found is None:
            raise RuntimeError(name)
        return found


@pytest.fixture(autouse=True)
def run_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(constants, "DEFAULT_LOCAL_TMP", str(tmp_path))


def told(others: Mapping[str, Any], *, orphaned: bool = True, **terms: Any) -> str:
    """What is wrong with the orphan, beside these hosts."""
    task: Any = SimpleNamespace(_uuid="a-task", get_play=lambda: SimpleNamespace(strategy="linear"))
    values = completed({**ORPHAN, **terms}, {}, "/", lambda _name, _files: {})
    mine = {f"bucket_access_{name}": value for name, value in ORPHAN.items()}
    hosts = Hosts({"orphaned-x": {**mine, **({ORPHANED: True} if orphaned else {})}, **others})
    known = {**hosts["orphaned-x"], "inventory_hostname": "orphaned-x", "hostvars": hosts}
    return live_problem(task, known, values)


def other(**said: Any) -> dict[str, Any]:
    return {"live": {f"bucket_access_{name}": value for name, value in said.items()}}


@pytest.mark.parametrize(
    ("said", "what"),
    [
        ({"role": "Its-Role"}, "role Its-Role"),
        ({"role": "its-role", "account_id": int(ACCOUNT)}, "role Its-Role"),
        ({"role": "another", "user": "its-user"}, "user its-user"),
        ({"account_id": "9" * 12, "bucket": "its-bucket", "manage": []}, "bucket its-bucket"),
        ({"grants": [{"bucket": "x"}, {"bucket": "its-bucket", "prefix": "elsewhere/"}]}, "bucket its-bucket"),
    ],
)
def test_what_is_another_hosts_is_left_alone(said: dict[str, Any], what: str) -> None:
    assert told(other(**said)).startswith(
        f"orphaned-x is listed as orphaned, and its {what} is that of the host live, too, so nothing is done to it: "
    )


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"role": "another", "user": None, "bucket": "", "grants": None},
        {"role": "its-role", "user": "its-user", "account_id": "9" * 12},
    ],
)
def test_what_is_nobody_elses_is_not(said: dict[str, Any]) -> None:
    assert told(other(**said)) == ""


def test_a_bucket_that_is_not_taken_down_may_be_anybodys() -> None:
    assert told(other(bucket="its-bucket"), manage=["user", "role"]) == ""
    assert told({"live": Unreadable("grants")}, manage=["role"]) == ""


@pytest.mark.parametrize("name", ["role", "user", "bucket", "grants"])
def test_what_cannot_be_read_may_be_just_that(name: str) -> None:
    assert f"bucket_access_{name} of the host live cannot be read here" in told({"live": Unreadable(name)})


@pytest.mark.parametrize(
    "said",
    [
        {"role": "{{ nowhere }}"},
        {"role": ["its-role"]},
        {"grants": "[{bucket: its-bucket}]"},
        {"grants": ["its-bucket"]},
        {"grants": [{"prefix": "x/"}]},
    ],
)
def test_what_is_no_value_of_a_contract_may_be_just_that(said: dict[str, Any]) -> None:
    assert "of the host live cannot be read here" in told(other(**said))


def test_an_account_that_cannot_be_read_may_be_the_same() -> None:
    hosts = {"live": Unreadable("account_id", bucket_access_role="its-role")}
    assert "its role Its-Role is that of the host live" in told(hosts)


def test_a_host_that_cannot_be_read_at_all_may_be_it() -> None:
    assert "bucket_access_role of the host live cannot be read here" in told({"live": None})


@pytest.mark.parametrize("orphaned", [True, False])
def test_another_orphaned_host_is_no_live_one(*, orphaned: bool) -> None:
    same = {f"bucket_access_{name}": value for name, value in ORPHAN.items()}
    assert (told({"orphaned-y": {**same, ORPHANED: orphaned}}) == "") is orphaned


def test_a_host_that_is_not_orphaned_reads_no_other() -> None:
    assert told({"live": None}, orphaned=False) == ""


def test_each_host_is_read_once_for_all_orphans_of_a_task(tmp_path: Path) -> None:
    assert told(other(role="another")) == ""
    assert [path.name.rpartition("-")[0] for path in tmp_path.glob("bucket-access-*.json")] == [
        "bucket-access-contracts"
    ]
