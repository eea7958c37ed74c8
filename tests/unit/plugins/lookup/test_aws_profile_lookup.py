# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from ansible.errors import AnsibleLookupError
import pytest

from ansible_collections.assumerole.s3.plugins.lookup.aws_profile import LookupModule

CREDENTIALS = """\
[partner]
aws_access_key_id = AKIAPARTNEREXAMPLE
aws_secret_access_key = SECRETEXAMPLE
aws_session_token = TOKENEXAMPLE
AWS_Secret_Access_Key_Old = x
region = from-credentials
"""

CONFIG = """\
[default]
region = us-east-1

[profile partner]
region = eu-central-1
output = json
"""


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Two files, and no others that the environment names."""
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    (tmp_path / "credentials").write_text(CREDENTIALS)
    (tmp_path / "config").write_text(CONFIG)
    return {"credentials_file": str(tmp_path / "credentials"), "config_file": str(tmp_path / "config")}


class Lookup(LookupModule):
    """With the options as given, without Ansible's configuration."""

    def set_options(self, task_keys: Any = None, var_options: Any = None, direct: Any = None) -> None:
        self.given = direct

    def get_option(self, option: str, hostvars: Any = None) -> Any:
        return self.given.get(option)


def look_up(*names: str, **files: str) -> list[dict[str, str]]:
    return Lookup().run(list(names), **files)


def test_both_files_settings_come_together_and_the_credentials_file_wins(files: dict[str, str]) -> None:
    (found,) = look_up("partner", **files)
    assert found["aws_access_key_id"] == "AKIAPARTNEREXAMPLE"
    assert found["output"] == "json"
    assert found["region"] == "from-credentials"


def test_secrets_stay_in_the_file(files: dict[str, str]) -> None:
    shown = repr(look_up("partner", **files))
    assert "SECRETEXAMPLE" not in shown
    assert "TOKENEXAMPLE" not in shown
    assert "secret_access_key'" not in shown


def test_each_name_gets_an_answer_in_order(files: dict[str, str]) -> None:
    assert [sorted(found) for found in look_up("default", "nobody", **files)] == [["region"], []]


def test_missing_files_have_no_profiles(tmp_path: Path) -> None:
    missing = str(tmp_path / "missing")
    assert look_up("partner", credentials_file=missing, config_file=missing) == [{}]


def test_without_files_the_environments_are_read(files: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_CONFIG_FILE", files["config_file"])
    assert look_up("partner") == [{"region": "eu-central-1", "output": "json"}]


def test_a_tilde_is_the_home(tmp_path: Path, files: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert look_up("default", credentials_file="~/none", config_file="~/config") == [{"region": "us-east-1"}]


@pytest.mark.parametrize("text", ["[a]\nSECRETEXAMPLE\n", "x = SECRETEXAMPLE\n[a]\n"])
def test_a_malformed_file_is_named_without_its_content(files: dict[str, str], text: str) -> None:
    Path(files["credentials_file"]).write_text(text)
    with pytest.raises(AnsibleLookupError) as caught:
        look_up("a", **files)
    assert files["credentials_file"] in str(caught.value)
    assert "cannot be read as an AWS file: line " in str(caught.value)
    assert "SECRETEXAMPLE" not in str(caught.value)


def test_a_file_that_is_no_text_is_a_sentence(files: dict[str, str]) -> None:
    Path(files["credentials_file"]).write_bytes(b"\xff\xfe\x00")
    with pytest.raises(AnsibleLookupError, match="cannot be read"):
        look_up("a", **files)


def test_a_folder_in_the_files_place_is_a_sentence(files: dict[str, str], tmp_path: Path) -> None:
    files["config_file"] = str(tmp_path)
    with pytest.raises(AnsibleLookupError, match=r"cannot be read: .*directory"):
        look_up("a", **files)


def test_a_relative_file_begins_where_ansible_was_started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "config").write_text(CONFIG)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PWD", "/somewhere/else")
    monkeypatch.setenv("AWS_CONFIG_FILE", "config")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "none")
    assert look_up("default") == [{"region": "us-east-1"}]
    assert look_up("default", config_file="config", credentials_file="none") == [{"region": "us-east-1"}]


def test_the_environments_files_may_name_variables(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "config").write_text(CONFIG)
    monkeypatch.setenv("WHERE", str(tmp_path))
    monkeypatch.setenv("AWS_CONFIG_FILE", "$WHERE/config")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/dev/null")
    assert look_up("default") == [{"region": "us-east-1"}]


def test_a_quoted_profile_is_found_in_the_config_file_alone(files: dict[str, str]) -> None:
    Path(files["config_file"]).write_text('[profile "my partner"]\nregion = us-east-1\n')
    Path(files["credentials_file"]).write_text('[profile "my partner"]\nregion = wrong\n')
    assert look_up("my partner", **files) == [{"region": "us-east-1"}]


def test_a_fifo_is_a_sentence_and_not_waited_for(files: dict[str, str]) -> None:
    Path(files["config_file"]).unlink()
    os.mkfifo(files["config_file"])
    with pytest.raises(AnsibleLookupError, match=r"cannot be read: .*it is no regular file"):
        look_up("a", **files)
