# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The verbs with the user's key in a store of AWS, as :mod:`situations` has them with the key in a profile."""

from __future__ import annotations

from collections.abc import Callable

from account import USER, Account
from situations import Situation, failure, verdict_missing

from ansible_collections.assumerole.s3.plugins.module_utils._keys import stores
from ansible_collections.assumerole.s3.plugins.module_utils._keys.profiles import settings_of
from ansible_collections.assumerole.s3.plugins.module_utils._keys.store import (
    KeyStore,
    Request,
    StoredKey,
    Surroundings,
)
from lab.checkout import Env

STORES = tuple(name for name, store in stores.STORES.items() if not store.on_control_node)

StoreSituation = Callable[[Account, Env, str], str]


def with_store(store: str, situation: StoreSituation) -> Situation:
    """The situation with this store, under a name of its own."""

    def there(account: Account, operator: Env) -> str:
        return situation(account, operator, store)

    there.__name__ = f"{situation.__name__}_in_{store}"
    return there


def provision_keeps_the_key(account: Account, operator: Env, store: str) -> str:
    """Provision puts the key into an empty store, changes nothing then, and replaces a key that AWS has no more."""
    failed = failure(account.play("provision", operator, bucket_access_key_store=store)) or not_kept(account, store)
    if failed:
        return failed
    if account.play("provision", operator, bucket_access_key_store=store).changed:
        return "a second run changes something"
    delete_keys(account)
    return failure(account.play("provision", operator, bucket_access_key_store=store)) or not_kept(account, store)


def rotate_keeps_the_new_key(account: Account, operator: Env, store: str) -> str:
    """Rotate replaces the key in the store, and keeps the new one also when the store has lost the old one."""
    provisioned_into(account, store)
    rotated = {"bucket_access_key_store": store, "bucket_access_rotation_grace": 0}
    failed = failure(account.play("rotate", operator, **rotated)) or not_kept(account, store)
    if failed:
        return failed
    place(account, store).delete()
    return failure(account.play("rotate", operator, **rotated)) or not_kept(account, store)


def verify_reads_the_key(account: Account, operator: Env, store: str) -> str:
    """Verify asks as the user, with the key that only the store has."""
    provisioned_into(account, store)
    ran = account.play("verify", operator, bucket_access_key_store=store)
    return failure(ran) or verdict_missing(ran)


def check_mode_reads_the_key(account: Account, operator: Env, store: str) -> str:
    """Provision sees in check mode that there is nothing to do."""
    provisioned_into(account, store)
    ran = account.play("provision", operator, "--check", bucket_access_key_store=store)
    return failure(ran) or ("a provisioned contract would be changed" if ran.changed else "")


def survey_reads_the_policy(account: Account, operator: Env, store: str) -> str:
    """Verify reads who else the store lets read the key."""
    provisioned_into(account, store)
    ran = account.play("verify", operator, bucket_access_key_store=store, bucket_access_account_survey=True)
    unread = [line.strip() for line in ran.output.splitlines() if line.strip().startswith("not surveyed:")]
    return failure(ran) or verdict_missing(ran) or " ".join(unread)


def verify_needs_no_other_policy(account: Account, operator: Env, store: str) -> str:
    """Without the audit, verify does nothing as the operator but read the key."""
    provisioned_into(account, store)
    ran = account.play("verify", operator, bucket_access_key_store=store, bucket_access_audit=False)
    return failure(ran) or ("" if "verdict: " in ran.output else "there is no verdict")


def session_needs_no_other_policy(account: Account, operator: Env, store: str) -> str:
    """Session does nothing as the operator but read the key."""
    provisioned_into(account, store)
    return failure(account.play("session", operator, bucket_access_key_store=store))


def teardown_removes_the_key(account: Account, operator: Env, store: str) -> str:
    """Teardown leaves nothing in the store."""
    provisioned_into(account, store)
    failed = failure(account.play("teardown", operator, bucket_access_key_store=store))
    kept = place(account, store).read().key
    return failed or ", ".join(account.left()) or ("the key is still stored" if kept else "")


def provisioned_into(account: Account, store: str) -> None:
    """What provision makes, with the key in the store and not in a profile."""
    account.provision()
    profile = settings_of(account.credentials_file.read_text(), USER) or {}
    account.credentials_file.unlink()
    key = StoredKey(profile["aws_access_key_id"], profile["aws_secret_access_key"], account.user_arn)
    place(account, store).write(key)


def not_kept(account: Account, store: str) -> str:
    """Whether the store holds anything else than the one key that AWS has."""
    key = place(account, store).read().key
    there = list(account.key_states())
    return "" if key and there == [key.access_key_id] else f"the keys are {there}, and the store has another"


def delete_keys(account: Account) -> None:
    """Somebody deletes all keys of the user."""
    for key in account.key_states():
        account.iam.delete_access_key(UserName=USER, AccessKeyId=key)


def place(account: Account, store: str) -> KeyStore:
    """The store as root sees it."""
    request = Request(store=store, owner=account.user_arn, path=f"/bucket-access/{USER}")
    return stores.open_store(request, Surroundings(client=account.client))
