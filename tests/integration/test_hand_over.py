# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is handed over works where it is taken: in the AWS CLI, a shell, amazon.aws, and a caller's own hands."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
import json
from pathlib import Path
import shlex
import subprocess
from typing import Any

import pytest

from ansible_collections.assumerole.s3.plugins.module_utils._keys.aws_stores import SecretsManager
from ansible_collections.assumerole.s3.plugins.module_utils._keys.store import Request, StoredKey, Surroundings
from lab.checkout import BIN
from lab.emulator import KEY, Emulator
from lab.home import add_role_profile, add_user_profile, environment
from lab.play import PLAY, Ran, ansible
from lab.world import World, provision

AWS = str(BIN / "aws")

#: What a caller's playbook looks like; the tasks that follow the role use what it leaves behind.
CALLER = (
    PLAY
    + """    - name: The verb is done
      ansible.builtin.include_role:
        name: assumerole.s3.bucket_access
        tasks_from: "{{ verb }}"
"""
)
READ_WITH_AMAZON_AWS = """
    - name: An amazon.aws module uses the session
      module_defaults:
        group/amazon.aws.aws: "{{ bucket_access_session }}"
      amazon.aws.s3_object_info:
        bucket_name: "{{ bucket_access_bucket }}"
        object_name: hello.txt
"""
KEEP_THE_KEY = """
    - name: The caller keeps the new key
      ansible.builtin.copy:
        content: "{{ bucket_access_key | to_json }}"
        dest: "{{ kept }}"
        mode: "0600"
      no_log: true
      when: bucket_access_key is defined
"""


class Caller:
    """Somebody with a contract, a home and a playbook of their own."""

    def __init__(self, contract: World, home: Path) -> None:
        self.contract, self.home = contract, home
        self.exported: dict[str, str] = {}
        self.credentials, self.config = home / "credentials", home / "config"
        add_user_profile(self.credentials, contract, "user")
        add_role_profile(self.config, contract, "role", source="user")

    def run(self, verb: str, then: str = "", **variables: Any) -> Ran:
        values = {
            "verb": verb,
            "bucket_access_bucket": self.contract.bucket,
            "bucket_access_user": self.contract.user,
            "bucket_access_role": self.contract.role,
            "bucket_access_user_profile": "user",
            "bucket_access_role_profile": "role",
            **variables,
        }
        (self.home / "play.yml").write_text(CALLER + then)
        (self.home / "vars.json").write_text(json.dumps(values))
        return ansible(
            "ansible-playbook",
            *(str(self.home / "play.yml"), "-e", f"@{self.home / 'vars.json'}"),
            home=self.home,
            emulator=self.contract.emulator,
            AWS_SHARED_CREDENTIALS_FILE=str(self.credentials),
            AWS_CONFIG_FILE=str(self.config),
            **self.exported,
        )

    def environment(self, **more: str) -> dict[str, str]:
        """Of a program that has nothing but the profiles."""
        files = {"AWS_SHARED_CREDENTIALS_FILE": str(self.credentials), "AWS_CONFIG_FILE": str(self.config)}
        return environment(self.home, self.contract.emulator.keyless, **files, **more)

    def statuses(self) -> dict[str, str]:
        return self.contract.key_states()


@pytest.fixture
def caller(enforcing: Emulator, tmp_path: Path) -> Caller:
    contract = provision(enforcing)
    contract.put("hello.txt")
    return Caller(contract, tmp_path)


def succeeded(ran: Ran) -> Ran:
    assert ran.code == 0, ran.output[-3000:]
    return ran


def listing(environment: dict[str, str], bucket: str, *arguments: str) -> str:
    command = [AWS, *arguments, "s3", "ls", f"s3://{bucket}"]
    done = subprocess.run(command, check=False, env=environment, capture_output=True, text=True)
    return done.stdout if done.returncode == 0 else done.stderr


def test_a_session_works_in_the_cli_in_a_shell_and_in_amazon_aws(caller: Caller) -> None:
    variables, printed = caller.home / "session" / "role.env", caller.home / "session" / "role.json"
    succeeded(
        caller.run(
            "session",
            then=READ_WITH_AMAZON_AWS,
            bucket_access_session_env_file=str(variables),
            bucket_access_session_json_file=str(printed),
        )
    )
    assert {path.stat().st_mode & 0o777 for path in (variables, printed)} == {0o600}

    shell = f". {shlex.quote(str(variables))}; exec {shlex.quote(AWS)} s3 ls s3://{caller.contract.bucket}"
    env = caller.environment(AWS_PROFILE="a-profile-that-is-not-there")
    assert (
        "hello.txt" in subprocess.run(["sh", "-c", shell], check=True, env=env, capture_output=True, text=True).stdout
    )

    with caller.config.open("a") as config:
        config.write(f"[profile handed-over]\ncredential_process = cat {printed}\nregion = us-east-1\n")
    assert "hello.txt" in listing(caller.environment(), caller.contract.bucket, "--profile", "handed-over")


