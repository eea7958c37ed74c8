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
  - Sets or removes one profile, and leaves every other byte of the file as it is.
  - A profile is known by every name that botocore reads as the same, as in C([profile "partner"]).
  - The file is replaced at once or not at all, by one process at a time, and keeps the old content when that fails.
  - A profile that somebody else made is never changed or removed, unless O(adopt) says so. One that says already what
    is wished is left as it is, and stays somebody else's.
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
    description:
      - Settings by name. One that is null or empty is removed; ones that are not named stay.
      - A profile has one source of credentials. When the settings name one, such as an access key or C(role_arn), the
        settings of every other source are removed, such as C(aws_session_token), C(credential_process) and C(sso_*).
    type: dict
    default: {}
  secrets:
    description: Settings that are secret; they are written like O(settings) and never shown.
    type: dict
    default: {}
  adopt:
    description: Take a profile over that somebody else made. RV(previous) says what it was.
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
ours:
  description:
    - Whether the profile was made for O(owner), and so is removed with O(state=absent). It is not when somebody else's
      says already what is wished, or when there is none.
  returned: success
  type: bool
  sample: true
previous:
  description:
    - What the profile was before it was taken over, as it stands in the file, without the values of secrets and without
      comments. Empty when nothing was taken over.
  returned: success
  type: str
  sample: "[profile partner-exchange]\nsso_session = corp\n"
"""

from collections.abc import Collection
from dataclasses import dataclass
import os
import re
from typing import Any

from ansible_collections.assumerole.s3.plugins.module_utils._aws.told import ScrubbedModule, ends_in_our_words
from ansible_collections.assumerole.s3.plugins.module_utils._files import private_file
from ansible_collections.assumerole.s3.plugins.module_utils._keys.profiles import (
    NotAnIniFile,
    headers_of,
    is_secret,
    owner_of,
    settings_of,
    superseding,
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
    """The profile is somebody else's, or its file cannot be written."""


@dataclass(frozen=True)
class Profile:
    """One profile of a file."""

    name: str
    kind: str
    text: str

    @property
    def settings(self) -> dict[str, str]:
        """Its settings; none when there is no such profile."""
        return settings_of(self.text, self.name, self.kind) or {}

    @property
    def headers(self) -> list[str]:
        """Where it stands; in one section, as a rule."""
        return headers_of(self.text, self.name, self.kind)

    @property
    def owner(self) -> str | None:
        """For whom we made it."""
        return owner_of(self.text, self.name, self.kind)

    def shown(self, secrets: Collection[str]) -> str:
        """As anybody may see it: of secrets only that they are there."""
        lines = [f"[{header}]" for header in self.headers[-1:]]
        for name, value in self.settings.items():
            hidden = name in secrets or is_secret(name)
            lines.append(f"{name} = " + ("(not shown)" if hidden else value.replace("\n", "\n  ")))
        return "".join(f"{line}\n" for line in lines)


@ends_in_our_words
def main() -> None:
    """Run the module; every expected trouble ends as one sentence that names the file."""
    module = ScrubbedModule(argument_spec=ARGUMENT_SPEC, supports_check_mode=True)
    path = module.params["path"]
    wrong = unwritable(module.params)
    if wrong:
        module.fail_json(
            msg=f"{wrong} cannot stand in an AWS file: leave out line breaks, brackets, controls and spaces around it."
        )
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
    foretold = _outcome(params, private_file.read(path))
    if foretold["changed"]:
        _refuse_obstacle(params)
    if check_mode or not foretold["changed"]:
        return foretold
    with private_file.locked(path):
        text = private_file.read(path)
        result, wished, mode = _outcome(params, text), wished_text(params, text), _mode(path, params["kind"])
        if text != wished:
            private_file.replace(path, wished, mode)
        elif result["changed"]:
            os.chmod(path, mode)
    return result


