# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A report says who else may assume the role, and who of them was asked."""

from __future__ import annotations

from datetime import datetime, timezone
import re
from typing import Any
from xml.etree import ElementTree as Xml

from ansible_collections.assumerole.s3.plugins.module_utils._report.diagram import diagram
from ansible_collections.assumerole.s3.plugins.module_utils._report.ending import ending
from ansible_collections.assumerole.s3.plugins.module_utils._report.index import index
from ansible_collections.assumerole.s3.plugins.module_utils._report.outputs import TYPES, outputs
from ansible_collections.assumerole.s3.plugins.module_utils._report.page import page
from ansible_collections.assumerole.s3.plugins.module_utils._report.statements import statement

THEIRS = "arn:aws:iam::210987654321:role/theirs"
LABEL, OTHER = "210987654321:role/theirs", "210987654321:user/they"
TRUSTED = [
    {"kind": "arn", "name": THEIRS, "label": LABEL},
    {"kind": "arn", "name": "arn:aws:iam::210987654321:user/they", "label": OTHER},
]


def checks(a_check: Any) -> list[dict[str, Any]]:
    """One was asked, and the other read."""
    return [
        a_check(f"trusted.assume@{LABEL}", principal="trusted", action="sts:AssumeRole"),
        a_check(f"config.trusted.arn@{LABEL}", principal="trusted", action="iam:GetRole"),
        a_check(f"config.trusted.arn@{OTHER}", principal="trusted", action="iam:GetRole"),
        a_check("role.read"),
    ]


def texts(made: str, name: str) -> list[str]:
    return ["".join(part.itertext()) for part in Xml.fromstring(made).iter() if part.get("class") == name]


def test_the_drawing_has_each_of_them_and_says_who_was_read(a_report: Any, a_check: Any, a_contract: Any) -> None:
    about = a_contract(trusted=TRUSTED)
    made = diagram(a_report(a_check("role.assume"), *checks(a_check), about=about))
    assert texts(made, "name")[:3] == ["partner", LABEL, OTHER]
    assert texts(made, "limit")[0] == "read in the trust policy, and nobody asked"
    said = Xml.fromstring(made).get("aria-label") or ""
    assert said.startswith("From those who may assume it through the role to the bucket.")
    assert f"{LABEL} assumes the role: works. {OTHER} assumes the role: holds, as read." in said


def test_without_a_user_none_is_drawn(a_report: Any, a_check: Any, a_contract: Any) -> None:
    made = diagram(a_report(*checks(a_check), about=a_contract(user="", trusted=TRUSTED[:1])))
    assert texts(made, "name")[:2] == [LABEL, "partner-exchange"]
    assert "User" not in texts(made, "kind")


def test_who_was_refused_is_not_drawn_as_getting_in(a_report: Any, a_check: Any, a_contract: Any) -> None:
    refused = a_check(f"trusted.assume@{LABEL}", "missing_access", principal="trusted")
    said = diagram(a_report(refused, about=a_contract(trusted=TRUSTED)))
    assert f"{LABEL} assumes the role: missing. {OTHER} assumes the role: cannot tell, as read." in said


def test_the_page_says_who_was_asked_and_who_was_read(a_report: Any, a_check: Any, a_contract: Any) -> None:
    made = page(a_report(*checks(a_check), about=a_contract(user="", trusted=TRUSTED)))
    text = re.sub(r"<[^>]+>", " ", made)
    assert f"{LABEL} (asked); {OTHER} (read in the trust policy, and nobody asked)" in text
    assert f"{LABEL}, {OTHER} through the role partner-exchange" in text
    assert "Who asked" in text
    assert "User that asked" not in text


def test_a_statement_names_whom_it_is_about(a_check: Any, a_contract: Any) -> None:
    about = a_contract(trusted=TRUSTED)
    assert statement(a_check(f"trusted.assume@{LABEL}"), about) == f"{LABEL} can assume the role"
    assert statement(a_check("config.role.trust"), about) == (
        "The trust policy names those whom the contract names and nobody else"
    )
    assert statement(a_check("config.role.trust"), a_contract()) == "The trust policy names this user and nobody else"


def test_the_report_of_a_contract_without_a_user_is_not_another_ones(
    a_report: Any, a_check: Any, a_contract: Any
) -> None:
    theirs = {"arn": "arn:aws:iam::210987654321:user/they", "account": "210987654321", "user_id": "AIDAEXAMPLE"}
    made = a_report(*checks(a_check), about=a_contract(user="", trusted=TRUSTED, other_roles=[]), caller=theirs)
    (entry,) = index({"here": made}, datetime(2026, 1, 1, 0, 1, tzinfo=timezone.utc), 24)["contracts"]
    assert entry["standing"] == "verified"


AGREED: dict[str, Any] = {
    "contract": {"role": "r", "bucket": "b-1", "manage": ["role", "bucket"], "trusted": [{"arn": THEIRS}]},
    "settings": {
        "key_store": "profile",
        "key_store_path": None,
        "role_profile": "r",
        "user_profile": None,
        "config_file": "/aws/config",
        "credentials_file": "/aws/credentials",
        "session_env_file": None,
    },
    "region": "us-east-1",
    "role_arn": "arn:aws:iam::123456789012:role/r",
    "user_arn": "",
}


def test_a_verb_leaves_who_is_trusted_and_nothing_of_a_user_that_there_is_not() -> None:
    found = outputs(AGREED, "provision", plan={"steps": []})
    assert {name: type(value) for name, value in found.items()} == dict(TYPES)
    assert found["trusted"] == [THEIRS]
    empty = ("user", "user_arn", "user_profile", "credentials_file", "role_profile", "key_store", "access_key_id")
    assert [name for name in empty if found[name]] == []
    assert ending(found)[1:] == [
        f"  trusted   {THEIRS}",
        "  role      arn:aws:iam::123456789012:role/r",
        "  bucket    arn:aws:s3:::b-1",
        "Next: run verify, which proves it.",
    ]


def test_a_teardown_says_nothing_of_a_user_that_there_is_not() -> None:
    assert outputs(AGREED, "teardown", plan={"steps": []})["stays"] == []
