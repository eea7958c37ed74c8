# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
name: aws_profile
version_added: 0.1.0
author: The assumerole.s3 contributors (@assumerole)
short_description: What is not secret in an AWS profile
description:
  - Gives the settings of a profile, those of the config file and those of the credentials file together, without
    secret access keys and session tokens. A profile or file that does not exist gives an empty dictionary.
  - A relative path begins where Ansible was started.
options:
  _terms:
    description: Names of profiles.
    type: list
    elements: str
    required: true
  credentials_file:
    description: The credentials file. By default the one that the AWS SDKs use.
    type: str
  config_file:
    description: The config file. By default the one that the AWS SDKs use.
    type: str
"""

EXAMPLES = r"""
- name: Say which role the profile stands for
  ansible.builtin.debug:
    msg: "{{ lookup('assumerole.s3.aws_profile', 'partner-exchange').role_arn }}"
"""

RETURN = r"""
_raw:
  description: A dictionary of settings for each profile.
  type: list
  elements: dict
"""

import os
from typing import Any

from ansible.errors import AnsibleLookupError
from ansible.plugins.lookup import LookupBase

from ansible_collections.assumerole.s3.plugins.module_utils._files import private_file
from ansible_collections.assumerole.s3.plugins.module_utils._keys.profiles import (
    NotAnIniFile,
    is_secret,
    settings_of,
)

#: https://docs.aws.amazon.com/sdkref/latest/guide/file-location.html
FILES = {
    "config": ("AWS_CONFIG_FILE", "~/.aws/config"),
    "credentials": ("AWS_SHARED_CREDENTIALS_FILE", "~/.aws/credentials"),
}


class LookupModule(LookupBase):
    """Merges the two files' settings of each profile."""

    def run(self, terms: list[str], variables: Any = None, **kwargs: Any) -> list[dict[str, str]]:
        """The profiles' settings, in the order of the terms."""
        self.set_options(var_options=variables, direct=kwargs)
        files = {kind: self.get_option(f"{kind}_file") or _standard(*FILES[kind]) for kind in FILES}
        return [_profile(name, files) for name in terms]


def _profile(name: str, files: dict[str, str]) -> dict[str, str]:
    settings: dict[str, str] = {}
    for kind, path in files.items():
        settings.update(_settings(path, name, kind))
    return {key: value for key, value in settings.items() if not is_secret(key)}


def _settings(path: str, profile: str, kind: str) -> dict[str, str]:
    path = os.path.expanduser(path)
    try:
        return settings_of(private_file.read(path), profile, kind) or {}
    except NotAnIniFile as error:
        raise AnsibleLookupError(f"{path} cannot be read as an AWS file: {error}. Mend it first.") from None
    except (OSError, UnicodeDecodeError) as error:
        raise AnsibleLookupError(f"{path} cannot be read: {error}.") from None


def _standard(variable: str, path: str) -> str:
    """The SDK for Python fills in variables of the environment, too."""
    return os.path.expandvars(os.environ.get(variable) or path)
