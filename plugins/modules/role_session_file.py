#!/usr/bin/python
# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: role_session_file
version_added: 0.1.0
short_description: Hand a session of a role to other tools in a file
description:
  - Writes temporary credentials into a file that only its owner can read, whole or not at all.
options:
  path:
    description: The file. It and its folder are made when missing.
    type: path
    required: true
  format:
    description:
      - V(env) is for C(source) in a shell, V(credential_process) is JSON as a C(credential_process) prints it.
    type: str
    choices: [env, credential_process]
    default: env
  access_key:
    description: The session's access key id. Required with O(state=present), like the other values.
    type: str
  secret_key:
    description: The session's secret access key.
    type: str
  session_token:
    description: The session's token.
    type: str
  expiration:
    description: When the session ends, as AWS writes it.
    type: str
  region:
    description: The region that the tools shall use.
    type: str
  state:
    description: V(absent) removes the file.
    type: str
    choices: [present, absent]
    default: present
author:
  - The assumerole.s3 contributors (@assumerole)
extends_documentation_fragment:
  - assumerole.s3.conventions
"""

EXAMPLES = r"""
- name: A shell can use the session
  assumerole.s3.role_session_file:
    path: ~/.aws/partner-exchange.env
    access_key: "{{ bucket_access_session.access_key }}"
    secret_key: "{{ bucket_access_session.secret_key }}"
    session_token: "{{ bucket_access_session.session_token }}"
    region: "{{ bucket_access_session.region }}"
    expiration: "2026-01-01T01:00:00Z"
"""

RETURN = r"""
path:
  description: The file.
  returned: success
  type: str
  sample: /home/me/.aws/partner-exchange.env
"""

import os
from typing import Any

from ansible_collections.assumerole.s3.plugins.module_utils._aws.told import ScrubbedModule, ends_in_our_words
from ansible_collections.assumerole.s3.plugins.module_utils._files import private_file
from ansible_collections.assumerole.s3.plugins.module_utils._keys.session import FORMATS, Session

ARGUMENT_SPEC: dict[str, Any] = {
    "path": {"type": "path", "required": True},
    "format": {"type": "str", "choices": list(FORMATS), "default": "env"},
    "access_key": {"type": "str", "no_log": False},
    "secret_key": {"type": "str", "no_log": True},
    "session_token": {"type": "str", "no_log": True},
    "expiration": {"type": "str"},
    "region": {"type": "str"},
    "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
}
VARIABLES = {"env": "bucket_access_session_env_file", "credential_process": "bucket_access_session_json_file"}
VALUES = ("access_key", "secret_key", "session_token", "expiration", "region")


class Refused(Exception):
    """The file cannot be written, or should not be."""


@ends_in_our_words
def main() -> None:
    """Write or remove the file; trouble is one sentence that names it."""
    module = ScrubbedModule(
        argument_spec=ARGUMENT_SPEC, supports_check_mode=True, required_if=[("state", "present", VALUES)]
    )
    path = module.params["path"]
    try:
        changed = keep(path, text_of(module.params), module.check_mode)
    except Refused as error:
        module.fail_json(msg=f"path (in the role, {VARIABLES[module.params['format']]}): {error}")
    except (OSError, UnicodeDecodeError) as error:
        module.fail_json(msg=f"{path} cannot be kept: {error}. Nothing was changed.")
    module.exit_json(changed=changed, path=path)


def text_of(params: dict[str, Any]) -> str:
    """What the file is to hold; empty when it is to be gone."""
    if params["state"] == "absent":
        return ""
    return FORMATS[params["format"]](Session(**{name: params[name] for name in VALUES}))


def keep(path: str, text: str, check_mode: bool) -> bool:
    """Bring the file into the wished state; tells whether that changes it. What is to go may go from everywhere."""
    if not text and not os.path.exists(path):
        return False
    obstacle = private_file.obstacle(path, secret=bool(text))
    if obstacle:
        raise Refused(obstacle)
    if check_mode:
        return private_file.read(path) != text
    with private_file.locked(path):
        changed = private_file.read(path) != text
        if changed:
            private_file.replace(path, text, 0o600)
    return changed


if __name__ == "__main__":
    main()
