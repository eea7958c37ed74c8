# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The fields of a check are the same wherever they are written down."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.assumerole.s3.plugins.module_utils._aws.answers import Answer
from ansible_collections.assumerole.s3.plugins.module_utils._checks.check import (
    FIELDS,
    OUTCOMES,
    Judgement,
    Question,
    check,
)
from ansible_collections.assumerole.s3.plugins.module_utils._checks.observations import Observation
from ansible_collections.assumerole.s3.plugins.module_utils._checks.row import ASKED, READ
from ansible_collections.assumerole.s3.plugins.module_utils._checks.sentences import COMPARED, WORDS
from ansible_collections.assumerole.s3.plugins.modules import access_check

SCHEMA = json.loads((Path(__file__).resolve().parents[5] / "docs" / "access-report.schema.json").read_text())
SEEN = Observation(Answer(status=200, request_id="R-EXAMPLE", time="T"), settled=True, attempts=3, elapsed_ms=10)


def made(name: str, observation: Observation = SEEN) -> Any:
    return check(Question(name, "role", "s3:GetObject", "*", "allowed"), "allowed", Judgement(), observation)


def test_a_check_has_the_fields_that_are_stated() -> None:
    assert tuple(made("role.read")) == FIELDS


def test_the_module_documents_them() -> None:
    documented = yaml.safe_load(access_check.RETURN)["checks"]["contains"]
    assert tuple(documented) == FIELDS


def test_the_schema_of_a_report_has_them() -> None:
    described = SCHEMA["$defs"]["check"]
    assert tuple(described["properties"]) == FIELDS
    assert tuple(described["required"]) == FIELDS
    assert described["properties"]["evidence"]["enum"] == [ASKED, READ]


def test_a_fixture_of_a_check_has_them(a_check: Any) -> None:
    assert tuple(a_check("role.read")) == FIELDS


def test_every_outcome_has_its_words() -> None:
    assert tuple(WORDS) == tuple(COMPARED) == OUTCOMES


@pytest.mark.parametrize(
    ("name", "evidence"), [("role.read", "asked"), ("role.write@internal", "asked"), ("config.user.keys", "read")]
)
def test_a_check_says_how_it_was_seen(name: str, evidence: str) -> None:
    assert made(name)["evidence"] == evidence


@pytest.mark.parametrize("name", ["role.reed", "config.user", "anonymous.read@internal"])
def test_a_check_that_is_not_in_the_catalogue_cannot_be_made(name: str) -> None:
    with pytest.raises(KeyError):
        made(name)


def test_only_an_answer_that_was_no_success_is_an_error() -> None:
    refused = Observation(Answer("AccessDenied", 403, "No.", "R-EXAMPLE", "T"), settled=True, attempts=1, elapsed_ms=1)
    assert made("role.read")["error"] is None
    assert made("role.read", refused)["error"] == {
        "code": "AccessDenied",
        "status": 403,
        "message": "No.",
        "request_id": "R-EXAMPLE",
    }
