# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A contract for each store that is a file, through all verbs: the key is there, and its secret nowhere else.

AWS's own stores: test_aws_stores.py, test_hand_over.py, and the crashes in tests/faults.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from configparser import RawConfigParser
from dataclasses import dataclass, field
import json
from pathlib import Path
import secrets
import subprocess
import sys

import pytest
from watched import Sightings, watched
import yaml

from lab.emulator import ACCOUNT, Emulator
from lab.home import credentials_file
from lab.play import Ran, ansible

STORES = ("profile", "vault_file")
Pair = tuple[str, str]


@dataclass
class Fleet:
    """A contract for each store, in one inventory, and all that the runs left to see."""

    emulator: Emulator
    home: Path
    tag: str = field(default_factory=lambda: secrets.token_hex(4))
    said: list[str] = field(default_factory=list)
    seen: list[Sightings] = field(default_factory=list)
    keys: list[dict[str, Pair]] = field(default_factory=list)

    def user(self, store: str) -> str:
        return f"user-{self.tag}-{store}"

    def path(self, store: str) -> str:
        return str(self.home / "keys" / "partner.vault") if store == "vault_file" else f"/team/{self.tag}/{store}"

    @property
    def credentials(self) -> Path:
        return credentials_file(self.home)

    @property
    def password(self) -> Path:
        return self.home / "vault-password"

    def write_inventory(self) -> None:
        hosts = {
            store: {
                "bucket_access_bucket": f"stores-{self.tag}-{store.replace('_', '-')}",
                "bucket_access_user": self.user(store),
                "bucket_access_role": f"role-{self.tag}-{store}",
                "bucket_access_key_store": store,
                "bucket_access_key_store_path": self.path(store),
                "bucket_access_tags": {"team": "exchange"},
            }
            for store in STORES
        }
        (self.home / "inventory.yml").write_text(yaml.safe_dump({"contracts": {"hosts": hosts}}))
        self.password.write_text("an EXAMPLE password\n")

    def run(self, verb: str, *arguments: str, password: Path | None = None) -> Ran:
        """One verb for all contracts, as loud as can be, with all written down that Ansible can write down."""
        allowed = (self.credentials, Path(self.path("vault_file")))
        temporary = self.home / "tmp"
        temporary.mkdir(exist_ok=True)
        with watched(self.home, stores=allowed) as sightings:
            ran = ansible(
                "ansible-playbook",
                *("-vvvv", "--diff", "-i", str(self.home / "inventory.yml"), f"playbooks/{verb}.yml"),
                *(
                    "-e",
                    "bucket_access_hosts=contracts",
                    "--vault-password-file",
                    str(password or self.password),
                    *arguments,
                ),
                home=self.home,
                emulator=self.emulator,
                TMPDIR=str(temporary),
                ANSIBLE_LOG_PATH=str(self.home / "ansible.log"),
                ANSIBLE_CACHE_PLUGIN="jsonfile",
                ANSIBLE_CACHE_PLUGIN_CONNECTION=str(self.home / "facts"),
            )
        self.said.append(ran.output)
        self.seen.append(sightings)
        return ran

    def stored(self) -> dict[str, Pair]:
        """Id and secret of each store's key, read without the collection."""
        return {store: READERS[store](self) for store in STORES}

    def on_aws(self, store: str) -> dict[str, str]:
        """The status of each key that AWS has."""
        found = self.emulator.iam.list_access_keys(UserName=self.user(store))["AccessKeyMetadata"]
        return {key["AccessKeyId"]: key["Status"] for key in found}


def from_profile(fleet: Fleet) -> Pair:
    parser = RawConfigParser()
    parser.read(fleet.credentials)
    section = parser[fleet.user("profile")]
    return section["aws_access_key_id"], section["aws_secret_access_key"]


