#!/usr/bin/python
# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: aws_profile
version_added: 0.1.0
short_description: Keep one profile in an AWS credentials or config file
description:
  - Sets or removes one profile, and leaves other profiles, comments and settings as they are.
  - The file is replaced at once or not at all, by one process at a time, and keeps the old content when that fails.
  - A profile that somebody else made is taken over only when none of its settings would change.
options:
  name:
    description: The name of the profile.
    type: str
    required: true
  path:
    description: The credentials or config file. It and its folder are made when missing.
    type: path
    required: true
  kind:
    description:
      - V(credentials) files hold keys and are given mode 0600; V(config) files hold settings and keep the mode they
        have, or are made with mode 0600.
    type: str
    choices: [credentials, config]
    required: true
  owner:
    description: For whom the profile is made, an ARN. It is noted in a comment, by which the profile is known again.
    type: str
    required: true
  settings:
    description: Settings by name. One that is null or empty is removed; ones that are not named stay.
    type: dict
    default: {}
  secrets:
    description: Settings that are secret; they are written like O(settings) and never shown.
    type: dict
    default: {}
  adopt:
    description: Take a profile over that somebody else made, even when its settings change.
    type: bool
    default: false
  state:
    description:
      - V(absent) removes the profile when it was made for O(owner), and leaves one that somebody else made.
      - A file that has nothing left in it is removed.
    type: str
    choices: [present, absent]
    default: present
author:
  - The assumerole.s3 contributors (@assumerole)
attributes:
  diff_mode:
    support: full
extends_documentation_fragment:
  - assumerole.s3.conventions
"""

EXAMPLES = r"""
- name: The role can be used as a profile
  assumerole.s3.aws_profile:
    name: partner-exchange
    path: ~/.aws/config
    kind: config
    owner: arn:aws:iam::123456789012:role/partner-exchange
    settings:
      role_arn: arn:aws:iam::123456789012:role/partner-exchange
      source_profile: partner
      region: eu-central-1
"""

RETURN = r"""
path:
  description: The file that holds the profile.
  returned: success
  type: str
  sample: /home/me/.aws/config
"""

import os
import re
from typing import Any

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.assumerole.s3.plugins.module_utils._files import private_file
from ansible_collections.assumerole.s3.plugins.module_utils._keys.profiles import (
    NotAnIniFile,
    owner_of,
    section_name,
    settings_of,
    with_section,
    without_section,
)

ARGUMENT_SPEC: dict[str, Any] = {
    "name": {"type": "str", "required": True},
    "path": {"type": "path", "required": True},
    "kind": {"type": "str", "choices": ["credentials", "config"], "required": True},
    "owner": {"type": "str", "required": True},
    "settings": {"type": "dict", "default": {}},
    "secrets": {"type": "dict", "default": {}, "no_log": True},
    "adopt": {"type": "bool", "default": False},
    "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
}


class Refused(Exception):
    """The profile is somebody else's."""


def main() -> None:
    """Run the module; every expected trouble ends as one sentence that names the file."""
    module = AnsibleModule(argument_spec=ARGUMENT_SPEC, supports_check_mode=True)
    path = module.params["path"]
    wrong = unwritable(module.params)
    if wrong:
        module.fail_json(msg=f"{wrong} cannot stand in an AWS file: leave out line breaks, brackets and controls.")
    try:
        result = keep_profile(module.params, module.check_mode)
    except NotAnIniFile as error:
        module.fail_json(msg=f"{path} cannot be read as an AWS {module.params['kind']} file: {error}. Mend it first.")
    except UnicodeDecodeError:
        module.fail_json(msg=f"{path} is not UTF-8 text, so it was left as it is: mend it first.")
    except OSError as error:
        module.fail_json(msg=f"{path} cannot be kept: {error.strerror}. Nothing was changed.")
    except Refused as error:
        module.fail_json(msg=str(error))
    module.exit_json(path=path, **result)


