# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.assumerole.s3.plugins.module_utils._report.conditions import in_words
from ansible_collections.assumerole.s3.plugins.module_utils._report.diagram import diagram
from ansible_collections.assumerole.s3.plugins.module_utils._report.page import page

EVERY = {
    "mfa_required": True,
    "source_ips": ["203.0.113.0/24", "198.51.100.7"],
    "vpc_endpoints": ["vpce-0123456789abcdef0"],
    "organization_id": "o-a1b2c3d4e5",
}
IN_WORDS = (
    "with MFA; from 203.0.113.0/24, 198.51.100.7; through vpce-0123456789abcdef0; in the organization o-a1b2c3d4e5"
)


@pytest.mark.parametrize("name", EVERY)
def test_each_condition_is_a_phrase_of_its_own(name: str) -> None:
    assert len(in_words({name: EVERY[name]})) == 1


def test_page_and_drawing_say_all_of_them(a_report: Any, a_contract: Any) -> None:
    about = a_report(about=a_contract(**EVERY))
    assert "; ".join(in_words(about["contract"])) == IN_WORDS
    assert f"<dt>Conditions</dt><dd>{IN_WORDS}</dd>" in page(about)
    assert f">only {IN_WORDS}</span>" in diagram(about)


def test_where_there_are_none_nothing_is_said(a_report: Any) -> None:
    assert "Conditions</dt>" not in page(a_report())
    assert ">only " not in diagram(a_report())
