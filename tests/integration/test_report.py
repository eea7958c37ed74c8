# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The reports of real runs: as the published formats say, as JUnit readers take them, and one for each contract."""

from __future__ import annotations

import json
from pathlib import Path
import re
from typing import Any

import jq
from jsonschema import Draft202012Validator, FormatChecker, ValidationError
from junitparser import Error, Failure, JUnitXml
import pytest
from referencing import Registry, Resource
import yaml

from ansible_collections.assumerole.s3.plugins.module_utils._report.report import TAKEN
from ansible_collections.assumerole.s3.plugins.module_utils._report.statements import statement
from ansible_collections.assumerole.s3.plugins.module_utils._report.version import COLLECTION_VERSION
from lab.account import allow
from lab.checkout import CHECKOUT, Json
from lab.emulator import Emulator
from lab.home import write_profiles
from lab.play import Ran, ansible
from lab.world import World, provision

DOCS = CHECKOUT / "docs"
SCHEMAS = {
    name: json.loads((DOCS / name).read_text())
    for name in ("access-report.schema.json", "access-report-index.schema.json")
}
REPORT, INDEX = SCHEMAS


def errors(schema: str, document: Json) -> list[str]:
    registry: Any = Registry().with_resources((name, Resource.from_contents(it)) for name, it in SCHEMAS.items())
    validator = Draft202012Validator(SCHEMAS[schema], registry=registry, format_checker=FormatChecker())
    return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(document)]


class Fleet:
    """Contracts that are provisioned, an inventory of them, and one run of the playbook over all."""

    def __init__(self, home: Path, emulator: Emulator) -> None:
        self.home, self.emulator = home, emulator
        self.hosts: dict[str, Json] = {}
        self.secrets: list[str] = []

    def add(self, name: str, made: World, **more: Any) -> None:
        """The profiles are those that provision would have left."""
        self.secrets.append(made.key["SecretAccessKey"])
        write_profiles(self.home, made)
        names = {"bucket": made.bucket, "user": made.user, "role": made.role}
        self.hosts[name] = {
            **{f"bucket_access_{key}": value for key, value in names.items()},
            "bucket_access_prefix": made.prefix,
            "bucket_access_permissions": made.granted,
            "bucket_access_external_id": made.external_id,
            "bucket_access_wait_timeout": 0,
            "bucket_access_audit": False,
            "bucket_access_report_dir": str(self.home / "reports" / name),
            **more,
        }

    def verify(self, *arguments: str) -> Ran:
        inventory = self.home / "inventory.json"
        inventory.write_text(json.dumps({"contracts": {"hosts": self.hosts}}))
        index = {"bucket_access_report_index_dir": str(self.home / "reports")}
        chosen = json.dumps({"bucket_access_hosts": "contracts", **index})
        command = ["playbooks/verify.yml", "-i", str(inventory), "-e", chosen, *arguments]
        return ansible("ansible-playbook", *command, home=self.home, emulator=self.emulator)

    def report(self, name: str) -> Json:
        found: Json = json.loads((self.home / "reports" / name / "access-report.json").read_text())
        return found

    @property
    def index(self) -> Json:
        found: Json = json.loads((self.home / "reports" / "access-report-index.json").read_text())
        return found


@pytest.fixture(scope="module")
def fleet(enforcing: Emulator, tmp_path_factory: pytest.TempPathFactory) -> Fleet:
    """One contract of each verdict, one whose user cannot get in, and two that hold and share a folder."""
    made = Fleet(tmp_path_factory.mktemp("home"), enforcing)
    nowhere = {"bucket_access_plain_http_endpoint_url": "http://127.0.0.1:1"}
    made.add("unsure", provision(enforcing, prefix="team/", external_id="contract-4711"), **nowhere)
    widened = provision(enforcing, permissions=("list", "read", "write"))
    widened.give_user(allow("s3:ListAllMyBuckets"))
    widened.set_permissions(allow("s3:ListBucket"))
    made.add("widened", widened)
    dead = provision(enforcing)
    dead.deactivate_key()
    made.add("dead", dead)
    shared = {"bucket_access_report_dir": str(made.home / "reports" / "shared")}
    made.add("one", provision(enforcing), **shared)
    made.add("other", provision(enforcing), **shared)
    return made


