# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from collections.abc import Callable

import pytest

from ansible_collections.assumerole.s3.plugins.module_utils._keys.profiles import (
    NotAnIniFile,
    is_secret,
    owner_of,
    profile_of,
    section_name,
    settings_of,
    superseding,
    with_section,
    without_section,
)

OWNER = "arn:aws:iam::123456789012:user/partner"
MARK = f"# made by assumerole.s3 for {OWNER}"

FOREIGN = """\
# Keys of the whole team; ask before you change one.
[default]
aws_access_key_id = AKIADEFAULTEXAMPLE
aws_secret_access_key=default-secret ; not a comment

; the night job
[night]
region=eu-central-1
s3 =
  max_concurrent_requests = 20
  region = not-a-setting-of-its-own
# the last word
"""

NAMES = [
    ("partner", "credentials", "partner"),
    ("partner", "config", "profile partner"),
    ("default", "credentials", "default"),
    ("default", "config", "default"),
    ("my partner", "credentials", "my partner"),
    ("my partner", "config", "profile 'my partner'"),
    ("it's", "config", "profile 'it'\"'\"'s'"),
    ("a\\b", "config", "profile 'a\\b'"),
    ("ü", "config", "profile ü"),
]


@pytest.mark.parametrize(("profile", "kind", "expected"), NAMES)
def test_config_files_say_profile_before_every_name_but_default(profile: str, kind: str, expected: str) -> None:
    assert section_name(profile, kind) == expected


def test_the_first_profile_makes_the_file() -> None:
    text = with_section("", "partner", {"region": "us-east-1", "output": "json"}, OWNER)
    assert text == f"[partner]\n{MARK}\nregion = us-east-1\noutput = json\n"


def test_a_new_profile_comes_after_the_others_which_stay_as_they_are() -> None:
    text = with_section(FOREIGN, "partner", {"region": "us-east-1"}, OWNER)
    assert text == f"{FOREIGN}\n[partner]\n{MARK}\nregion = us-east-1\n"


SET = [
    ("a new setting goes to the section's end", "[a]\nx = 1\n", {"y": "2"}, "[a]\n{m}\nx = 1\ny = 2\n"),
    ("a setting is replaced where it stands", "[a]\nx = 1\ny = 2\n", {"x": "9"}, "[a]\n{m}\nx = 9\ny = 2\n"),
    ("null takes a setting out", "[a]\nx = 1\ny = 2\n", {"x": None}, "[a]\n{m}\ny = 2\n"),
    ("null for a missing setting is nothing", "[a]\nx = 1\n", {"y": None}, "[a]\n{m}\nx = 1\n"),
    ("case does not count", "[a]\nX = 1\n", {"x": "2"}, "[a]\n{m}\nx = 2\n"),
    ("neither do spaces nor a colon", "[a]\nx:1\n", {"x": "2"}, "[a]\n{m}\nx = 2\n"),
    ("a longer name is another setting", "[a]\nxx = 1\n", {"x": "2"}, "[a]\n{m}\nxx = 1\nx = 2\n"),
    ("a comment is no setting", "[a]\n# x = 1\nz = 3\n", {"x": "2"}, "[a]\n{m}\n# x = 1\nz = 3\nx = 2\n"),
    (
        "a nested setting is another's",
        "[a]\ns3 =\n  x = 1\nz = 3\n",
        {"x": "2"},
        "[a]\n{m}\ns3 =\n  x = 1\nz = 3\nx = 2\n",
    ),
    ("other sections keep theirs", "[a]\nx = 1\n\n[b]\nx = 1\n", {"x": "2"}, "[a]\n{m}\nx = 2\n\n[b]\nx = 1\n"),
    (
        "a comment before the next section stays there",
        "[a]\nx = 1\n# of b\n[b]\n",
        {"y": "2"},
        "[a]\n{m}\nx = 1\ny = 2\n# of b\n[b]\n",
    ),
    ("an empty section is filled", "[a]\n\n[b]\n", {"x": "1"}, "[a]\n{m}\nx = 1\n\n[b]\n"),
    ("no newline at the end", "[a]\nx = 1", {"x": "2"}, "[a]\n{m}\nx = 2\n"),
    ("a comment after the header is none of the name", "[a] # old\nx = 1\n", {"x": "2"}, "[a] # old\n{m}\nx = 2\n"),
]


