# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The mutation suite is worth something: it catches a verdict that was made lenient on purpose.

Each sabotage takes one safeguard out of the product, and names the mutation whose test then fails.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import pytest

from ansible_collections.assumerole.s3.plugins.module_utils._aws import answers, probes
from ansible_collections.assumerole.s3.plugins.module_utils._checks import (
    audit,
    expectations,
    kms,
    rules,
    survey,
    verdict,
)
from ansible_collections.assumerole.s3.plugins.module_utils._policies import atoms, comparison, regions
from ansible_collections.assumerole.s3.plugins.module_utils._policies.facts import Holds
from ansible_collections.assumerole.s3.plugins.module_utils._survey import judging, whole
from ansible_collections.assumerole.s3.plugins.module_utils._verification import access, surveying
from lab.emulator import Emulator
from lab.world import World
from mutations.every import EVERY, changed_by
from mutations.others import known

PROBES, AUDIT = World.probe, World.audit


def surveyed(world: World) -> Any:
    """All of ``verify``, with a survey."""
    return world.verify(known(world))


@dataclass(frozen=True)
class Sabotage:
    """``make`` gives what replaces an attribute; ``look`` is the arm of the verdict that the safeguard belongs to."""

    name: str
    owner: Any
    attribute: str
    make: Callable[[Any], Any]
    mutation: str
    look: Callable[[World], Any]


def without(start: str) -> Callable[[Any], Any]:
    """Questions whose ids begin so are no longer asked."""
    return lambda real: lambda *given: tuple(item for item in real(*given) if not item.id.startswith(start))


def without_lists(*names: str) -> Callable[[Any], Any]:
    """Lists of a survey that nobody makes any more."""
    return lambda lists: tuple(lister for lister in lists if lister.__name__ not in names)


def without_groups(real: Any) -> Any:
    """An account in which nobody is a member of anything."""
    users = ("UserDetailList", "GroupDetailList")

    def described(details: Any) -> Any:
        alone = [{**user, "GroupList": []} for user in details[users[0]]]
        return real({**details, **dict(zip(users, (alone, []), strict=True))})

    return described


def always(value: Any) -> Callable[[Any], Any]:
    """A function that says the same to everything."""
    return lambda real: lambda *given, **named: value


def without_rules(*ids: str) -> Callable[[Any], Any]:
    """Rules of the audit that are no longer applied."""
    return lambda rules: tuple(rule for rule in rules if rule.id not in ids)


def every_outcome_passes_that_is(*passing: str) -> Callable[[Any], Any]:
    """Outcomes that are called a pass."""

    def make(real: Any) -> Any:
        def outcome(*given: Any, **named: Any) -> str:
            found = str(real(*given, **named))
            return "pass" if found in passing else found

        return outcome

    return make


