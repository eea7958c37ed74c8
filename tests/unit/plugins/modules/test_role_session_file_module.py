# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.assumerole.s3.plugins.modules import role_session_file
from ansible_collections.assumerole.s3.plugins.modules.role_session_file import VALUES, Refused, keep


class Ended(Exception):
    """The module ended, with these values."""


class FakeModule:
    """Stands in for AnsibleModule: options in, result out."""

    def __init__(self, given: dict[str, Any]) -> None:
        self.params = given
        self.check_mode = False

    def fail_json(self, **result: Any) -> None:
        raise Ended({"failed": True, **result})

    def exit_json(self, **result: Any) -> None:
        raise Ended(result)


def run_main(monkeypatch: pytest.MonkeyPatch, path: Path, **given: Any) -> dict[str, Any]:
    standard = {**dict.fromkeys(VALUES, "EXAMPLE"), "path": str(path), "format": "env", "state": "present"}
    monkeypatch.setattr(role_session_file, "ScrubbedModule", lambda **_spec: FakeModule({**standard, **given}))
    with pytest.raises(Ended) as caught:
        role_session_file.main()
    result: dict[str, Any] = caught.value.args[0]
    return result


@pytest.mark.parametrize("check_mode", [True, False])
def test_a_session_is_kept_for_its_owner_and_goes_again(tmp_path: Path, *, check_mode: bool) -> None:
    path = tmp_path / "session.env"
    assert keep(str(path), "secret", check_mode) is True
    assert path.exists() is not check_mode
    path.write_text("secret")
    assert keep(str(path), "secret", check_mode) is False
    assert keep(str(path), "", check_mode) is True
    assert path.exists() is check_mode


@pytest.mark.parametrize("check_mode", [True, False])
def test_no_session_is_put_where_others_write_and_one_that_is_there_goes(tmp_path: Path, *, check_mode: bool) -> None:
    path = tmp_path / "session.env"
    path.write_text("old")
    tmp_path.chmod(0o777)
    with pytest.raises(Refused, match=r"would hold a secret in .*, where other users may write"):
        keep(str(path), "new", check_mode)
    assert path.read_text() == "old"
    assert keep(str(path), "", check_mode) is True


VARIABLES = [("env", "bucket_access_session_env_file"), ("credential_process", "bucket_access_session_json_file")]


@pytest.mark.parametrize(("form", "variable"), VARIABLES)
@pytest.mark.parametrize("state", ["present", "absent"])
def test_a_fifo_is_one_sentence_that_names_the_variable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, form: str, variable: str, state: str
) -> None:
    path = tmp_path / "session"
    os.mkfifo(path)
    assert run_main(monkeypatch, path, format=form, state=state) == {
        "failed": True,
        "msg": f"path (in the role, {variable}): {path} is no regular file, but a device, a socket or a FIFO: name "
        "another.",
    }
