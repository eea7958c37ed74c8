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
from ansible_collections.assumerole.s3.plugins.modules.aws_profile import Profile, Refused, keep_profile, wished_text

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


SSO = "[profile partner]\nsso_session = corp\nsso_role_name = Admin\ncli_pager =\n"
ROLE = {"role_arn": "arn:aws:iam::123456789012:role/partner", "source_profile": "partner", "region": "us-east-1"}
ADVICE = "choose another name, or take it over with adopt (in the role, bucket_access_adopt: [profile])."

REFUSED = [
    (
        "a key that differs",
        params(),
        FOREIGN,
        "was made by somebody else, and this would set aws_access_key_id, aws_secret_access_key",
    ),
    (
        "a secret alone",
        params(),
        "[partner]\naws_access_key_id = AKIANEWEXAMPLE\naws_secret_access_key = OTHERSECRETEXAMPLE\n",
        "was made by somebody else, and this would set aws_secret_access_key",
    ),
    (
        "a token beside the same key",
        params(settings={"aws_access_key_id": "AKIAFOREIGNEXAMPLE"}, secrets={}),
        f"{FOREIGN}aws_session_token = TOKENSECRETEXAMPLE\n",
        "was made by somebody else, and this would remove aws_session_token",
    ),
    (
        "an SSO profile that has none of the settings",
        config(settings=ROLE),
        SSO,
        "was made by somebody else, and this would set region, role_arn, source_profile and remove sso_role_name, "
        "sso_session",
    ),
    (
        "a setting more",
        config(settings={"region": "us-east-1", "output": "json"}),
        "[profile partner]\nregion = us-east-1\n",
        "was made by somebody else, and this would set output",
    ),
    (
        "a setting less",
        config(settings={"external_id": None}),
        "[profile partner]\nexternal_id = contract-4711\n",
        "was made by somebody else, and this would remove external_id",
    ),
    (
        "a profile for another owner of ours",
        params(owner="arn:aws:iam::999999999999:user/partner"),
        OURS,
        f"was made for {OWNER}, and this would set aws_access_key_id, aws_secret_access_key",
    ),
    (
        "one for another owner of ours that says the same",
        config(owner="arn:aws:iam::999999999999:user/partner"),
        f"[profile partner]\n{MARK}\nregion = us-east-1\n",
        f"was made for {OWNER}, and this would take it over",
    ),
    (
        "another spelling of the name",
        config(settings=ROLE),
        '[profile  "partner"]\nregion = us-east-1\n',
        "was made by somebody else, and this would set role_arn, source_profile",
    ),
]


@pytest.mark.parametrize(("_what", "given", "text", "why"), REFUSED, ids=[case[0] for case in REFUSED])
def test_somebody_elses_profile_is_not_changed(_what: str, given: dict[str, Any], text: str, why: str) -> None:
    with pytest.raises(Refused) as caught:
        wished_text({**given, "path": "~/.aws/file"}, text)
    assert str(caught.value) == f"The profile partner in ~/.aws/file {why}: {ADVICE}"
    assert "SECRETEXAMPLE" not in str(caught.value)


def test_somebody_elses_profile_that_says_what_is_wished_stays_theirs(tmp_path: Path) -> None:
    path = tmp_path / "config"
    path.write_text("[profile partner]\nregion=us-east-1\noutput = json\n")
    result = keep_profile(config(path), check_mode=False)
    assert (result["changed"], result["ours"], result["previous"]) == (False, False, "")
    assert keep_profile(config(path, state="absent"), check_mode=False)["changed"] is False
    assert path.read_text() == "[profile partner]\nregion=us-east-1\noutput = json\n"


def test_taking_over_says_what_it_was_without_its_secrets(tmp_path: Path) -> None:
    path = tmp_path / "credentials"
    path.write_text(
        "# mine\n[partner]\n# aws_secret_access_key = COMMENTSECRETEXAMPLE\naws_access_key_id = ASIAFOREIGNEXAMPLE\n"
        "aws_secret_access_key = OLDSECRETEXAMPLE\naws_session_token = TOKENSECRETEXAMPLE\n"
        "s3 =\n  addressing_style = path\n"
    )
    foretold = keep_profile(params(path, adopt=True), check_mode=True)
    result = keep_profile(params(path, adopt=True), check_mode=False)
    assert result == foretold
    assert (result["changed"], result["ours"]) == (True, True)
    assert result["previous"] == (
        "[partner]\naws_access_key_id = ASIAFOREIGNEXAMPLE\naws_secret_access_key = (not shown)\n"
        "aws_session_token = (not shown)\ns3 = \n  addressing_style = path\n"
    )
    assert "SECRETEXAMPLE" not in repr(result)
    assert "TOKEN" not in path.read_text()
    assert keep_profile(params(path, adopt=True), check_mode=False)["previous"] == ""


def test_taking_over_what_says_already_what_is_wished_marks_it() -> None:
    assert wished_text(config(adopt=True), "[profile partner]\nregion = us-east-1\n") == (
        f"[profile partner]\n{MARK}\nregion = us-east-1\n"
    )


