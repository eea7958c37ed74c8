# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import json
import subprocess

from ansible_collections.assumerole.s3.plugins.module_utils._keys.session import (
    Session,
    process_output,
    shell_variables,
)

SESSION = Session("ASIAEXAMPLE", "SECRET'$(exit 1)EXAMPLE", "TOKEN EXAMPLE", "2026-01-01T01:00:00Z", "eu-central-1")


def test_a_shell_gets_exactly_the_values() -> None:
    script = (
        shell_variables(SESSION) + 'printf "%s|" "$AWS_ACCESS_KEY_ID" "$AWS_SECRET_ACCESS_KEY" "$AWS_SESSION_TOKEN"'
    )
    shell = subprocess.run(["sh", "-eu"], input=script, capture_output=True, text=True, check=True)
    assert shell.stdout == "ASIAEXAMPLE|SECRET'$(exit 1)EXAMPLE|TOKEN EXAMPLE|"


def test_a_shell_forgets_a_profile_that_was_exported() -> None:
    script = "export AWS_PROFILE=admin\n" + shell_variables(SESSION) + 'echo "${AWS_PROFILE-none} $AWS_REGION"'
    assert (
        subprocess.run(["sh"], input=script, capture_output=True, text=True, check=True).stdout == "none eu-central-1\n"
    )


def test_a_credential_process_prints_the_documented_members() -> None:
    assert json.loads(process_output(SESSION)) == {
        "Version": 1,
        "AccessKeyId": "ASIAEXAMPLE",
        "SecretAccessKey": "SECRET'$(exit 1)EXAMPLE",
        "SessionToken": "TOKEN EXAMPLE",
        "Expiration": "2026-01-01T01:00:00Z",
    }


def test_the_secrets_are_not_shown_by_accident() -> None:
    assert "SECRET" not in repr(SESSION)
    assert "TOKEN" not in repr(SESSION)