@pytest.fixture(scope="module")
def verified(fleet: Fleet) -> Ran:
    return fleet.verify("--forks", "5", "-vvv")


def test_reports_of_every_verdict_are_as_the_schema_says(fleet: Fleet, verified: Ran) -> None:
    verdicts = {name: fleet.report(name)["verdict"] for name in ("unsure", "widened", "dead", "shared")}
    assert verdicts == {"unsure": "inconclusive", "widened": "violated", "dead": "violated", "shared": "verified"}, (
        verified.output[-3000:]
    )
    for name in verdicts:
        assert errors(REPORT, fleet.report(name)) == []


def test_the_report_says_which_contract_it_is_about(fleet: Fleet, verified: Ran) -> None:
    assert verified.stdout
    given = fleet.hosts["unsure"]
    place = {name: given[f"bucket_access_{name}"] for name in ("bucket", "prefix", "permissions")}
    assert fleet.report("unsure")["contract"] == {
        **{name: given[f"bucket_access_{name}"] for name in ("user", "role")},
        **place,
        "grants": [place],
        "external_id_required": True,
        "max_session_duration": 3600,
        "forbidden_buckets": [],
        "other_roles": [],
    }
    assert fleet.report("widened")["contract"]["external_id_required"] is False


def test_a_junit_reader_finds_a_case_for_each_check_and_green_only_for_what_passed(fleet: Fleet, verified: Ran) -> None:
    assert verified.stdout
    kinds = {"missing_access": [Failure], "excess_access": [Failure], "inconclusive": [Error], "pass": []}
    for name in ("unsure", "widened", "dead", "shared"):
        report, path = fleet.report(name), fleet.home / "reports" / name / "access-report.xml"
        xml = JUnitXml.fromfile(str(path))
        cases = [case for suite in xml for case in suite]
        assert [case.name for case in cases] == [statement(check, report["contract"]) for check in report["checks"]]
        assert len({case.name for case in cases}) == len(cases)
        assert [[type(found) for found in case.result] for case in cases] == [
            kinds[check["outcome"]] for check in report["checks"]
        ]
        counts, summary = (xml.tests, xml.failures, xml.errors, xml.skipped), report["summary"]
        failures = summary["missing_access"] + summary["excess_access"]
        assert counts == (len(report["checks"]), failures, summary["inconclusive"], 0)


def test_the_page_is_about_the_same_contract(fleet: Fleet, verified: Ran) -> None:
    assert verified.stdout
    page = (fleet.home / "reports" / "widened" / "access-report.html").read_text()
    assert "<title>Violated: " in page
    assert fleet.hosts["widened"]["bucket_access_bucket"] in page


def test_contracts_that_share_a_folder_do_not_overwrite_each_other(fleet: Fleet, verified: Ran) -> None:
    failed = {name: verified.recap[name]["failed"] for name in ("one", "other")}
    assert sorted(failed.values()) == [0, 1]
    (kept,) = [name for name, number in failed.items() if not number]
    assert fleet.report("shared")["contract"]["bucket"] == fleet.hosts[kept]["bucket_access_bucket"]
    assert f"{fleet.home}/reports/shared holds the report of another contract" in verified.stdout


def test_the_index_shows_those_that_failed_first_and_is_as_its_schema_says(fleet: Fleet, verified: Ran) -> None:
    assert {verified.recap[name]["failed"] for name in ("widened", "dead")} == {1}
    assert errors(INDEX, fleet.index) == []
    standings = [(entry["path"].split("/")[0], entry["standing"]) for entry in fleet.index["contracts"]]
    (refused,) = [name for name in ("one", "other") if verified.recap[name]["failed"]]
    assert standings == [
        ("dead", "violated"),
        ("widened", "violated"),
        (refused, "unreadable"),
        ("unsure", "inconclusive"),
        ("shared", "verified"),
    ]
    assert fleet.index["verdict"] == "violated"
    page = (fleet.home / "reports" / "access-report-index.html").read_text()
    assert 'href="./widened/access-report.html"' in page


