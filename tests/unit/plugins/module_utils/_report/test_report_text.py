# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest

from ansible_collections.assumerole.s3.plugins.module_utils._report.text import moment, printable

TEXTS = [
    (None, ""),
    (7, "7"),
    ("tab\tline\n", "tab\tline\n"),
    ("zero\x00bell\x07", "zero\ufffdbell\ufffd"),
    ("half \ud800 a pair", "half \ufffd a pair"),
    ("\ufffe\uffff", "\ufffd\ufffd"),
    ("grüße 🔒", "grüße 🔒"),
    ("<b>", "<b>"),
]


@pytest.mark.parametrize(("value", "text"), TEXTS)
def test_what_no_file_can_hold_is_replaced(value: object, text: str) -> None:
    assert printable(value) == text


def test_a_time_is_written_as_people_write_it() -> None:
    assert moment("2026-01-01T00:00:01+00:00") == "2026-01-01 00:00:01 UTC"
    assert moment("never") == "never"
