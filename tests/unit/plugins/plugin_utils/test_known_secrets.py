# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which secrets are known of a module that has failed."""

from __future__ import annotations

from pathlib import Path

import pytest

from ansible_collections.assumerole.s3.plugins.plugin_utils._known_secrets import known_secrets

CREDENTIALS = """
[operator]
aws_access_key_id = AKIAEXAMPLE
aws_secret_access_key = files/EXAMPLE=secret
[other]
aws_session_token=token/of/another==
"""


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("AWS_SHARED_CREDENTIALS_FILE", "AWS_CONFIG_FILE", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


@pytest.mark.parametrize("name", ["secret_key", "aws_secret_access_key", "session_token", "aws_session_token"])
def test_those_in_its_options_by_any_name(name: str) -> None:
    assert "options/EXAMPLE" in known_secrets({name: "options/EXAMPLE", "access_key": "AKIAEXAMPLE"}, {})


def test_those_in_its_environment_and_in_ansibles(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SESSION_TOKEN", "exported/EXAMPLE")
    found = known_secrets({}, {"AWS_SECRET_ACCESS_KEY": "given/EXAMPLE"})
    assert found >= {"exported/EXAMPLE", "given/EXAMPLE"}


@pytest.mark.parametrize("named", [True, False])
def test_those_of_every_profile_wherever_the_files_are(named: bool, home: Path) -> None:
    path = home / ("elsewhere" if named else ".aws/credentials")
    path.parent.mkdir(exist_ok=True)
    path.write_text(CREDENTIALS)
    found = known_secrets({}, {"AWS_SHARED_CREDENTIALS_FILE": str(path)} if named else {})
    assert found >= {"files/EXAMPLE=secret", "token/of/another=="}
    assert "AKIAEXAMPLE" not in found


def test_files_that_cannot_be_read_stop_nothing(home: Path) -> None:
    (home / ".aws").mkdir()
    (home / ".aws" / "credentials").write_bytes(b"\xff\xfe\x00")
    assert known_secrets({"secret_key": "options/EXAMPLE"}, {}) >= {"options/EXAMPLE"}
