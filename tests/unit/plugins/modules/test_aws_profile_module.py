# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import os
from pathlib import Path
import stat
from typing import Any

import pytest

from ansible_collections.assumerole.s3.plugins.modules import aws_profile
from ansible_collections.assumerole.s3.plugins.modules.aws_profile import Refused, keep_profile, wished_text

OWNER = "arn:aws:iam::123456789012:user/partner"
MARK = f"# made by assumerole.s3 for {OWNER}"
OURS = f"[partner]\n{MARK}\naws_access_key_id = AKIAOLDEXAMPLE\naws_secret_access_key = OLDSECRETEXAMPLE\n"
FOREIGN = "[partner]\naws_access_key_id = AKIAFOREIGNEXAMPLE\nregion = eu-central-1\n"


def params(path: Path | str = "unused", **given: Any) -> dict[str, Any]:
    standard = {
        "name": "partner",
        "path": str(path),
        "kind": "credentials",
        "owner": OWNER,
        "settings": {"aws_access_key_id": "AKIANEWEXAMPLE"},
        "secrets": {"aws_secret_access_key": "NEWSECRETEXAMPLE"},
        "adopt": False,
        "state": "present",
    }
    return {**standard, **given}


def config(path: Path | str = "unused", **given: Any) -> dict[str, Any]:
    return params(path, **{"kind": "config", "settings": {"region": "us-east-1"}, "secrets": {}, **given})