@pytest.mark.parametrize("adopt", [False, True])
@pytest.mark.parametrize("mark", ["", f"{MARK}\n"])
def test_a_profile_that_stands_twice_is_nobodys(mark: str, *, adopt: bool) -> None:
    text = f'[profile partner]\n{mark}region = us-east-1\n[profile "partner"]\nregion = us-east-1\n'
    with pytest.raises(Refused) as caught:
        wished_text(config(path="~/.aws/config", adopt=adopt), text)
    assert str(caught.value) == (
        "The profile partner stands more than once in ~/.aws/config, in the sections [profile partner], "
        '[profile "partner"]: leave one of them.'
    )
    removed = wished_text(config(state="absent"), text)
    assert removed == ('[profile "partner"]\nregion = us-east-1\n' if mark else text)


KEY = "aws_access_key_id = AKIANEWEXAMPLE\naws_secret_access_key = NEWSECRETEXAMPLE\n"
OTHER_SOURCES = """\
aws_session_token = TOKENEXAMPLE
aws_security_token = TOKENEXAMPLE
role_arn = arn:aws:iam::123456789012:role/other
source_profile = other
credential_source = Environment
web_identity_token_file = /token
credential_process = /bin/other
login_session = arn:aws:iam::123456789012:user/other
sso_session = corp
sso_start_url = https://example.awsapps.com/start
"""


@pytest.mark.parametrize("mark", ["", f"{MARK}\n"])
def test_beside_a_key_there_is_no_other_source_of_credentials(mark: str) -> None:
    text = f"[partner]\n{mark}{OTHER_SOURCES}region = us-east-1\n"
    written = wished_text(params(adopt=True), text)
    assert written == f"[partner]\n{MARK}\nregion = us-east-1\n{KEY}"


def test_beside_a_role_there_is_no_other_source_of_credentials() -> None:
    text = f"[profile partner]\n{MARK}\n{OTHER_SOURCES}{KEY}mfa_serial = x\n"
    written = wished_text(config(settings=ROLE), text)
    assert Profile("partner", "config", written).settings == {**ROLE, "mfa_serial": "x"}


def test_a_profile_without_a_source_keeps_the_one_that_it_has() -> None:
    text = f"[profile partner]\n{MARK}\ncredential_process = /bin/own\n"
    assert wished_text(config(), text) == f"{text}region = us-east-1\n"


def test_a_number_is_the_same_as_its_text() -> None:
    text = "[profile partner]\nduration_seconds = 900\n"
    assert "duration_seconds = 900\n" in wished_text(config(settings={"duration_seconds": 900}), text)


@pytest.mark.parametrize("nothing", [None, ""])
def test_a_setting_without_a_value_is_taken_out(nothing: str | None) -> None:
    before = f"[profile partner]\n{MARK}\nregion = us-east-1\nmfa_serial = arn:aws:iam::123456789012:mfa/partner\n"
    after = wished_text(config(settings={"region": "us-east-1", "mfa_serial": nothing}), before)
    assert after == f"[profile partner]\n{MARK}\nregion = us-east-1\n"


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
    monkeypatch.setattr(aws_profile, "ScrubbedModule", lambda **_spec: FakeModule(given))
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
    {"name": " partner"},
    {"settings": {"region": " us-east-1"}},
    {"settings": {"region": "us-east-1\u2028"}},
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


def test_a_file_that_others_may_change_gets_no_secret_and_loses_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "credentials"
    keep_profile(params(path), check_mode=False)
    tmp_path.chmod(0o777)
    before = path.read_text()
    for check_mode in (False, True):
        with pytest.raises(Refused) as caught:
            keep_profile(params(path, secrets={"aws_secret_access_key": "NEXTSECRETEXAMPLE"}), check_mode=check_mode)
        assert str(caught.value) == (
            f"path (in the role, bucket_access_credentials_file): {path} would hold a secret in {tmp_path}, where "
            "other users may write: choose a folder of your own, or close this one with chmod go-w."
        )
    assert path.read_text() == before
    assert keep_profile(config(tmp_path / "config"), check_mode=False)["changed"] is True
    assert run_main(monkeypatch, params(path, state="absent"))["changed"] is True
    assert not path.exists()


def test_a_fifo_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "credentials"
    os.mkfifo(path)
    assert run_main(monkeypatch, params(path)) == {
        "failed": True,
        "msg": f"{path} cannot be kept: it is no regular file. Nothing was changed.",
    }


def test_a_file_with_the_line_endings_of_windows_keeps_them(tmp_path: Path) -> None:
    path = tmp_path / "credentials"
    path.write_bytes(b"[default]\r\nregion = us-east-1\r\n\r\n[partner]\r\n" + MARK.encode() + b"\r\n")
    keep_profile(params(path), check_mode=False)
    assert path.read_bytes() == (
        b"[default]\r\nregion = us-east-1\r\n\r\n[partner]\r\n" + MARK.encode() + b"\r\n"
        b"aws_access_key_id = AKIANEWEXAMPLE\r\naws_secret_access_key = NEWSECRETEXAMPLE\r\n"
    )
    assert keep_profile(params(path), check_mode=False)["changed"] is False
