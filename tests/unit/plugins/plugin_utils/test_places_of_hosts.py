# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What hosts say of their places is read once for all of them, and again when it may have changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from ansible import constants
import pytest

from ansible_collections.assumerole.s3.plugins.plugin_utils._places_of_hosts import places_of_others

NAMES = ("one", "two", "three")
BUCKET = "a-shared-bucket"


class Hosts(Mapping[str, Any]):
    """Variables of hosts, which count how often one is read."""

    def __init__(self) -> None:
        self.read = 0

    def __getitem__(self, host: str) -> dict[str, str]:
        self.read += 1
        return {"bucket_access_bucket": BUCKET, "bucket_access_prefix": f"{host}/"}

    def __iter__(self) -> Iterator[str]:
        return iter(NAMES)

    def __len__(self) -> int:
        return len(NAMES)


def asked(hosts: Hosts, uuid: str = "a-task", strategy: str = "linear", batch: tuple[str, ...] = NAMES) -> set[str]:
    """What each of the hosts gets, in turn: the prefixes that every one of them is told of."""
    task: Any = SimpleNamespace(_uuid=uuid, get_play=lambda: SimpleNamespace(strategy=strategy))
    told = set()
    for host in batch:
        known = {"inventory_hostname": host, "hostvars": hosts, "ansible_play_batch": list(batch)}
        prefixes = {place.prefix for place in places_of_others(task, known)}
        assert prefixes == {f"{name}/" for name in NAMES if name != host}
        told |= prefixes
    return told


@pytest.fixture(autouse=True)
def run_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(constants, "DEFAULT_LOCAL_TMP", str(tmp_path))


def test_each_host_is_read_once_for_all_hosts_of_a_task() -> None:
    hosts = Hosts()
    asked(hosts)
    assert hosts.read == len(NAMES)


@pytest.mark.parametrize("other", [{"uuid": "the-next-task"}, {"batch": ("one",)}])
def test_another_task_and_another_batch_read_anew(other: dict[str, Any]) -> None:
    hosts = Hosts()
    asked(hosts)
    asked(hosts, **other)
    assert hosts.read == 2 * len(NAMES)


def test_where_hosts_go_their_own_ways_each_reads_for_itself() -> None:
    hosts = Hosts()
    asked(hosts, strategy="free")
    assert hosts.read == len(NAMES) ** 2


def test_where_nothing_can_be_kept_each_reads_for_itself(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(constants, "DEFAULT_LOCAL_TMP", str(tmp_path / "nowhere"))
    hosts = Hosts()
    asked(hosts)
    assert hosts.read == len(NAMES) ** 2
