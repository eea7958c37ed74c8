# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The key in a credentials file: what is particular to profiles. What all stores share: test_key_store_registry.py."""

from __future__ import annotations

from pathlib import Path
import stat
from typing import Any

import pytest

from ansible_collections.assumerole.s3.plugins.module_utils._keys.store import Request, Surroundings, Trouble
from ansible_collections.assumerole.s3.plugins.module_utils._keys.stores import carry_out, open_store

OWNER = "arn:aws:iam::123456789012:user/partner"
KEY = {"access_key_id": "AKIAIOSFODNN7EXAMPLE", "secret_access_key": "SECRETEXAMPLE"}
OURS = (
    f"[partner]\n# made by assumerole.s3 for {OWNER}\n"
    f"aws_access_key_id = {KEY['access_key_id']}\naws_secret_access_key = {KEY['secret_access_key']}\n"
)


@pytest.fixture
def credentials(tmp_path: Path) -> Path:
    return tmp_path / ".aws" / "credentials"


def does(state: str, credentials: Path, check_mode: bool = False, **more: Any) -> dict[str, Any]:
    where = {"user_profile": "partner", "credentials_file": str(credentials), "owner": OWNER}
    request = Request(**{**where, "store": "profile", "state": state, **more})
    return carry_out(open_store(request, Surroundings()), request, check_mode)


def write(credentials: Path, text: str, mode: int = 0o600) -> None:
    credentials.parent.mkdir()
    credentials.write_text(text)
    credentials.chmod(mode)


def test_a_key_is_a_profile_of_a_file_that_only_its_owner_can_read(credentials: Path) -> None:
    does("present", credentials, **KEY)
    assert credentials.read_text() == OURS
    assert stat.S_IMODE(credentials.stat().st_mode) == 0o600
    assert stat.S_IMODE(credentials.parent.stat().st_mode) == 0o700


def test_the_profile_is_how_other_modules_use_the_key(credentials: Path) -> None:
    for _there in (False, True):
        used_by = {"profile": "partner", "access_key": "", "secret_key": ""}
        assert does("read", credentials)["credentials"] == used_by
        does("present", credentials, **KEY)


OTHER_SOURCES = [
    "aws_session_token = OLDTOKEN",
    "credential_process = /bin/true",
    "role_arn = arn:aws:iam::123456789012:role/x\nsource_profile = y",
    "sso_session = corp\nsso_account_id = 123456789012\nsso_role_name = Admin",
]


@pytest.mark.parametrize("settings", OTHER_SOURCES)
def test_no_other_source_of_credentials_stays_beside_the_key_in_a_profile_that_is_taken_over(
    credentials: Path, settings: str
) -> None:
    write(credentials, f"[partner]\naws_access_key_id = ASIAEXAMPLEEXAMPLE11\n{settings}\nregion = eu-central-1\n")
    assert does("present", credentials, adopt=True, **KEY)["changed"]
    ours = [line for line in credentials.read_text().splitlines() if line and not line.startswith(("[", "#"))]
    assert ours == [
        f"aws_access_key_id = {KEY['access_key_id']}",
        "region = eu-central-1",
        f"aws_secret_access_key = {KEY['secret_access_key']}",
    ]


def test_a_file_that_others_can_read_is_closed(credentials: Path) -> None:
    write(credentials, OURS, mode=0o644)
    assert does("present", credentials, **KEY)["changed"]
    assert credentials.read_text() == OURS
    assert stat.S_IMODE(credentials.stat().st_mode) == 0o600
    assert does("present", credentials, **KEY) == {"changed": False}


def test_check_mode_makes_neither_file_nor_folder(credentials: Path) -> None:
    assert does("present", credentials, check_mode=True, **KEY)["changed"]
    assert not credentials.parent.exists()


def test_a_file_with_nothing_left_in_it_is_removed(credentials: Path) -> None:
    write(credentials, OURS)
    assert does("absent", credentials)["changed"]
    assert not credentials.exists()


def test_a_key_that_somebody_put_there_by_hand_is_told_and_stays(credentials: Path) -> None:
    theirs = OURS.replace(f"# made by assumerole.s3 for {OWNER}\n", "").replace("AKIA", "AKIB")
    write(credentials, theirs)
    found = does("read", credentials)
    assert found["access_key_id"].startswith("AKIB")
    assert found["obstacle"].startswith(f"the profile partner of {credentials} was made by somebody else: choose ")
    with pytest.raises(Trouble, match="was made by somebody else"):
        does("present", credentials, **KEY)
    assert does("absent", credentials) == {"changed": False}
    assert credentials.read_text() == theirs


def test_a_profile_of_another_kind_holds_no_key_and_is_somebodys(credentials: Path) -> None:
    write(credentials, "[partner]\ncredential_process = fetch\n")
    found = does("read", credentials)
    assert (found["access_key_id"], found["credentials"]["profile"]) == ("", "partner")
    assert "was made by somebody else" in found["obstacle"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("user_profile", "partner]\n[other"),
        ("user_profile", "a [b]"),
        ("owner", f"{OWNER}\n[other]"),
        ("access_key_id", "AKIAEXAMPLE\x85role_arn = x"),
        ("secret_access_key", "SECRETEXAMPLE\naws_session_token = x"),
    ],
)
def test_nothing_breaks_out_of_its_line(credentials: Path, name: str, value: str) -> None:
    with pytest.raises(Trouble) as caught:
        does("present", credentials, **{**KEY, name: value})
    assert str(caught.value).lower().startswith(f"{name} cannot stand in an aws file: ")
    assert "SECRETEXAMPLE" not in str(caught.value)
    assert not credentials.exists()


@pytest.mark.parametrize(
    "text",
    [
        "[partner]\naws_secret_access_key = OLDEXAMPLE\n\n  goes on\n",
        "[partner]\naws_secret_access_key = OLDEXAMPLE\n# a comment amid it\n  goes on\n",
        "[partner]\n  aws_access_key_id = AKIAOLDEXAMPLE\n",
    ],
)
def test_a_strange_profile_takes_the_key_whole_or_not_at_all(credentials: Path, text: str) -> None:
    write(credentials, text)
    try:
        does("present", credentials, adopt=True, **KEY)
    except Trouble:
        assert credentials.read_text() == text
    else:
        found = does("read", credentials)
        assert {name: found[name] for name in KEY} == KEY


@pytest.mark.parametrize("state", ["read", "present", "absent"])
@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"aws_secret_access_key = LOSTEXAMPLE\n", "line 1 stands before the first [profile]. Mend it first."),
        (b"\xff\xfeLOSTEXAMPLE", "cannot be read: "),
    ],
)
def test_a_malformed_file_is_a_sentence_without_its_content(
    credentials: Path, state: str, content: bytes, said: str
) -> None:
    write(credentials, "")
    credentials.write_bytes(content)
    with pytest.raises(Trouble) as caught:
        does(state, credentials, **KEY)
    assert said in str(caught.value)
    assert "LOSTEXAMPLE" not in str(caught.value)
    assert credentials.read_bytes() == content
