# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is wrong with the values of a contract, one sentence each. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
import re

from ansible_collections.assumerole.s3.plugins.module_utils._contract import places
from ansible_collections.assumerole.s3.plugins.module_utils._contract.arns import region
from ansible_collections.assumerole.s3.plugins.module_utils._contract.fields import FIELDS, MORE_RULES, REQUIRED, Rule
from ansible_collections.assumerole.s3.plugins.module_utils._contract.never_met import NEVER_MET
from ansible_collections.assumerole.s3.plugins.module_utils._contract.rules import items, quoted
from ansible_collections.assumerole.s3.plugins.module_utils._contract.services import says_source

Values = Mapping[str, object]

RULES: Mapping[str, Rule] = {**{name: field.problem for name, field in FIELDS.items()}, **MORE_RULES}


def problems(values: Values, naming: str = "bucket_access_") -> list[str]:
    """What is wrong with the values, one sentence each, named as the user wrote them; empty when all can be used.

    ``values`` maps names of fields to values; a name that is missing or ``None`` is not judged (which ones are required
    is for the argument specification to say, but Ansible takes a variable that is written without a value for given).
    ``naming`` is put before each name.
    """
    found = [
        f"{naming}{name} {problem}."
        for name, problem in (*_problems(values, naming), *places.missing(values, naming), *_of_places(values))
    ]
    return found or [f"{naming}{clash}." for clash in _clashes(values, naming)]


def _problems(values: Values, naming: str) -> Iterator[tuple[str, str]]:
    for name, rule in RULES.items():
        problem = _missing(name, values, naming) or _judged(rule, values.get(name))
        if problem:
            yield name, problem


def _missing(name: str, values: Values, naming: str) -> str:
    """What must be given and is not; of a user, only where nobody else may assume the role."""
    if name not in values or values[name] not in (None, ""):
        return ""
    if name == "user" and not items(values.get("trusted")):
        return f"is empty: give it a value, or name in {naming}trusted who else may assume the role"
    return "is empty: give it a value" if name in REQUIRED else ""


def _of_places(values: Values) -> Iterator[tuple[str, str]]:
    listed = values.get(places.NAME)
    return iter(()) if listed is None else places.entry_problems(listed)


def _judged(rule: Rule, value: object) -> str | None:
    return None if value is None else rule(value)


def _clashes(values: Values, naming: str) -> Iterator[str]:
    """The same name for two things, once each name by itself is sound."""
    yield from places.clashes(values, naming)
    for bucket in places.buckets_of(values):
        if bucket in items(values.get("forbidden_buckets")):
            yield f"forbidden_buckets has {quoted(bucket)}, which is the bucket of the contract: remove it there"
    if values.get("user_profile") and values.get("user_profile") == values.get("role_profile"):
        yield (
            f"user_profile and {naming}role_profile are both {quoted(values['user_profile'])}: "
            "one profile cannot be the user and the role, so name them apart"
        )
    if values.get("credentials_file") and values.get("credentials_file") == values.get("config_file"):
        yield (
            f"credentials_file and {naming}config_file are both {quoted(values['credentials_file'])}: "
            "keys and settings need a file each"
        )
    if values.get("account_survey") and values.get("audit") is False:
        yield (
            f"account_survey is true and {naming}audit is false, so there are no operator's credentials to read the "
            "account with: set one of them otherwise"
        )
    if values.get("survey_sessions") and values.get("account_survey") is False:
        yield (
            f"survey_sessions is true and {naming}account_survey is false, so nobody looks for roles to try: "
            "set one of them otherwise"
        )
    yield from _report_clashes(values, naming)
    yield from _trust_clashes(values, naming)
    yield from _key_clashes(values, naming)
    yield from _condition_clashes(values, naming)
    yield from _store_clashes(values, naming)


def _report_clashes(values: Values, naming: str) -> Iterator[str]:
    """What tells of the contracts of an index where there is none."""
    metrics, log = values.get("metrics_file"), values.get("log_file")
    for name in ("metrics_file", "log_file"):
        missing = [f"{naming}{folder}" for folder in ("report_dir", "report_index_dir") if not values.get(folder)]
        if values.get(name) and missing:
            yield f"{name} is given without {' and '.join(missing)}, where what it tells of is read: name both folders"
    if metrics and metrics == log:
        yield f"metrics_file and {naming}log_file are both {quoted(metrics)}: name them apart"


