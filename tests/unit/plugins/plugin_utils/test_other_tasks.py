# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest

from ansible_collections.amazon.aws.plugins.modules import iam_role
from ansible_collections.assumerole.s3.plugins.plugin_utils._other_tasks import main_of


def test_a_module_of_amazon_aws_begins_with_its_main() -> None:
    assert main_of("amazon.aws.iam_role") is iam_role.main


@pytest.mark.parametrize(
    "module",
    ["amazon.aws.iam_rule", "amazon.aws.", "iam_role", "community.aws.iam_role", "assumerole.s3.access_plan", "ping"],
)
def test_of_another_or_of_none_nothing_is_known(module: str) -> None:
    assert main_of(module) is None