def test_a_session_opens_with_a_key_from_aws_and_an_operator_who_is_an_exported_profile(caller: Caller) -> None:
    name = stored_as_a_secret(caller)
    env = caller.contract.emulator.env
    caller.credentials.write_text("[operator]\n" + "".join(f"{item.lower()} = {env[item]}\n" for item in KEY))
    caller.exported = {"AWS_PROFILE": "operator", **dict.fromkeys(KEY, "")}
    succeeded(
        caller.run(
            "session",
            then=READ_WITH_AMAZON_AWS,
            bucket_access_key_store="secretsmanager",
            bucket_access_key_store_path=name,
        )
    )


def stored_as_a_secret(caller: Caller) -> str:
    """The name of a new secret with the user's key."""
    key = StoredKey(
        caller.contract.key["AccessKeyId"], caller.contract.key["SecretAccessKey"], caller.contract.user_arn
    )
    name = f"/{caller.contract.tag}"
    request = Request(owner=key.owner, path=name)
    SecretsManager(request, Surroundings(client=caller.contract.emulator.client)).write(key)
    return name


def test_what_a_store_holds_is_a_credential_process(caller: Caller) -> None:
    """The role's profile works with any store whose text the user's profile gets by a process."""
    client, name = caller.contract.emulator.client("secretsmanager"), stored_as_a_secret(caller)
    fetched = caller.home / "fetched.json"
    fetched.write_text(client.get_secret_value(SecretId=name)["SecretString"])
    caller.credentials.unlink()
    with caller.config.open("a") as config:
        config.write(f"[profile user]\ncredential_process = cat {fetched}\n")
    assert "hello.txt" in listing(caller.environment(), caller.contract.bucket, "--profile", "role")


def test_the_callers_own_store_is_never_outrun(caller: Caller) -> None:
    """With the store none, the old key works until the caller comes back with the new one."""
    kept = caller.home / "kept.json"
    old = caller.contract.key
    given = {
        "bucket_access_key_store": "none",
        "kept": str(kept),
        "bucket_access_access_key_id": old["AccessKeyId"],
        "bucket_access_secret_access_key": old["SecretAccessKey"],
    }
    first = succeeded(caller.run("rotate", then=KEEP_THE_KEY, **given))
    new = json.loads(kept.read_text())
    assert caller.statuses() == {old["AccessKeyId"]: "Active", new["access_key_id"]: "Active"}

    given |= {f"bucket_access_{name}": value for name, value in new.items()}
    second = succeeded(caller.run("rotate", then=KEEP_THE_KEY, **given))
    assert caller.statuses() == {old["AccessKeyId"]: "Inactive", new["access_key_id"]: "Active"}
    for secret in (old["SecretAccessKey"], new["secret_access_key"]):
        assert secret not in first.output + second.output


@contextmanager
def used_all_the_time(caller: Caller) -> Iterator[list[str]]:
    """Both profiles are used by the AWS CLI, again and again, without a cached session; gives what went wrong."""
    script = """
        while [ ! -e "$HOME/enough" ]; do
            for profile in user role; do
                rm -rf "$HOME/.aws"
                error=$("$0" --profile $profile sts get-caller-identity 2>&1 >/dev/null) \\
                    && echo fine || echo "$profile: $error"
            done
        done
    """
    answers: list[str] = []
    loop = subprocess.Popen(["sh", "-c", script, AWS], env=caller.environment(), stdout=subprocess.PIPE, text=True)
    assert loop.stdout is not None
    try:
        answers.append(loop.stdout.readline().strip())
        yield answers
        # However slow the machine is, both profiles have been used meanwhile, or since.
        answers += [loop.stdout.readline().strip() for _answer in range(4)]
    finally:
        (caller.home / "enough").touch()
        answers += [line.strip() for line in loop.stdout]
        loop.wait()


def test_the_cli_is_never_refused_while_the_key_is_rotated(caller: Caller) -> None:
    with used_all_the_time(caller) as answers:
        succeeded(caller.run("rotate"))
    assert caller.statuses()[caller.contract.key["AccessKeyId"]] == "Inactive"
    assert len(answers) > 4
    assert set(answers) == {"fine"}
