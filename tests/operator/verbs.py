# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What each published policy is for: verbs, and where they are tried with it."""

from __future__ import annotations

from dataclasses import dataclass

from discovery import of_an_orphaned_contract
from situations import (
    Situation,
    after_a_run_that_was_killed,
    bounded,
    encrypted,
    in_check_mode,
    in_check_mode_after_a_run_that_was_killed,
    into_and_out_of_an_instance_profile,
    of_a_bucket_that_was_taken_over,
    of_a_bucket_with_objects,
    of_a_bucket_with_versions,
    of_a_ci,
    of_an_instance_profile,
    of_machines,
    of_what_a_killed_run_left,
    of_what_was_provisioned,
    of_what_was_taken_over,
    on_an_empty_account,
    on_what_has_drifted,
    on_what_others_made,
    surveying,
    with_a_day_of_grace,
    with_objects_of_the_operator,
    with_objects_that_keep_versions,
    with_versioning_suspended,
    within_a_boundary,
    within_a_boundary_on_what_others_made,
)
from stores import (
    STORES,
    check_mode_reads_the_key,
    provision_keeps_the_key,
    rotate_keeps_the_new_key,
    session_needs_no_other_policy,
    survey_reads_the_policy,
    teardown_removes_the_key,
    verify_needs_no_other_policy,
    verify_reads_the_key,
    with_store,
)


@dataclass(frozen=True)
class Verb:
    """A verb, the policies with which an operator runs it, and where it is tried. The first policy is its own.

    The situation that needs most actions comes first: then most missing ones are seen at once.
    """

    policies: tuple[str, ...]
    situations: tuple[Situation, ...]

    @property
    def name(self) -> str:
        """Its own policy's name."""
        return self.policies[0]


NEED_THE_STORE_ALONE = (verify_needs_no_other_policy, session_needs_no_other_policy)


def verbs_of(store: str) -> tuple[Verb, ...]:
    """What the policies for a key store are for, each beside the policy of a verb."""
    return (
        Verb((f"{store}-write", "provision"), (with_store(store, provision_keeps_the_key),)),
        Verb((f"{store}-write", "rotate"), (with_store(store, rotate_keeps_the_new_key),)),
        Verb((f"{store}-read", "verify"), (with_store(store, verify_reads_the_key),)),
        Verb((f"{store}-read",), tuple(with_store(store, needs) for needs in NEED_THE_STORE_ALONE)),
        Verb((f"{store}-read", "check"), (with_store(store, check_mode_reads_the_key),)),
        Verb((f"{store}-remove", "teardown"), (with_store(store, teardown_removes_the_key),)),
    )


PROVISIONED = (
    on_what_others_made,
    on_an_empty_account,
    on_what_has_drifted,
    with_versioning_suspended,
    after_a_run_that_was_killed,
)

DELEGATED = (
    within_a_boundary,
    within_a_boundary_on_what_others_made,
    *(bounded(situation) for situation in PROVISIONED if situation is not on_what_others_made),
)

VERBS = (
    Verb(("provision",), PROVISIONED),
    Verb(("provision-delegated",), DELEGATED),
    Verb(("check",), (in_check_mode, in_check_mode_after_a_run_that_was_killed)),
    Verb(("verify",), (with_objects_of_the_operator, with_objects_that_keep_versions)),
    Verb(("rotate",), (with_a_day_of_grace,)),
    Verb(("teardown",), (of_what_was_provisioned, of_what_a_killed_run_left)),
    Verb(("teardown-adopted", "teardown"), (of_what_was_taken_over, of_a_bucket_that_was_taken_over)),
    Verb(("teardown-objects", "teardown"), (of_a_bucket_with_objects, of_a_bucket_with_versions)),
    Verb(("machines-write", "provision"), (into_and_out_of_an_instance_profile,)),
    Verb(("machines-read", "verify"), (of_machines,)),
    Verb(("machines-remove", "teardown"), (of_an_instance_profile,)),
    Verb(("survey", "verify"), (surveying,)),
    Verb(("survey", "verify", "kms-verify"), (encrypted(surveying),)),
    Verb(
        ("secretsmanager-survey", "secretsmanager-read", "survey", "verify"),
        (with_store("secretsmanager", survey_reads_the_policy),),
    ),
    Verb(("oidc", "provision"), (of_a_ci(on_an_empty_account),)),
    Verb(("oidc", "check"), (of_a_ci(in_check_mode),)),
    Verb(("oidc", "verify"), (of_a_ci(with_objects_of_the_operator),)),
    Verb(("kms-provision", "provision"), (encrypted(on_an_empty_account),)),
    Verb(("kms-provision", "check"), (encrypted(in_check_mode),)),
    Verb(("kms-verify", "verify"), (encrypted(with_objects_of_the_operator),)),
    Verb(("orphans",), (of_an_orphaned_contract,)),
    *(verb for store in STORES for verb in verbs_of(store)),
)