def test_no_secret_and_no_external_id_is_in_any_report(fleet: Fleet, verified: Ran) -> None:
    files = [path for path in (fleet.home / "reports").rglob("*") if path.is_file()]
    assert len(files) == 4 * 3 + 2
    written = "".join(path.read_text() for path in files)
    assert [secret for secret in fleet.secrets if secret in written + verified.output] == []
    assert "contract-4711" not in written


BROKEN: list[tuple[str, Json]] = [
    ("verdict", {"verdict": "fine"}),
    ("unknown field", {"secret": "x"}),
    ("no checks", {"checks": []}),
    ("date", {"created": "yesterday"}),
    ("version", {"format_version": 2}),
]


@pytest.mark.parametrize(("what", "change"), BROKEN, ids=[what for what, _change in BROKEN])
def test_the_schema_refuses_what_no_report_has(fleet: Fleet, verified: Ran, what: str, change: Json) -> None:
    assert verified.stdout
    assert errors(REPORT, {**fleet.report("shared"), **change}) != [], what


def test_the_schemas_are_schemas_of_2020_12() -> None:
    for schema in SCHEMAS.values():
        try:
            Draft202012Validator.check_schema(schema)
        except ValidationError as error:
            pytest.fail(str(error))
        assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"


def test_the_schema_has_every_field_of_a_result() -> None:
    assert set(TAKEN) < set(SCHEMAS[REPORT]["required"])


def test_reports_carry_the_version_of_the_collection() -> None:
    galaxy = yaml.safe_load((CHECKOUT / "galaxy.yml").read_text())
    assert galaxy["version"] == COLLECTION_VERSION


def asked(program: str, document: Json) -> list[Any]:
    """What ``jq`` prints for a program of the guide."""
    found: list[Any] = jq.compile(program).input_value(document).all()
    return found


OUTCOMES = ("missing_access", "excess_access", "inconclusive")
GUIDE = re.findall(r"^\$ jq -\w+ '(.*)' (\S+)$", (DOCS / "report.md").read_text(), re.M)


def test_the_guide_s_programs_tell_missing_excess_and_unknown_apart(fleet: Fleet, verified: Ran) -> None:
    assert verified.stdout
    is_verified, excess, missing, unknown, counts = [
        program for program, file in GUIDE if file.endswith("/access-report.json")
    ]
    assert [asked(is_verified, fleet.report(name)) for name in ("shared", "widened", "unsure")] == [
        [True],
        [False],
        [False],
    ]
    for name in ("shared", "widened", "unsure", "dead"):
        report = fleet.report(name)
        assert asked(counts, report) == [report["summary"]]
        lines = [asked(program, report) for program in (missing, excess, unknown)]
        summary = report["summary"]
        assert [len(some) for some in lines] == [summary[kind] for kind in OUTCOMES]
    assert [line.split(":")[0] for line in asked(excess, fleet.report("widened"))] == ["user.list_buckets"]


def test_the_guide_s_programs_find_what_is_not_verified_in_the_index(fleet: Fleet, verified: Ran) -> None:
    assert verified.stdout
    is_verified, others = [program for program, file in GUIDE if file.endswith("/access-report-index.json")]
    assert asked(is_verified, fleet.index) == [False]
    (refused,) = [name for name in ("one", "other") if verified.recap[name]["failed"]]
    assert asked(others, fleet.index) == [
        "violated dead/access-report.json",
        "violated widened/access-report.json",
        f"unreadable {refused}/access-report.json",
        "inconclusive unsure/access-report.json",
    ]
    assert verified.code == 2