def wished_text(params: dict[str, Any], text: str) -> str:
    """The file's text as it should be."""
    name, kind, owner = params["name"], params["kind"], params["owner"]
    if params["state"] == "absent":
        return without_section(text, name, kind, owner)
    profile = Profile(name, kind, text)
    wished = {setting: _written(value) for setting, value in _all_settings(params).items()}
    edited = with_section(text, name, superseding(profile.settings, wished), owner, kind)
    if len(profile.headers) > 1:
        raise Refused(
            f"The profile {name} stands more than once in {params['path']}, in the sections "
            f"{', '.join(f'[{header}]' for header in profile.headers)}: leave one of them."
        )
    if not profile.headers or profile.owner == owner or params["adopt"]:
        return edited
    return _somebody_elses(params["path"], profile, Profile(name, kind, edited))


def _somebody_elses(path: str, profile: Profile, edited: Profile) -> str:
    """The text as it is, when the profile is nobody's of ours and would stay the same. Raises :class:`Refused`."""
    before, after = profile.settings, edited.settings
    if profile.owner is None and before == after:
        return profile.text
    different = sorted(name for name, value in after.items() if before.get(name) != value)
    verbs = {"set": different, "remove": sorted(before.keys() - after.keys())}
    changes = " and ".join(f"{verb} {', '.join(names)}" for verb, names in verbs.items() if names)
    raise Refused(
        f"The profile {profile.name} in {path} was made {_for_whom(profile)}, and this would "
        f"{changes or 'take it over'}: choose another name, or take it over with adopt (in the role, "
        "bucket_access_adopt: [profile])."
    )


def _for_whom(profile: Profile) -> str:
    return f"for {profile.owner}" if profile.owner else "by somebody else"


def _refuse_obstacle(params: dict[str, Any]) -> None:
    """A secret is not put where others write; it may be taken away from everywhere."""
    secret = params["kind"] == "credentials" and params["state"] == "present"
    reason = private_file.obstacle(params["path"], secret)
    if reason:
        raise Refused(f"path (in the role, bucket_access_{params['kind']}_file): {reason}")


def _written(value: Any) -> str | None:
    """As text; before ansible-core 2.19 a template cannot give null in a dict, it gives an empty text."""
    return None if value is None or value == "" else str(value)


def _all_settings(params: dict[str, Any]) -> dict[str, Any]:
    return {**params["settings"], **params["secrets"]}


def unwritable(params: dict[str, Any]) -> str | None:
    """The option that would break out of its line or section, if there is one."""
    for name, value in {"name": params["name"], "owner": params["owner"]}.items():
        if not re.fullmatch(r"[^\x00-\x1f\x7f\[\]]+", value) or value != value.strip():
            return name
    for name, value in _all_settings(params).items():
        if not re.fullmatch(r"[a-z0-9_]+", name) or not _is_one_line(str(value)):
            return f"the setting {name!r}"
    return None


def _is_one_line(value: str) -> bool:
    return not re.search(r"[\x00-\x1f\x7f]", value) and value == value.strip()


def _outcome(params: dict[str, Any], text: str) -> dict[str, Any]:
    """What bringing the text into the wished state means."""
    before = Profile(params["name"], params["kind"], text)
    after = Profile(params["name"], params["kind"], wished_text(params, text))
    ours = params["owner"] in (before.owner, after.owner)
    taken_over = bool(before.headers) and ours and before.owner != params["owner"]
    return {
        "changed": text != after.text or (ours and _to_be_closed(params)),
        "ours": ours,
        "previous": before.shown(params["secrets"]) if taken_over else "",
        "diff": {
            "before_header": params["path"],
            "after_header": params["path"],
            "before": before.shown(params["secrets"]),
            "after": after.shown(params["secrets"]),
        },
    }


def _to_be_closed(params: dict[str, Any]) -> bool:
    """Whether the file is readable by others than it should be."""
    current = _current_mode(params["path"])
    return params["state"] == "present" and current not in (None, _mode(params["path"], params["kind"]))


def _mode(path: str, kind: str) -> int:
    return (_current_mode(path) or 0o600) if kind == "config" else 0o600


def _current_mode(path: str) -> int | None:
    try:
        return os.stat(path).st_mode & 0o777
    except FileNotFoundError:
        return None


if __name__ == "__main__":
    main()