@pytest.mark.parametrize(("_what", "text", "settings", "expected"), SET, ids=[case[0] for case in SET])
def test_only_the_wished_settings_change(_what: str, text: str, settings: dict[str, str | None], expected: str) -> None:
    assert with_section(text, "a", settings, OWNER) == expected.replace("{m}", MARK)


@pytest.mark.parametrize("text", [case[1] for case in SET], ids=[case[0] for case in SET])
def test_setting_twice_is_setting_once(text: str) -> None:
    once = with_section(text, "a", {"x": "7", "y": None}, OWNER)
    assert with_section(once, "a", {"x": "7", "y": None}, OWNER) == once
    assert (settings_of(once, "a") or {})["x"] == "7"


def test_a_value_that_goes_on_in_the_next_line_is_replaced_whole() -> None:
    text = with_section("[a]\nx =\n  old\n  older\ny = 2\n", "a", {"x": "new"}, OWNER)
    assert settings_of(text, "a") == {"x": "new", "y": "2"}


def test_the_mark_says_for_whom_and_stands_once() -> None:
    first = with_section("[a]\nx = 1\n", "a", {}, "arn:aws:iam::123456789012:user/old")
    second = with_section(first, "a", {}, OWNER)
    assert owner_of(first, "a") == "arn:aws:iam::123456789012:user/old"
    assert owner_of(second, "a") == OWNER
    assert second == f"[a]\n{MARK}\nx = 1\n"


def test_a_mark_belongs_to_its_own_section() -> None:
    text = with_section("[a]\nx = 1\n", "b", {"y": "2"}, OWNER)
    assert owner_of(text, "a") is None
    assert owner_of(text, "b") == OWNER
    assert owner_of(text, "c") is None


REMOVED = [
    ("the only profile leaves nothing", "[a]\nx = 1\n", ""),
    ("the first", "[a]\nx = 1\n\n[b]\ny = 2\n", "\n[b]\ny = 2\n"),
    ("the last, with the blank line before it", "[b]\ny = 2\n\n[a]\nx = 1\n", "[b]\ny = 2\n"),
    ("a comment before the next section stays", "[a]\nx = 1\n# of b\n[b]\ny = 2\n", "# of b\n[b]\ny = 2\n"),
    ("a comment at the end of the file stays", "[a]\nx = 1\n# the last word\n", "# the last word\n"),
    ("nested settings go with it", "[a]\ns3 =\n  x = 1\n\n[b]\ny = 2\n", "\n[b]\ny = 2\n"),
    ("another section stays", "[b]\ny = 2\n", "[b]\ny = 2\n"),
    ("a section whose name begins alike stays", "[ab]\ny = 2\n", "[ab]\ny = 2\n"),
    ("nothing to remove leaves even a missing newline", "[b]\ny = 2", "[b]\ny = 2"),
]


@pytest.mark.parametrize(("_what", "text", "expected"), REMOVED, ids=[case[0] for case in REMOVED])
def test_a_removed_profile_takes_nothing_else_along(_what: str, text: str, expected: str) -> None:
    assert without_section(text, "a") == expected


def test_setting_and_removing_a_profile_gives_the_text_back() -> None:
    text = with_section(FOREIGN, "partner", {"region": "us-east-1", "s3": "x"}, OWNER)
    assert without_section(text, "partner") == FOREIGN


def test_a_blank_line_at_the_end_is_given_back_too() -> None:
    text = with_section("[a]\nx = 1\n\n", "b", {"y": "2"}, OWNER)
    assert without_section(text, "b") == "[a]\nx = 1\n\n"


def test_settings_are_read_as_aws_tools_read_them() -> None:
    assert settings_of(FOREIGN, "default") == {
        "aws_access_key_id": "AKIADEFAULTEXAMPLE",
        "aws_secret_access_key": "default-secret ; not a comment",
    }
    night = settings_of(FOREIGN, "night") or {}
    assert night["region"] == "eu-central-1"
    assert "max_concurrent_requests = 20" in night["s3"]
    assert settings_of(FOREIGN, "partner") is None
    assert settings_of("", "partner") is None


@pytest.mark.parametrize("percent", ["%", "%(x)s", "100%%"])
def test_a_percent_sign_is_nothing_special(percent: str) -> None:
    text = with_section("", "a", {"x": percent}, OWNER)
    assert settings_of(text, "a") == {"x": percent}