def mode_of(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_new_profile_is_ours() -> None:
    assert wished_text(params(), "") == (
        f"[partner]\n{MARK}\naws_access_key_id = AKIANEWEXAMPLE\naws_secret_access_key = NEWSECRETEXAMPLE\n"
    )


def test_our_own_profile_may_change() -> None:
    assert wished_text(params(), OURS) == (
        f"[partner]\n{MARK}\naws_access_key_id = AKIANEWEXAMPLE\naws_secret_access_key = NEWSECRETEXAMPLE\n"
    )


def test_somebody_elses_profile_is_not_changed() -> None:
    with pytest.raises(Refused) as caught:
        wished_text(params("~/.aws/credentials"), FOREIGN)
    assert str(caught.value) == (
        "The profile partner in ~/.aws/credentials was made by somebody else and differs in aws_access_key_id: "
        "choose another profile name, or remove that profile."
    )


def test_a_profile_for_another_owner_of_ours_is_somebody_elses() -> None:
    with pytest.raises(Refused):
        wished_text(params(owner="arn:aws:iam::999999999999:user/partner"), OURS)


def test_a_refusal_names_settings_and_never_values() -> None:
    foreign = "[partner]\naws_access_key_id = AKIANEWEXAMPLE\naws_secret_access_key = OTHERSECRETEXAMPLE\n"
    with pytest.raises(Refused) as caught:
        wished_text(params(), foreign)
    assert "differs in aws_secret_access_key:" in str(caught.value)
    assert "SECRETEXAMPLE" not in str(caught.value)


def test_somebody_elses_profile_that_would_stay_the_same_is_taken_over() -> None:
    text = wished_text(
        config(name="default", settings={"region": "us-east-1", "output": "json"}), "[default]\nregion = us-east-1\n"
    )
    assert text == f"[default]\n{MARK}\nregion = us-east-1\noutput = json\n"


def test_a_number_is_the_same_as_its_text() -> None:
    text = "[profile partner]\nduration_seconds = 900\n"
    assert "duration_seconds = 900\n" in wished_text(config(settings={"duration_seconds": 900}), text)


@pytest.mark.parametrize("nothing", [None, ""])
def test_a_setting_without_a_value_is_taken_out(nothing: str | None) -> None:
    before = f"[profile partner]\n{MARK}\nregion = us-east-1\nmfa_serial = arn:aws:iam::123456789012:mfa/partner\n"
    after = wished_text(config(settings={"region": "us-east-1", "mfa_serial": nothing}), before)
    assert after == f"[profile partner]\n{MARK}\nregion = us-east-1\n"


def test_taking_a_setting_out_of_somebody_elses_profile_is_a_change() -> None:
    with pytest.raises(Refused, match="differs in external_id"):
        wished_text(config(settings={"external_id": None}), "[profile partner]\nexternal_id = contract-4711\n")


def test_with_adopt_somebody_elses_profile_is_changed() -> None:
    assert wished_text(params(adopt=True), FOREIGN) == (
        f"[partner]\n{MARK}\naws_access_key_id = AKIANEWEXAMPLE\nregion = eu-central-1\n"
        "aws_secret_access_key = NEWSECRETEXAMPLE\n"
    )


def test_only_our_own_profile_is_removed() -> None:
    assert wished_text(params(state="absent"), OURS) == ""
    assert wished_text(params(state="absent"), FOREIGN) == FOREIGN
    assert wished_text(params(state="absent", owner="arn:aws:iam::999999999999:user/partner"), OURS) == OURS
    assert wished_text(params(state="absent"), "") == ""


def test_the_first_profile_makes_the_folder_and_the_file_private(tmp_path: Path) -> None:
    path = tmp_path / ".aws" / "credentials"
    assert keep_profile(params(path), check_mode=False)["changed"] is True
    assert (mode_of(path), mode_of(path.parent)) == (0o600, 0o700)
    assert "NEWSECRETEXAMPLE" in path.read_text()


def test_the_second_run_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "credentials"
    keep_profile(params(path), check_mode=False)
    before = path.stat()
    assert keep_profile(params(path), check_mode=False)["changed"] is False
    assert (path.stat().st_ino, path.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_check_mode_foretells_the_change_and_writes_nothing(tmp_path: Path) -> None:
    path = tmp_path / ".aws" / "credentials"
    foretold = keep_profile(params(path), check_mode=True)
    assert os.listdir(tmp_path) == []
    assert keep_profile(params(path), check_mode=False) == foretold
    assert keep_profile(params(path, state="absent"), check_mode=True)["changed"] is True
    assert "NEWSECRETEXAMPLE" in path.read_text()


def test_credentials_that_others_can_read_are_closed(tmp_path: Path) -> None:
    path = tmp_path / "credentials"
    path.write_text(wished_text(params(), ""))
    path.chmod(0o644)
    assert keep_profile(params(path), check_mode=False)["changed"] is True
    assert mode_of(path) == 0o600


def test_check_mode_foretells_that_credentials_are_closed(tmp_path: Path) -> None:
    path = tmp_path / "credentials"
    path.write_text(wished_text(params(), ""))
    path.chmod(0o644)
    assert keep_profile(params(path), check_mode=True)["changed"] is True
    assert mode_of(path) == 0o644


def test_removing_what_is_not_ours_leaves_the_files_mode_alone(tmp_path: Path) -> None:
    path = tmp_path / "credentials"
    path.write_text(FOREIGN)
    path.chmod(0o644)
    assert keep_profile(params(path, state="absent"), check_mode=False)["changed"] is False
    assert mode_of(path) == 0o644


def test_a_config_file_keeps_the_mode_it_has(tmp_path: Path) -> None:
    path = tmp_path / "config"
    path.write_text("[default]\nregion = us-east-1\n")
    path.chmod(0o644)
    keep_profile(config(path), check_mode=False)
    assert mode_of(path) == 0o644
    fresh = tmp_path / "fresh"
    keep_profile(config(fresh), check_mode=False)
    assert mode_of(fresh) == 0o600


def test_the_last_profile_takes_the_file_along(tmp_path: Path) -> None:
    path = tmp_path / "credentials"
    keep_profile(params(path), check_mode=False)
    assert keep_profile(params(path, state="absent"), check_mode=False)["changed"] is True
    assert not path.exists()
    assert keep_profile(params(path, state="absent"), check_mode=False)["changed"] is False


def test_removing_from_a_missing_folder_does_not_make_it(tmp_path: Path) -> None:
    path = tmp_path / ".aws" / "credentials"
    assert keep_profile(params(path, state="absent"), check_mode=False)["changed"] is False
    assert os.listdir(tmp_path) == []


def test_the_diff_shows_that_a_secret_is_there_and_not_what_it_is(tmp_path: Path) -> None:
    path = tmp_path / "credentials"
    path.write_text(OURS + "\n[other]\naws_secret_access_key = OTHERSECRETEXAMPLE\n")
    result = keep_profile(params(path), check_mode=False)
    assert result["diff"] == {
        "before_header": str(path),
        "after_header": str(path),
        "before": "[partner]\naws_access_key_id = AKIAOLDEXAMPLE\naws_secret_access_key = (not shown)\n",
        "after": "[partner]\naws_access_key_id = AKIANEWEXAMPLE\naws_secret_access_key = (not shown)\n",
    }


def test_a_new_secret_alone_is_a_change_that_the_diff_does_not_tell(tmp_path: Path) -> None:
    path = tmp_path / "credentials"
    keep_profile(params(path), check_mode=False)
    result = keep_profile(params(path, secrets={"aws_secret_access_key": "NEXTSECRETEXAMPLE"}), check_mode=False)
    assert result["changed"] is True
    assert "SECRETEXAMPLE" not in repr(result)


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


def run_main(monkeypatch: pytest.MonkeyPatch, given: dict[str, Any]) -> dict[str, Any]:
    monkeypatch.setattr(aws_profile, "AnsibleModule", lambda **_spec: FakeModule(given))
    with pytest.raises(Ended) as caught:
        aws_profile.main()
    result: dict[str, Any] = caught.value.args[0]
    return result


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (
            b"[a]\nSECRETEXAMPLE\n",
            "{path} cannot be read as an AWS credentials file: line 2 is no setting. Mend it first.",
        ),
        (
            b"x = SECRETEXAMPLE\n",
            "{path} cannot be read as an AWS credentials file: line 1 stands before the first [profile]. "
            "Mend it first.",
        ),
        (b"[a]\nx = \xff\n", "{path} is not UTF-8 text, so it was left as it is: mend it first."),
    ],
)
def test_a_file_that_cannot_be_kept_is_left_as_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes, sentence: str
) -> None:
    path = tmp_path / "credentials"
    path.write_bytes(content)
    result = run_main(monkeypatch, params(path))
    assert result == {"failed": True, "msg": sentence.format(path=path)}
    assert path.read_bytes() == content


def test_a_folder_that_cannot_be_made_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("")
    path = tmp_path / "file" / "credentials"
    result = run_main(monkeypatch, params(path))
    assert result["failed"]
    assert result["msg"].startswith(f"{path} cannot be kept: ")
    assert result["msg"].endswith(". Nothing was changed.")


def test_the_result_names_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "credentials"
    result = run_main(monkeypatch, params(path))
    assert (result["path"], result["changed"]) == (str(path), True)
    assert "SECRETEXAMPLE" not in repr(result)


SMUGGLING = [
    {"settings": {"region": "us-east-1\n[profile admin]\nrole_arn = arn:aws:iam::123456789012:role/admin"}},
    {"settings": {"region\n[profile admin]\nregion": "us-east-1"}},
    {"name": "partner]\n[profile admin"},
    {"owner": "somebody\n[profile admin]\nrole_arn = arn:aws:iam::123456789012:role/admin"},
]


@pytest.mark.parametrize("smuggling", SMUGGLING)
def test_an_option_with_a_line_break_is_refused_and_makes_no_other_profile(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, smuggling: dict[str, Any]
) -> None:
    path = tmp_path / "config"
    result = run_main(monkeypatch, config(path, **smuggling))
    assert result.get("failed")
    assert not path.exists()
