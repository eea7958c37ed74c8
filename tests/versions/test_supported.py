# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is promised of versions is what is tried, and the pins are the newest that are tried."""

from __future__ import annotations

from pathlib import Path
import re

import pytest
from supported import CHECKOUT, CORES, NEWEST, OLDEST, ROWS, all_passed, checks, pinned, table
import yaml

from ansible_collections.assumerole.s3.plugins.doc_fragments.conventions import ModuleDocFragment
from ansible_collections.assumerole.s3.plugins.module_utils._aws.module import OLDEST_BOTO3

MODULES = sorted((CHECKOUT / "plugins" / "modules").glob("*.py"))


def test_the_readme_has_the_table_of_a_run_in_which_all_passed() -> None:
    assert table(all_passed()) in (CHECKOUT / "README.md").read_text()


def test_the_oldest_ansible_core_is_the_one_that_the_collection_requires() -> None:
    runtime = yaml.safe_load((CHECKOUT / "meta" / "runtime.yml").read_text())
    role = yaml.safe_load((CHECKOUT / "roles" / "bucket_access" / "meta" / "main.yml").read_text())
    assert runtime["requires_ansible"] == f">={CORES[0].series}.0"
    assert role["galaxy_info"]["min_ansible_version"] == f"{CORES[0].series}.0"


def test_the_oldest_amazon_aws_is_the_one_that_the_collection_depends_on() -> None:
    galaxy = yaml.safe_load((CHECKOUT / "galaxy.yml").read_text())
    assert galaxy["dependencies"] == {"amazon.aws": f">={OLDEST.amazon_aws}"}


def test_the_newest_versions_are_those_that_make_test_installs() -> None:
    assert CORES[-1].version == pinned("ansible-core")
    assert pinned("botocore") == NEWEST.boto3


@pytest.mark.parametrize("module", [path for path in MODULES if "aws_module(" in path.read_text()])
def test_the_modules_that_talk_to_aws_require_the_oldest_boto3(module: Path) -> None:
    documentation = yaml.safe_load(re.findall(r'DOCUMENTATION = r"""(.*?)"""', module.read_text(), re.DOTALL)[0])
    fragments = documentation["extends_documentation_fragment"]
    assert {"assumerole.s3.conventions.aws", "amazon.aws.boto3"} <= set(fragments)
    required = yaml.safe_load(ModuleDocFragment.AWS)["requirements"]
    assert required == [f"boto3 >= {OLDEST.boto3}", f"botocore >= {OLDEST.boto3}"]


def test_no_other_module_says_that_it_talks_to_aws() -> None:
    others = [path for path in MODULES if "aws_module(" not in path.read_text()]
    assert [path.stem for path in others if "amazon.aws" in path.read_text().split("EXAMPLES")[0]] == []


def test_an_execution_environment_gets_the_oldest_boto3_or_a_newer_one() -> None:
    packages = [line for line in (CHECKOUT / "requirements.txt").read_text().splitlines() if not line.startswith("#")]
    assert packages == [f"boto3>={OLDEST.boto3}", f"botocore>={OLDEST.boto3}"]


def test_a_module_ends_when_boto3_is_older_than_the_oldest() -> None:
    assert OLDEST.boto3 == OLDEST_BOTO3


def test_the_oldest_python_is_the_one_that_the_plugins_are_checked_for() -> None:
    oldest = CORES[0].python
    config = yaml.safe_load((CHECKOUT / "tests" / "config.yml").read_text())
    assert config["modules"]["python_requires"] == f">={oldest}"
    assert f'target-version = "py{oldest.replace(".", "")}"' in (CHECKOUT / "pyproject.toml").read_text()


def test_each_core_is_tried_with_both_ages_of_libraries_and_its_sanity_once() -> None:
    tried = [(row.core, check) for row in ROWS for check in checks(row)]
    for core in CORES:
        assert [check for one, check in tried if one == core] == ["units", "scenario", "exchange"] * 2 + ["sanity"]


def test_what_failed_or_was_not_tried_is_no_pass() -> None:
    found = all_passed()
    found[ROWS[0].name, "scenario"] = False
    del found[ROWS[1].name, "sanity"]
    first = table(found).splitlines()[2]
    assert first.endswith("| FAILED | pass | not tried |")
