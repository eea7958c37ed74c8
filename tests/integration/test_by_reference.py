# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Secrets travel by reference: no task argument, result, fact or registered variable holds one, ``no_log`` or not.

A callback that logs arguments sees them before anything is censored. The caller's own are left out of it: the session
that it asked for, and the key of the store ``none``, which keeps nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
import json
from pathlib import Path
import secrets

from overheard import Overheard, overheard
import pytest
import yaml

from lab.emulator import Emulator
from lab.play import Ran, ansible

CALLBACKS = Path(__file__).parent / "callbacks"
STORES = ("profile", "secretsmanager", "ssm", "vault_file")

PLAY = """
- name: The verb is done for {hosts}
  hosts: {hosts}
  connection: local
  gather_facts: false
  vars:
    ansible_python_interpreter: "{{{{ ansible_playbook_python }}}}"
  tasks:
    - name: The verb is done
      ansible.builtin.include_role:
        name: assumerole.s3.bucket_access
        tasks_from: "{{{{ item }}}}"
      loop: {verbs}
"""
LIFE = ["main", "verify", "rotate", "verify"]


@dataclass
class Life:
    """Contracts, a home, and what a callback has written down."""

    heard: Overheard
    home: Path
    tag: str = field(default_factory=lambda: secrets.token_hex(4))

    @property
    def log(self) -> Path:
        return self.home / "everything.jsonl"

    def contract(self, store: str) -> dict[str, str]:
        vault = str(self.home / "keys" / "partner.vault")
        return {
            "bucket_access_bucket": f"reference-{self.tag}-{store.replace('_', '-')}",
            "bucket_access_user": f"user-{self.tag}-{store}",
            "bucket_access_role": f"role-{self.tag}-{store}",
            "bucket_access_prefix": "team/",
            "bucket_access_key_store": store,
            "bucket_access_key_store_path": vault if store == "vault_file" else f"/reference/{self.tag}/{store}",
        }

    def run(self, hosts: str, verbs: list[str], *arguments: str, **environ: str) -> Ran:
        inventory = {"kept": {"hosts": {store: self.contract(store) for store in STORES}}}
        inventory["handed"] = {"hosts": {"none": self.contract("none")}}
        (self.home / "inventory.yml").write_text(yaml.safe_dump(inventory))
        (self.home / "password").write_text("an EXAMPLE password\n")
        (self.home / "play.yml").write_text(PLAY.format(hosts=hosts, verbs=json.dumps(verbs)))
        ran = ansible(
            "ansible-playbook",
            *("-vvv", "--diff", "-i", str(self.home / "inventory.yml"), str(self.home / "play.yml")),
            *("--vault-password-file", str(self.home / "password"), *arguments),
            home=self.home,
            emulator=self.heard.emulator,
            ANSIBLE_CALLBACK_PLUGINS=str(CALLBACKS),
            ANSIBLE_CALLBACKS_ENABLED="everything",
            EVERYTHING_FILE=str(self.log),
            **environ,
        )
        assert ran.code == 0, ran.output[-3000:]
        return ran

    def seen(self) -> list[dict[str, str]]:
        return [json.loads(line) for line in self.log.read_text().splitlines()]

    def sightings(self) -> set[tuple[str, str, str]]:
        """What of a task a secret was seen in, by host."""
        return {
            (line["host"], line["task"], line["what"])
            for line in self.seen()
            if any(secret in line["text"] for secret in self.heard.all)
        }


@pytest.fixture
def life(enforcing: Emulator, tmp_path: Path) -> Iterator[Life]:
    with overheard(enforcing) as heard:
        yield Life(heard, tmp_path)


@pytest.mark.parametrize(
    ("in_process", "stores", "verbs"),
    [("true", STORES, [*LIFE, "teardown"]), ("false", ("ssm", "vault_file"), ["main", "verify"])],
    ids=["in_process", "as_every_module_runs"],
)
def test_no_secret_of_a_store_is_in_a_tasks_arguments_results_or_variables(
    life: Life, in_process: str, stores: tuple[str, ...], verbs: list[str]
) -> None:
    """Each store through its life, wherever the modules run."""
    where = json.dumps({"assumerole_s3_in_process": in_process == "true"})
    ran = life.run("kept", verbs, "-e", where, "--limit", ",".join(stores))
    assert {line["host"] for line in life.seen()} == set(stores)
    assert len(life.heard.secrets["SecretAccessKey"]) >= 2 * len(stores)
    assert life.heard.secrets["SessionToken"]
    assert life.sightings() == set()
    assert not [secret for secret in life.heard.all if secret in ran.output]


def test_a_session_holds_its_own_secrets_and_never_the_stored_key(life: Life) -> None:
    """It is asked for: its secrets are in a fact, and in the files of whoever names some."""
    life.run("kept", ["main"])
    stored = set(life.heard.secrets["SecretAccessKey"])
    file = f"{life.home}/{{{{ inventory_hostname }}}}.env"
    ran = life.run("kept", ["session"], "-e", f"bucket_access_session_env_file={file}")
    assert not [line["task"] for line in life.seen() if any(secret in line["text"] for secret in stored)]
    assert {host for host, _task, _what in life.sightings()} == set(STORES)
    assert not [secret for secret in life.heard.all if secret in ran.output]
    assert all((life.home / f"{store}.env").exists() for store in STORES)


def test_what_a_caller_keeps_is_in_the_callers_hands_alone(life: Life) -> None:
    """The store none hands a key over: it is in the result of the task that made it, and in the fact, once."""
    ran = life.run("handed", ["main"])
    handed = life.heard.secrets["SecretAccessKey"]
    assert handed
    assert not [secret for secret in handed if secret in ran.output]
    seen = {(task, what) for _host, task, what in life.sightings() if what != "variables"}
    assert seen == {
        ("The user has a key, and its store holds it", "result"),
        ("The new key is in the caller's hands", "arguments"),
        ("The new key is in the caller's hands", "result"),
    }
