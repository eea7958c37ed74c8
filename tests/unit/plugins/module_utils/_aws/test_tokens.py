# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A token is read from its file for what it claims, and told to nobody."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.assumerole.s3.plugins.module_utils._aws.held import held
from ansible_collections.assumerole.s3.plugins.module_utils._aws.tokens import NoToken, Token, read_token
from ansible_collections.assumerole.s3.plugins.module_utils._contract.contract import Contract

CLAIMS: dict[str, Any] = {"iss": "https://token.ci.example/", "aud": "sts.amazonaws.com", "sub": "repo:o/r:ref:main"}


def encoded(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


def text(signature: str = "c2lnbmF0dXJl", **claims: Any) -> str:
    return f"{encoded({'alg': 'RS256'})}.{encoded({**CLAIMS, **claims})}.{signature}"


def token(tmp_path: Path, content: str) -> Token:
    path = tmp_path / "token"
    path.write_text(content)
    return read_token(str(path), "bucket_access_web_identity_token_file")


def test_what_a_token_claims_is_read_and_itself_never_shown(tmp_path: Path) -> None:
    found = token(tmp_path, f"{text()}\n")
    assert (found.issuer, found.audiences, found.subject) == (
        "token.ci.example",
        ("sts.amazonaws.com",),
        "repo:o/r:ref:main",
    )
    assert text() not in repr(found)
    assert {text(), found.tampered, found.unsigned, "c2lnbmF0dXJl"} <= held({})


@pytest.mark.parametrize("signature", ["c2lnbmF0dXJl", "A", "AAAAAAAA", "x" * 342])
def test_a_tampered_token_differs_in_its_signature_alone(tmp_path: Path, signature: str) -> None:
    found = token(tmp_path, text(signature))
    changed = found.tampered.split(".")
    assert changed[:2] == text().split(".")[:2]
    assert (changed[2] != signature, len(changed[2])) == (True, len(signature))
    head, claims, nothing = found.unsigned.split(".")
    assert (claims, nothing) == (text().split(".")[1], "")
    assert json.loads(base64.urlsafe_b64decode(head + "=="))["alg"] == "none"


LETS_IN = [
    ({}, True),
    ({"aud": ["another", "sts.amazonaws.com"]}, True),
    ({"sub": "repo:o/apps:anything"}, True),
    ({"aud": "another"}, False),
    ({"sub": "repo:o/other:ref:main"}, False),
    ({"iss": "https://token.ci.example.org"}, False),
]


@pytest.mark.parametrize(("claims", "lets_in"), LETS_IN)
def test_whether_the_contract_lets_it_in_goes_by_what_it_claims(
    tmp_path: Path, claims: dict[str, Any], lets_in: bool
) -> None:
    item = {"oidc": "https://token.ci.example", "audience": "sts.amazonaws.com"}
    subjects = ["repo:o/r:ref:main", "repo:o/apps:*"]
    (who,) = Contract.of({"bucket": "abc", "trusted": [{**item, "subjects": subjects}]}).trusted
    assert token(tmp_path, text(**claims)).is_for(who) is lets_in


NONE = [
    "",
    "token",
    "a.b",
    "a.b.c.d",
    f"{encoded({})}.{encoded({'iss': 'x'})}.c",
    f"{encoded({})}.{encoded([])}.c",
    text(""),
]


@pytest.mark.parametrize("content", [*NONE, text("x" * 20001)])
def test_what_is_no_token_is_not_repeated(tmp_path: Path, content: str) -> None:
    with pytest.raises(NoToken) as raised:
        token(tmp_path, content)
    assert str(raised.value) == (
        f"bucket_access_web_identity_token_file: {tmp_path}/token holds no token in three parts: have the job write "
        "its token there."
    )


def test_a_file_that_is_not_there_or_no_text_is_named(tmp_path: Path) -> None:
    with pytest.raises(NoToken, match="cannot be read"):
        read_token(str(tmp_path / "missing"), "bucket_access_web_identity_token_file")
    (tmp_path / "bytes").write_bytes(b"\xff\xfe")
    with pytest.raises(NoToken, match="it is no text"):
        read_token(str(tmp_path / "bytes"), "bucket_access_web_identity_token_file")
