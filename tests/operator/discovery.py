# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What has a mark and no file is listed, for an operator who has exactly the published policy."""

from __future__ import annotations

import json

from account import ROLE, USER, Account
from situations import failure

from lab.checkout import Env, Json
from lab.play import ansible

SOURCE = {"plugin": "assumerole.s3.contracts", "discover": True}

OTHER = {
    "bucket_access_user": "other",
    "bucket_access_role": "other-role",
    "bucket_access_bucket": "other-bucket-of-ours",
}


def of_an_orphaned_contract(account: Account, operator: Env) -> str:
    """The inventory lists what provision made, with all that teardown needs."""
    account.provision()
    source = account.home / "contracts.yml"
    source.write_text(json.dumps(SOURCE))
    (account.home / "contracts").mkdir()
    (account.home / "contracts" / "other.yml").write_text(json.dumps(OTHER))
    command = ("ansible-inventory", "-i", str(source), "--host", f"orphaned-{ROLE}")
    ran = ansible(*command, home=account.home, emulator=account.emulator, operator=operator)
    return failure(ran) or ("" if json.loads(ran.stdout) == expected(account) else ran.stdout)


def expected(account: Account) -> Json:
    """Its variables."""
    return {
        "assumerole_s3_orphaned": True,
        "bucket_access_account_id": account.emulator.account,
        "bucket_access_role": ROLE,
        "bucket_access_user": USER,
        "bucket_access_bucket": account.bucket,
        "bucket_access_prefix": account.prefix,
        "bucket_access_manage": ["user", "role", "bucket"],
    }