def keep_profile(params: dict[str, Any], check_mode: bool) -> dict[str, Any]:
    """Bring the file into the wished state; tells whether that changed it, and how."""
    path = params["path"]
    nothing_there = params["state"] == "absent" and not os.path.exists(path)
    if check_mode or nothing_there:
        text = private_file.read(path)
        result = _outcome(params, text, wished_text(params, text))
        return {**result, "changed": result["changed"] or _to_be_closed(params, text)}
    with private_file.locked(path):
        text = private_file.read(path)
        wished = wished_text(params, text)
        mode = _mode(path, params["kind"])
        result = _outcome(params, text, wished)
        if text != wished:
            private_file.replace(path, wished, mode)
        elif _to_be_closed(params, text):
            os.chmod(path, mode)
            result["changed"] = True
    return result


def wished_text(params: dict[str, Any], text: str) -> str:
    """The file's text as it should be."""
    section = section_name(params["name"], params["kind"])
    current = settings_of(text, section)
    ours = owner_of(text, section) == params["owner"]
    if params["state"] == "absent":
        return without_section(text, section) if ours else text
    wished = {name: _written(value) for name, value in _all_settings(params).items()}
    if current is not None and not ours and not params["adopt"]:
        _refuse_to_change(params, current, wished)
    edited = with_section(text, section, wished, params["owner"])
    written = settings_of(edited, section) or {}
    if any(written.get(name) != value for name, value in wished.items()):
        raise NotAnIniFile(f"the profile {params['name']} is written in a way that cannot be edited")
    return edited


def _written(value: Any) -> str | None:
    """As text; before ansible-core 2.19 a template cannot give null in a dict, it gives an empty text."""
    return None if value is None or value == "" else str(value)


def _all_settings(params: dict[str, Any]) -> dict[str, Any]:
    return {**params["settings"], **params["secrets"]}


def unwritable(params: dict[str, Any]) -> str | None:
    """The option that would break out of its line or section, if there is one."""
    for name, value in {"name": params["name"], "owner": params["owner"]}.items():
        if not re.fullmatch(r"[^\x00-\x1f\x7f\[\]]+", value):
            return name
    for name, value in _all_settings(params).items():
        if not re.fullmatch(r"[a-z0-9_]+", name) or re.search(r"[\x00-\x1f\x7f]", str(value)):
            return f"the setting {name!r}"
    return None


def _refuse_to_change(params: dict[str, Any], current: dict[str, str], wished: dict[str, Any]) -> None:
    different = sorted(name for name, value in wished.items() if name in current and current[name] != value)
    if different:
        raise Refused(
            f"The profile {params['name']} in {params['path']} was made by somebody else and differs in "
            f"{', '.join(different)}: choose another profile name, or remove that profile."
        )


def _outcome(params: dict[str, Any], before: str, after: str) -> dict[str, Any]:
    return {
        "changed": before != after,
        "diff": {
            "before_header": params["path"],
            "after_header": params["path"],
            "before": _shown(params, before),
            "after": _shown(params, after),
        },
    }


def _shown(params: dict[str, Any], text: str) -> str:
    """The profile as a diff may show it: of secrets only that they are there."""
    section = section_name(params["name"], params["kind"])
    settings = settings_of(text, section)
    if settings is None:
        return ""
    shown = [f"{key} = {value if key in params['settings'] else '(not shown)'}" for key, value in settings.items()]
    return "\n".join([f"[{section}]", *shown, ""])


def _to_be_closed(params: dict[str, Any], text: str) -> bool:
    """Whether the file holds our profile and is readable by others than it should be."""
    wanted = _mode(params["path"], params["kind"])
    return bool(text) and params["state"] == "present" and wanted != _current_mode(params["path"])


def _mode(path: str, kind: str) -> int:
    return (_current_mode(path) or 0o600) if kind == "config" else 0o600


def _current_mode(path: str) -> int | None:
    try:
        return os.stat(path).st_mode & 0o777
    except FileNotFoundError:
        return None


if __name__ == "__main__":
    main()
