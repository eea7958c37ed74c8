# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A session of the role in the forms that other tools take. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
import json
import shlex


@dataclass(frozen=True)
class Session:
    """Temporary credentials, and the region that they are for."""

    access_key: str
    secret_key: str = field(repr=False)
    session_token: str = field(repr=False)
    expiration: str
    region: str


def shell_variables(session: Session) -> str:
    """For ``source`` in a POSIX shell.

    A profile that is exported would win over keys in some tools, so it is unset:
    https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-envvars.html
    """
    values = {
        "AWS_ACCESS_KEY_ID": session.access_key,
        "AWS_SECRET_ACCESS_KEY": session.secret_key,
        "AWS_SESSION_TOKEN": session.session_token,
        "AWS_CREDENTIAL_EXPIRATION": session.expiration,
        "AWS_REGION": session.region,
        "AWS_DEFAULT_REGION": session.region,
    }
    return "unset AWS_PROFILE\n" + "".join(f"export {name}={shlex.quote(value)}\n" for name, value in values.items())


def process_output(session: Session) -> str:
    """What a ``credential_process`` prints.

    https://docs.aws.amazon.com/sdkref/latest/guide/feature-process-credentials.html
    """
    values = {
        "Version": 1,
        "AccessKeyId": session.access_key,
        "SecretAccessKey": session.secret_key,
        "SessionToken": session.session_token,
        "Expiration": session.expiration,
    }
    return json.dumps(values, indent=2) + "\n"


FORMATS: Mapping[str, Callable[[Session], str]] = {"env": shell_variables, "credential_process": process_output}
