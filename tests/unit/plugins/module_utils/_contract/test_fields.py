# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whatever states a field of the contract states what the table of fields does."""

from __future__ import annotations

from importlib import import_module
import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.assumerole.s3.plugins.doc_fragments.contract import ModuleDocFragment
from ansible_collections.assumerole.s3.plugins.module_utils._contract.contract import Contract
from ansible_collections.assumerole.s3.plugins.module_utils._contract.fields import FIELDS, Field, contract_option
from ansible_collections.assumerole.s3.plugins.module_utils._contract.principals import TRUSTED
from ansible_collections.assumerole.s3.plugins.module_utils._report.report import as_reported

COLLECTION = Path(__file__).resolve().parents[5]
ROLE = COLLECTION / "roles" / "bucket_access"
SPECS = yaml.safe_load((ROLE / "meta" / "argument_specs.yml").read_text())["argument_specs"]
VARIABLES = SPECS["main"]["options"]
MODULES = sorted(path.stem for path in (COLLECTION / "plugins" / "modules").glob("*.py"))
SAID = ("type", "elements", "default", "choices", "required")


def said(option: dict[str, Any]) -> dict[str, Any]:
    """What an option or variable says of itself beside its prose."""
    return {name: option[name] for name in SAID if option.get(name) is not None}


def without_choices(field: Field) -> dict[str, Any]:
    return {name: value for name, value in said(field.spec).items() if name != "choices"}


def test_every_field_is_a_variable_and_every_variable_a_field() -> None:
    assert set(VARIABLES) == {f"bucket_access_{name}" for name in FIELDS}


def test_the_variables_are_listed_once_for_all_verbs() -> None:
    """All verbs take the same; access_contract judges them in each."""
    assert {verb: bool(spec["options"]) for verb, spec in SPECS.items()} == {
        "main": True,
        **dict.fromkeys(("verify", "rotate", "session", "teardown"), False),
    }


@pytest.mark.parametrize("name", FIELDS)
def test_a_variable_is_specified_like_its_field(name: str) -> None:
    option = VARIABLES[f"bucket_access_{name}"]
    assert {key: value for key, value in said(option).items() if key != "choices"} == without_choices(FIELDS[name])
    assert option.get("choices", list(FIELDS[name].choices)) == list(FIELDS[name].choices)
    assert option.get("no_log", False) == bool(FIELDS[name].secret)


def test_the_roles_defaults_are_those_of_the_fields() -> None:
    defaults = yaml.safe_load((ROLE / "defaults" / "main.yml").read_text())
    assert defaults == {f"bucket_access_{name}": field.default for name, field in FIELDS.items() if not field.required}


def test_the_option_of_modules_is_documented_as_it_is() -> None:
    (documented,) = yaml.safe_load(ModuleDocFragment.DOCUMENTATION)["options"].values()
    wanted = contract_option()["contract"]
    assert {name: said(option) for name, option in documented["suboptions"].items()} == {
        name: said(option) for name, option in wanted["options"].items()
    }
    assert {name: said(option) for name, option in documented["suboptions"]["grants"]["suboptions"].items()} == {
        name: said(option) for name, option in wanted["options"]["grants"]["options"].items()
    }
    assert (documented["type"], documented["required"]) == (wanted["type"], wanted["required"])


@pytest.mark.parametrize("name", MODULES)
def test_what_a_module_takes_of_the_fields_is_documented_alike(name: str) -> None:
    module = import_module(f"ansible_collections.assumerole.s3.plugins.modules.{name}")
    documented = yaml.safe_load(module.DOCUMENTATION).get("options") or {}
    for option, spec in getattr(module, "ARGUMENT_SPEC", {}).items():
        if option in FIELDS and option in documented:
            assert said(documented[option]) == said(spec), option


def test_the_reports_contract_is_documented_as_it_is() -> None:
    schema = json.loads((COLLECTION / "docs" / "access-report.schema.json").read_text())
    conditions = {
        "require_mfa": True,
        "source_ips": ["203.0.113.7"],
        "vpc_endpoints": ["vpce-0123456789abcdef0"],
        "organization_id": "o-a1b2c3d4e5",
    }
    bounded = {"permissions_boundary": "arn", "path": "/partners/"}
    keys = {"kms_key": "arn", "forbidden_kms_keys": ["another"]}
    everything = as_reported(Contract.of({"bucket": "abc", **keys, **bounded, **conditions}))
    documented = schema["$defs"]["contract"]
    assert set(documented["properties"]) - {"trusted"} == set(everything)
    assert set(documented["required"]) == set(as_reported(Contract.of({"bucket": "abc"})))


def test_whom_a_report_names_beside_the_user_is_documented_as_it_is() -> None:
    schema = json.loads((COLLECTION / "docs" / "access-report.schema.json").read_text())
    documented = schema["$defs"]["contract"]["properties"]["trusted"]["items"]
    trusted = [{"arn": "arn:aws:iam::210987654321:role/theirs", "external_id": "secret-to-nobody"}]
    (reported,) = as_reported(Contract.of({"bucket": "abc", "trusted": trusted}))["trusted"]
    assert set(documented["properties"]) == set(documented["required"]) == set(reported)
    assert documented["properties"]["kind"]["enum"] == [kind.name for kind in TRUSTED.values()]
    assert reported == {
        "kind": "arn",
        "name": "arn:aws:iam::210987654321:role/theirs",
        "label": "210987654321:role/theirs",
    }
