# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The stores that are files: what is in the way is a sentence, and nothing is lost. One playbook asks everything."""

from __future__ import annotations

import json
from pathlib import Path
import subprocess
from typing import Any

import pytest

from lab.checkout import BIN, CHECKOUT, Json

OWNER = "arn:aws:iam::123456789012:user/partner"
KEY = {"access_key_id": "AKIAIOSFODNN7EXAMPLE", "secret_access_key": "SECRETEXAMPLE"}
OUR_KEY = {"access_key_id": "AKIAOURSEXAMPLE", "secret_access_key": "OURSEXAMPLE"}
OURS = (
    f"[partner]\n# made by assumerole.s3 for {OWNER}\n"
    "aws_access_key_id = AKIAOURSEXAMPLE\naws_secret_access_key = OURSEXAMPLE\n"
)
THEIRS = "# mine\n[partner]\naws_access_key_id = AKIATHEIRSEXAMPLE\naws_secret_access_key = THEIRSEXAMPLE\n"
BROKEN = "aws_access_key_id = AKIALOSTEXAMPLE\n"


class Files:
    """The files that the cases find, and what became of them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.start = {"ours": OURS, "theirs": THEIRS, "adopted": THEIRS, "broken": BROKEN, "plain": "a password\n"}
        self.start["open"] = OURS
        for name, text in self.start.items():
            (folder / name).write_text(text)
            (folder / name).chmod(0o644)

    def profile(self, name: str, state: str = "read", **more: Any) -> Json:
        return {
            "store": "profile",
            "user_profile": "partner",
            "credentials_file": str(self.folder / name),
            "state": state,
            **more,
        }

    def vault(self, name: str, state: str = "read", **more: Any) -> Json:
        return {"store": "vault_file", "path": str(self.folder / name), "state": state, **more}

    def unchanged(self, name: str) -> bool:
        return (self.folder / name).read_text() == self.start[name]


def results_of(cases: dict[str, Json], folder: Path, *arguments: str) -> dict[str, Json]:
    """Run each case as a task, and give the results; a task that fails does not keep the others from running."""
    tasks: list[Json] = [
        {
            "name": name,
            "assumerole.s3.stored_access_key": {"owner": OWNER, **case},
            "register": f"result_{number}",
            "ignore_errors": True,
        }
        for number, (name, case) in enumerate(cases.items())
    ]
    names = ", ".join(f"result_{number}" for number in range(len(cases)))
    tasks.append(
        {
            "name": "Keep",
            "ansible.builtin.copy": {"content": f"{{{{ [{names}] | to_json }}}}", "dest": str(folder / "results")},
        }
    )
    play = {"hosts": "localhost", "connection": "local", "gather_facts": False, "tasks": tasks}
    (folder / "play.json").write_text(json.dumps([play]))
    env = {"PATH": "/usr/bin:/bin", "HOME": str(folder), "ANSIBLE_NOCOLOR": "1"}
    ran = subprocess.run(
        [str(BIN / "ansible-playbook"), str(folder / "play.json"), *arguments],
        check=False,
        cwd=CHECKOUT,
        env=env,
        capture_output=True,
        text=True,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "Traceback" not in ran.stdout + ran.stderr
    return dict(zip(cases, json.loads((folder / "results").read_text()), strict=True))


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Files:
    return Files(tmp_path_factory.mktemp("files"))


@pytest.fixture(scope="module")
def results(files: Files) -> dict[str, Json]:
    (files.folder / "a-folder").mkdir()
    (files.folder / "password").write_text("an EXAMPLE password\n")
    cases = {
        "ours": files.profile("ours"),
        "theirs": files.profile("theirs"),
        "overwrite theirs": files.profile("theirs", "present", **KEY),
        "remove theirs": files.profile("theirs", "absent"),
        "adopt theirs": files.profile("adopted", "present", adopt=True, **KEY),
        "false as text": files.profile("theirs", "present", adopt="{{ adopt_as_text }}", **KEY),
        "misspelt state": files.profile("ours", "presnet", **KEY),
        "misspelt store": {**files.profile("ours", "present", **KEY), "store": "vautl_file"},
        "misspelt store, new file": {**files.profile("new", "present", **KEY), "store": "vautl_file"},
        "open to others": files.profile("open", "present", **OUR_KEY),
        "connection options": files.profile("ours", region="eu-central-1", profile="operator", validate_certs=True),
        "broken": files.profile("broken"),
        "missing": files.profile("missing"),
        "home is a file": files.profile("plain/.aws/credentials"),
        "new vault": files.vault("vault", "present", **KEY),
        "read vault": files.vault("vault"),
        "same vault": files.vault("vault", "present", **KEY),
        "vault of another": files.vault("vault", owner="arn:aws:iam::123456789012:user/other"),
        "plain text": files.vault("plain"),
        "overwrite plain text": files.vault("plain", "present", **KEY),
        "vault in a folder's place": files.vault("a-folder"),
        "no path": {"store": "vault_file", "state": "read"},
        "caller gives nothing": {"store": "none", "state": "read"},
        "caller gives a key": {"store": "none", "state": "read", **KEY},
    }
    arguments = ("--vault-password-file", str(files.folder / "password"), "-e", "adopt_as_text=false")
    return results_of(cases, files.folder, *arguments)


def test_our_profile_is_read_with_the_way_to_use_it(results: dict[str, Json]) -> None:
    found = results["ours"]
    assert (found["access_key_id"], found["secret_access_key"]) == ("AKIAOURSEXAMPLE", "OURSEXAMPLE")
    assert found["credentials"] == {"profile": "partner", "access_key": "", "secret_key": ""}
    assert found["obstacle"] == ""


def test_somebody_elses_profile_is_in_the_way_and_stays(results: dict[str, Json], files: Files) -> None:
    assert "was made by somebody else: choose another bucket_access_user_profile" in results["theirs"]["obstacle"]
    assert results["overwrite theirs"]["failed"]
    assert not results["remove theirs"]["changed"]
    assert files.unchanged("theirs")


def test_somebody_elses_profile_is_overwritten_when_told_to(results: dict[str, Json], files: Files) -> None:
    assert results["adopt theirs"]["changed"]
    text = (files.folder / "adopted").read_text()
    assert text.startswith("# mine\n")
    assert KEY["access_key_id"] in text
    assert "THEIRSEXAMPLE" not in text


def test_the_text_false_is_false(results: dict[str, Json], files: Files) -> None:
    """What ``-e name=value`` gives on the command line is text."""
    assert "The profile partner of " in results["false as text"]["msg"]
    assert "was made by somebody else" in results["false as text"]["msg"]
    assert files.unchanged("theirs")


def test_a_misspelt_state_or_store_writes_nothing(results: dict[str, Json], files: Files) -> None:
    assert results["misspelt state"]["msg"] == "value of state must be one of: read, present, absent, got: presnet"
    for case in ("misspelt store", "misspelt store, new file"):
        assert results[case]["msg"].startswith("value of store must be one of: profile, secretsmanager, ssm, ")
    assert files.unchanged("ours")
    assert not (files.folder / "new").exists()


def test_our_file_is_closed_when_others_can_read_it(results: dict[str, Json], files: Files) -> None:
    assert results["open to others"]["changed"]
    assert (files.folder / "open").stat().st_mode & 0o777 == 0o600
    assert files.unchanged("open")


def test_the_connection_of_the_other_stores_may_be_given_as_well(results: dict[str, Json]) -> None:
    assert results["connection options"]["access_key_id"] == "AKIAOURSEXAMPLE"


def test_a_malformed_file_is_a_sentence_without_its_content(results: dict[str, Json], files: Files) -> None:
    found = results["broken"]
    assert found["msg"].endswith("line 1 stands before the first [profile]. Mend it first.")
    assert "AKIALOSTEXAMPLE" not in found["msg"]
    assert files.unchanged("broken")


def test_a_missing_file_holds_no_key(results: dict[str, Json]) -> None:
    assert (results["missing"]["access_key_id"], results["missing"]["obstacle"]) == ("", "")


def test_a_home_that_is_a_file_is_a_sentence(results: dict[str, Json]) -> None:
    assert "plain/.aws/credentials cannot be read" in results["home is a file"]["msg"]


def test_a_vault_file_is_encrypted_and_read_again(results: dict[str, Json], files: Files) -> None:
    assert results["new vault"]["changed"]
    assert not results["same vault"]["changed"]
    assert results["read vault"]["secret_access_key"] == KEY["secret_access_key"]
    assert (files.folder / "vault").read_text().startswith("$ANSIBLE_VAULT;")


def test_a_vault_file_of_another_user_is_in_the_way(results: dict[str, Json]) -> None:
    found = results["vault of another"]
    assert found["access_key_id"] == ""
    assert f"belongs to {OWNER}" in found["obstacle"]


def test_a_file_that_is_no_vault_is_in_the_way_and_stays(results: dict[str, Json], files: Files) -> None:
    assert "holds something else than an access key of ours" in results["plain text"]["obstacle"]
    assert results["overwrite plain text"]["failed"]
    assert files.unchanged("plain")


def test_a_folder_in_the_vaults_place_is_a_sentence(results: dict[str, Json]) -> None:
    assert "cannot be read" in results["vault in a folder's place"]["msg"]


def test_a_vault_file_needs_a_path(results: dict[str, Json]) -> None:
    assert results["no path"]["msg"] == "path is empty: give one, as store=vault_file with state=read needs it."


def test_a_caller_who_gives_nothing_tells_nothing(results: dict[str, Json]) -> None:
    assert not results["caller gives nothing"]["readable"]
    assert results["caller gives a key"]["access_key_id"] == KEY["access_key_id"]


def test_a_vault_without_password_is_a_sentence_before_anything_is_made(tmp_path: Path) -> None:
    files = Files(tmp_path)
    results = results_of({"new": files.vault("vault"), "write": files.vault("vault", "present", **KEY)}, tmp_path)
    assert results["new"]["obstacle"].startswith("no vault password was given to encrypt")
    assert results["write"]["failed"]
    assert not (tmp_path / "vault").exists()