@pytest.mark.parametrize("header", ["[ a ]", "[a ]"])
def test_reading_and_writing_agree_on_the_name_of_a_section(header: str) -> None:
    text = f"{header}\nx = 1\n"
    written = with_section(text, "a", {"x": "2"}, OWNER)
    assert (settings_of(text, "a") is not None) == (written.count("[") == 1)


MALFORMED = [
    ("region = us-east-1\n[a]\nx = SECRETEXAMPLE\n", "line 1 stands before the first [profile]"),
    ("[a]\nSECRETEXAMPLE\n", "line 2 is no setting"),
    ("[a]\nx = 1\nSECRETEXAMPLE\nSECRETEXAMPLE2\n", "line 3, 4 is no setting"),
    ("[a]\nx = 1\n[a]\ny = SECRETEXAMPLE\n", "line 3 says again what stands above it"),
    ("[a]\nx = 1\nx = SECRETEXAMPLE\n", "line 3 says again what stands above it"),
]


@pytest.mark.parametrize(("text", "sentence"), MALFORMED)
def test_a_malformed_file_is_named_by_its_line_and_never_by_its_content(text: str, sentence: str) -> None:
    with pytest.raises(NotAnIniFile) as caught:
        settings_of(text, "a")
    assert str(caught.value) == sentence
    assert "SECRETEXAMPLE" not in repr(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__


SPELLED = [
    ("profile partner", "config", "partner"),
    ("profile   partner", "config", "partner"),
    ("profile\tpartner ", "config", "partner"),
    ('profile "partner"', "config", "partner"),
    ("profile 'my partner'", "config", "my partner"),
    ("profile my\\ partner", "config", "my partner"),
    ('profile part"ner"', "config", "partner"),
    ("profiles partner", "config", "partner"),
    ("default", "config", "default"),
    ("profile default", "config", "default"),
    ("profile my partner", "config", None),
    ("profile 'partner", "config", None),
    ("profile", "config", None),
    (" profile partner", "config", None),
    ("partner", "config", None),
    ("sso-session partner", "config", None),
    ("DEFAULT", "config", None),
    ("partner", "credentials", "partner"),
    ("profile partner", "credentials", "profile partner"),
    ('"partner"', "credentials", '"partner"'),
    (" partner", "credentials", " partner"),
    ("profile default", "credentials", "profile default"),
    ("DEFAULT", "credentials", None),
]


@pytest.mark.parametrize(("header", "kind", "expected"), SPELLED)
def test_a_profile_is_known_by_every_name_that_botocore_knows(header: str, kind: str, expected: str | None) -> None:
    assert profile_of(header, kind) == expected


@pytest.mark.parametrize(
    "header", [header for header, kind, profile in SPELLED if (kind, profile) == ("config", "partner")]
)
def test_a_section_is_edited_under_the_name_that_it_has(header: str) -> None:
    written = with_section(f"[{header}]\nx = 1\n", "partner", {"x": "2"}, OWNER, "config")
    assert written == f"[{header}]\n{MARK}\nx = 2\n"
    assert owner_of(written, "partner", "config") == OWNER
    assert without_section(written, "partner", "config") == ""


def test_of_two_sections_for_a_profile_the_last_one_counts() -> None:
    text = "[profile partner]\nx = 1\n[profile 'partner']\ny = 2\n"
    assert settings_of(text, "partner", "config") == {"y": "2"}


def test_only_what_was_made_for_the_owner_is_removed() -> None:
    ours = f"[profile partner]\n{MARK}\nx = 1\n"
    theirs = "[profile 'partner']\ny = 2\n"
    assert without_section(ours + theirs, "partner", "config", OWNER) == theirs
    assert without_section(theirs + ours, "partner", "config", OWNER) == theirs
    assert without_section(ours + theirs, "partner", "config", "somebody") == ours + theirs


@pytest.mark.parametrize("between", ["x = 1\n", "\n", "[b]\n"])
def test_a_mark_stands_right_below_its_header(between: str) -> None:
    """One that has lost its header makes no section ours."""
    assert owner_of(f"[a]\n{between}{MARK}\ny = 2\n", "a") is None


BYTES = [
    ("lines end as those of the file do", "[b]\r\ny = 1\r\n", "[b]\r\ny = 1\r\n\r\n[a]\r\n{m}\r\nx = 2\r\n"),
    ("other lines keep theirs", "[a]\r\nx = 1\n[b]\ry = 1\r", "[a]\r\n{m}\r\nx = 2\r\n[b]\ry = 1\r"),
    ("only line breaks end a line", "[b]\ny = 1\u2028[a]\n", "[b]\ny = 1\u2028[a]\n\n[a]\n{m}\nx = 2\n"),
    ("an indented header is a header", "[b]\n  [a]\nx = 1\n", "[b]\n  [a]\n{m}\nx = 2\n"),
    ("below a setting it is no header", "[b]\ny = 1\n  [a]\n", "[b]\ny = 1\n  [a]\n\n[a]\n{m}\nx = 2\n"),
    ("a setting stays as deep as it is", "[a]\n\tx = 1\n\ty = 2\n", "[a]\n{m}\n\tx = 2\n\ty = 2\n"),
    ("a new one begins its line", "[a]\n  y = 1\n[b]\n", "[a]\n{m}\n  y = 1\nx = 2\n[b]\n"),
    ("or is as deep as the header after it", "[a]\n  [b]\n", "[a]\n{m}\n  x = 2\n  [b]\n"),
    ("a value goes on below a blank line", "[a]\nx =\n  1\n\n  # no\n  3\nz = 1\n", "[a]\n{m}\nx = 2\nz = 1\n"),
    ("what is there already keeps its bytes", "[a]\n X:2 \n", "[a]\n{m}\n X:2 \n"),
    ("what all sections inherit is there already", "[DEFAULT]\nx = 2\n[a]\n", "[DEFAULT]\nx = 2\n[a]\n{m}\n"),
]


@pytest.mark.parametrize(("_what", "text", "expected"), BYTES, ids=[case[0] for case in BYTES])
def test_no_other_byte_changes(_what: str, text: str, expected: str) -> None:
    written = with_section(text, "a", {"x": "2"}, OWNER)
    assert written == expected.replace("{m}", MARK)
    assert (settings_of(written, "a") or {})["x"] == "2"


def test_the_last_setting_leaves_no_blank_line() -> None:
    assert with_section("[a]\nx = 1\n[b]\n", "a", {"x": None}, OWNER) == f"[a]\n{MARK}\n[b]\n"


def setting(text: str, profile: str, value: str | None) -> str:
    return with_section(text, profile, {"x": value}, OWNER)


UNEDITABLE = [
    (
        "what is inherited cannot be taken out",
        "[DEFAULT]\nx = 1\n[a]\n",
        lambda text: with_section(text, "a", {"x": None}, OWNER),
    ),
    ("what is handed down is no profile", "", lambda text: setting(text, "DEFAULT", "1")),
    ("a setting would swallow the next header", "[b]\nx = 1\n[a]\n  [c]\n", lambda text: without_section(text, "a")),
    (
        "what is handed down would make a profile unreadable for AWS tools",
        "[DEFAULT]\nx =\n  no setting\n",
        lambda text: with_section(text, "a", {"y": "2"}, OWNER, "config"),
    ),
    ("a byte order mark", "\ufeff[a]\nx = 1\n", lambda text: setting(text, "a", "2")),
]


@pytest.mark.parametrize(("_what", "text", "edit"), UNEDITABLE, ids=[case[0] for case in UNEDITABLE])
def test_what_cannot_be_edited_safely_is_refused(_what: str, text: str, edit: Callable[[str], str]) -> None:
    with pytest.raises(NotAnIniFile):
        edit(text)


def test_a_byte_order_mark_is_named() -> None:
    with pytest.raises(NotAnIniFile, match="begins with a byte order mark, which AWS tools do not read"):
        settings_of("\ufeff[a]\nx = 1\n", "a")


def test_another_source_of_credentials_goes_only_when_one_is_wished() -> None:
    current = {"aws_session_token": "t", "sso_session": "s", "region": "r"}
    assert superseding(current, {"role_arn": "x"}) == {"aws_session_token": None, "sso_session": None, "role_arn": "x"}
    assert superseding(current, {"output": "json"}) == {"output": "json"}
    assert superseding(current, {"role_arn": None}) == {"role_arn": None}


SECRETS = ["aws_secret_access_key", "aws_session_token", "aws_security_token", "aws_secret_access_key_old", "password"]
PLAIN = ["aws_access_key_id", "region", "web_identity_token_file", "sso_session", "credential_process"]


@pytest.mark.parametrize("name", SECRETS + PLAIN)
def test_a_secret_is_known_by_its_name(name: str) -> None:
    assert is_secret(name) is (name in SECRETS)
