# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a contract gives no more is taken back by the next provision, and verifications before and after show it.

Of places, of others of AWS who are trusted, and of the key it is tested with these.
"""

from __future__ import annotations

import json
from typing import Any

from contracts import Operator, names
import pytest

from lab.checkout import Json
from lab.emulator import Emulator
from lab.issuer import AUDIENCE, SUBJECT
from lab.play import Ran
from lab.proxy import OUTSIDE, proxy_at

CI, HERE = "token.ci.example", "127.0.0.1"
READERS = ["list", "read"]
#: What the contract gave, what it gives now, where verify finds the excess, and what the former contract misses then.
TAKEN: dict[str, tuple[Json, Json, str, str]] = {
    "a permission": (
        {"permissions": [*READERS, "write", "delete"]},
        {"permissions": [*READERS, "write"]},
        "role.delete",
        "role.delete",
    ),
    "a client's permission": (
        {"permissions": [*READERS, "tags", "locate"]},
        {"permissions": READERS},
        "config.role.permissions",
        "role.locate",
    ),
    "access from everywhere": ({}, {"source_ips": [HERE]}, "network.assume", "config.role.trust"),
    "a service": ({"trusted": [{"service": "ecs-tasks.amazonaws.com"}]}, {}, "config.role.trust", "config.role.trust"),
    "a provider of tokens": (
        {"trusted": [{"oidc": CI, "audience": AUDIENCE, "subjects": [SUBJECT]}]},
        {},
        "config.role.trust",
        "config.role.trust",
    ),
}


@pytest.fixture(scope="module")
def operator(enforcing: Emulator, tmp_path_factory: pytest.TempPathFactory) -> Operator:
    """In an account that has a provider of tokens."""
    made = Operator.anew(enforcing, tmp_path_factory.mktemp("home"))
    made.emulator.iam.create_open_id_connect_provider(Url=f"https://{CI}", ClientIDList=[AUDIENCE])
    return made


def verified(operator: Operator, terms: Json) -> tuple[str, dict[str, str]]:
    """The verdict, and the outcome of each check that did not pass."""
    folder = operator.home / terms["role"]
    elsewhere = {"outside_proxy": proxy_at(OUTSIDE)} if "source_ips" in terms else {}
    operator.contract("verify", **terms, **elsewhere, report_dir=str(folder))
    report = json.loads((folder / "access-report.json").read_text())
    wrong = {check["id"]: check["outcome"] for check in report["checks"] if check["outcome"] != "pass"}
    return report["verdict"], wrong


def provisioned(operator: Operator, terms: Json) -> Ran:
    ran = operator.contract("provision", **terms)
    assert ran.code == 0, ran.output[-4000:]
    return ran


@pytest.mark.parametrize("what", TAKEN)
def test_what_the_contract_gives_no_more_is_taken_back(operator: Operator, what: str) -> None:
    gave, gives, too_much, lacking = TAKEN[what]
    own: Any = names(what.replace(" ", "-").replace("'", ""), account_id=operator.emulator.account)
    former, present = {**own, **gave}, {**own, **gives}
    provisioned(operator, former)
    verdict, wrong = verified(operator, present)
    assert (verdict, wrong.get(too_much)) == ("violated", "excess_access"), wrong
    assert provisioned(operator, present).changed
    assert verified(operator, present) == ("verified", {})
    verdict, wrong = verified(operator, former)
    assert (verdict, wrong.get(lacking)) == ("violated", "missing_access"), wrong