def _trust_clashes(values: Values, naming: str) -> Iterator[str]:
    """What nobody of those who may assume the role could make use of."""
    trusted = [item for item in items(values.get("trusted")) if isinstance(item, Mapping)]
    if (
        values.get("external_id")
        and trusted
        and not values.get("user")
        and not any(item.get("arn") for item in trusted)
    ):
        yield (
            f"external_id is given, and nobody whom {naming}trusted names can give one: leave it out, or name a role "
            "or user"
        )
    for item in trusted:
        needs = item.get("service") and says_source(str(item["service"])) and not item.get("source_account")
        if needs and not values.get("account_id"):
            yield (
                f"trusted has {quoted(item['service'])}, which is to come for the contract's account alone: set "
                f"{naming}account_id, or give its item a source_account"
            )
    for name in ("web_identity_token_file", "web_identity_refused_token_file"):
        if values.get(name) and "trusted" in values and not any(item.get("oidc") for item in trusted):
            yield f"{name} is given, and {naming}trusted names no identity provider: leave it out, or name one by oidc"
    if values.get("web_identity_refused_token_file") and not values.get("web_identity_token_file"):
        yield f"web_identity_refused_token_file is given without {naming}web_identity_token_file: name both"


def _key_clashes(values: Values, naming: str) -> Iterator[str]:
    """A key beside what does not go with it: it encrypts in its own region alone.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html
    """
    key, others = str(values.get("kms_key") or ""), items(values.get("forbidden_kms_keys"))
    if others and not key:
        yield f"forbidden_kms_keys names keys, and {naming}kms_key none that they are told from: name the bucket's key"
    if not key:
        return
    if values.get("encryption") == "AES256":
        yield f"kms_key is a key of KMS, and {naming}encryption is AES256, which uses none: leave one of them out"
    if values.get("region") and values["region"] != region(key):
        yield (
            f"kms_key is a key of {region(key)}, and {naming}region is {values['region']}: a bucket takes a key of its "
            "own region, so name one"
        )
    if key in others:
        yield f"forbidden_kms_keys has {key}, which is the key of the contract: remove it there"


def _condition_clashes(values: Values, naming: str) -> Iterator[str]:
    """What nobody could keep: a condition on what the request of one of the principals never carries."""
    has_user = values.get("user") or not values.get("trusted")
    if values.get("require_mfa") and has_user and "mfa_serial" in values and not values["mfa_serial"]:
        yield (
            f"require_mfa is true and {naming}mfa_serial is empty, so nobody could be asked for a code: "
            "give the ARN of the user's MFA device"
        )
    trusted = [item for item in items(values.get("trusted")) if isinstance(item, Mapping)]
    for name, rules in NEVER_MET.items():
        for rule in rules if values.get(name) else ():
            shut_out = next((item for item in trusted if rule.is_about(item)), None)
            if shut_out:
                yield (
                    f"{name} is given, and {naming}trusted has {quoted(shut_out[rule.key])}, {rule.why}, so AWS "
                    "would never let it in: leave out one of them, or make a contract of its own for it"
                )


def _store_clashes(values: Values, naming: str) -> Iterator[str]:
    """What the store of the key needs besides its name.

    https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_CreateSecret.html and
    https://docs.aws.amazon.com/systems-manager/latest/userguide/sysman-paramstore-su-create.html
    """
    store, path = values.get("key_store"), str(values.get("key_store_path") or "")
    if store == "vault_file" and not path:
        yield f"key_store_path is empty: name the file for {naming}key_store vault_file"
    if store in ("secretsmanager", "ssm") and path and not re.fullmatch(r"/?[\w.-]+(/[\w.-]+)*", path, re.ASCII):
        yield (
            f"key_store_path is {quoted(path)}, not a name for {naming}key_store {store}: use letters, digits "
            "and characters of _.- in parts that slashes separate"
        )
    longest = values.get("max_session_duration")
    if (
        values.get("profile_duration_seconds")
        and longest
        and int(str(values["profile_duration_seconds"])) > int(str(longest))
    ):
        yield (
            f"profile_duration_seconds is {values['profile_duration_seconds']}, and sessions of the role last at most "
            f"{naming}max_session_duration, {longest}: make one shorter or the other longer"
        )
