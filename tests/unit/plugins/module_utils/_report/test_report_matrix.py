# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from typing import Any

from ansible_collections.assumerole.s3.plugins.module_utils._report.matrix import cells, matrix


def test_checks_stand_by_who_and_where_then_by_permission(a_report: Any, a_check: Any) -> None:
    checks = [
        a_check("role.read"),
        a_check("role.outside.list_all", action="s3:ListBucket", expected="denied"),
        a_check("role.outside.list", action="s3:ListBucket", expected="denied"),
        a_check("user.read", principal="user", expected="denied"),
        a_check("role.assume", principal="user", action="sts:AssumeRole"),
        a_check("config.bucket.policy", principal="bucket", action="s3:GetBucketPolicy"),
    ]
    found = {
        row: {permission: [check["id"] for check in some] for permission, some in by.items()}
        for row, by in cells(a_report(*checks)).items()
    }
    assert found == {
        ("role", "below team/"): {"read": ["role.read"]},
        ("role", "beside team/"): {"list": ["role.outside.list_all", "role.outside.list"]},
        ("user", "below team/"): {"read": ["user.read"]},
    }


def test_one_bad_check_of_two_makes_the_cell_bad(a_report: Any, a_check: Any) -> None:
    fine = a_check("role.outside.list", action="s3:ListBucket", expected="denied")
    bad = a_check("role.outside.list_all", "excess_access", action="s3:ListBucket", expected="denied")
    made = matrix(a_report(fine, bad))
    assert made.count('<td class="excess">') == 1
    assert '<td class="refused">' not in made


def test_what_was_not_asked_says_so_and_is_no_refusal(a_report: Any, a_check: Any) -> None:
    made = matrix(a_report(a_check("role.read")))
    assert made.count("not asked") == 3
    assert made.count('<td class="works">') == 1


def test_what_few_contracts_have_is_a_column_where_it_was_asked_for(a_report: Any, a_check: Any) -> None:
    made = matrix(a_report(a_check("role.read"), a_check("user.tags", principal="user", expected="denied")))
    heads = ("list", "read", "write", "delete", "multipart", "tags", "locate", "versions")
    assert [f'<th scope="col">{name}</th>' in made for name in heads] == [True] * 4 + [False, True, False, False]


def test_where_columns_are_more_than_the_usual_each_cell_names_its_own(a_report: Any, a_check: Any) -> None:
    made = matrix(a_report(a_check("role.read"), a_check("user.tags", principal="user", expected="denied")))
    assert '<table class="matrix many">' in made
    assert made.count('data-permission="tags"') == made.count('<th scope="row">') == 2
    assert "data-permission" not in matrix(a_report(a_check("role.read")))


def test_a_column_and_a_row_have_their_headings(a_report: Any) -> None:
    made = matrix(a_report())
    assert [f'<th scope="col">{name}</th>' in made for name in ("list", "read", "write", "delete")] == [True] * 4
    assert '<th scope="row">The role<small>below team/</small></th>' in made