def from_vault_file(fleet: Fleet) -> Pair:
    path = Path(fleet.path("vault_file"))
    assert path.read_text().startswith("$ANSIBLE_VAULT;")
    assert path.stat().st_mode & 0o777 == 0o600
    program = str(Path(sys.executable).parent / "ansible-vault")
    view = [program, "view", "--vault-password-file", str(fleet.password), str(path)]
    return pair(subprocess.run(view, check=True, capture_output=True, text=True).stdout)


def pair(text: str) -> Pair:
    found = json.loads(text)
    return found["AccessKeyId"], found["SecretAccessKey"]


READERS: Mapping[str, Callable[[Fleet], Pair]] = {
    "profile": from_profile,
    "vault_file": from_vault_file,
}


def gone(fleet: Fleet) -> dict[str, str]:
    """How each store answers when it is asked for a key that is not there."""
    return {
        "profile": str(fleet.credentials.exists()),
        "vault_file": str(Path(fleet.path("vault_file")).exists()),
    }


@pytest.fixture(scope="module")
def fleet(enforcing: Emulator, tmp_path_factory: pytest.TempPathFactory) -> Fleet:
    """The contracts of one story: each test is its next chapter."""
    fleet = Fleet(enforcing, tmp_path_factory.mktemp("stores"))
    fleet.write_inventory()
    return fleet


def test_provision_stores_the_only_key(fleet: Fleet) -> None:
    ran = fleet.run("provision")
    assert ran.code == 0, ran.output[-3000:]
    fleet.keys.append(fleet.stored())
    for store, (name, _secret) in fleet.keys[0].items():
        assert fleet.on_aws(store) == {name: "Active"}


def test_provision_again_changes_nothing(fleet: Fleet) -> None:
    ran = fleet.run("provision")
    assert {host: counts["changed"] for host, counts in ran.recap.items()} == dict.fromkeys(STORES, 0)
    assert fleet.stored() == fleet.keys[0]


def test_rotate_stores_another_key_and_deactivates_the_first(fleet: Fleet) -> None:
    ran = fleet.run("rotate")
    assert ran.code == 0, ran.output[-3000:]
    fleet.keys.append(fleet.stored())
    for store in STORES:
        old, new = fleet.keys[0][store][0], fleet.keys[1][store][0]
        assert fleet.on_aws(store) == {old: "Inactive", new: "Active"}


def test_verify_reads_the_key_from_its_store(fleet: Fleet) -> None:
    ran = fleet.run("verify", "-e", f"bucket_access_report_dir={fleet.home}/reports/{{{{ inventory_hostname }}}}")
    assert ran.code == 0, ran.output[-3000:]
    for store in STORES:
        report = json.loads((fleet.home / "reports" / store / "access-report.json").read_text())
        assert report["verdict"] == "verified"
        assert report["caller"]["arn"] == f"arn:aws:iam::{ACCOUNT}:user/{fleet.user(store)}"


def test_a_locked_vault_is_a_sentence_and_loses_nothing(fleet: Fleet) -> None:
    path = Path(fleet.path("vault_file"))
    before, keys = path.read_bytes(), fleet.on_aws("vault_file")
    wrong = fleet.home / "wrong-password"
    wrong.write_text("another EXAMPLE\n")

    ran = fleet.run("rotate", "--limit", "vault_file", password=wrong)

    assert ran.code == 2
    assert f"{path} cannot be decrypted: give its password with --vault-password-file" in ran.output
    assert "Traceback" not in ran.output
    assert (path.read_bytes(), fleet.on_aws("vault_file")) == (before, keys)


def test_teardown_leaves_nothing_in_the_stores(fleet: Fleet) -> None:
    ran = fleet.run("teardown")
    assert ran.code == 0, ran.output[-3000:]
    assert gone(fleet) == {
        "profile": "False",
        "vault_file": "False",
    }


def test_no_secret_was_seen_anywhere_else(fleet: Fleet) -> None:
    every = [secret for keys in fleet.keys for _name, secret in keys.values()]
    assert len(set(every)) == 2 * len(STORES)
    for secret in every:
        assert not [text for text in fleet.said if secret in text]
        assert [sightings.of(secret) for sightings in fleet.seen] == [[]] * len(fleet.seen)