SABOTAGES = (
    Sabotage(
        "excess access passes",
        verdict,
        "outcome",
        every_outcome_passes_that_is("excess_access"),
        "user_gets_s3_ListBucket",
        PROBES,
    ),
    Sabotage(
        "missing access passes",
        verdict,
        "outcome",
        every_outcome_passes_that_is("missing_access", "inconclusive"),
        "the_permissions_policy_is_deleted",
        PROBES,
    ),
    Sabotage(
        "what cannot be told passes",
        verdict,
        "outcome",
        every_outcome_passes_that_is("inconclusive"),
        "the_bucket_is_deleted",
        PROBES,
    ),
    Sabotage(
        "an unknown key is no finding",
        verdict,
        "AUTHENTICATION_CODES",
        lambda real: frozenset(),
        "the_key_is_deactivated",
        PROBES,
    ),
    Sabotage(
        "a met condition is no permission",
        answers,
        "PROBES",
        lambda real: {name: replace(row, authorized=frozenset()) for name, row in real.items()},
        "a_reader_may_write",
        PROBES,
    ),
    Sabotage(
        "of several actions only the first is asked for",
        probes,
        "STEPS",
        lambda real: {name: steps[:1] for name, steps in real.items()},
        "who_may_locate_gets_s3_AbortMultipartUpload",
        PROBES,
    ),
    Sabotage(
        "what clients need is never asked for",
        expectations,
        "asked",
        always(("list", "read", "write", "delete")),
        "a_tagger_may_locate_the_bucket",
        PROBES,
    ),
    Sabotage(
        "the user alone is not asked to read",
        access,
        "expectations",
        without("user.read"),
        "user_gets_s3_GetObject",
        PROBES,
    ),
    Sabotage(
        "the role is not asked beside its prefix",
        access,
        "expectations",
        without("role.outside"),
        "prefix_loses_its_slash",
        PROBES,
    ),
    Sabotage(
        "the prefix's neighbour is far away",
        probes.Specimen,
        "beside",
        lambda real: classmethod(lambda cls, prefix: cls("far-away", b"", "far-away-missing")),
        "prefix_loses_its_slash_for_writing",
        PROBES,
    ),
    Sabotage(
        "the trust policy is not tried",
        access,
        "expectations",
        without("trust."),
        "trust_forgets_the_external_id",
        PROBES,
    ),
    Sabotage(
        "anybody is not asked",
        access,
        "expectations",
        without("anonymous."),
        "everybody_but_the_user_may_read",
        PROBES,
    ),
    Sabotage(
        "plain HTTP is not tried", access, "expectations", without("plain_http."), "bucket_policy_is_removed", PROBES
    ),
    Sabotage(
        "a refusal is expected of nothing",
        expectations,
        "asking",
        lambda real: lambda *given, **more: replace(real(*given, **more), expected="allowed"),
        "user_gets_s3_DeleteObject",
        PROBES,
    ),
    Sabotage(
        "whom the contract trusts is taken for anybody",
        rules,
        "_compared",
        always(comparison.Difference()),
        "tokens_of_every_repository_get_in",
        AUDIT,
    ),
    Sabotage(
        "whether one of the trusted gets in is not read",
        audit,
        "RULES",
        without_rules("config.role.trust", "config.trusted.arn@{principal}"),
        "they_are_trusted_with_another_external_id",
        AUDIT,
    ),
    Sabotage(
        "places of other contracts are not tried",
        access,
        "expectations",
        without("role.sibling."),
        "a_place_of_another_contract_can_be_read",
        PROBES,
    ),
    Sabotage(
        "a place is asked for no more than it has",
        expectations,
        "asked",
        always(("list",)),
        "the_write_of_one_place_is_given_at_another",
        PROBES,
    ),
    Sabotage("nothing is ever left over", comparison, "left", always([]), "role_gets_iam_PutRolePolicy", AUDIT),
    Sabotage(
        "denials take nothing away",
        comparison,
        "_effect",
        always(Holds.NEVER),
        "reading_is_denied_in_a_deeper_folder",
        AUDIT,
    ),
    Sabotage(
        "no condition is ever met",
        comparison,
        "all_hold",
        always(Holds.NEVER),
        "uploads_must_name_their_encryption",
        AUDIT,
    ),
    Sabotage(
        "every condition is always met",
        regions,
        "holds",
        always(Holds.ALWAYS),
        "reading_depends_on_the_address",
        AUDIT,
    ),
    Sabotage(
        "variables are text",
        regions,
        "widest",
        lambda real: lambda text: text,
        "reading_is_denied_in_a_folder_named_by_a_variable",
        AUDIT,
    ),
    Sabotage(
        "a denial reaches only whom it names",
        comparison,
        "names_some",
        lambda real: lambda denied, wished: denied in ("*", wished),
        "the_account_is_denied_a_deeper_folder",
        AUDIT,
    ),
    Sabotage(
        "conditions are overlooked",
        atoms,
        "conditions_of",
        always(frozenset()),
        "trust_takes_a_second_external_id",
        AUDIT,
    ),
    Sabotage(
        "principals are overlooked",
        atoms,
        "_principals",
        always(["*"]),
        "trust_names_another_user_too",
        AUDIT,
    ),
    Sabotage(
        "what some requests meet none meets",
        comparison,
        "all_hold",
        lambda real: lambda *given: {Holds.SOMETIMES: Holds.NEVER}.get(real(*given), real(*given)),
        "one_version_of_tls_is_denied",
        AUDIT,
    ),
    Sabotage(
        "a denial for all but the named spares whom it names",
        comparison,
        "_but_for",
        lambda real: lambda spared, who, requests: Holds.NEVER if who in spared.patterns else Holds.ALWAYS,
        "all_but_one_session_are_denied_by_name",
        AUDIT,
    ),
    Sabotage(
        "groups are overlooked",
        audit,
        "RULES",
        without_rules("config.user.groups"),
        "user_joins_a_group_without_a_policy",
        AUDIT,
    ),
    Sabotage(
        "the role's permissions are overlooked",
        audit,
        "RULES",
        without_rules("config.role.permissions"),
        "role_gets_kms_Decrypt",
        AUDIT,
    ),
    Sabotage(
        "boundaries are overlooked",
        audit,
        "RULES",
        without_rules("config.role.boundary", "config.user.boundary"),
        "the_roles_boundary_leaves_out_writing",
        AUDIT,
    ),
    Sabotage(
        "roles that trust the user are overlooked",
        audit,
        "RULES",
        without_rules("config.user.other_roles"),
        "another_role_trusts_the_user",
        AUDIT,
    ),
    Sabotage(
        "roles that trust the role are overlooked",
        audit,
        "RULES",
        without_rules("config.role.other_roles"),
        "another_role_trusts_the_role",
        AUDIT,
    ),
    Sabotage(
        "KMS is not asked about the key outside of S3",
        access,
        "expectations",
        without("role.key."),
        "the_key_may_be_used_outside_of_s3",
        PROBES,
    ),
    Sabotage(
        "the key by which the bucket encrypts is overlooked",
        kms,
        "KEY_RULES",
        without_rules("config.bucket.key"),
        "the_bucket_encrypts_by_another_key",
        AUDIT,
    ),
    Sabotage(
        "the policy of the key is overlooked",
        kms,
        "KEY_RULES",
        without_rules("config.key.policy"),
        "the_keys_policy_lets_the_user_in",
        AUDIT,
    ),
    Sabotage(
        "grants of the key are overlooked",
        kms,
        "KEY_RULES",
        without_rules("config.key.grants"),
        "a_grant_of_the_key_is_the_roles",
        AUDIT,
    ),
    Sabotage(
        "what a key's policy leaves to S3 alone is taken for all",
        kms,
        "_too_much",
        always(None),
        "the_keys_policy_lets_the_role_use_it_outside_of_s3",
        AUDIT,
    ),
    Sabotage(
        "blocks of public access are overlooked",
        audit,
        "RULES",
        without_rules("config.bucket.public_access"),
        "public_access_block_is_off_for_IgnorePublicAcls",
        AUDIT,
    ),
    Sabotage("the survey counts for nothing", surveying, "survey_checks", always([]), "another_user_reads", surveyed),
    Sabotage("everybody is expected", survey, "is_expected", always(True), "another_user_writes", surveyed),
    Sabotage(
        "groups are overlooked",
        surveying,
        "described",
        without_groups,
        "a_group_that_reads_has_a_member",
        surveyed,
    ),
    Sabotage(
        "who becomes the user is overlooked",
        whole,
        "LISTS",
        without_lists("becomes"),
        "another_user_makes_keys_for_the_user",
        surveyed,
    ),
    Sabotage(
        "patterns of others are overlooked",
        judging,
        "patterns_meet",
        always(False),
        "another_user_reads_by_a_pattern",
        surveyed,
    ),
    Sabotage(
        "no condition is met for certain",
        judging,
        "_all_hold",
        always(False),
        "another_user_reads_over_tls",
        surveyed,
    ),
)


@pytest.mark.usefixtures("shut_afterwards")
@pytest.mark.parametrize("sabotage", SABOTAGES, ids=lambda sabotage: sabotage.name.replace(" ", "_"))
def test_a_sabotage_is_caught(sabotage: Sabotage, enforcing: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    mutation = next(item for item in EVERY if item.name == sabotage.mutation)
    world = changed_by(mutation, enforcing)
    assert sabotage.look(world)["verdict"] != "verified", "the mutation is seen while nothing is sabotaged"

    real = getattr(sabotage.owner, sabotage.attribute)
    monkeypatch.setattr(sabotage.owner, sabotage.attribute, sabotage.make(real))

    assert not found(sabotage.look(world), mutation.kind), "the sabotage changes nothing, so it is none"


def found(result: Mapping[str, Any], kind: str) -> bool:
    """Whether the mutation's test would pass."""
    return result["verdict"] == "violated" and any(check["outcome"] == kind for check in result["checks"])
